"""Tasks that keep what they were about to themselves when they fail."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

logger = logging.getLogger(__name__)

P = ParamSpec("P")


def store_nothing_of_errors(run: Callable[P, str]) -> Callable[P, str]:
    """Lets a task end with a word: what it raises would be stored and logged, values and all."""

    @wraps(run)
    def quiet(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return run(*args, **kwargs)
        except Exception as error:
            logger.error("%s failed: %s", run.__name__, type(error).__name__)
            return "failed"

    return quiet
