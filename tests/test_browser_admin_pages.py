"""Each page of the admin on a phone: light in French, dark in English; kept as a picture, and without a fault."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest

from tests.browsers.chromium import Chromium
from tests.browsers.fixtures import StartChromium
from tests.browsers.page_checks import accessibility_violations
from tests.delivering import ROOT
from tests.journeys import Organiser
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

PICTURES = ROOT / "var" / "screenshots" / "admin"
# Each is one page, however many rows there are.
SAME_PAGE = re.compile(r"(?<=/)[0-9]+(?=/)|(?<=/)[0-9a-f]{8}-[0-9a-f-]{27}|(?<=[?&=])[^&=]*(?=&|$)")
# What is no page: files, and an uploaded picture by itself.
LEFT_OUT = ("/logout", "/jsi18n", ".csv", ".svg", ".png", "/pictures/", "/a/", "/c/")
IS_WIDER = "() => document.documentElement.scrollWidth > innerWidth"
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"


def test_no_page_has_a_fault(start_chromium: StartChromium, site: RunningSite) -> None:
    site.make_organiser("demo")
    faults: list[tuple[object, ...]] = []
    for language, scheme in (("fr-FR", "light"), ("en-GB", "dark")):
        chromium = start_chromium(language=language)
        chromium.page.emulate_media(color_scheme=scheme)
        Organiser(chromium.page, site.origin).sign_in("demo")
        looked_at = 0
        for pattern in visit_all(chromium, site):
            look = f"{language[:2]}-{scheme}"
            faults += [(look, pattern, *fault) for fault in faults_of(chromium, pattern, look)]
            looked_at += 1
        assert looked_at > 15
        assert chromium.foreign_requests(site.origin) == []
        chromium.quit()
    assert not faults, "\n".join(str(fault) for fault in faults)


def visit_all(chromium: Chromium, site: RunningSite) -> Iterator[str]:
    """Opens every page that can be reached by links from the start page, one for each pattern, and says which."""
    found = {"/admin/", "/accounts/phones/"}
    todo = sorted(found)
    while todo:
        address = todo.pop(0)
        chromium.open(f"{site.origin}{address}")
        for link in chromium.run(LINKS):
            parts = urlsplit(urljoin(chromium.url, link))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            pattern = SAME_PAGE.sub("N", path)
            is_ours = link.startswith(site.origin) and path.startswith(("/admin/", "/accounts/"))
            if is_ours and pattern not in found and not any(part in path for part in LEFT_OUT):
                found.add(pattern)
                todo.append(path)
        yield SAME_PAGE.sub("N", address)


def faults_of(chromium: Chromium, pattern: str, look: str) -> list[tuple[object, ...]]:
    """What is wrong with the page; a picture of it is kept for the eye."""
    faults: list[tuple[object, ...]] = []
    name = re.sub(r"[^a-zA-Z0-9]+", "-", pattern.removeprefix("/admin")).strip("-") or "start"
    chromium.set_width(320)
    faults += [("wider than the phone",)] if chromium.run(IS_WIDER) else []
    chromium.set_width(390)
    chromium.page.screenshot(path=PICTURES / look / f"{name}.png", full_page=True, scale="css")
    faults += [("wider than the phone at 390",)] if chromium.run(IS_WIDER) else []
    faults += [(error,) for error in chromium.console_errors]
    faults += [(one["id"], one["where"]) for one in accessibility_violations(chromium)]
    # What axe-core itself tries to style is refused by the page's policy, and is no fault of the page.
    chromium.console_errors.clear()
    return faults
