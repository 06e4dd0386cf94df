// Filled by the tests of Failures.
