// Filled by the tests of JSONText.
