// Filled by the tests of Pipelines.
