// Filled by the tests of Journey.
