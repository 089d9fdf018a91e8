"""Calling officials through the API: one at a time, for some hours, by rules that hold across the whole site."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from campaigns.models import Claim, ContactRecord, Official, Outcome, OutcomeSum, Participation, Visibility
from campaigns.retention import forget
from mobilise.throttles import limits
from mobilise.throttles.limits import Limit
from tests.api import ApiClient
from tests.calls import DAY, HOUR, MONDAY, PARIS, Clock, call, make_caller, refusal, report, take
from tests.make import UNKNOWN_ID, make_campaign, make_device, make_follow, make_official, make_outreach

pytestmark = pytest.mark.django_db


@pytest.fixture
def outreach(clock: Clock) -> Any:
    return make_outreach(starts_at=MONDAY - DAY, ends_at=MONDAY + 60 * DAY)


def test_it_gives_one_official_to_one_caller(outreach: Any):
    make_official(outreach, name="Jeanne Exemple", commune="Ville-Fictive", phone="03 99 00 11 22")
    one, other = make_device(), make_device()

    response = call(one, "POST", outreach)

    assert (response.status_code, response["Cache-Control"]) == (201, "private, no-store")
    claim = response.json()
    assert claim["official"]["name"] == "Jeanne Exemple"
    assert claim["official"]["phone"] == "03 99 00 11 22"
    assert claim["until"] == "2026-11-23T13:00:00Z"
    assert refusal(call(other, "POST", outreach)) == (409, "none_free")
    assert call(other, "GET", outreach).json()["claim"] is None


def test_it_gives_the_same_again_to_who_has_one(outreach: Any):
    make_official(outreach)
    make_official(outreach)
    device = make_device()

    first, again = call(device, "POST", outreach), call(device, "POST", outreach)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == call(device, "GET", outreach).json()["claim"]
    assert Claim.objects.count() == 1


def test_a_claim_that_ran_out_is_free_again_and_shown_to_nobody(outreach: Any, clock: Clock):
    make_official(outreach)
    one, other = make_device(), make_device()
    take(one, outreach)
    clock.now += 4 * HOUR

    assert call(one, "GET", outreach).json()["claim"] is None
    assert take(other, outreach)["official"]["name"]


def test_who_called_may_say_so_after_the_claim_ran_out(outreach: Any, clock: Clock):
    official, device = make_official(outreach), make_device()
    claim = take(device, outreach)
    clock.now += 5 * HOUR

    assert report(device, outreach, claim, "promises").status_code == 200
    assert refusal(call(make_device(), "POST", outreach)) == (409, "none_free")
    assert Official.objects.get(pk=official.pk).standing == "promises"


def test_what_was_given_back_is_free_at_once(outreach: Any):
    make_official(outreach)
    one, other = make_device(), make_device()
    claim = take(one, outreach)

    answers = [call(one, "DELETE", outreach, f"/{claim['id']}").status_code for _ in range(2)]

    assert answers == [204, 204]
    assert refusal(report(one, outreach, claim, "sent")) == (409, "given_back")
    take(other, outreach)


def test_a_report_ends_the_claim_and_counts(outreach: Any):
    official, device = make_official(outreach, "75"), make_caller()
    claim = take(device, outreach)

    answers = [report(device, outreach, claim, "sent") for _ in range(2)]

    assert [answer.json() for answer in answers] == [{"result": "sent", "call_again_on": None}] * 2
    assert Outcome.objects.count() == 1
    assert ContactRecord.objects.get(pk=official.record_id).contacts == 1
    assert OutcomeSum.objects.of([outreach.pk])[outreach.pk]["sent"] == {"75": 1}
    assert refusal(report(device, outreach, claim, "refuses")) == (409, "already_reported")
    goal = ApiClient().call("GET", f"actions/{outreach.uuid}").json()["outreach"]["goal"]
    assert (goal["counted"], goal["target"], goal["departements"]) == (1, 500, 1)


def test_taking_is_joining_and_reporting_is_having_done_it(outreach: Any):
    make_official(outreach)
    make_official(outreach)
    device = make_caller()
    claim = take(device, outreach)
    assert Participation.objects.of(outreach, device).stage == "joined"  # type: ignore[union-attr]

    report(device, outreach, claim, "no_answer")
    take(device, outreach)

    assert Participation.objects.of(outreach, device).stage == "done"  # type: ignore[union-attr]


@pytest.mark.parametrize("hour", [8, 12, 13, 17, 22])
def test_nobody_is_called_outside_office_hours(outreach: Any, clock: Clock, hour: int):
    make_official(outreach)
    clock.now = MONDAY.astimezone(PARIS).replace(hour=hour)

    assert refusal(call(make_device(), "POST", outreach)) == (409, "outside_office_hours")
    office = ApiClient().call("GET", f"actions/{outreach.uuid}").json()["outreach"]["office"]
    assert datetime.fromisoformat(office["opens_at"]) > clock.now


def test_one_contact_in_seven_days_and_three_in_all_across_campaigns(outreach: Any, clock: Clock):
    elsewhere = make_outreach(make_campaign(), starts_at=MONDAY - DAY, ends_at=MONDAY + 60 * DAY)
    same = {"name": "Jeanne Exemple", "commune": "Ville-Fictive"}
    make_official(outreach, **same)
    make_official(elsewhere, **{**same, "name": "M. EXEMPLE Jeanne"})
    assert ContactRecord.objects.count() == 1
    contacts = []
    for days in range(60):
        clock.now = MONDAY + days * DAY
        for where in (elsewhere, outreach):
            device = make_caller()
            if call(device, "POST", where).status_code == 201:
                claim = call(device, "GET", where).json()["claim"]
                assert report(device, where, claim, "hesitates").status_code == 200
                contacts.append(days)

    assert contacts == [0, 7, 14]


def test_two_campaigns_do_not_call_one_official_at_once(outreach: Any):
    elsewhere = make_outreach(make_campaign(), starts_at=MONDAY - DAY, ends_at=MONDAY + DAY)
    same = {"name": "Jeanne Exemple", "commune": "Ville-Fictive"}
    make_official(outreach, **same)
    make_official(elsewhere, **same)
    take(make_device(), outreach)

    assert refusal(call(make_device(), "POST", elsewhere)) == (409, "none_free")


def test_a_device_calls_one_official_at_a_time_wherever(outreach: Any):
    elsewhere = make_outreach(make_campaign(), starts_at=MONDAY - DAY, ends_at=MONDAY + DAY)
    make_official(outreach)
    make_official(elsewhere)
    device = make_device()
    claim = take(device, outreach)

    assert refusal(call(device, "POST", elsewhere)) == (409, "holds_another")
    report(device, outreach, claim, "hesitates")
    take(device, elsewhere)


def test_a_clock_that_is_set_back_holds_nobody_for_ever(outreach: Any, clock: Clock):
    make_official(outreach)
    clock.now += 7 * DAY
    take(make_device(), outreach)
    clock.now = MONDAY
    take(make_device(), outreach)


def test_stop_is_final_across_campaigns_and_lists(outreach: Any, clock: Clock):
    official, device = make_official(outreach, name="Jeanne Exemple", commune="Ville-Fictive"), make_caller()
    report(device, outreach, take(device, outreach), "stop")
    outreach.delete()
    forget(clock.now + DAY)
    assert not Official.objects.filter(pk=official.pk).exists()
    later = make_outreach(make_campaign(), starts_at=MONDAY - DAY, ends_at=MONDAY + 400 * DAY)
    make_official(later, name="Jeanne Exemple", commune="Ville-Fictive")
    clock.now += 301 * DAY

    assert clock.now.weekday() < 5
    assert refusal(call(make_caller(), "POST", later)) == (409, "none_free")


def test_who_refuses_or_has_sent_is_not_called_again(outreach: Any, clock: Clock):
    for result in ("refuses", "sent"):
        make_official(outreach)
        device = make_caller()
        report(device, outreach, take(device, outreach), result)
    clock.now += 14 * DAY

    assert refusal(call(make_caller(), "POST", outreach)) == (409, "none_free")


def test_call_again_names_a_day_after_the_rest_and_before_the_deadline(outreach: Any, clock: Clock):
    make_official(outreach)
    device = make_device()
    claim = take(device, outreach)
    assert (claim["again_first"], claim["again_last"]) == ("2026-12-01", "2027-01-22")

    for day in (None, "2026-11-30", "2027-01-23"):
        response = report(device, outreach, claim, "call_again", day)
        assert response.status_code == 400
        assert list(response.json()["fields"]) == ["call_again_on"]
    assert report(device, outreach, claim, "call_again", "2026-12-10").status_code == 200

    clock.now = datetime(2026, 12, 9, 10, tzinfo=PARIS)
    assert refusal(call(make_device(), "POST", outreach)) == (409, "none_free")
    clock.now += DAY
    found = take(make_device(), outreach)
    assert found["earlier"] == [{"on": "2026-11-23", "result": "call_again"}]


def test_a_departement_that_is_full_is_not_called(outreach: Any):
    type(outreach).objects.filter(pk=outreach.pk).update(published_counts={"75": 50})
    make_official(outreach, "75")
    assert refusal(call(make_device(), "POST", outreach)) == (409, "none_free")
    make_official(outreach, "13")
    assert take(make_device(), outreach)["official"]["departement"] == "13"


def test_the_caller_s_own_departement_comes_first(outreach: Any):
    for departement in ("01", "67", "75"):
        make_official(outreach, departement)
    assert take(make_device(departement="75"), outreach)["official"]["departement"] == "75"


def test_who_takes_and_reports_nothing_is_slowed_down(outreach: Any, clock: Clock):
    for _ in range(5):
        make_official(outreach)
    device = make_device()
    for _ in range(3):
        claim = take(device, outreach)
        call(device, "DELETE", outreach, f"/{claim['id']}")

    refused = call(device, "POST", outreach)

    assert refusal(refused) == (429, "report_first")
    assert 0 < int(refused["Retry-After"]) <= 900
    assert call(device, "GET", outreach).json()["rest_until"] == "2026-11-23T09:15:00Z"
    clock.now += 16 * timedelta(minutes=1)
    take(device, outreach)


def test_the_list_cannot_be_had_one_by_one(outreach: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(limits.LIMITS, "take_official", Limit(HOUR, device=2, address=None))
    make_official(outreach)
    device = make_device()
    assert [call(device, "POST", outreach).status_code for _ in range(3)] == [201, 200, 429]


def test_a_closed_campaign_s_officials_are_for_its_followers(outreach: Any):
    closed = make_campaign(visibility=Visibility.INVITATION)
    hidden = make_outreach(closed, starts_at=MONDAY - DAY, ends_at=MONDAY + DAY)
    make_official(hidden)
    stranger, follower = make_device(), make_device()
    make_follow(closed, follower)

    claim = take(follower, hidden)

    for method, rest, body in (
        ("GET", "", None),
        ("POST", "", None),
        ("DELETE", f"/{claim['id']}", None),
        ("PUT", f"/{claim['id']}/outcome", {"result": "sent"}),
    ):
        assert call(stranger, method, hidden, rest, body).status_code == 404


def test_nobody_reports_or_gives_back_for_another(outreach: Any):
    make_official(outreach)
    claim = take(make_device(), outreach)
    other = make_device()
    assert report(other, outreach, claim, "stop").status_code == 404
    assert call(other, "DELETE", outreach, f"/{claim['id']}").status_code == 404
    assert call(other, "DELETE", outreach, f"/{UNKNOWN_ID}").status_code == 404
    assert call(None, "POST", outreach).status_code == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "cancelled"}, "action_cancelled"),
        ({"ends_at": MONDAY - HOUR}, "action_over"),
    ],
)
def test_nobody_is_called_for_what_is_over(outreach: Any, changes: Any, code: str):
    make_official(outreach)
    device = make_device()
    take(device, outreach)
    type(outreach).objects.filter(pk=outreach.pk).update(**changes)
    assert refusal(call(device, "POST", outreach)) == (409, code)
    assert call(device, "GET", outreach).json()["claim"] is None


def test_a_claim_does_not_outlast_the_deadline(outreach: Any):
    type(outreach).objects.filter(pk=outreach.pk).update(ends_at=MONDAY + HOUR)
    make_official(outreach)
    assert take(make_device(), outreach)["until"] == "2026-11-23T10:00:00Z"


def test_erasing_a_device_frees_what_it_holds_and_keeps_what_it_reported(outreach: Any):
    make_official(outreach, "75")
    make_official(outreach, "75")
    device = make_caller()
    report(device, outreach, take(device, outreach), "sent")
    take(device, outreach)

    assert ApiClient(device).call("DELETE", "device").status_code == 204

    assert Claim.objects.count() == 0
    assert Outcome.objects.get().claim is None
    take(make_device(), outreach)


def test_officials_are_purged_after_the_deadline_and_the_sums_stay(outreach: Any, clock: Clock):
    for number in range(3):
        make_official(outreach, "75", name=f"Élu Inventé {number}", commune="Ville-Fictive")
    device = make_caller()
    report(device, outreach, take(device, outreach), "sent")
    forget(outreach.ends_at + 6 * DAY)
    assert Official.objects.count() == 3

    forget(outreach.ends_at + 8 * DAY)

    assert (Official.objects.count(), Claim.objects.count(), Outcome.objects.count()) == (0, 0, 0)
    # What the site has to remember is that one of them was contacted; of the others nothing.
    assert ContactRecord.objects.count() == 1
    assert OutcomeSum.objects.of([outreach.pk])[outreach.pk]["sent"] == {"75": 1}


def test_claims_are_forgotten_a_day_after_their_end(outreach: Any, clock: Clock):
    make_official(outreach)
    device = make_device()
    report(device, outreach, take(device, outreach), "hesitates")
    forget(clock.now + 25 * HOUR)
    assert Claim.objects.count() == 0
    assert Outcome.objects.get().claim is None


def test_nothing_of_an_official_is_readable_in_the_database(outreach: Any):
    official = make_official(outreach, name="Jeanne Exemple", phone="03 99 00 11 22")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM campaigns_official")
        row = b"".join(
            bytes(value) if not isinstance(value, (int, str)) else b"" for value in cursor.fetchone() if value
        )
    assert len(row) > 50
    assert b"Jeanne" not in row
    assert Official.objects.get(pk=official.pk).details.name == "Jeanne Exemple"
