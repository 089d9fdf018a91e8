"""Each page of the admin on a phone, in both languages and schemes: kept as a picture, and without a fault."""

import re
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
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"


def pages_of(chromium: Chromium, site: RunningSite) -> dict[str, str]:
    """{pattern: address} of every page that can be reached by links from the start page, one for each pattern."""
    found: dict[str, str] = {"/admin/": "/admin/", "/accounts/phones/": "/accounts/phones/"}
    todo = list(found.values())
    while todo:
        address = todo.pop(0)
        chromium.open(f"{site.origin}{address}")
        for link in chromium.run(LINKS):
            parts = urlsplit(urljoin(chromium.url, link))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            pattern = SAME_PAGE.sub("N", path)
            is_ours = link.startswith(site.origin) and path.startswith(("/admin/", "/accounts/"))
            if is_ours and pattern not in found and not any(part in path for part in LEFT_OUT):
                found[pattern] = path
                todo.append(path)
    return found


def test_no_page_has_a_fault(start_chromium: StartChromium, site: RunningSite) -> None:
    site.make_organiser("demo")
    faults: list[tuple[object, ...]] = []
    pages: dict[str, str] = {}
    for language, schemes in (("fr-FR", ("light", "dark")), ("en-GB", ("light",))):
        chromium = start_chromium(language=language)
        Organiser(chromium.page, site.origin).sign_in("demo")
        pages = pages or pages_of(chromium, site)
        for pattern, address in pages.items():
            faults += faults_of(chromium, pattern, f"{site.origin}{address}", language, schemes)
        assert chromium.foreign_requests(site.origin) == []
        chromium.quit()
    assert len(pages) > 15
    assert not faults, "\n".join(str(fault) for fault in faults)


def faults_of(
    chromium: Chromium, pattern: str, address: str, language: str, schemes: tuple[str, ...]
) -> list[tuple[object, ...]]:
    """What is wrong with the page; pictures of it are kept for the eye."""
    faults: list[tuple[object, ...]] = []
    name = re.sub(r"[^a-zA-Z0-9]+", "-", pattern.removeprefix("/admin")).strip("-") or "start"
    for scheme in schemes:
        chromium.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
        chromium.open(address)
        for width in (390, 320):
            chromium.set_width(width)
            picture = PICTURES / language[:2] / f"{name}-{scheme}-{width}.png"
            chromium.page.screenshot(path=picture, full_page=True, scale="css")
            wide = chromium.run("() => document.documentElement.scrollWidth > innerWidth")
            faults += [(pattern, scheme, width, "wider than the phone")] if wide else []
        chromium.set_width(390)
        faults += [(pattern, scheme, error) for error in chromium.console_errors]
        faults += [(pattern, scheme, one["id"], one["where"]) for one in accessibility_violations(chromium)]
        # What axe-core itself tries to style is refused by the page's policy, and is no fault of the page.
        chromium.console_errors.clear()
    return faults
