"""What every test starts from: nothing in the process's memory."""

from collections.abc import Iterator

import pytest

from mobilise.ready import ready_answers


@pytest.fixture(autouse=True)
def _nothing_is_ready() -> Iterator[None]:
    """Answers that were built for one test's rows are not another's."""
    ready_answers.clear()
    yield
    ready_answers.clear()
