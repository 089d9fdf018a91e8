"""What a tool says of the page in Chromium's current tab: accessibility, and whether it can be installed."""

from pathlib import Path
from typing import Any

from tests.browsers.chromium import Chromium
from tests.browsers.chromium_scripts import AXE_RUN, CUT_OFF, OVERLAPS, PAGE_FAULTS, SMALL_TARGETS

AXE_FILE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


# What axe-core is asked: every rule of WCAG 2.0 to 2.2 at A and AA, and of good practice.
EVERY_RULE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    }
}
# Contrast of 7 to 1, and of 4.5 to 1 for large letters: what is read in the sun needs more than AA asks for.
CONTRAST_IN_THE_SUN = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}
EVERY_RULE_IN_THE_SUN = EVERY_RULE | {
    "rules": {"color-contrast": {"enabled": False}, "color-contrast-enhanced": {"enabled": True}}
}


def accessibility_violations(
    chromium: Chromium, options: dict[str, Any] = EVERY_RULE, axe_file: Path = AXE_FILE
) -> list[dict[str, Any]]:
    """axe-core's violations: `id`, `impact`, `help` and `where` (selectors). The page's policy does not hinder it."""
    if not chromium.run("() => 'axe' in window"):
        chromium.page.evaluate(axe_file.read_text(encoding="utf-8"))
    return list(chromium.page.evaluate(AXE_RUN, options))


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


def first_visit(chromium: Chromium, url: str) -> int:
    """Opens the page as somebody who was never here. The bytes that came over the network, headers included.

    Of what is asked for again while it is looked at (the live count), the first answer.
    """
    session = chromium.devtools()
    addresses: dict[str, str] = {}
    received: dict[str, int] = {}

    def note(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def count(event: dict[str, Any]) -> None:
        received.setdefault(addresses.get(event["requestId"], event["requestId"]), int(event["encodedDataLength"]))

    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    session.on("Network.requestWillBeSent", note)
    session.on("Network.loadingFinished", count)
    chromium.page.goto(url, wait_until="networkidle")
    session.detach()
    return sum(received.values())


def page_faults(chromium: Chromium, language: str) -> list[str]:
    """What is wrong with its title, its one heading, its language, and texts whose blanks were not filled."""
    return list(chromium.run(PAGE_FAULTS, language))


def cut_off(chromium: Chromium) -> list[str]:
    """What does not fit at this width and this size of text."""
    return list(chromium.run(CUT_OFF))


def overlaps(chromium: Chromium) -> list[str]:
    """Words that stand on other words."""
    return list(chromium.run(OVERLAPS))


def small_targets(chromium: Chromium) -> list[str]:
    """What is too small for a thumb."""
    return list(chromium.run(SMALL_TARGETS))
