"""The project's settings with keys made for this run: tests never read those of a `make run` beside them."""

import os
import tempfile
from pathlib import Path

from mobilise.keys import generate_secrets

# Set before the settings read it: nothing of a test lands in var/.
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mobilise-tests-"))
for _name, _value in generate_secrets().items():
    os.environ.setdefault(_name, _value)
os.environ.setdefault("VAPID_SUBJECT", "mailto:nobody@example.org")
os.environ.setdefault("REQUIRE_MFA", "0")

from mobilise.settings import *  # noqa: E402, F403  # the environment has to be there first

# A file, not memory: tests start real workers as processes of their own on the same database.
DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["VAR_DIR"]) / "test.sqlite3")}  # noqa: F405
