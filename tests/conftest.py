"""What all tests share."""

from tests.engines import engine

# What is about one server alone is not there without it.
collect_ignore_glob = {
    "sqlite": ["test_celery_*.py", "test_postgres_*.py"],
    "postgres": ["test_celery_*.py"],
    "celery": [],
}[engine()]

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
