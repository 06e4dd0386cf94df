// Filled by the tests of Sources.
