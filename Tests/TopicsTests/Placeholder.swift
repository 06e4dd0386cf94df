// Filled by the tests of Topics.
