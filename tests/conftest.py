"""What all tests share."""

from itertools import islice

import pytest

from tests.engines import engine

# What is about one server alone is not there without it.
collect_ignore_glob = {
    "sqlite": ["test_celery_*.py", "test_postgres_*.py"],
    "postgres": ["test_celery_*.py"],
    "celery": [],
}[engine()]

pytest_plugins = [
    "tests.garbage",
    "tests.fixtures",
    "tests.emptying",
    "tests.migrated",
    "tests.push_service.fixtures",
    "tests.celery_engine",
    "tests.calls",
    "tests.delivering",
    "tests.faulty",
    "tests.database_holds",
    "tests.browsers.fixtures",
    "tests.running_site",
    "tests.whole_house",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spreads the journeys in browsers over the first two thirds of the files: they are long, and keep cores busy.

    All at once they would wait for each other, and leave the cores to nobody at the end.
    """
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    journeys = [tests for tests in files.values() if tests[0].get_closest_marker("browser")]
    others = iter([tests for tests in files.values() if not tests[0].get_closest_marker("browser")])
    between = 2 * (len(files) - len(journeys)) // (3 * max(len(journeys), 1))
    order = [tests for journey in journeys for tests in (journey, *islice(others, between))]
    items[:] = [item for tests in (*order, *others) for item in tests]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the figures that tests noted, wherever they ran."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    figures = [(report, line) for report in reports for name, line in report.user_properties if name == "figures"]
    if figures:
        terminalreporter.section("figures")
        for report, line in figures:
            terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {line}")
