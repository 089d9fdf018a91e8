"""The passes of `make test` beside SQLite's."""

from pathlib import Path

import pytest

from mobilise.bootstrap.engines import ENGINES, Engine
from tests import servers
from tests.engines import ENGINES as KNOWN

TESTS = Path(__file__).resolve().parent
PATTERNS = [(engine, pattern) for engine in ENGINES for pattern in engine.files]


@pytest.mark.parametrize(("engine", "pattern"), PATTERNS, ids=lambda value: getattr(value, "name", value))
def test_each_pattern_names_tests(engine: Engine, pattern: str):
    assert list(TESTS.glob(f"test_{pattern}.py"))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_pass_has_the_servers_of_its_engine(engine: Engine):
    assert set(engine.servers) <= set(servers.__all__)
    assert set(engine.servers.values()) == {f"TEST_{name}" for name in KNOWN[engine.name]}
