// Filled by the tests of SampleData.
