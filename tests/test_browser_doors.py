"""The hashtag room's three doors in a real Chromium at phone size: each leads out of the app, all count, once."""

from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from PIL import Image
from playwright.sync_api import expect

from campaigns.models import Action, Participation, Picture, Tally
from tests.browsers.chromium import Chromium
from tests.browsers.fixtures import StartChromium
from tests.browsers.page_checks import accessibility_violations
from tests.delivering import ROOT
from tests.journeys import Organiser, page_of
from tests.patience import PATIENCE
from tests.running_site import RunningSite, StartSite

pytestmark = pytest.mark.browser

PICTURES = ROOT / "var" / "screenshots" / "doors"
# A phone's share sheet, which takes everything; this browser has none.
SHARE_SHEET = """
    Object.defineProperty(navigator, 'canShare', { value: () => true, configurable: true });
    Object.defineProperty(navigator, 'share', { configurable: true, value: async ({ files = [], ...rest }) => {
        window.handed = { ...rest, files: files.map((file) => file.type) };
    } });
"""
WORDS = "Parce que cinq cents signatures ne se demandent pas en secret."
SHOWN = "[data-testid=door-relay] img"
# How many of them have pixels.
SEEN = "selector => [...document.querySelectorAll(selector)].filter(one => one.naturalWidth > 0).length === 3"


def counted(action: Action) -> dict[str, Any]:
    """As the organisers see it: all that took part, verified or not."""
    return {
        stage: Tally.objects.filter(action_id=action.pk, stage=stage).aggregate(n=Sum("total"))["n"]
        for stage in ("joined", "done")
    }


def send_in_a_picture(organiser: Organiser, site: RunningSite, action: Action, file: Path) -> int:
    """As an organiser does on a phone. How many bytes leave the phone."""
    organiser.sign_in("demo")
    page = organiser.page
    page.goto(f"{site.origin}/admin/campaigns/hashtagpush/{action.pk}/change/")
    page.locator("#media-group .add-row a").click()
    row = page.locator("#media-4")
    row.locator("select").select_option("picture")
    assert not row.locator("[name=media-4-url]").is_visible()
    row.locator("input[type=file]").set_input_files(file)
    row.locator(".picture-chosen img").wait_for()
    row.locator("[name=media-4-alt_fr]").fill("Un ciel gris")
    page.wait_for_function("() => document.querySelector('[name=media-4-picture]').files[0].type === 'image/jpeg'")
    size: int = row.locator("input[type=file]").evaluate("input => input.files[0].size")
    organiser.save()
    assert organiser.refusals == []
    return size


def test_each_door_leads_out_and_they_count_once(
    chromium: Chromium, start_chromium: StartChromium, start_site: StartSite, tmp_path: Path
) -> None:
    site = start_site({})
    action = Action.objects.get(title__en="The hashtag, now")
    site.make_organiser("demo")
    sky = Image.effect_noise((3000, 2000), 20)
    sky.save(tmp_path / "sky.png")
    sent = send_in_a_picture(Organiser(start_chromium().page, site.origin), site, action, tmp_path / "sky.png")
    assert sent * 4 < (tmp_path / "sky.png").stat().st_size
    assert Picture.objects.filter(medium__action=action).count() == 3
    before, page = counted(action), chromium.page
    page.add_init_script(SHARE_SHEET)
    chromium.open(f"{site.origin}/")
    chromium.wait_for("() => navigator.serviceWorker.ready.then(() => true)", "the service worker")
    chromium.open(page_of(site.origin, action.uuid))

    # By keyboard: one stop for all doors, arrows from door to door.
    # What the page learns in its first seconds takes neither the place nor the focus away.
    first_tab = page.get_by_role("tab", name="Écrire").element_handle()
    page.get_by_role("tab", name="Écrire").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Relayer")).to_be_focused(timeout=PATIENCE * 1000)
    chromium.wait_for(SEEN, "the three pictures", SHOWN)
    page.get_by_test_id("live-count").first.wait_for()
    assert first_tab.evaluate("tab => tab.isConnected")
    assert page.get_by_test_id("door-relay").get_by_role("img", name="Dessin : 500 carrés").count() == 1
    faults = [("relay", found["id"], found["where"]) for found in accessibility_violations(chromium)]
    chromium.screenshot(PICTURES / "relay.png", whole_page=True)

    page.get_by_label("Vos mots, si vous voulez").fill(WORDS)
    page.get_by_role("button", name="Partager…").last.click()
    handed = chromium.run("() => window.handed")
    assert handed == {"files": ["image/jpeg"], "text": f"{WORDS} #500SignaturesPourAnasse"}
    page.get_by_role("heading", name="Relayé ?").wait_for()
    page.get_by_role("button", name="J'ai relayé").click()
    chromium.wait_for_text("Merci. Compté sans nom ni texte.")
    one = Participation.objects.filter(action=action, stage="done")
    chromium.until(one.exists, "the part to be counted")

    # The door is the same after the page was closed; nothing more is asked.
    chromium.open(page_of(site.origin, action.uuid))
    page.locator("[role=tab][aria-selected=true]", has_text="Relayer").wait_for()
    page.get_by_role("tab", name="Transmettre").click()
    page.get_by_role("button", name="Transmettre…").click()
    assert chromium.run("() => window.handed.url") == page_of(site.origin, action.uuid)
    assert page.get_by_role("heading", name="Transmis ?").count() == 0
    faults += [("pass", found["id"], found["where"]) for found in accessibility_violations(chromium)]
    chromium.screenshot(PICTURES / "pass.png", whole_page=True)

    page.get_by_role("tab", name="Écrire").click()
    assert page.get_by_label("Vos mots", exact=True).input_value() == WORDS
    page.get_by_role("button", name="Partager…").click()
    assert chromium.run("() => window.handed.text") == (
        f"{WORDS} #500SignaturesPourAnasse https://comite.example/500-signatures"
    )
    chromium._pause(1)
    assert Participation.objects.filter(action=action).count() == 1
    assert counted(action) == {"joined": before["joined"] + 1, "done": before["done"] + 1}

    # What was counted is taken back on the same page, and may be done again.
    page.get_by_role("button", name="Je ne participe plus").click()
    chromium.until(lambda: counted(action) == before, "the part to be taken back")
    page.get_by_role("button", name="J'ai publié").wait_for()
    assert Participation.objects.filter(action=action).count() == 0

    chromium.set_offline(True)
    page.reload()
    page.get_by_role("tab", name="Relayer").click()
    chromium.wait_for(SEEN, "the pictures without a network", SHOWN)
    assert faults == []
    assert chromium.foreign_requests(site.origin) == []
