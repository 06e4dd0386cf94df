// Filled by the tests of Text.
