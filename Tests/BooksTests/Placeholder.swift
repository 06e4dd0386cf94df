// Filled by the tests of Books.
