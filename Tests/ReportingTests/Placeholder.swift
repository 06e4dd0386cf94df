// Filled by the tests of Reporting.
