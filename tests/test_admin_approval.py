"""The page of a second person: what is sent to whom when, approve, refuse with a reason; by phone, in each role."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.models import Act, Alert, AlertState, AuditEntry, Role
from tests.admin_pages import Organiser, page_of, parse
from tests.approving import answer, approval_page, make_second, text_of
from tests.make import (
    far,
    make_alert,
    make_awaiting,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_subscription,
    make_user,
    tie_phone,
)

pytestmark = pytest.mark.django_db
PASSWORD = "fifteen words or so"


# ---- what is seen


def test_it_shows_exactly_what_is_sent_to_whom_and_when():
    campaign = make_campaign(two_person=True, two_person_above=0)
    for _ in range(3):
        device = make_device()
        make_subscription(device)
        make_follow(campaign, device)
    send_at = far(24).replace(hour=17, minute=0, second=0, microsecond=0)
    alert = make_awaiting(campaign, send_at=send_at, expires_at=send_at + timedelta(hours=2))

    page = text_of(make_second(alert).get(approval_page(alert)))

    local = timezone.localtime(send_at)
    for words in (
        *alert.title.values(),
        *alert.body.values(),
        "Français",
        "English",
        "followers of the campaign who want this kind",
        "3 devices now",
        f"{local:%H:%M}",
        f"{timezone.localtime(alert.expires_at):%H:%M}",
        "Europe/Paris",
        alert.scheduled_by.username,
    ):
        assert words in page


def test_it_says_that_a_language_has_no_text():
    alert = make_awaiting(title={"fr": "Ce soir", "en": "Tonight"}, body={"fr": "Dix-huit heures."})

    page = text_of(make_second(alert).get(approval_page(alert)))

    assert page.count("no text") == 1
    assert "no title" not in page


def test_it_has_two_buttons_for_whoever_may_answer_and_none_for_the_others():
    alert = make_awaiting()
    offered = {
        role: {
            button["value"]
            for button in parse(make_second(alert, role).get(approval_page(alert))).buttons
            if button.get("name") == "answer"
        }
        for role in Role
    }
    own = parse(Organiser(alert.scheduled_by).get(approval_page(alert)))
    both = {"approve", "refuse"}
    assert offered == {Role.OWNER: both, Role.APPROVER: both, Role.EDITOR: set()}
    assert not [button for button in own.buttons if button.get("name") == "answer"]


def test_it_leads_there_from_the_page_of_the_action():
    alert = make_awaiting()
    action = page_of(alert.action.hashtagpush)
    link = f"../alerts/{alert.pk}/approval/"
    assert link in make_second(alert).get(action).content.decode()
    assert "Look at it and answer" in make_second(alert).get(action).content.decode()
    assert "Look at it and answer" not in Organiser(alert.scheduled_by).get(action).content.decode()


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_it_says_how_many_were_asked_and_how_many_have_no_phone(asked):
    alert = make_awaiting()
    campaign = alert.action.campaign
    for _ in range(asked):
        tie_phone(make_member(campaign, Role.APPROVER))
    make_member(campaign, Role.APPROVER)
    scheduler = Organiser(alert.scheduled_by)
    assert "Being asked by push now." in text_of(scheduler.get(page_of(alert.action.hashtagpush)))
    alert.askings.model.objects.ring(timezone.now())

    page = text_of(scheduler.get(page_of(alert.action.hashtagpush)))

    if asked:
        phones, people = f"{asked} phone{'s' * (asked > 1)}", "person" if asked == 1 else "people"
        assert f"{phones} of {asked} {people}." in page
        assert "1 more has no tied phone" in page
    else:
        assert "No push reaches anybody" in page


def test_it_says_when_there_is_nobody_who_could_approve():
    alert = make_awaiting()
    make_second(alert, Role.EDITOR)
    assert "nobody can approve it" in text_of(Organiser(alert.scheduled_by).get(approval_page(alert)))


def test_it_tells_an_approver_without_a_phone_how_to_tie_one():
    alert = make_awaiting()
    without, with_phone = make_second(alert), make_second(alert)
    tie_phone(make_second(alert).user, subscribed=False)
    tie_phone(with_phone.user)
    pages = [page_of(alert.action.campaign), page_of(alert.action.hashtagpush), approval_page(alert)]
    hint = "no phone of yours rings"
    assert [hint in text_of(without.get(page)) for page in pages] == [True] * 3
    assert [hint in text_of(with_phone.get(page)) for page in pages] == [False] * 3
    assert 'href="/accounts/phones/"' in without.get(approval_page(alert)).content.decode()


# ---- noted


def test_it_notes_who_answered_what():
    alert = make_awaiting()
    second = make_second(alert)
    answer(second, alert, "refuse", reason="Too early")
    alert.refresh_from_db()
    alert.schedule(alert.scheduled_by, timezone.now(), needs_approval=True)
    answer(second, alert, "approve")

    noted = {entry.act: entry for entry in AuditEntry.objects.filter(act__in=(Act.REFUSED, Act.APPROVED))}

    assert {entry.actor for entry in noted.values()} == {second.user.username}
    assert noted[Act.REFUSED].text == "Too early"
    assert "Dix-huit heures." in noted[Act.APPROVED].text


# ---- getting there


def test_it_survives_the_sign_in():
    alert = make_awaiting()
    user = make_user(username="camille", password=PASSWORD)
    make_member(alert.action.campaign, Role.APPROVER, User.objects.get(pk=user.pk))
    phone = Client(headers={"Accept-Language": "en"})

    asked = phone.get(approval_page(alert), follow=True)
    sign_in = asked.redirect_chain[-1][0]
    fields = parse(asked).fields
    page = phone.post(sign_in, {**fields, "login": "camille", "password": PASSWORD}, follow=True)

    assert page.redirect_chain[-1][0] == approval_page(alert)
    assert "C'est l'heure" in text_of(page)


def test_it_is_not_there_for_another_campaign_or_another_action():
    alert = make_awaiting()
    outsider = Organiser(make_member(make_campaign()))
    other = make_alert(make_hashtag_push(alert.action.campaign))
    wrong = page_of(other.action, "approval", alert.pk)
    for method in ("get", "post"):
        assert getattr(outsider, method)(approval_page(alert)).status_code == 404
        assert getattr(make_second(alert), method)(wrong).status_code == 404


@pytest.mark.parametrize("state", AlertState.values)
def test_it_has_a_page_in_every_state(state):
    alert = make_awaiting()
    Alert.objects.update(state=state)
    page = make_second(alert).get(approval_page(alert))
    assert page.status_code == 200
    offered = [button for button in parse(page).buttons if button.get("name") == "answer"]
    assert bool(offered) is (state == AlertState.AWAITING)
