// Filled by the tests of Extractor.
