"""The app as a slow phone meets it: Lighthouse's mobile preset, on the pages that people come in by."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.figures import POINTS, SECONDS, NotMeasured, Wrong
from benchmarks.npm import find_program, require_packages
from benchmarks.web import start_web

FOLDER = Path(__file__).resolve().parent.parent / "lighthouse"
PAGES = ("feed", "campaign", "hashtag")
SAID = {"performance": POINTS, "accessibility": POINTS, "best_practices": POINTS, "usable": SECONDS}
MOST_SECONDS = 300.0


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    node, chromium = find_program("node"), find_program("chromium", "chromium")
    require_packages(bench, FOLDER, "Lighthouse")
    measured: dict[str, list[float]] = {name: [] for name in FIGURES}
    with bench.site("sqlite") as site:
        paths = dict(zip(PAGES, site.ask(rows.load_demo_pages), strict=True))
        if not site.ask(rows.has_app):
            raise NotMeasured("the app is not built: make run builds it, or npm run build in frontend/")
        # By this name a browser takes it for safe without TLS.
        port = start_web(site, "/healthz", ALLOWED_HOSTS="localhost,mobilise.example")
        for _ in range(bench.scale.runs):
            for page, path in paths.items():
                said = _ask([node, str(FOLDER / "measure.mjs"), f"http://localhost:{port}{path}", chromium])
                for name in SAID:
                    measured[f"lighthouse.{page}.{name}"].append(float(said[name]))
                for fault in said["failed"]:
                    bench.say(f"{page}: {fault}")
    return measured


def _ask(command: Sequence[str]) -> dict[str, Any]:
    """What it says of one page. Raises Wrong when it says nothing."""
    ran = subprocess.run(  # noqa: S603  # our own file
        command, cwd=FOLDER, capture_output=True, check=False, timeout=MOST_SECONDS
    )
    if ran.returncode:
        raise Wrong(f"Lighthouse failed: {ran.stderr.decode(errors='replace')[-1000:]}")
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


FIGURES = {f"lighthouse.{page}.{name}": unit for page in PAGES for name, unit in SAID.items()}
CASE = Case("lighthouse", FIGURES, _measure)
