"""The start page says which cases nobody confirmed for a day, and which rallies are to be declared today or late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Heartbeat
from campaigns.models.heartbeat import SCHEDULER
from tests.admin_pages import Organiser, page_of, parse
from tests.make import far, make_campaign, make_gathering, make_member, make_rally_call, make_solidarity_alert

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scheduler_that_ticks():
    Heartbeat.objects.beat(SCHEDULER, timezone.now())


def home_of(campaign):
    """What the start page says, and the addresses on it."""
    page = parse(Organiser(make_member(campaign)).get("/admin/"))
    return " ".join(page.text.split()), [values.get("href", "") for tag, values in page.elements if tag == "a"]


def test_it_names_a_case_that_nobody_confirmed_for_a_day():
    campaign = make_campaign()
    case = make_solidarity_alert(campaign, checked_at=far(-25), title={"fr": "Convocation"})
    make_solidarity_alert(campaign, checked_at=far(-23), title={"fr": "Autre"})
    make_solidarity_alert(campaign, checked_at=far(-99), ends_at=far(-1), starts_at=far(-9), title={"fr": "Fini"})
    make_solidarity_alert(checked_at=far(-99), title={"fr": "Ailleurs"})
    text, addresses = home_of(campaign)
    assert "“Convocation” is unconfirmed since " in text
    assert page_of(case) in addresses
    assert not [name for name in ("“Autre” is unconf", "“Fini” is unconf", "“Ailleurs” is unconf") if name in text]


@pytest.mark.parametrize(
    ("days", "said"),
    [(3, "the last day for it is over"), (4, "today is the last day for it"), (5, None)],
)
def test_it_says_that_a_declaration_is_due_or_overdue(days, said):
    campaign = make_campaign()
    start = timezone.now() + timedelta(days=days)
    rally = make_rally_call(campaign, declaration="undeclared", starts_at=start, ends_at=start + timedelta(hours=1))
    make_gathering(rally)
    text, _ = home_of(campaign)
    assert ("is not declared" in text) is (said is not None)
    assert said is None or said in text


def test_it_says_nothing_of_a_declared_or_banned_one():
    campaign = make_campaign()
    for declaration in ("declared", "banned"):
        make_rally_call(campaign, declaration=declaration, starts_at=far(30), ends_at=far(31))
    assert "is not declared" not in home_of(campaign)[0]
