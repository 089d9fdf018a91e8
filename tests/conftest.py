"""What all tests share."""

pytest_plugins = ["tests.push_service.fixtures", "tests.delivering"]
