"""What all tests share."""

from tests.engines import engine

# These need RabbitMQ.
collect_ignore_glob = [] if engine() == "celery" else ["test_celery_*.py"]

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
