"""Every screen of the app, in both languages and both colour schemes: a picture of each, and no fault in any.

The pictures are build output, in var/screenshots: look at them.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api as playwright

from tests.app_screens import STAGES, Screen
from tests.app_visitors import Visitor, World
from tests.browsers.fixtures import StartChromium
from tests.browsers.page_checks import (
    CONTRAST_IN_THE_SUN,
    EVERY_RULE_IN_THE_SUN,
    accessibility_violations,
    cut_off,
    overlaps,
    page_faults,
    small_targets,
)
from tests.delivering import ROOT
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

PICTURES = ROOT / "var" / "screenshots"
LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
# In the other scheme only the colours are others.
RULES = {"light": EVERY_RULE_IN_THE_SUN, "dark": CONTRAST_IN_THE_SUN}
SEEN_LARGE = {"feed", "campaign", "hashtag-live", "rally-live", "outreach-calling", "rights", "settings-alerts"}
# Names of screens, to look at these only while working: SCREENS="feed settings".
ONLY = os.environ.get("SCREENS", "").split()


def test_every_screen_is_without_fault(start_chromium: StartChromium, site: RunningSite) -> None:
    world = World(site)
    visitors = [Visitor(start_chromium(language=tag, scale=1), world, language) for language, tag in LANGUAGES.items()]
    faults: list[tuple[str, ...]] = []
    for stage in STAGES:
        stage.arrange(world)
        for visitor in visitors:
            for screen in stage.screens:
                try:
                    screen.reach(visitor)
                    found = look(visitor, screen) if screen.name in ONLY or not ONLY else complaints(visitor, screen)
                    faults += [(visitor.language, screen.name, str(fault)) for fault in found]
                except (AssertionError, playwright.Error) as failed:
                    faults.append((visitor.language, screen.name, f"not reached: {str(failed)[:500]}"))
    if faults:
        pytest.fail("\n".join(map(" | ".join, faults)), pytrace=False)
    assert [url for visitor in visitors for url in visitor.chromium.foreign_requests(site.origin)] == []


def look(visitor: Visitor, screen: Screen) -> list[Any]:
    """Takes the pictures of this screen; what is wrong with it."""
    chromium = visitor.chromium
    visitor.settle()
    found: list[Any] = page_faults(chromium, visitor.language)
    for width in (320, 390):
        chromium.set_width(width)
        # As high as the page, so that what sticks to the edge covers nothing.
        chromium.set_width(width, max(844, chromium.run("() => document.documentElement.scrollHeight")))
        # What fits in less fits in 390, and what fits in one scheme fits in the other.
        found += [(width, fault) for fault in cut_off(chromium)] if width == 320 else []
        for scheme in ("dark", "light"):
            chromium.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            keep(chromium.page, PICTURES / visitor.language / f"{screen.name}-{scheme}-{width}.png")
            if width == 390:
                found += [
                    (scheme, one["id"], one["where"]) for one in accessibility_violations(chromium, RULES[scheme])
                ]
    found += small_targets(chromium)
    # Read at 200 %: the letters alone, and the page enlarged.
    for size, width in ((32, 390), (16, 195)):
        chromium.set_letters(size)
        chromium.set_width(width)
        found += [(width, size, fault) for fault in (*cut_off(chromium), *overlaps(chromium))]
        if screen.name in SEEN_LARGE:
            keep(chromium.page, PICTURES / visitor.language / f"{screen.name}-large-{width}.png")
    chromium.set_width(390)
    found += complaints(visitor, screen)
    return found


def complaints(visitor: Visitor, screen: Screen) -> list[str]:
    """What the browser's console said since it was last asked, but for what this screen may cause."""
    told, visitor.chromium.console_errors[:] = visitor.chromium.console_errors[:], []
    return [line for line in told if not any(part in line for part in screen.errors)]


def keep(page: Any, picture: Path) -> None:
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture, scale="css", animations="disabled")
