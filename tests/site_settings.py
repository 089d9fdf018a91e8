"""The project's own settings, for the houses that tests start: only their passwords are not made to be slow."""

from mobilise.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.hashers.QuickHasher"]
