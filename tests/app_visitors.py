"""The demo in a state that screens need, and people of a language who go through the app on a phone."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.request import urlopen

from django.utils import timezone
from playwright.sync_api import CDPSession

from accounts.models import Device, Subscription
from campaigns.models import (
    Action,
    ActionState,
    Broadcast,
    Campaign,
    Claim,
    Gathering,
    HashtagPush,
    Official,
    Outreach,
    RallyCall,
    SolidarityAlert,
)
from tests.browsers.chromium import Chromium
from tests.browsers.waiting import wait_until
from tests.delivering import ROOT
from tests.patience import PATIENCE
from tests.running_site import RunningSite

CAMPAIGN = "500-signatures"
CLOSED = "piquet-du-depot"
KINDS = {"hashtag": HashtagPush, "rally": RallyCall, "solidarity": SolidarityAlert, "broadcast": Broadcast} | {
    "outreach": Outreach
}
# Hours from now at which an action in this phase begins and ends. The phone's own clock counts too.
PHASES = {"before": (3, 5), "live": (-1, 2), "over": (-4, -2)}


@cache
def messages(language: str) -> dict[str, Any]:
    """The app's texts in this language, by key."""
    text = (ROOT / "frontend" / "messages" / f"{language}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def settings_rooms() -> list[str]:
    """The rooms that the app's own list names: a new one is looked at by itself."""
    routes = (ROOT / "frontend" / "src" / "app" / "routes.ts").read_text(encoding="utf-8")
    found = re.search(r"SETTINGS_ROOMS = \[(.*?)\]", routes, re.DOTALL)
    assert found
    return re.findall(r'"([a-z]+)"', found[1])


class World:
    """The rows behind the screens: the demo's, moved through the phases of their lives."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        shown = Action.objects.filter(campaign__slug=CAMPAIGN, state=ActionState.PUBLISHED, ends_at__gt=timezone.now())
        # The richest of each kind: what lies ahead in the demo has its places, persons, officials and links.
        self.actions = {name: shown.filter(kind=kind.KIND).earliest("starts_at") for name, kind in KINDS.items()}

    def address(self, name: str) -> str:
        """Where the action of this kind is."""
        return f"/a/{self.actions[name].uuid}"

    def move(self, phase: str) -> None:
        """All five actions to this phase, and waits until the site says so."""
        now = timezone.now()
        starts, ends = (now + timedelta(hours=hours) for hours in PHASES[phase])
        for action in self.actions.values():
            Action.objects.filter(pk=action.pk).update(starts_at=starts, ends_at=ends, state=ActionState.PUBLISHED)
            Gathering.objects.filter(action_id=action.pk).update(starts_at=starts)
        HashtagPush.objects.filter(pk=self.actions["hashtag"].pk).update(reveal_at=starts)
        self._wait_for(lambda shown: abs(datetime.fromisoformat(shown["starts_at"]) - starts) < timedelta(seconds=1))

    def cancel(self) -> None:
        """All five."""
        Action.objects.filter(pk__in=[action.pk for action in self.actions.values()]).update(
            state=ActionState.CANCELLED
        )
        self._wait_for(lambda shown: shown["state"] == "cancelled")

    def withdraw_hashtag(self) -> None:
        """Of the push, by an organiser: others took it over."""
        push = HashtagPush.objects.get(pk=self.actions["hashtag"].pk)
        push.withdraw_hashtag(timezone.now())
        path = f"actions/{push.uuid}"
        wait_until(lambda: push.hashtag not in str(self.ask(path)), "no hashtag", seen=lambda: self.ask(path))

    def give_official(self, device: Device) -> None:
        """The device is to call somebody."""
        outreach, now = Outreach.objects.get(pk=self.actions["outreach"].pk), timezone.now()
        listed = list(Official.objects.filter(outreach=outreach).values_list("pk", flat=True))
        assert Claim.objects.take(outreach, device, listed, now=now, until=now + timedelta(hours=1))

    def close_all(self) -> None:
        """No campaign is public any more, so the feed is empty."""
        Campaign.objects.update(published=False)
        wait_until(lambda: not self.ask("feed")["campaigns"], "an empty feed", seen=lambda: self.ask("feed"))

    def ask(self, path: str) -> dict[str, Any]:
        """What the API answers to anybody."""
        with urlopen(f"{self.site.origin}/api/v1/{path}", timeout=PATIENCE) as response:  # noqa: S310  # ours
            return dict(json.load(response))

    def _wait_for(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Ready answers are at most two seconds old."""
        paths = [f"actions/{action.uuid}" for action in self.actions.values()]

        def everywhere() -> bool:
            feed = self.ask("feed")
            listed = {shown["id"]: shown for part in ("live", "coming", "over") for shown in feed[part]}
            mine = [listed.get(str(action.uuid)) for action in self.actions.values()]
            return all(holds(self.ask(path)) for path in paths) and all(holds(one) for one in mine if one)

        wait_until(everywhere, "the actions to have moved", seen=lambda: [self.ask(path) for path in paths])


class Visitor:
    """Somebody with the app on a phone, in one language."""

    def __init__(self, chromium: Chromium, world: World, language: str) -> None:
        self.chromium = chromium
        self.page = chromium.page
        self.world = world
        self.language = language
        self._asked = 0
        self._devtools: CDPSession | None = None
        for event, change in (("request", 1), ("requestfinished", -1), ("requestfailed", -1)):
            self.page.on(event, lambda _request, change=change: self._count(change))

    def settle(self) -> None:
        """Until nothing that the page asked for is still under way, nor asked for anew at once."""
        quiet = 0
        while quiet < 3:
            self.page.wait_for_timeout(40)
            quiet = quiet + 1 if self._asked <= 0 else 0

    def _count(self, change: int) -> None:
        self._asked += change

    def open(self, path: str) -> None:
        """As from a link, and until its heading is there."""
        if self.page.url.split("#")[0] == self.world.site.origin + path.split("#")[0]:
            self.page.goto("about:blank")
        self.chromium.open(self.world.site.origin + path)
        self.page.locator("h1").wait_for()

    def words(self, key: str, **blanks: object) -> str:
        """A text of the app; of one with plurals the general form."""
        text = messages(self.language)[key]
        whole = str(text["other"] if isinstance(text, dict) else text)
        for name, value in blanks.items():
            whole = whole.replace(f"{{{name}}}", str(value))
        return whole

    def tap(self, key: str, **blanks: object) -> None:
        """The button or link of this name."""
        name = self.words(key, **blanks)
        button = self.page.get_by_role("button", name=name, exact=True)
        button.or_(self.page.get_by_role("link", name=name, exact=True)).first.tap()

    def sees(self, key: str, **blanks: object) -> None:
        """Waits for a text of the app."""
        self.page.get_by_text(self.words(key, **blanks)).first.wait_for()

    def follow(self) -> None:
        """The campaign, from its page."""
        self.open(f"/c/{CAMPAIGN}")
        self.page.get_by_role("checkbox", name=self.words("consent")).check()
        self.tap("follow_button")
        self.sees("following")

    def turn_alerts_on(self) -> None:
        """And waits until a push has shown that they arrive."""
        before = Subscription.objects.filter(verified_on__isnull=False).count()
        self.chromium.allow_notifications(self.world.site.origin)
        self.open("/alerts")
        self.tap("turn_on")
        verified = Subscription.objects.filter(verified_on__isnull=False)
        self.chromium.until(lambda: verified.count() > before, "the phone to be verified")

    def device(self) -> Device:
        """The row of this phone: the youngest in its language; waits for it."""
        mine = Device.objects.filter(language=self.language)
        self.chromium.until(mine.exists, "the phone to have a device")
        return mine.latest("pk")

    def answer_notifications(self, setting: str) -> None:
        """What the browser's own settings say: "granted", "denied" or "prompt"."""
        permission = {"name": "notifications"}
        given = {"permission": permission, "setting": setting, "origin": self.world.site.origin}
        # It holds as long as this session does.
        self._devtools = self._devtools or self.chromium.devtools()
        self._devtools.send("Browser.setPermission", given)
