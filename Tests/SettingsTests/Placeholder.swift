// Filled by the tests of Settings.
