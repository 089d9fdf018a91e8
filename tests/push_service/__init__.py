"""A push service for tests: real TLS, in a process of its own, answering whatever a test asks it to answer."""
