"""What all tests share."""

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys in browsers come first: the longest files, which the others then fill up around."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the figures that tests noted, wherever they ran."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    figures = [(report, line) for report in reports for name, line in report.user_properties if name == "figures"]
    if figures:
        terminalreporter.section("figures")
        for report, line in figures:
            terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {line}")
