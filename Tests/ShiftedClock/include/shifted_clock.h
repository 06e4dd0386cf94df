#ifndef ROLLCALL_SHIFTED_CLOCK_H
#define ROLLCALL_SHIFTED_CLOCK_H

/* Nothing is called: the library is preloaded, and stands before the C library's own functions. */

#endif
