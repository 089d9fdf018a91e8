"""`python -m benchmarks`: what `make bench` runs. Settings first: the cases import models."""

import sys
import tempfile
from pathlib import Path

from benchmarks.entering import enter, site_environment
from mobilise.keys import generate_secrets
from mobilise.supervisor.site import var_directory

# Not when a process of the run imports this again.
if __name__ == "__main__":
    results = var_directory() / "bench"
    with tempfile.TemporaryDirectory(prefix="mobilise-bench-") as folder:
        enter(site_environment(Path(folder), generate_secrets()))

        from benchmarks.main import main

        status = main(Path(folder), results)
    sys.exit(status)
