"""What a tool says of the page in Chromium's current tab: accessibility, and whether it can be installed."""

from pathlib import Path
from typing import Any

from tests.browsers.chromium import Chromium
from tests.browsers.chromium_scripts import AXE_RUN

AXE_FILE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def accessibility_violations(chromium: Chromium, axe_file: Path = AXE_FILE) -> list[dict[str, Any]]:
    """axe-core's violations: `id`, `impact`, `help` and `where` (selectors). The page's policy does not hinder it."""
    chromium.page.evaluate(axe_file.read_text(encoding="utf-8"))
    return list(chromium.page.evaluate(AXE_RUN))


def installability_errors(chromium: Chromium) -> list[str]:
    """Why Chromium would not offer to install the page; [] when it would."""
    session = chromium.devtools()
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    session.detach()
    return [error["errorId"] for error in errors]


def manifest_errors(chromium: Chromium) -> list[str]:
    """What Chromium's parser finds wrong with the manifest; raises AssertionError when there is none."""
    session = chromium.devtools()
    manifest = session.send("Page.getAppManifest")
    session.detach()
    assert manifest.get("url"), f"{chromium.url} has no manifest"
    return [error["message"] for error in manifest["errors"]]
