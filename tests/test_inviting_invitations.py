"""Invitations: so many uses, so long, until they are revoked; and of a code that is none nothing is told."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, Follow, Invitation, InvitationState, Visibility
from campaigns.retention import forget
from mobilise.throttles.limits import LIMITS
from tests.api import ApiClient
from tests.make import far, make_campaign, make_device

pytestmark = pytest.mark.django_db
WANTED = {"kinds": ["rally_call"], "consent_version": 1}


def make_closed(**values: Any) -> Campaign:
    return make_campaign(**{"visibility": Visibility.INVITATION, **values})


def follow(campaign: Campaign, code: str | None, device: Any = None) -> Any:
    body = WANTED if code is None else {**WANTED, "invitation": code}
    return ApiClient(device or make_device()).call("PUT", f"campaigns/{campaign.slug}/follow", body)


def test_it_lets_in_as_many_as_it_is_for():
    campaign = make_closed()
    code = Invitation.objects.make(campaign, uses=2, expires_at=far(1))
    assert [follow(campaign, code).status_code for _ in range(3)] == [200, 200, 404]
    assert Invitation.objects.get().uses_left == 0


def test_of_a_code_that_opens_nothing_nothing_is_told():
    campaign, other = make_closed(), make_closed()
    used = Invitation.objects.make(campaign, uses=1, expires_at=far(1))
    assert follow(campaign, used).status_code == 200
    revoked = Invitation.objects.make(campaign, uses=9, expires_at=far(1))
    Invitation.objects.of_code(revoked).get().revoke()
    codes = [
        used,
        revoked,
        Invitation.objects.make(campaign, uses=9, expires_at=far(-1)),
        Invitation.objects.make(other, uses=9, expires_at=far(1)),
        "never-made-this",
        None,
    ]
    answers = [follow(campaign, code) for code in codes]
    answers.append(follow(Campaign(slug="no-such-campaign"), used))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Follow.objects.count() == 1


def test_it_is_revoked_once():
    invitation = Invitation.objects.of_code(Invitation.objects.make(make_closed(), uses=1, expires_at=far(1))).get()
    assert [invitation.revoke(), invitation.revoke()] == [True, False]


def test_it_says_why_it_is_over():
    campaign, now = make_closed(), timezone.now()
    made = [
        Invitation(campaign=campaign, uses=1, uses_left=left, expires_at=at, revoked=revoked)
        for left, at, revoked in ((1, far(1), False), (0, far(1), False), (1, far(-1), False), (1, far(1), True))
    ]
    states = [InvitationState.OPEN, InvitationState.USED_UP, InvitationState.EXPIRED, InvitationState.REVOKED]
    assert [one.state_at(now) for one in made] == states


def test_the_same_form_makes_the_same_invitation():
    campaign = make_closed()
    codes = {Invitation.objects.make(campaign, uses=3, expires_at=far(1), nonce="n" * 20) for _ in range(2)}
    codes.add(Invitation.objects.make(make_closed(), uses=3, expires_at=far(1), nonce="n" * 20))
    assert (len(codes), Invitation.objects.count()) == (2, 2)


def test_it_also_opens_a_campaign_by_link():
    campaign = make_closed(visibility=Visibility.LINK)
    assert follow(campaign, Invitation.objects.make(campaign, uses=1, expires_at=far(1))).status_code == 200


def test_guessing_ends_soon():
    campaign, device = make_closed(), make_device()
    most = LIMITS["invitation"].device or 0
    answers = [follow(campaign, f"guess-{number}", device) for number in range(most + 1)]
    assert [answer.status_code for answer in answers] == [*([404] * most), 429]
    assert answers[-1]["Retry-After"]
    # Not even the right one, until the hour is over.
    assert follow(campaign, Invitation.objects.make(campaign, uses=1, expires_at=far(1)), device).status_code == 429


def test_it_is_not_stored_who_used_it_or_when():
    kept = {field.name for field in Invitation._meta.get_fields()}
    assert kept == {"id", "campaign", "label", "digest", "uses", "uses_left", "expires_at", "revoked"}


def test_it_is_deleted_some_days_after_it_ran_out():
    Invitation.objects.make(make_closed(), uses=1, expires_at=far(1))
    forget(timezone.now() + timedelta(days=6))
    assert Invitation.objects.count() == 1
    forget(timezone.now() + timedelta(days=9))
    assert Invitation.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_come_in_than_it_is_for():
    campaign = make_closed()
    code = Invitation.objects.make(campaign, uses=3, expires_at=far(1))
    devices = [make_device() for _ in range(8)]
    answers: list[int] = []

    def enter(device: Any) -> None:
        try:
            answers.append(follow(campaign, code, device).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 3 + [404] * 5
    assert Follow.objects.count() == 3
