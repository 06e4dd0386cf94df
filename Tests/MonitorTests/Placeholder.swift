// Filled by the tests of Monitor.
