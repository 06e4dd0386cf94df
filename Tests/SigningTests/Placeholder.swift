// Filled by the tests of Signing.
