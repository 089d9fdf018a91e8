"""The project's settings with keys made for this run: tests never read those of a `make run` beside them."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from mobilise.keys import generate_secrets
from tests.engines import set_addresses

# Set before the settings read it: nothing of a test lands in var/.
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="mobilise-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
# Tests that run side by side (pytest-xdist) have a folder each; the processes that they start stay in it.
_side = os.environ.get("PYTEST_XDIST_WORKER", "")
if _side and Path(os.environ["VAR_DIR"]).name != _side:
    os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]) / _side)
    Path(os.environ["VAR_DIR"]).mkdir(exist_ok=True)
for _name, _value in generate_secrets().items():
    os.environ.setdefault(_name, _value)
os.environ.setdefault("VAPID_SUBJECT", "mailto:nobody@example.org")
os.environ.setdefault("REQUIRE_MFA", "0")
set_addresses(Path(os.environ["VAR_DIR"]) / "servers")

from mobilise.settings import *  # noqa: E402, F403  # the environment has to be there first

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: tests start real workers as processes of their own on the same database.
    _test_database = str(Path(os.environ["VAR_DIR"]) / "test.sqlite3")
else:
    # Several runs may share a server.
    _test_database = f"test_mobilise_{os.getpid()}"
DATABASES["default"]["TEST"] = {"NAME": _test_database}  # noqa: F405

PASSWORD_HASHERS = ["tests.hashers.QuickHasher"]
# Files are looked for when they are asked for: listing them all for each client of a test costs more than its answer.
# The sites that tests start as processes list them once, as in production.
WHITENOISE_AUTOREFRESH = True
