"""The admin on a phone: a hashtag push from sign-in to scheduled, by thumb and by keyboard."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from campaigns.models import Action, AlertState
from tests.browsers.chromium import Chromium
from tests.browsers.fixtures import StartChromium
from tests.journeys import CAMPAIGN, PARIS, typed
from tests.running_site import PASSWORD, RunningSite

pytestmark = pytest.mark.browser

COUNT_TAPS = (
    "addEventListener('pointerdown', () => { sessionStorage.taps = Number(sessionStorage.taps || 0) + 1; }, true)"
)


def tomorrow(hour: int) -> datetime:
    return (datetime.now(PARIS) + timedelta(days=3)).replace(hour=hour, minute=0, second=0, microsecond=0)


def test_a_push_with_four_alerts_is_scheduled_by_thumb_and_by_keyboard(
    start_chromium: StartChromium, site: RunningSite, record_property: Callable[[str, object], None]
) -> None:
    site.make_organiser("demo")
    it_takes_few_taps(start_chromium(), site, record_property)
    it_takes_the_keyboard_alone(start_chromium(), site)


def it_takes_few_taps(chromium: Chromium, site: RunningSite, record_property: Callable[[str, object], None]) -> None:
    page = chromium.page
    page.add_init_script(COUNT_TAPS)
    page.on("dialog", lambda dialog: dialog.accept())
    began = time.monotonic()
    page.goto(f"{site.origin}/admin/")
    type_into(chromium, "input[name=login]", "demo")
    type_into(chromium, "input[name=password]", PASSWORD)
    page.locator("form button[type=submit]").first.tap()
    page.wait_for_url(f"{site.origin}/admin/")
    page.locator("a[href='/admin/campaigns/hashtagpush/add/']").first.tap()
    page.wait_for_url("**/hashtagpush/add/")
    page.locator("select[name=campaign]").select_option(label=CAMPAIGN)
    for name, text in (("title_fr", "Ce soir, 18 h"), ("title_en", "Tonight, 6 pm"), ("hashtag", "UnMotDiese")):
        type_into(chromium, f"[name={name}]", text)
    page.fill("[name=starts_at]", typed(tomorrow(18)))
    page.fill("[name=ends_at]", typed(tomorrow(20)))
    page.locator(".submit-row [name=_save]").last.tap()
    page.wait_for_url("**/change/")
    page.locator("[name=_schedule_all]").tap()
    page.locator(".messagelist").first.wait_for()
    push = Action.objects.latest("pk")
    states = list(push.alerts.values_list("state", flat=True))
    assert (push.state, states) == ("published", [AlertState.SCHEDULED] * 4)
    # Choosing the campaign and the two hours takes two taps each in the phone's own pickers.
    taps = chromium.run("() => Number(sessionStorage.taps)") + 3 * 2
    record_property("figures", f"a push with four alerts: {taps} taps, {time.monotonic() - began:.0f} s by a machine")
    assert taps <= 20
    assert chromium.console_errors == []


def type_into(chromium: Chromium, selector: str, text: str) -> None:
    chromium.page.locator(selector).first.tap()
    chromium.page.keyboard.type(text)


def it_takes_the_keyboard_alone(chromium: Chromium, site: RunningSite) -> None:
    page = chromium.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{site.origin}/admin/campaigns/hashtagpush/add/")
    tab_to(chromium, "login")
    page.keyboard.type("demo")
    tab_to(chromium, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/hashtagpush/add/")
    tab_to(chromium, "campaign")
    page.keyboard.type(CAMPAIGN[:12])
    tab_to(chromium, "title_fr")
    page.keyboard.type("Au clavier")
    # Days away from the first: phones are spared more than so many alerts a day.
    later = timedelta(days=4)
    for name, moment in (("starts_at", tomorrow(18) + later), ("ends_at", tomorrow(20) + later)):
        tab_to(chromium, name)
        # What a person types part by part is the browser's own; its value is what counts here.
        page.evaluate("(value) => { document.activeElement.value = value; }", typed(moment))
    tab_to(chromium, "hashtag")
    page.keyboard.type("UnMotDiese")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    tab_to(chromium, "_schedule_all")
    page.keyboard.press("Enter")
    page.locator(".messagelist").first.wait_for()
    assert Action.objects.latest("pk").alerts.filter(state=AlertState.SCHEDULED).count() == 4


def tab_to(chromium: Chromium, name: str) -> None:
    """Presses Tab until what has this name has the focus, and can be seen to have it."""
    for _ in range(150):
        focused = chromium.run("() => document.activeElement?.getAttribute('name')")
        if focused == name:
            assert chromium.run("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
        chromium.page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the Tab key")
