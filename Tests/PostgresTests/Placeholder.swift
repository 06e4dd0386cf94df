// Filled by the tests of Postgres.
