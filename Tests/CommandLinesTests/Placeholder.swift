// Filled by the tests of CommandLines.
