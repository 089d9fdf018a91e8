"""Every screen of the activists' app in every state, and how to get there: add a new one where its stage is.

A stage arranges the rows that its screens need, once; then each visitor (one a language) goes through its screens, in
this order, with what the phone has by then: a device, follows, alerts. What a screen says is named by its key in
`frontend/messages`, so that one line does for every language.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import TransferCode
from campaigns.models import Campaign, Invitation
from tests.app_visitors import CAMPAIGN, CLOSED, KINDS, Visitor, World, settings_rooms
from tests.make import UNKNOWN_ID, far, make_device

Step = Callable[[Visitor], None]


@dataclass(frozen=True, slots=True)
class Screen:
    """``reach`` brings the visitor there. Of ``errors`` the browser's console may tell: parts of its lines."""

    name: str
    reach: Step
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """Screens that need the same rows, which ``arrange`` makes."""

    screens: tuple[Screen, ...]
    arrange: Callable[[World], None] = lambda _world: None


def at(path: str) -> Step:
    """Opens this path."""
    return lambda visitor: visitor.open(path)


def of_kind(name: str) -> Step:
    """Opens the action of this kind."""
    return lambda visitor: visitor.open(visitor.world.address(name))


def in_phase(phase: str) -> tuple[Screen, ...]:
    """The five kinds."""
    return tuple(Screen(f"{name}-{phase}", of_kind(name)) for name in KINDS)


def invited(visitor: Visitor) -> None:
    code = Invitation.objects.make(Campaign.objects.get(slug=CLOSED), uses=1, expires_at=far(1))
    visitor.open(f"/c/{CLOSED}#invitation={code}")
    visitor.sees("invited_why")


def write_a_post(visitor: Visitor) -> None:
    visitor.open(visitor.world.address("hashtag"))
    visitor.page.get_by_role("textbox").first.fill("Cinq cents, c'est possible.")


def see_the_hashtag_withdrawn(visitor: Visitor) -> None:
    visitor.open(visitor.world.address("hashtag"))
    visitor.sees("hashtag_withdrawn")


def take_part(visitor: Visitor) -> None:
    visitor.open(visitor.world.address("rally"))
    visitor.page.get_by_role("button").filter(has_text=visitor.words("come")).first.tap()
    visitor.sees("coming")


def call_an_official(visitor: Visitor) -> None:
    # Straight from the list: through the app it is possible in office hours only.
    visitor.world.give_official(visitor.device())
    visitor.open(visitor.world.address("outreach"))
    visitor.page.get_by_test_id("official").wait_for()


def follow(visitor: Visitor) -> None:
    visitor.follow()


def turn_alerts_on(visitor: Visitor) -> None:
    visitor.turn_alerts_on()
    visitor.sees("test_alert")


def deny_alerts(visitor: Visitor) -> None:
    visitor.answer_notifications("denied")
    visitor.open("/alerts")
    visitor.sees("alerts_denied")


def check(visitor: Visitor) -> None:
    visitor.open("/alerts/check")
    visitor.page.locator("[data-testid=step-verified][data-verdict=good]").wait_for()


def try_the_phone(visitor: Visitor) -> None:
    visitor.page.get_by_test_id("trial").get_by_role("button").tap()
    visitor.page.locator("[data-testid=trial][data-state=ask]").wait_for()
    visitor.page.get_by_test_id("trial").get_by_role("button").last.tap()
    visitor.page.get_by_test_id("advice").wait_for()


def check_what_is_denied(visitor: Visitor) -> None:
    visitor.open("/alerts/check")
    visitor.page.locator("[data-testid=step-permission][data-verdict=wrong]").wait_for()


def without_network(path: str) -> Step:
    def reach(visitor: Visitor) -> None:
        visitor.open(path)
        visitor.page.wait_for_load_state("networkidle")
        visitor.chromium.set_offline(True)
        visitor.open(path)
        visitor.page.get_by_role("status").filter(has_text=visitor.words("offline").split(",")[0]).first.wait_for()

    return reach


def keep_a_broadcast(visitor: Visitor) -> None:
    without_network(visitor.world.address("broadcast"))(visitor)


def listen_without_network(visitor: Visitor) -> None:
    visitor.tap("listen")
    visitor.page.locator("[data-testid=gesture][data-state=waiting]").wait_for()


def open_the_feed_without_network(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.page.get_by_test_id("gestures-waiting").wait_for()


def send_what_waited(visitor: Visitor) -> None:
    visitor.chromium.set_offline(False)
    visitor.open(visitor.world.address("broadcast"))
    visitor.sees("listening")
    visitor.page.wait_for_function("() => !document.querySelector('[data-testid=gesture][data-state=waiting]')")


def back_online(visitor: Visitor) -> None:
    visitor.chromium.set_offline(False)
    visitor.open("/")


def ask_to_erase(visitor: Visitor) -> None:
    visitor.open("/settings/erase")
    visitor.tap("erase_button")


def erase(visitor: Visitor) -> None:
    visitor.tap("erase_confirm")
    visitor.page.get_by_role("heading", name=visitor.words("erased")).wait_for()


def make_a_code(visitor: Visitor) -> None:
    visitor.open("/transfer")
    visitor.tap("transfer_make")
    visitor.sees("transfer_waiting")


def enter_a_wrong_code(visitor: Visitor) -> None:
    visitor.open("/transfer#code=0000-0000-0000")
    visitor.tap("transfer_enter_go")
    visitor.sees("transfer_useless")


def take_over_another_phone(visitor: Visitor) -> None:
    other = make_device(language=visitor.language)
    code, _ = TransferCode.objects.make(other, timezone.now())
    visitor.open(f"/transfer#code={code}")
    visitor.tap("transfer_enter_go")
    visitor.page.get_by_role("heading", name=visitor.words("transfer_taken_title")).wait_for()


NOT_FOUND = ("404",)
NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")

STAGES = (
    Stage(
        (
            Screen("feed", at("/")),
            Screen("campaign", at(f"/c/{CAMPAIGN}")),
            Screen("alerts-off", at("/alerts")),
            Screen("settings", at("/settings")),
            Screen("install", at("/install")),
            Screen("rights", at("/rights")),
            Screen("unknown-action", at(f"/a/{UNKNOWN_ID}"), NOT_FOUND),
            Screen("closed-campaign", at(f"/c/{CLOSED}"), NOT_FOUND),
            Screen("invited", invited, NOT_FOUND),
        )
    ),
    Stage(in_phase("before"), lambda world: world.move("before")),
    Stage(
        (
            *in_phase("live"),
            Screen("hashtag-written", write_a_post),
            Screen("rally-joined", take_part),
            Screen("outreach-calling", call_an_official),
            Screen("broadcast-offline", keep_a_broadcast, NO_NETWORK),
            Screen("broadcast-waiting", listen_without_network, NO_NETWORK),
            Screen("feed-waiting", open_the_feed_without_network, NO_NETWORK),
            Screen("broadcast-sent", send_what_waited, NO_NETWORK),
        ),
        lambda world: world.move("live"),
    ),
    Stage(in_phase("over"), lambda world: world.move("over")),
    Stage((Screen("hashtag-withdrawn", see_the_hashtag_withdrawn),), World.withdraw_hashtag),
    Stage(in_phase("cancelled"), World.cancel),
    Stage(
        (
            Screen("campaign-followed", follow),
            Screen("alerts-on", turn_alerts_on),
            Screen("check", check),
            Screen("check-tested", try_the_phone),
            *(Screen(f"settings-{room}", at(f"/settings/{room}")) for room in settings_rooms()),
            Screen("transfer", at("/transfer")),
            Screen("transfer-code", make_a_code),
            Screen("transfer-asked", at("/transfer#code=0000-0000-0000")),
            Screen("transfer-useless", enter_a_wrong_code, NOT_FOUND),
            Screen("transfer-taken", take_over_another_phone),
            Screen("alerts-denied", deny_alerts),
            Screen("check-denied", check_what_is_denied),
            Screen("campaign-denied", at(f"/c/{CAMPAIGN}")),
            Screen("feed-offline", without_network("/"), NO_NETWORK),
            Screen("feed-again", back_online, NO_NETWORK),
        )
    ),
    Stage(
        (Screen("feed-empty", at("/"), NOT_FOUND), Screen("erase-asked", ask_to_erase), Screen("erased", erase)),
        World.close_all,
    ),
)
