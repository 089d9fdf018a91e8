"""What all tests share."""

pytest_plugins = [
    "tests.fixtures",
    "tests.push_service.fixtures",
    "tests.delivering",
    "tests.browsers.fixtures",
    "tests.running_site",
]
