// Filled by the tests of Records.
