"""The system's own colours, as of contrast themes: what is chosen, filled or focused is still seen. And no motion."""

from collections import Counter
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from campaigns.models import Campaign
from tests.app_visitors import CAMPAIGN, Visitor, World
from tests.browsers.fixtures import StartChromium
from tests.delivering import ROOT
from tests.journeys import Organiser
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

PICTURES = ROOT / "var" / "screenshots" / "contrast"
SCHEMES = ("light", "dark")
COLOURS = {"forced_colors": "active", "contrast": "more"}
# How many transitions run once something fades.
FADING = """() => {
  const button = document.querySelector("a");
  button.style.transition = "opacity 60s";
  getComputedStyle(button).opacity;
  button.style.opacity = "0.5";
  getComputedStyle(button).opacity;
  const running = document.getAnimations().length;
  button.style.cssText = "";
  return running;
}"""


def test_the_colours_of_the_system(start_chromium: StartChromium, site: RunningSite) -> None:
    visitor = Visitor(start_chromium(scale=1), World(site), "fr")
    the_app_in_them(visitor)
    site.make_organiser("demo")
    the_admin_in_them(visitor.page, site.origin)


def the_app_in_them(visitor: Visitor) -> None:
    page, world = visitor.page, visitor.world
    world.move("live")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, **COLOURS)  # type: ignore[arg-type]
        visitor.open("/")
        links = page.get_by_role("navigation").get_by_role("link")
        assert edge(links.nth(0)) != edge(links.nth(1))
        visitor.open(world.address("hashtag"))
        tab, other = (page.get_by_role("tab", selected=selected).first for selected in (True, False))
        # Not in the first picture of a slow machine: it is drawn once the draft was looked for.
        visitor.chromium.until(lambda one=tab, two=other: ground(one) != ground(two), "another ground for the door")
        filled, rest = halves(page.get_by_test_id("action-goal").locator("[aria-hidden]").first)
        assert filled != rest
        assert ground(page.get_by_role("link", name=visitor.words("open_network", network="X"))) != ground(
            page.get_by_role("button", name=visitor.words("posted"))
        )
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        has_a_ring(page)
        keep(page, f"hashtag-{scheme}")
        visitor.open("/install")
        is_black_on_white(page.get_by_role("img"))
    page.emulate_media(forced_colors="none", contrast="no-preference", reduced_motion="no-preference")
    assert page.evaluate(FADING) == 1
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(FADING) == 0


def the_admin_in_them(page: Page, origin: str) -> None:
    page.emulate_media(**COLOURS)  # type: ignore[arg-type]
    page.goto(f"{origin}/accounts/login/")
    page.keyboard.press("Tab")
    has_a_ring(page)
    Organiser(page, origin).sign_in("demo")
    campaign = Campaign.objects.get(slug=CAMPAIGN)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, **COLOURS)  # type: ignore[arg-type]
        page.goto(f"{origin}/admin/campaigns/campaign/{campaign.pk}/inviting/")
        is_black_on_white(page.locator(".qr-code"))
        page.goto(f"{origin}/admin/campaigns/campaign/{campaign.pk}/change/")
        save = page.locator(".submit-row input.default").first
        save.scroll_into_view_if_needed()
        assert ground(save) != ground(page.locator("#content h1, #content h2").first)
        save.focus()
        page.keyboard.press("Shift+Tab")
        has_a_ring(page)
        keep(page, f"admin-{scheme}")
    page.emulate_media(forced_colors="none", contrast="no-preference", reduced_motion="reduce")
    assert page.evaluate(FADING) == 0


def picture(shown: Locator) -> Image.Image:
    return Image.open(BytesIO(shown.screenshot())).convert("RGB")


def main_colour(image: Image.Image) -> tuple[int, ...]:
    colours = image.getcolors(maxcolors=image.width * image.height)
    assert colours
    return tuple(max(colours)[1])  # type: ignore[arg-type]


def ground(shown: Locator) -> tuple[int, ...]:
    """The colour that most of it has."""
    return main_colour(picture(shown))


def edge(shown: Locator) -> tuple[int, ...]:
    """The colour of its upper edge."""
    image = picture(shown)
    return main_colour(image.crop((0, 1, image.width, 2)))


def halves(bar: Locator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What a bar shows near its beginning, and near its end."""
    image = picture(bar)
    inside = image.crop((4, 5, image.width - 4, image.height - 5))
    return main_colour(inside.crop((0, 0, 8, inside.height))), main_colour(
        inside.crop((inside.width - 8, 0, inside.width, inside.height))
    )


def is_black_on_white(code: Locator) -> None:
    colours = Counter(value for value in picture(code).convert("L").tobytes())
    black, white = (sum(colours[level] for level in levels) for levels in (range(32), range(224, 256)))
    assert min(black, white) > 0.2 * colours.total(), (black, white)


def has_a_ring(page: Page) -> None:
    """Around what has the focus more is drawn than without it."""
    box = page.locator(":focus").bounding_box()
    assert box
    around = {"x": max(box["x"] - 6, 0), "y": max(box["y"] - 6, 0)} | {
        "width": box["width"] + 12,
        "height": box["height"] + 12,
    }
    focused = page.screenshot(clip=around, caret="initial")  # type: ignore[arg-type]
    page.evaluate("() => document.activeElement.blur()")
    assert page.screenshot(clip=around, caret="initial") != focused  # type: ignore[arg-type]


def keep(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True, scale="css")
