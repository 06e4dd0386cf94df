// Filled by the tests of YAMLText.
