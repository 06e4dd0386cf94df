// Filled by the tests of Telemetry.
