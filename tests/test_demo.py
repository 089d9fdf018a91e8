"""`manage.py demo` and `manage.py organiser`."""

import re
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from campaigns import rules
from campaigns.demo.load import FILES, demo_files, load
from campaigns.demo.moments import moment
from campaigns.models import (
    Action,
    ActionLink,
    Alert,
    AlertState,
    Broadcast,
    Campaign,
    Gathering,
    HashtagPush,
    Invitation,
    Medium,
    Membership,
    Official,
    OutcomeSum,
    Outreach,
    Person,
    Role,
    SolidarityAlert,
    Tally,
    Visibility,
)
from campaigns.rules.outreach import goal_of

PARIS = ZoneInfo("Europe/Paris")
pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_it_shows_something_live_something_near_and_something_over() -> None:
    run("demo")
    now = timezone.now()
    live, calls = Action.objects.public().filter(starts_at__lte=now, ends_at__gt=now).order_by("ends_at")
    near = Action.objects.public().filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=4))
    over = Action.objects.public().filter(ends_at__lt=now)
    assert (live.kind, calls.kind) == ("hashtag_push", "outreach")
    assert sorted(near.values_list("kind", flat=True)) == [
        "broadcast",
        "hashtag_push",
        "rally_call",
        "solidarity_alert",
    ]
    assert sorted(over.values_list("kind", flat=True)) == ["broadcast", "broadcast", "hashtag_push", "rally_call"]
    assert HashtagPush.objects.get(pk=live.pk).is_revealed(now)
    assert live.is_open(now)


def test_its_officials_are_invented_and_may_be_called() -> None:
    run("demo")
    officials = [official.details for official in Official.objects.all()]
    assert len(officials) == 24
    kept_for_fiction = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49")
    assert [one for one in officials if not one.phone.startswith(kept_for_fiction)] == []
    assert [one for one in officials if not one.email.endswith(".example")] == []
    calls = Outreach.objects.get()
    goal = goal_of(calls, OutcomeSum.objects.of([calls.pk])[calls.pk])
    assert (goal.total, goal.beyond, goal.departements, goal.full) == (341, 3, 24, 1)
    run("demo", "--again")
    assert Official.objects.count() == 24


def test_its_hashtag_leads_to_television_and_then_to_the_audio_space() -> None:
    run("demo")
    first = Action.objects.get(title__en="The first push")
    media = []
    while first.successor:
        first = first.successor
        media.append(Broadcast.objects.get(pk=first.pk).medium)
    assert media == ["television", "audio_space"]
    assert Action.objects.get(title__en="The hashtag, now").successor.kind == "broadcast"


def test_its_rally_has_places_in_several_departements_and_its_persons_a_history() -> None:
    run("demo")
    rally = Action.objects.get(kind="rally_call", campaign__visibility="public", starts_at__gt=timezone.now())
    assert len(set(Gathering.objects.filter(action=rally).values_list("departement", flat=True))) == 6
    persons = SolidarityAlert.objects.get().persons.all()
    histories = [[step.status for step in person.steps.all()] for person in persons]
    assert histories == [["summoned"], ["summoned"], ["summoned", "held", "released"]]
    assert [person.public_name for person in persons] == [None, "Camille (prénom d'emprunt)", None]
    assert persons[2].status == "released"


def test_every_text_is_there_in_french_and_english() -> None:
    run("demo")
    rows = [*Campaign.objects.all(), *Action.objects.all(), *Gathering.objects.all(), *ActionLink.objects.all()]
    named = [getattr(row, "name", None) or getattr(row, "title", None) or row.label for row in rows]
    assert len(named) > 15
    assert [texts for texts in named if set(texts) != {"fr", "en"}] == []


def test_all_it_stores_would_be_accepted_in_the_admin() -> None:
    run("demo")
    models = (Campaign, Action, HashtagPush, SolidarityAlert, Broadcast, Gathering, ActionLink, Medium, Person, Alert)
    rows = [row for model in models for row in model.objects.all()]
    for row in rows:
        row.full_clean()
    assert len(rows) > 30


def test_its_alerts_are_drafts_that_could_be_scheduled() -> None:
    run("demo")
    alerts = list(Alert.objects.select_related("action__campaign"))
    assert {alert.state for alert in alerts} == {AlertState.DRAFT}
    assert [problem for alert in alerts for problem in rules.text_problems(alert)] == []
    assert min(alert.expires_at for alert in alerts) > timezone.now()


def test_its_organisers_get_random_passwords_that_are_shown_once() -> None:
    first = run("demo")
    passwords = dict(re.findall(r"Organiser (\w+) \(\w+\), password (\S+)", first))
    assert set(passwords) == {"demo", "demo2"}
    assert len(set(passwords.values())) == 2
    assert all(User.objects.get(username=name).check_password(password) for name, password in passwords.items())
    roles = Membership.objects.filter(campaign__slug="500-signatures").values_list("user__username", "role")
    assert set(roles) == {("demo", Role.OWNER), ("demo2", Role.APPROVER)}
    assert not [password for password in passwords.values() if password in run("demo", "--again")]


def test_its_closed_campaign_is_opened_by_the_invitation_that_is_shown() -> None:
    said = run("demo")
    closed = Campaign.objects.get(visibility=Visibility.INVITATION)
    address, code = re.findall(r"Invitation (\S+)#invitation=(\S+)", said)[0]
    assert address == f"{settings.SITE_URL}/c/{closed.slug}"
    assert Invitation.objects.redeem(closed, code, timezone.now())


def test_it_refuses_to_load_a_second_time() -> None:
    run("demo")
    before = Action.objects.count(), Alert.objects.count(), Invitation.objects.count()
    with pytest.raises(CommandError, match="demo --again"):
        run("demo")
    assert (Action.objects.count(), Alert.objects.count(), Invitation.objects.count()) == before


def test_the_first_time_is_on_an_empty_site_only() -> None:
    User.objects.create_user("somebody")
    assert run("demo", "--first-time") == ""
    assert not Campaign.objects.exists()


def test_the_next_start_says_how_to_get_a_new_password() -> None:
    run("demo", "--first-time")
    Campaign.objects.all().delete()
    assert "manage.py changepassword demo" in run("demo", "--first-time")
    assert not Campaign.objects.exists()


def test_again_moves_the_dates_and_keeps_texts_counts_and_links() -> None:
    load(timezone.now() - timedelta(days=30))
    live = Action.objects.get(title__en="The hashtag, now")
    Action.objects.filter(pk=live.pk).update(title={"fr": "Changé"}, participation_key=None)
    counts = Alert.objects.count(), Gathering.objects.count(), Tally.objects.count()
    run("demo", "--again")
    now = timezone.now()
    moved = Action.objects.get(pk=live.pk)
    assert moved.starts_at <= now < moved.ends_at
    assert moved.title == {"fr": "Changé"}
    assert moved.is_open(now)
    assert (Alert.objects.count(), Gathering.objects.count(), Tally.objects.count()) == counts
    assert min(alert.expires_at for alert in Alert.objects.all()) > now


def test_again_needs_something_to_move() -> None:
    with pytest.raises(CommandError, match="not there"):
        run("demo", "--again")
    assert not Campaign.objects.exists()


def test_again_proposes_anew_what_was_sent() -> None:
    run("demo")
    alert = Alert.objects.filter(purpose="start").get()
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.SENT)
    run("demo", "--again")
    states = Alert.objects.filter(action=alert.action, purpose="start").values_list("state", flat=True)
    assert sorted(states) == [AlertState.DRAFT, AlertState.SENT]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2022-02-20 17:43"),
        ("now-90m", "2022-02-20 16:00"),
        ("now+2h", "2022-02-20 19:30"),
        ("day 12:00", "2022-02-20 12:00"),
        ("day+12 18:00", "2022-03-04 18:00"),
    ],
)
def test_it_reads_moments_from_today(text: str, expected: str) -> None:
    now = datetime(2022, 2, 20, 17, 43, tzinfo=PARIS)
    assert moment(text, now) == datetime.fromisoformat(expected).replace(tzinfo=PARIS)


def test_it_refuses_what_is_no_moment() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        moment("tomorrow", timezone.now())


def test_its_numbers_and_addresses_are_those_kept_for_fiction() -> None:
    assert len(FILES) == len(demo_files())
    text = repr(demo_files())
    hosts = set(re.findall(r"https?://([^/'\"]+)", text))
    phones = set(re.findall(r"\+33[\d ]+", text))
    assert hosts
    assert [host for host in hosts if not host.endswith(".example")] == []
    assert phones
    assert [phone for phone in phones if not phone.startswith("+33 1 99 00 ")] == []


def test_an_organiser_is_made_with_a_role() -> None:
    run("demo")
    said = run("organiser", "lou", "--campaign", "500-signatures", "--role", "approver")
    password = re.findall(r"password (\S+)", said)[0]
    assert User.objects.get(username="lou").check_password(password)
    assert Membership.objects.get(user__username="lou").role == Role.APPROVER


def test_an_organiser_who_is_there_keeps_the_password_and_gets_another_role() -> None:
    run("demo")
    said = run("organiser", "demo2", "--campaign", "500-signatures", "--role", "editor")
    assert "password" not in said
    assert Membership.objects.get(user__username="demo2", campaign__slug="500-signatures").role == Role.EDITOR


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["demo"], "there already"),
        (["lou", "--campaign", "none"], "no campaign"),
        (["no name"], "cannot be a name"),
    ],
)
def test_an_organiser_is_refused_with_the_reason(arguments: list[str], complaint: str) -> None:
    run("demo")
    with pytest.raises(CommandError, match=complaint):
        run("organiser", *arguments)
    assert set(User.objects.values_list("username", flat=True)) == {"demo", "demo2"}
