"""What an organiser types on a phone survives a second sign-in, a closed tab, a lost connection; once saved it goes."""

import pytest

from campaigns.models import Action, HashtagPush
from tests.browsers.chromium import Chromium
from tests.journeys import Organiser
from tests.running_site import PASSWORD, RunningSite

pytestmark = pytest.mark.browser

KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).map((key) => localStorage[key])"
TITLE = "input[name=title_fr]"


@pytest.fixture
def organiser(chromium: Chromium, site: RunningSite) -> Organiser:
    site.make_organiser("demo")
    organiser = Organiser(chromium.page, site.origin)
    organiser.sign_in("demo")
    return organiser


def open_push(chromium: Chromium, site: RunningSite) -> Action:
    push = HashtagPush.objects.exclude(state="cancelled").latest("starts_at")
    chromium.open(f"{site.origin}/admin/campaigns/hashtagpush/{push.pk}/change/")
    return push


def test_what_is_typed_is_lost_by_nothing_and_stays_no_longer_than_needed(
    chromium: Chromium, organiser: Organiser, site: RunningSite
) -> None:
    it_survives_a_second_sign_in(chromium, organiser, site)
    chromium.page.locator(".draft-banner button").click()
    chromium.wait_for(f"() => !({KEPT})().length", "the draft to be forgotten")
    it_survives_a_closed_tab_and_is_forgotten_by_a_tap(chromium, site)
    organiser.page = chromium.page
    it_survives_a_lost_connection(chromium, organiser, site)
    it_is_gone_once_a_new_action_is_saved(chromium, organiser, site)
    it_keeps_no_name_of_a_person_and_nothing_after_signing_out(chromium, site)


def it_survives_a_second_sign_in(chromium: Chromium, organiser: Organiser, site: RunningSite) -> None:
    push = open_push(chromium, site)
    chromium.page.fill(TITLE, "Un titre mûrement réfléchi")
    # A row that was added, too.
    chromium.page.locator("#alerts-group .add-row a").click()
    row = chromium.page.locator("input[name^=alerts-][name$=-title_fr]").nth(-2)
    name = row.get_attribute("name")
    row.fill("Une alerte de plus")
    chromium.context.clear_cookies(name="session")
    organiser.save()
    chromium.page.wait_for_url("**/accounts/login/**")
    chromium.page.fill("input[name=login]", "demo")
    chromium.page.fill("input[name=password]", PASSWORD)
    chromium.page.locator("form button[type=submit]").first.click()
    chromium.page.wait_for_url(f"**/{push.pk}/change/")
    chromium.page.locator(".draft-banner").wait_for()
    assert chromium.page.input_value(TITLE) == "Un titre mûrement réfléchi"
    assert chromium.page.input_value(f"[name={name}]") == "Une alerte de plus"
    assert chromium.console_errors == []


def it_survives_a_closed_tab_and_is_forgotten_by_a_tap(chromium: Chromium, site: RunningSite) -> None:
    open_push(chromium, site)
    stored = chromium.page.input_value(TITLE)
    chromium.page.fill(TITLE, "Interrompue par un appel")
    chromium.page.close()
    chromium.new_tab()
    open_push(chromium, site)
    chromium.page.locator(".draft-banner").wait_for()
    assert chromium.page.input_value(TITLE) == "Interrompue par un appel"
    chromium.page.locator(".draft-banner button").click()
    chromium.wait_for("(stored) => document.querySelector('input[name=title_fr]').value === stored", "the text", stored)
    assert chromium.run(KEPT) == []


def it_survives_a_lost_connection(chromium: Chromium, organiser: Organiser, site: RunningSite) -> None:
    push = open_push(chromium, site)
    chromium.page.fill(TITLE, "Dans le tunnel")
    said = []
    chromium.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    chromium.set_offline(True)
    chromium.page.locator(".submit-row [name=_save]").last.click()
    chromium.wait_for("() => document.querySelector('input[name=title_fr]').value", "the form to be there still")
    assert [text.partition(" :")[0] for text in said] == ["Pas de réseau"]
    chromium.set_offline(False)
    organiser.save()
    push.refresh_from_db()
    assert push.title["fr"] == "Dans le tunnel"
    assert chromium.run(KEPT) == []


def it_is_gone_once_a_new_action_is_saved(chromium: Chromium, organiser: Organiser, site: RunningSite) -> None:
    organiser.add("rallycall", {"title_fr": "Place de la Sorbonne", "declaration": "declared", **hours()})
    chromium.open(f"{site.origin}/admin/campaigns/rallycall/add/")
    chromium.page.wait_for_load_state("load")
    assert chromium.page.input_value(TITLE) == ""
    assert chromium.run(KEPT) == []


def it_keeps_no_name_of_a_person_and_nothing_after_signing_out(chromium: Chromium, site: RunningSite) -> None:
    chromium.open(f"{site.origin}/admin/campaigns/solidarityalert/add/")
    chromium.page.fill(TITLE, "Convocation")
    chromium.page.locator("#persons-group .add-row a").click()
    chromium.page.locator("input[name=persons-0-name]").fill("Prénom Nom")
    chromium.wait_for(f"() => ({KEPT})().length", "the draft")
    kept = str(chromium.run(KEPT))
    assert "Convocation" in kept
    assert "Prénom" not in kept
    chromium.page.locator("#logout-form button").click()
    chromium.page.wait_for_url("**/accounts/login/**")
    assert chromium.run(KEPT) == []


def hours() -> dict[str, str]:
    return {"starts_at": "2030-05-01T10:00", "ends_at": "2030-05-01T12:00"}
