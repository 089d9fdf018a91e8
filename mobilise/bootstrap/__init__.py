"""From a fresh clone to a running site, tests and linters: what `make` calls. Needs nothing but Python itself."""
