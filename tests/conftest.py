"""What all tests share."""

pytest_plugins = [
    "tests.fixtures",
    "tests.push_service.fixtures",
    "tests.delivering",
    "tests.faulty",
    "tests.database_holds",
    "tests.browsers.fixtures",
    "tests.running_site",
]
