// Filled by the tests of Loader.
