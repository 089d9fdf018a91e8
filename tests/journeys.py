"""What people do, step by step: an organiser in the admin, an activist in the app. Named as on the screen."""

import re
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.running_site import PASSWORD

PARIS = ZoneInfo("Europe/Paris")
CAMPAIGN = "500 signatures pour Anasse"
# What a tap on the line above a folded field does.
UNFOLD = "field => { for (let box = field; (box = box.parentElement?.closest('details')); ) box.open = true; }"


def next_minute(*, at_least: float) -> datetime:
    """The next full minute in Paris that is so many seconds away."""
    soon = datetime.now(PARIS) + timedelta(seconds=at_least)
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=1)


def typed(moment: datetime) -> str:
    """As a datetime-local input takes it."""
    return moment.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


class Organiser:
    """Somebody with the admin on a phone."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self._origin = origin

    def sign_in(self, name: str) -> None:
        """By name and password, through the sign-in page that the admin leads to."""
        self.page.goto(f"{self._origin}/admin/")
        self.page.locator("input[name=login]").fill(name)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("form button[type=submit]").first.click()
        self.page.wait_for_url(f"{self._origin}/admin/")

    def add(self, kind: str, values: dict[str, str]) -> None:
        """Fills the page for a new action of this kind, and saves it."""
        self.page.goto(f"{self._origin}/admin/campaigns/{kind}/add/")
        self.page.locator("select[name=campaign]").select_option(label=CAMPAIGN)
        for name, value in values.items():
            self._fill(name, value)
        self.save()
        self.page.wait_for_url(re.compile(r"/change/"))

    def _fill(self, name: str, value: str) -> None:
        field = self.page.locator(f"[name={name}]").first
        field.evaluate(UNFOLD)
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)

    def save(self) -> None:
        """The page's own button."""
        self.page.locator(".submit-row [name=_save]").last.click()
        self.page.wait_for_load_state("load")

    def publish(self) -> None:
        """Shows the action to everybody."""
        self.page.locator("[name=_publish]").first.click()
        self.page.wait_for_load_state("load")

    def schedule(self, number: int, send_at: datetime, *, title: str, body: str) -> None:
        """Rewrites the action's alert of that number and schedules it for this minute; it is useful for an hour."""
        self._fill(f"alerts-{number}-title_fr", title)
        self._fill(f"alerts-{number}-body_fr", body)
        self._fill(f"alerts-{number}-send_at", typed(send_at))
        self._fill(f"alerts-{number}-expires_at", typed(send_at + timedelta(hours=1)))
        self.page.locator("[name=_schedule]").nth(number).click()
        self.page.wait_for_load_state("load")
        # In the night, or beside another alert, it is warned of that and scheduled by a second tap.
        card = self.page.locator(".alert-card", has=self.page.locator(f'[name$="-title_fr"][value="{title}"]'))
        if card.locator(".warned").count() and card.locator("[name=_schedule]").count():
            card.locator("[name=_schedule]").click()
            self.page.wait_for_load_state("load")

    def figures(self) -> list[tuple[str, str]]:
        """The figures that the action's page shows, as (label, number), in its order."""
        self.page.reload()
        pairs = self.page.locator("dl.figures > div").all()
        return [(pair.locator("dt").inner_text().strip(), pair.locator("dd").inner_text().strip()) for pair in pairs]

    @property
    def refusals(self) -> list[str]:
        """What the page refused, in words."""
        return self.page.locator(".errornote, .errorlist, .messagelist .error").all_inner_texts()


def page_of(site: str, action: UUID) -> str:
    """Where the app shows an action."""
    return f"{site}/a/{action}"
