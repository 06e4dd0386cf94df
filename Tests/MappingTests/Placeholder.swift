// Filled by the tests of Mapping.
