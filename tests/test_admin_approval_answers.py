"""A second person answers: approves, or refuses with a reason; once, and with others at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Alert, AlertState, Approval, IllegalTransition, Refusal, Role
from tests.admin_pages import Organiser, page_of, parse, said
from tests.approving import answer, approval_page, make_second, state_of, text_of
from tests.make import (
    far,
    make_awaiting,
    make_member,
)

pytestmark = pytest.mark.django_db
PASSWORD = "fifteen words or so"


# ---- approving


def test_it_approves_and_says_so_in_the_same_place():
    alert = make_awaiting()
    second = make_second(alert)

    page = answer(second, alert, "approve")

    assert state_of(alert) == AlertState.SCHEDULED
    assert said(page) == ["“C'est l'heure” is approved and scheduled."]
    assert page.redirect_chain == [(approval_page(alert), 302)]
    assert Approval.objects.get().user == second.user
    assert not [button for button in parse(page).buttons if button.get("name") == "answer"]


def test_it_sends_at_once_what_is_approved_after_its_minute():
    alert = make_awaiting(send_at=far(-0.5), expires_at=far(0.5))
    second = make_second(alert)
    assert "at once when it is approved" in text_of(second.get(approval_page(alert)))

    answer(second, alert, "approve")

    assert alert in Alert.objects.due(timezone.now())


def test_it_approves_nothing_whose_window_is_over():
    alert = make_awaiting()
    second = make_second(alert)
    digest = parse(second.get(approval_page(alert))).fields["digest"]
    Alert.objects.update(send_at=far(-2), expires_at=far(-1))
    alert.refresh_from_db()
    page = second.get(approval_page(alert))
    assert "Its window is over" in text_of(page)
    assert not [button for button in parse(page).buttons if button.get("name") == "answer"]
    second.post(approval_page(alert), {"answer": "approve", "digest": digest})
    second.post(approval_page(alert), {"answer": "approve", "digest": alert.digest})
    assert state_of(alert) == AlertState.AWAITING


def test_it_takes_a_second_tap_for_the_first():
    alert = make_awaiting()
    second = make_second(alert)
    digest = parse(second.get(approval_page(alert))).fields["digest"]

    pages = [second.post(approval_page(alert), {"answer": "approve", "digest": digest}, follow=True) for _ in range(2)]

    assert [said(page) for page in pages] == [
        ["“C'est l'heure” is approved and scheduled."],
        ["You have approved it already."],
    ]
    assert Approval.objects.count() == 1


@pytest.mark.parametrize("button", ["approve", "refuse"])
def test_it_shows_anew_what_was_changed_meanwhile(button):
    alert = make_awaiting()
    second = make_second(alert)
    seen = parse(second.get(approval_page(alert))).fields["digest"]
    Organiser(alert.scheduled_by).send(page_of(alert.action.hashtagpush), **{"alerts-0-title_fr": "Autre chose"})

    page = second.post(approval_page(alert), {"answer": button, "digest": seen, "reason": "no"}, follow=True)

    assert state_of(alert) == AlertState.AWAITING
    assert said(page) == ["It was changed meanwhile: look at it again."]
    assert "Autre chose" in text_of(page)
    assert parse(page).fields["digest"] != seen


@pytest.mark.parametrize("button", ["approve", "refuse"])
@pytest.mark.parametrize("who", ["scheduler", Role.EDITOR])
def test_it_takes_no_answer_from_just_anybody(who, button):
    alert = make_awaiting()
    organiser = Organiser(alert.scheduled_by) if who == "scheduler" else make_second(alert, who)

    data = {"answer": button, "digest": alert.digest, "reason": "no"}
    page = organiser.post(approval_page(alert), data, follow=True)

    assert state_of(alert) == AlertState.AWAITING
    assert len(said(page)) == 1
    assert not Refusal.objects.exists()


def test_it_changes_nothing_when_the_page_is_only_opened():
    alert = make_awaiting()
    second = make_second(alert)
    second.get(f"{approval_page(alert)}?answer=approve&digest={alert.digest}")
    second.post(approval_page(alert), {"answer": "else", "digest": alert.digest})
    second.post(approval_page(alert), {"digest": alert.digest})
    assert state_of(alert) == AlertState.AWAITING


# ---- refusing


def test_it_refuses_with_a_reason_that_stands_beside_the_draft():
    alert = make_awaiting()
    second, scheduler = make_second(alert), Organiser(alert.scheduled_by)

    page = answer(second, alert, "refuse", reason="The hour is wrong: <b>19 h</b>")

    assert state_of(alert) == AlertState.DRAFT
    assert said(page) == ["Refused. It is a draft again, with your reason beside it."]
    seen = scheduler.get(page_of(alert.action.hashtagpush))
    assert f"Refused by {second.user.username}" in text_of(seen)
    assert "The hour is wrong: <b>19 h</b>" in text_of(seen)
    assert "<b>19 h</b>" not in seen.content.decode()
    assert not alert.askings.exists()


def test_it_wants_a_reason_beside_the_field_and_loses_nothing():
    alert = make_awaiting()
    second = make_second(alert)
    for reason in ("", "  \n "):
        page = answer(second, alert, "refuse", reason=reason)
        assert page.status_code == 200
        assert "Say why, so that it can be changed." in text_of(page)
    page = answer(second, alert, "refuse", reason="x" * 501)
    assert parse(page).fields["reason"] == "x" * 501
    assert state_of(alert) == AlertState.AWAITING


def test_it_refuses_once_when_tapped_twice():
    alert = make_awaiting()
    second = make_second(alert)
    data = {"answer": "refuse", "digest": alert.digest, "reason": "no"}

    pages = [second.post(approval_page(alert), data, follow=True) for _ in range(2)]

    assert said(pages[1]) == ["You have refused it already."]
    assert Refusal.objects.count() == 1


def test_it_shows_the_last_reason_to_the_next_person_who_looks_at_it():
    alert = make_awaiting()
    answer(make_second(alert), alert, "refuse", reason="Too early")
    alert.refresh_from_db()
    alert.schedule(alert.scheduled_by, timezone.now(), needs_approval=True)
    other = make_second(alert)
    assert "Too early" in text_of(other.get(approval_page(alert)))

    answer(other, alert, "approve")

    assert "Too early" not in text_of(other.get(page_of(alert.action.hashtagpush)))


@pytest.mark.parametrize("first", ["approve", "refuse"])
def test_it_takes_one_of_two_opposite_answers(first):
    alert = make_awaiting()
    second_answer = {"approve": "refuse", "refuse": "approve"}[first]
    organisers = [make_second(alert), make_second(alert, Role.OWNER)]
    digest = parse(organisers[1].get(approval_page(alert))).fields["digest"]
    answer(organisers[0], alert, first, reason="no")
    outcome = state_of(alert)

    data = {"answer": second_answer, "digest": digest, "reason": "no"}
    page = organisers[1].post(approval_page(alert), data, follow=True)

    assert state_of(alert) == outcome == ("scheduled" if first == "approve" else "draft")
    assert len(said(page)) == 1
    assert (Approval.objects.count(), Refusal.objects.count()) == ((1, 0) if first == "approve" else (0, 1))


def test_it_takes_one_of_two_opposite_answers_given_to_the_same_row():
    alert = make_awaiting()
    campaign, now = alert.action.campaign, timezone.now()
    as_seen, asking = Alert.objects.get(pk=alert.pk), alert.askings.get()
    alert.approve(make_member(campaign, Role.APPROVER), now)
    asking.alert = as_seen
    with pytest.raises(IllegalTransition):
        asking.refuse(make_member(campaign, Role.APPROVER), now, "no")
    assert not Refusal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_takes_one_of_two_opposite_answers_given_in_the_same_moment():
    alert = make_awaiting()
    organisers = [make_second(alert), make_second(alert)]
    together = Barrier(2)

    def give(organiser, button):
        together.wait()
        organiser.post(approval_page(alert), {"answer": button, "digest": alert.digest, "reason": "no"})
        connection.close()

    pairs = zip(organisers, ("approve", "refuse"), strict=True)
    threads = [Thread(target=give, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    outcomes = {"scheduled": (1, 0), "draft": (0, 1)}
    assert (Approval.objects.count(), Refusal.objects.count()) == outcomes[state_of(alert)]
