// Filled by the tests of Hashing.
