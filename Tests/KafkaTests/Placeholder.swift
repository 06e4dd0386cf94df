// Filled by the tests of Kafka.
