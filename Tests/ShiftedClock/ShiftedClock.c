/*
 * A wall clock that a test moves under a running process.
 *
 * Preloaded (LD_PRELOAD), it adds to every answer about the time of day the seconds that stand in the file SHIFTED_CLOCK_FILE, which is read
 * again every 20 ms. Monotonic clocks are left alone. Waits that end at a time of day (POSIX condition variables and semaphores, as librdkafka
 * uses them) got that time from the shifted clock, so it is shifted back before the kernel sees it: what jumps is what the process is told, never
 * how long it waits. libfaketime does not serve here: with it the timers of Swift's executor never fire.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "shifted_clock.h"

static atomic_long seconds;
static atomic_llong next_look;

static int kernel_clock(clockid_t clock, struct timespec *answer) { return (int)syscall(SYS_clock_gettime, clock, answer); }

static long shift(void) {
    struct timespec now;
    kernel_clock(CLOCK_MONOTONIC, &now);
    long long nanoseconds = now.tv_sec * 1000000000LL + now.tv_nsec;
    if (nanoseconds < atomic_load(&next_look)) return atomic_load(&seconds);
    atomic_store(&next_look, nanoseconds + 20000000);
    const char *path = getenv("SHIFTED_CLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return atomic_load(&seconds);
    char text[32];
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count > 0) {
        text[count] = 0;
        atomic_store(&seconds, strtol(text, NULL, 10));
    }
    return atomic_load(&seconds);
}

int clock_gettime(clockid_t clock, struct timespec *answer) {
    int result = kernel_clock(clock, answer);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) answer->tv_sec += shift();
    return result;
}

int gettimeofday(struct timeval *restrict answer, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    answer->tv_sec = now.tv_sec;
    answer->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *answer) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (answer) *answer = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *answer, int base) {
    if (base != TIME_UTC) return 0;
    clock_gettime(CLOCK_REALTIME, answer);
    return base;
}

/* The kernel's own time of day for a deadline; one of a monotonic clock, which counts from the machine's start, stays as it is. */
static struct timespec unshifted(const struct timespec *deadline) {
    struct timespec now, real = *deadline;
    kernel_clock(CLOCK_MONOTONIC, &now);
    if (real.tv_sec > now.tv_sec + 400L * 86400) real.tv_sec -= shift();
    return real;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
    static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!next) *(void **)&next = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec real = unshifted(deadline);
    return next ? next(condition, mutex, &real) : ENOSYS;
}

int cnd_timedwait(void *restrict condition, void *restrict mutex, const struct timespec *restrict deadline) {
    static int (*next)(void *, void *, const struct timespec *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "cnd_timedwait");
    struct timespec real = unshifted(deadline);
    return next ? next(condition, mutex, &real) : ENOSYS;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
    static int (*next)(sem_t *, const struct timespec *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec real = unshifted(deadline);
    return next ? next(semaphore, &real) : ENOSYS;
}
