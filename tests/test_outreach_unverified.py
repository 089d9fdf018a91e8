"""Calls that made-up phones report: they move no public count, and leave no official out for good."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Subscription, TransferCode
from campaigns.models import ContactRecord, Official, Outcome, OutcomeSum
from campaigns.moving import take_over
from campaigns.outreach import calling
from campaigns.retention import forget
from mobilise.ready import ready_answers
from mobilise.throttles.limits import LIMITS, Limit
from tests.api import ApiClient
from tests.calls import DAY, HOUR, MONDAY, Clock, call, make_caller, refusal, report, take
from tests.make import make_campaign, make_device, make_official, make_outreach, make_subscription

pytestmark = pytest.mark.django_db
CROWD = 120
MADE_UP, OFFICIALS = 300, 60
JEANNE = {"name": "Jeanne Exemple", "commune": "Ville-Fictive"}
NEW = {"language": "fr", "time_zone": "Europe/Paris"}
# Weeks, so that it is a Monday in the morning again, and no public holiday.
A_WEEK, SIX_WEEKS, HALF_A_YEAR = timedelta(weeks=1), timedelta(weeks=6), timedelta(weeks=27)


@pytest.fixture
def outreach(clock: Clock) -> Any:
    return lasting_outreach()


def lasting_outreach(**values: Any) -> Any:
    return make_outreach(make_campaign(), starts_at=MONDAY - DAY, ends_at=MONDAY + 400 * DAY, **values)


def goal_of(outreach: Any) -> Any:
    ready_answers.clear()
    return ApiClient().call("GET", f"actions/{outreach.uuid}").json()["outreach"]["goal"]


def sent(outreach: Any) -> tuple[int, int]:
    """(of all reports, of verified ones)."""
    sums = OutcomeSum.objects
    both = sums.reported(outreach), sums.of([outreach.pk])[outreach.pk]
    reported, counted = (sum(each.get("sent", {}).values()) for each in both)
    return reported, counted


def is_free(outreach: Any) -> bool:
    """Whether somebody can be called now. Takes them, and gives them back."""
    device = make_caller()
    answer = call(device, "POST", outreach)
    if answer.status_code == 201:
        assert call(device, "DELETE", outreach, f"/{answer.json()['id']}").status_code == 204
        return True
    assert refusal(answer) == (409, "none_free")
    return False


def tell(device: Any, outreach: Any, result: str, day: str | None = None) -> None:
    """Calls somebody and says what it came to."""
    assert report(device, outreach, take(device, outreach), result, day).status_code == 200


def prove(device: Any) -> None:
    """A push reaches the device, which says so."""
    nonce = make_subscription(device, verified=False).issue_nonce(timezone.now())
    assert ApiClient(device).call("POST", "device/subscription/verification", {"nonce": nonce}).status_code == 200


def test_a_crowd_of_made_up_phones_moves_no_bar_and_silences_nobody(
    outreach: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    most = CROWD - 1
    assert LIMITS["take_official"].address is not None
    monkeypatch.setitem(LIMITS, "take_official", Limit(HOUR, device=20, address=most))
    type(outreach).objects.filter(pk=outreach.pk).update(departement_cap=5)
    for _ in range(2 * CROWD):
        make_official(outreach, "75")
    before, results = goal_of(outreach), ("sent", "stop", "refuses", "no_answer")
    # One client, so one address: the phones differ by their cookies alone.
    client, statuses = ApiClient(), []
    for number in range(CROWD):
        client.cookies.clear()
        assert client.call("POST", "devices", NEW).status_code == 201
        taken = client.call("POST", f"actions/{outreach.uuid}/claim")
        statuses.append(taken.status_code)
        if taken.status_code == 201:
            path, body = f"actions/{outreach.uuid}/claim/{taken.json()['id']}/outcome", {"result": results[number % 4]}
            assert client.call("PUT", path, body).status_code == 200

    assert statuses == [201] * most + [429]
    assert goal_of(outreach) == before
    assert sent(outreach) == (30, 0)
    assert not ContactRecord.objects.filter(stopped=True).exists()
    clock.now += HALF_A_YEAR
    today = clock.now.date()
    assert Official.objects.contactable(clock.now, today).filter(outreach=outreach).count() == 2 * CROWD


def test_a_call_counts_in_public_once_a_push_was_proved_to_reach_the_phone(outreach: Any):
    for _ in range(2):
        make_official(outreach, "75")
    tell(make_device(), outreach, "sent")
    assert (sent(outreach), goal_of(outreach)["counted"]) == ((1, 0), 0)
    tell(make_caller(), outreach, "sent")
    assert (sent(outreach), goal_of(outreach)["counted"]) == ((2, 1), 1)


def test_only_verified_calls_fill_a_departement(outreach: Any, clock: Clock):
    type(outreach).objects.filter(pk=outreach.pk).update(departement_cap=1)
    for _ in range(3):
        make_official(outreach, "75")
    tell(make_device(), outreach, "sent")
    assert is_free(outreach)
    tell(make_caller(), outreach, "sent")
    assert not is_free(outreach)


@pytest.mark.parametrize(
    ("result", "held", "free"),
    [
        ("no_answer", 6 * DAY, A_WEEK),
        ("refuses", 28 * DAY, SIX_WEEKS),
        ("sent", 28 * DAY, SIX_WEEKS),
        ("stop", 24 * A_WEEK, HALF_A_YEAR),
    ],
)
def test_what_an_unverified_phone_reports_holds_for_a_time(
    outreach: Any, clock: Clock, result: str, held: timedelta, free: timedelta
):
    make_official(outreach)
    tell(make_device(), outreach, result)
    clock.now = MONDAY + held
    assert not Official.objects.contactable(clock.now, clock.now.date()).exists()
    clock.now = MONDAY + free
    assert is_free(outreach)


def test_a_stop_of_an_unverified_phone_holds_in_all_campaigns(outreach: Any, clock: Clock):
    make_official(outreach, **JEANNE)
    elsewhere = lasting_outreach()
    make_official(elsewhere, **JEANNE)
    tell(make_device(), outreach, "stop")
    clock.now += 24 * A_WEEK
    assert not is_free(elsewhere)
    clock.now += 3 * A_WEEK
    assert is_free(elsewhere)


def test_who_is_asked_again_and_refuses_a_verified_caller_is_left_in_peace(outreach: Any, clock: Clock):
    make_official(outreach)
    tell(make_device(), outreach, "refuses")
    clock.now += SIX_WEEKS
    tell(make_caller(), outreach, "refuses")
    clock.now += HALF_A_YEAR
    assert not is_free(outreach)


def test_three_contacts_are_all_only_if_verified_phones_had_them(outreach: Any, clock: Clock):
    made_up = make_official(outreach)
    for _ in range(3):
        tell(make_device(), outreach, "no_answer")
        clock.now += A_WEEK
    # What nobody proved is believed for a month, all the same.
    assert not is_free(outreach)
    clock.now += SIX_WEEKS
    assert is_free(outreach)
    for _ in range(3):
        tell(make_caller(), outreach, "no_answer")
        clock.now += SIX_WEEKS
    assert ContactRecord.objects.get(pk=made_up.record_id).contacts == 6
    assert not is_free(outreach)


def test_one_who_has_sent_is_counted_once_whoever_says_so(outreach: Any, clock: Clock):
    make_official(outreach, "75")
    tell(make_device(), outreach, "sent")
    clock.now += SIX_WEEKS
    tell(make_device(), outreach, "sent")
    assert sent(outreach) == (1, 0)
    assert not is_free(outreach)
    clock.now += SIX_WEEKS
    tell(make_caller(), outreach, "sent")
    assert sent(outreach) == (1, 1)
    clock.now += HALF_A_YEAR
    assert not is_free(outreach)


@pytest.mark.parametrize("late", ["sent", "hesitates", "stop"])
def test_a_late_report_of_an_unverified_phone_unsettles_nothing(outreach: Any, clock: Clock, late: str):
    make_official(outreach)
    slow = make_device()
    claim = take(slow, outreach)
    clock.now += 5 * HOUR
    tell(make_caller(), outreach, "refuses")

    assert report(slow, outreach, claim, late).status_code == 200

    official = Official.objects.get()
    assert (official.standing, official.call_again_on) == ("refuses", None)
    assert sent(outreach) == (0, 0)


# ---- a push is proved to reach it later


def test_calls_of_the_day_count_as_soon_as_the_phone_is_verified(outreach: Any, clock: Clock):
    device = make_device()
    for _ in range(6):
        make_official(outreach, "75")
    for result in ("sent", "sent", "no_answer"):
        tell(device, outreach, result)

    prove(device)

    assert sent(outreach) == (2, 2)
    assert OutcomeSum.objects.of([outreach.pk])[outreach.pk]["no_answer"] == {"75": 1}
    assert goal_of(outreach)["counted"] == 2
    assert not ContactRecord.objects.exclude(unverified_contacts=0).exists()
    Subscription.objects.update(verified_on=None)
    Outcome.objects.count_verified(device, clock.now)
    assert sent(outreach) == (2, 2)


def test_a_stop_is_final_as_soon_as_the_phone_is_verified(outreach: Any, clock: Clock):
    make_official(outreach)
    device = make_device()
    tell(device, outreach, "stop")
    prove(device)
    clock.now += HALF_A_YEAR
    assert ContactRecord.objects.get().stopped
    assert not is_free(outreach)


def test_calls_whose_claims_are_forgotten_stay_uncounted(outreach: Any, clock: Clock):
    make_official(outreach)
    device = make_device()
    tell(device, outreach, "sent")
    forget(clock.now + 25 * HOUR)
    prove(device)
    assert sent(outreach) == (1, 0)


def test_a_call_counts_if_the_phone_is_verified_while_it_reports(outreach: Any, clock: Clock):
    make_official(outreach, "75")
    device = make_device()
    claim, _ = calling.take(outreach, device, verified=False, now=clock.now)
    make_subscription(device)
    calling.report(claim, device, "sent", None, verified=False, now=clock.now)
    assert sent(outreach) == (1, 1)


def test_calls_go_along_to_a_verified_phone(outreach: Any, clock: Clock):
    make_official(outreach, "75")
    gone, keep = make_device(), make_caller()
    tell(gone, outreach, "sent")
    code, _row = TransferCode.objects.make(gone, clock.now)
    take_over(code, keep, clock.now)
    assert sent(outreach) == (1, 1)


# ---- a crowd that keeps officials busy


def test_hundreds_of_made_up_phones_leave_half_of_the_officials_to_verified_ones(outreach: Any, clock: Clock):
    """Whether they hold officials, report at once, or both; in the hour and in the days after it."""
    for number in range(OFFICIALS):
        make_official(outreach, "75" if number % 2 else "67")
    results = (None, "no_answer", "refuses", "sent", "stop", "call_again")
    statuses = []
    for _ in range(MADE_UP):
        device = make_device()
        taken = call(device, "POST", outreach)
        statuses.append(taken.status_code)
        result = results[statuses.count(201) % len(results)]
        if taken.status_code == 201 and result:
            claim = taken.json()
            day = claim["again_last"] if result == "call_again" else None
            assert report(device, outreach, claim, result, day).status_code == 200

    half = OFFICIALS // 2
    assert statuses == [201] * half + [409] * (MADE_UP - half)
    clock.now += HOUR
    callers = [make_caller() for _ in range(half + 1)]
    assert [call(device, "POST", outreach).status_code for device in callers] == [201] * half + [409]


def test_who_is_refused_does_not_learn_whether_anybody_is_left_for_others(outreach: Any):
    """The app says that alerts may help by what the phone knows of itself: the server's answer is one and the same."""
    for _ in range(2):
        make_official(outreach)
    take(make_device(), outreach)
    with_one_left = call(make_device(), "POST", outreach)
    take(make_caller(), outreach)
    with_none_left = call(make_device(), "POST", outreach)

    assert refusal(with_one_left) == (409, "none_free")
    assert with_one_left.content == with_none_left.content
    assert dict(with_one_left.headers) == dict(with_none_left.headers)


def test_who_is_due_again_is_not_the_first_that_made_up_phones_get(outreach: Any, clock: Clock):
    due = make_official(outreach)
    tell(make_caller(), outreach, "call_again", str((clock.now + 9 * DAY).date()))
    clock.now += 2 * A_WEEK
    for _ in range(3):
        make_official(outreach)

    made_up = [take(make_device(), outreach) for _ in range(2)]

    assert due.details.name not in [claim["official"]["name"] for claim in made_up]
    assert take(make_caller(), outreach)["official"]["name"] == due.details.name


def test_what_was_given_back_or_proved_is_nobody_s_share(outreach: Any):
    for _ in range(4):
        make_official(outreach)
    one, other, third = (make_device() for _ in range(3))
    given_back = take(one, outreach)
    take(other, outreach)
    assert refusal(call(third, "POST", outreach)) == (409, "none_free")

    assert call(one, "DELETE", outreach, f"/{given_back['id']}").status_code == 204
    take(third, outreach)
    assert refusal(call(make_device(), "POST", outreach)) == (409, "none_free")
    # With one verified, three are left, of which one is kept.
    prove(other)
    assert call(make_device(), "POST", outreach).status_code == 201


def test_a_day_that_an_unverified_phone_names_is_believed_for_a_month(outreach: Any, clock: Clock):
    make_official(outreach)
    device = make_device()
    claim = take(device, outreach)
    assert report(device, outreach, claim, "call_again", claim["again_last"]).status_code == 200
    clock.now += 4 * A_WEEK
    assert not is_free(outreach)
    clock.now += 2 * A_WEEK
    assert is_free(outreach)
