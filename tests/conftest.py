"""What all tests share."""

pytest_plugins = [
    "tests.fixtures",
    "tests.push_service.fixtures",
    "tests.celery_engine",
    "tests.delivering",
    "tests.faulty",
    "tests.database_holds",
    "tests.browsers.fixtures",
    "tests.running_site",
    "tests.whole_house",
]
