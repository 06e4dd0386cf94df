// Filled by the tests of Schema.
