// Filled by the tests of Lifecycle.
