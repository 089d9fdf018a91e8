"""The whole journey of an activist for everyone: by keyboard alone, and by what the accessibility tree says alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from tests.app_visitors import Visitor, World
from tests.browsers.fixtures import StartChromium
from tests.browsers.keyboard import Keyboard
from tests.browsers.reader import Reader
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

NAME = {"fr": "500 signatures pour Anasse", "en": "500 signatures for Anasse"}
POST = "Cinq cents, c'est possible."


class Somebody:
    """A visitor with a way of their own to use a page. After each step: do they still know where they are?"""

    def __init__(self, visitor: Visitor, hands: Keyboard | Reader) -> None:
        self.visitor = visitor
        self.hands = hands
        self.page = visitor.page

    def title(self, kind: str) -> str:
        """Of the action of this kind, in their language."""
        return str(self.visitor.world.actions[kind].title[self.visitor.language])

    def go(self, key: str, role: str = "button", **blanks: object) -> None:
        """The button or link of this name."""
        self.hands.go(role, self.visitor.words(key, **blanks))  # type: ignore[arg-type]

    def visit(self, name: str, heading: str = "", *, exact: bool = False) -> None:
        """By its link; the new heading has the focus."""
        self.hands.go("link", name, exact=exact)
        self.at_heading(heading or name)

    def at_heading(self, text: str) -> None:
        heading = self.page.get_by_role("heading", level=1, name=text)
        heading.wait_for()
        self.page.wait_for_function("() => document.activeElement?.tagName === 'H1'")
        self.visitor.settle()
        self.hands.look()

    def is_told(self, *keys: str, where: Locator | None = None) -> None:
        """By voice; who sees finds it beside what was just done, where the focus still is."""
        if isinstance(self.hands, Reader):
            self.hands.hears(*[self.visitor.words(key).split("{")[0] for key in keys])
        self.keeps_the_place(where)

    def keeps_the_place(self, where: Locator | None = None) -> None:
        self.visitor.settle()
        self.page.wait_for_function("() => document.activeElement !== document.body")
        if where is not None and isinstance(self.hands, Keyboard):
            self.hands.is_at(where)
        self.hands.look()


def test_the_journey_by_keyboard_and_by_the_accessibility_tree(
    start_chromium: StartChromium, site: RunningSite
) -> None:
    world, seeing, hearing = World(site), start_chromium(language="fr-FR"), start_chromium(language="en-GB")
    keyboard = Keyboard(seeing.page)
    journey(Somebody(Visitor(seeing, world, "fr"), keyboard))
    reader = Reader(hearing.page, hearing.devtools())
    journey(Somebody(Visitor(hearing, world, "en"), reader))
    assert [*keyboard.faults, *reader.faults] == []


def journey(one: Somebody) -> None:
    one.visitor.world.move("live")
    one.visitor.open("/")
    one.visitor.settle()
    if isinstance(one.hands, Keyboard):
        skips_what_is_known(one.hands, one.visitor.words("skip"))
    steps: tuple[Callable[[Somebody], None], ...] = (
        follows,
        joins_a_rally,
        writes_and_posts,
        listens,
        waits_for_the_network,
        reports_a_call,
        reads_the_rights,
        settles_what_is_shown_and_kept,
        erases_everything,
    )
    for step in steps:
        step(one)


def skips_what_is_known(keyboard: Keyboard, name: str) -> None:
    keyboard.press("Tab")
    assert keyboard.page.get_by_role("link", name=name).evaluate("e => e === document.activeElement")
    keyboard.press("Enter")
    assert keyboard.page.evaluate("() => document.activeElement.id") == "content"
    keyboard.walk()


def follows(one: Somebody) -> None:
    one.visit(NAME[one.visitor.language])
    one.go("follow_button")
    one.is_told("consent_needed")
    one.hands.tick(one.visitor.words("consent"))
    one.go("follow_button")
    one.is_told("followed")
    one.go("later")
    one.keeps_the_place()
    one.visit(one.visitor.words("back"), one.visitor.words("feed_title"))


def joins_a_rally(one: Somebody) -> None:
    rally = one.visitor.world.actions["rally"]
    place = rally.gatherings.order_by("starts_at", "pk").first()
    assert place
    one.visit(one.title("rally"))
    name = place.name[one.visitor.language]
    one.go("come_to", place=name)
    one.is_told("coming", where=one.page.get_by_role("listitem").filter(has_text=name).first)
    one.go("not_coming")
    one.keeps_the_place()
    one.page.evaluate("() => history.back()")
    one.at_heading(one.visitor.words("feed_title"))


def writes_and_posts(one: Somebody) -> None:
    one.visit(one.title("hashtag"))
    one.hands.open_tab(one.visitor.words("door_relay"))
    one.keeps_the_place()
    one.hands.open_tab(one.visitor.words("door_write"))
    one.go("open_network", "link", network="X")
    one.is_told("write_first")
    one.hands.write(one.visitor.words("your_words"), POST)
    one.hands.choose("Bluesky")
    one.go("posted")
    one.is_told("thanks")
    if isinstance(one.hands, Keyboard):
        one.hands.walk()
    one.visit(one.visitor.words("nav_feed"), one.visitor.words("feed_title"), exact=True)


def listens(one: Somebody) -> None:
    # From here on in the dark.
    one.page.emulate_media(color_scheme="dark")
    one.visit(one.title("broadcast"))
    one.go("listen")
    one.is_told("listening")
    one.go("withdraw_listening")
    one.keeps_the_place()
    one.visit(one.visitor.words("nav_feed"), one.visitor.words("feed_title"), exact=True)


def waits_for_the_network(one: Somebody) -> None:
    one.visit(one.title("broadcast"))
    one.visitor.chromium.set_offline(True)
    one.go("listen")
    one.is_told("queued")
    one.visitor.chromium.set_offline(False)
    one.page.wait_for_function("() => !document.querySelector('[data-testid=gesture][data-state=waiting]')")
    one.go("withdraw_listening")
    one.keeps_the_place()
    one.visit(one.visitor.words("nav_feed"), one.visitor.words("feed_title"), exact=True)


def reports_a_call(one: Somebody) -> None:
    # Straight from the list: through the app it is possible in office hours only.
    one.visitor.world.give_official(one.visitor.device())
    one.visit(one.title("outreach"))
    one.page.get_by_test_id("official").wait_for()
    one.hands.look()
    one.go("outreach_to_outcome")
    one.keeps_the_place(one.page.get_by_test_id("outcome"))
    one.go("outreach_report")
    one.is_told("outreach_choose")
    one.hands.choose(one.visitor.words("result_promises"))
    one.go("outreach_report")
    # On a slow network it is kept, and said so.
    one.is_told("outreach_reported", "queued_call")


def reads_the_rights(one: Somebody) -> None:
    one.visit(one.visitor.words("rights_title"))
    topic = one.page.get_by_role("navigation", name=one.visitor.words("rights_topics")).get_by_role("link").nth(1)
    name = topic.inner_text()
    one.hands.go("link", name)
    one.page.wait_for_function("name => document.activeElement.querySelector('h2')?.innerText === name", arg=name)
    one.hands.look()


def settles_what_is_shown_and_kept(one: Somebody) -> None:
    words = one.visitor.words
    one.visit(words("nav_settings"), words("settings_title"), exact=True)
    one.visit(words("settings_alerts"))
    one.hands.choose(words("lock_discreet"))
    one.is_told("saved")
    one.visit(words("back_to_settings"), words("settings_title"))
    one.visit(words("settings_phone"))
    one.hands.tick(words("keep_nothing"))
    one.is_told("saved")
    one.visit(words("back_to_settings"), words("settings_title"))


def erases_everything(one: Somebody) -> None:
    one.visit(one.visitor.words("erase_title"))
    one.go("erase_button")
    one.keeps_the_place(one.page.get_by_role("button", name=one.visitor.words("erase_confirm")))
    one.go("cancel")
    one.keeps_the_place(one.page.get_by_role("button", name=one.visitor.words("erase_button")))
    one.go("erase_button")
    one.go("erase_confirm")
    one.at_heading(one.visitor.words("erased"))
