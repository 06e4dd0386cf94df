// Filled by the tests of HTTPClient.
