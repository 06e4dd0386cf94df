// Filled by the tests of HTTPServer.
