"""A code that one phone shows and another enters: everything moves, nothing is counted twice, nothing stays behind."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.handing_over import IDENTITY, settled
from accounts.models import Device, OrganiserDevice, Subscription, TransferCode
from accounts.models.transfer import ALPHABET, MOST_ICON_CODES, TOLD_AGAIN, TYPED_SIGNS, read_code
from campaigns.models import (
    Asking,
    Batch,
    Claim,
    ClaimState,
    Follow,
    Occasion,
    OrganiserPush,
    Participation,
    PendingDelivery,
    PendingReason,
    Stage,
    Tally,
)
from campaigns.retention import forget
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_official,
    make_outreach,
    make_rally_call,
    make_subscription,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_code(device: Device) -> str:
    response = ApiClient(device).call("POST", "device/transfer")
    assert response.status_code == 201, response.content
    return str(response.json()["code"])


def enter(device: Device, code: str) -> Any:
    return ApiClient(device).call("POST", "device/transfer/takeover", {"code": code})


def join(action: Any, device: Device, stage: str = Stage.JOINED, *, verified: bool = True, **where: Any) -> None:
    gathering = where.get("gathering")
    Participation.objects.take_part(action, device, stage, gathering, verified=verified, now=timezone.now())


@pytest.fixture(params=["old first", "new first"])
def phones(request: Any) -> tuple[Device, Device]:
    """The phone that has everything and the one that takes over; either may be the older row."""
    one, other = make_device(), make_device()
    return (one, other) if request.param == "old first" else (other, one)


def test_it_moves_everything_and_leaves_the_old_phone_a_stranger(phones: tuple[Device, Device]):
    old, new = phones
    Device.objects.filter(pk=old.pk).update(
        language="en", departement="75", lock_screen="discreet", quiet_start=time(22), quiet_end=time(8)
    )
    campaign, rally = make_campaign(), make_rally_call()
    make_follow(campaign, old, ["rally_call"])
    join(rally, old, Stage.DONE, gathering=make_gathering(rally))
    make_subscription(old)
    parts = get_json("participations", old)

    response = enter(new, make_code(old))

    device = response.json()["device"]
    assert response.status_code == 200
    assert (device["id"], device["language"], device["departement"]) == (str(new.uuid), "en", "75")
    assert (device["lock_screen"], device["quiet_hours"]) == ("discreet", {"start": "22:00", "end": "08:00"})
    assert [(each["campaign"], each["kinds"]) for each in device["follows"]] == [(campaign.slug, ["rally_call"])]
    # The old phone rings no more, and the new one has not turned alerts on.
    assert (device["subscription"], Subscription.objects.count()) == (None, 0)
    assert get_json("device", new) == device
    assert get_json("participations", new) == parts
    assert len(parts) == 1
    assert Tally.objects.sums(rally) == {"joined": {"total": 1, "counted": 1}, "done": {"total": 1, "counted": 1}}
    assert ApiClient(old).call("GET", "device").status_code == 401
    assert Device.objects.count() == 1


def test_what_both_follow_is_followed_once_with_the_kinds_of_both(phones: tuple[Device, Device]):
    old, new = phones
    both, only_new = make_campaign(), make_campaign()
    make_follow(both, old, ["rally_call"])
    Follow.objects.filter(device=old).update(consented_on=date(2022, 2, 18))
    make_follow(both, new, ["broadcast"])
    make_follow(only_new, new, ["outreach"])

    device = enter(new, make_code(old)).json()["device"]

    assert {each["campaign"]: set(each["kinds"]) for each in device["follows"]} == {
        both.slug: {"rally_call", "broadcast"},
        only_new.slug: {"outreach"},
    }
    assert Follow.objects.get(campaign=both).consented_on == date(2022, 2, 18)


@pytest.mark.parametrize(("on_old", "on_new"), [("joined", "done"), ("done", "joined"), ("joined", "joined")])
def test_a_part_on_both_counts_once_as_far_as_either_went(phones: tuple[Device, Device], on_old: str, on_new: str):
    old, new = phones
    rally, other = make_rally_call(), make_hashtag_push()
    join(rally, make_device(), "done")
    join(rally, old, on_old, verified=False, gathering=make_gathering(rally))
    join(rally, new, on_new, verified=True)
    join(other, new, "done")

    enter(new, make_code(old))

    done = 2 if "done" in (on_old, on_new) else 1
    assert Tally.objects.sums(rally) == {"joined": {"total": 2, "counted": 2}, "done": {"total": done, "counted": done}}
    assert Tally.objects.sums(other)["done"] == {"total": 1, "counted": 1}
    assert Participation.objects.filter(action=rally).count() == 2
    assert {each["action"] for each in get_json("participations", new)} == {str(rally.uuid), str(other.uuid)}
    # Nothing is left over in any place: taken back, all of it is gone.
    Participation.objects.withdraw(rally, Device.objects.get(uuid=new.uuid), timezone.now())
    assert Tally.objects.sums(rally) == {"joined": {"total": 1, "counted": 1}, "done": {"total": 1, "counted": 1}}
    assert set(Tally.objects.filter(action_id=rally.pk).exclude(place=0).values_list("total", flat=True)) <= {0, 1, -1}


def test_alerts_of_the_new_phone_stay_and_count_what_was_not_counted(phones: tuple[Device, Device]):
    old, new = phones
    rally = make_rally_call()
    join(rally, old, verified=False)
    make_subscription(old)
    kept = make_subscription(new)

    device = enter(new, make_code(old)).json()["device"]

    assert device["subscription"]["verified"]
    assert bytes(Subscription.objects.get().endpoint_digest) == bytes(kept.endpoint_digest)
    assert Tally.objects.sums(rally)["joined"] == {"total": 1, "counted": 1}


def test_what_is_older_than_the_retention_stays_counted(phones: tuple[Device, Device]):
    old, new = phones
    push = make_hashtag_push()
    join(push, old)
    forget(timezone.now() + 8 * DAY)

    assert enter(new, make_code(old)).status_code == 200
    assert Tally.objects.sums(push)["joined"]["total"] == 1


def test_a_call_that_is_under_way_moves_and_of_two_the_last_one_stays(phones: tuple[Device, Device]):
    old, new = phones
    first, second = make_outreach(ends_at=far(48)), make_outreach(ends_at=far(48))
    until = far(1)
    earlier = [Claim.objects.take(first, old, [make_official(first).pk], now=timezone.now(), until=until)]
    later = Claim.objects.take(second, new, [make_official(second).pk], now=timezone.now(), until=until)

    enter(new, make_code(old))

    device, now = Device.objects.get(), timezone.now()
    assert [Claim.objects.get(pk=one.pk).state for one in earlier if one] == [ClaimState.GIVEN_BACK]
    assert later is not None
    assert Claim.objects.of(second, device).running(now).get().pk == later.pk
    assert Claim.objects.of(first, device).count() == 1


def test_an_organisers_phone_is_theirs_again(phones: tuple[Device, Device]):
    old, new = phones
    user = make_user()
    OrganiserDevice.objects.create(device=old, user=user, tied_on=timezone.now().date())

    enter(new, make_code(old))

    assert OrganiserDevice.objects.get().device.uuid == new.uuid


def test_a_tie_that_was_made_on_the_new_phone_stays(phones: tuple[Device, Device]):
    old, new = phones
    mine = make_user()
    OrganiserDevice.objects.create(device=old, user=make_user(), tied_on=timezone.now().date())
    OrganiserDevice.objects.create(device=new, user=mine, tied_on=timezone.now().date())

    enter(new, make_code(old))

    assert OrganiserDevice.objects.get().user == mine


def test_the_same_phone_gets_the_same_answer_again():
    old, new = make_device(), make_device()
    make_follow(make_campaign(), old)
    code = make_code(old)
    ApiClient(old).call("PUT", "device/transfer/sealed", {"code": code, "sealed": "c2VhbGVk"})

    first, again = enter(new, code), enter(new, code)

    assert (first.status_code, first.json()["sealed"]) == (200, "c2VhbGVk")
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_code_that_is_wrong_used_or_old_has_one_answer():
    old, new = make_device(), make_device()
    used, wrong = make_code(old), "0" * TYPED_SIGNS
    enter(make_device(), used)
    replaced = make_code(new)
    make_code(new)
    expired = make_code(make_device())
    TransferCode.objects.filter(digest__isnull=False, taken=False).exclude(device=new).update(expires_at=far(-1))
    codes = [used, wrong, replaced, expired, "", "…", "x" * 80]

    answers = [enter(make_device(), code) for code in codes if code]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert answers[0].json()["code"] == "transfer_useless"
    assert enter(make_device(), "").status_code == 400


def test_a_code_is_read_however_it_is_typed():
    old, new = make_device(), make_device()
    code = make_code(old)
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]}. ".replace("0", "o").replace("1", "l")

    assert enter(new, typed).status_code == 200
    assert read_code("oil0-OIL0 uvab") == "01100110VVAB"
    assert set(code) <= set(ALPHABET)


def test_on_the_phone_that_made_it_a_code_moves_nothing():
    device = make_device()
    code = make_code(device)

    assert enter(device, code).json()["code"] == "own_code"
    assert enter(make_device(), code).status_code == 200


def test_it_keeps_nothing_of_a_code_but_a_keyed_digest():
    code = make_code(make_device())

    (row,) = TransferCode.objects.values()

    assert code not in str(row)
    settings.INDEX_KEY, before = settings.INDEX_KEY[::-1].replace("_", "a"), settings.INDEX_KEY
    try:
        assert enter(make_device(), code).status_code == 404
    finally:
        settings.INDEX_KEY = before


def test_codes_are_revoked_and_go_with_the_device_and_with_time():
    device = make_device()
    revoked = make_code(device)
    assert ApiClient(device).call("DELETE", "device/transfer").status_code == 204
    assert enter(make_device(), revoked).status_code == 404

    make_code(device)
    ApiClient(device).call("DELETE", "device")
    assert TransferCode.objects.count() == 0

    code = make_code(make_device())
    forget(timezone.now() + timedelta(hours=23))
    assert TransferCode.objects.count() == 1
    enter(make_device(), code)
    forget(timezone.now() + TOLD_AGAIN + timedelta(hours=1, minutes=1))
    assert TransferCode.objects.count() == 0


def test_all_other_codes_of_both_end_with_it():
    old, new = make_device(), make_device()
    others = [ApiClient(one).call("POST", "device/transfer/icon").json()["code"] for one in (old, new)]
    enter(new, make_code(old))

    assert [enter(make_device(), code).status_code for code in others] == [404, 404]


def test_only_the_own_code_can_be_sealed_with():
    one, other = make_device(), make_device()
    code = make_code(one)

    def seal(device: Device, **body: Any) -> int:
        given = {"code": code, "sealed": "eA", **body}
        return int(ApiClient(device).call("PUT", "device/transfer/sealed", given).status_code)

    assert (seal(one), seal(other), seal(one, sealed="not base64url!")) == (204, 404, 400)
    assert TransferCode.objects.get().sealed == "eA"


def test_it_is_limited_by_device():
    device = make_device()

    statuses = [enter(device, "0" * TYPED_SIGNS).status_code for _ in range(11)]

    assert statuses == [404] * 10 + [429]


def test_an_icon_has_codes_of_its_own_and_not_endlessly_many():
    device = make_device()
    make_code(device)
    for _ in range(MOST_ICON_CODES + 2):
        TransferCode.objects.make_for_icon(device, timezone.now())

    assert TransferCode.objects.filter(token_digest__isnull=False).count() == MOST_ICON_CODES
    assert TransferCode.objects.filter(token_digest=None).count() == 1


def test_every_column_of_a_device_is_decided_and_everything_that_hangs_on_it_is_moved():
    decided = {*settled(make_device(), make_device()), *IDENTITY, "id"}
    moved = {"Subscription", "OrganiserDevice", "TransferCode", "Follow", "OrganiserPush", "PendingDelivery"}
    found_by_uuid = {"Canary"}

    assert {field.name for field in Device._meta.concrete_fields} == decided
    relations = [field for field in Device._meta.get_fields(include_hidden=True) if field.auto_created]
    hanging = {field.related_model.__name__ for field in relations if field.is_relation}
    assert hanging == moved | found_by_uuid


def test_what_waits_to_be_sent_is_sent_to_the_phone_that_is_left(phones: tuple[Device, Device]):
    old, new = phones
    alert, for_both = make_alert(make_hashtag_push()), make_alert(make_hashtag_push())
    for device, waiting in ((old, for_both), (new, for_both), (new, alert)):
        batch = Batch.objects.create(alert=waiting, first_device=1, last_device=device.pk, cursor=device.pk)
        PendingDelivery.objects.create(
            alert=waiting, device=device, batch=batch, reason=PendingReason.QUIET_HOURS, not_before=far(1)
        )

    enter(new, make_code(old))

    left = Device.objects.get(uuid=new.uuid)
    waits = PendingDelivery.objects.order_by("pk").values_list("alert", "device")
    assert sorted(waits) == sorted([(for_both.pk, left.pk), (alert.pk, left.pk)])


def test_an_organiser_is_asked_once_on_the_phone_that_is_left(phones: tuple[Device, Device]):
    old, new = phones
    user, alert = make_user(), make_alert(make_hashtag_push())
    asking = Asking.objects.create(alert=alert, began_at=timezone.now())
    for device in (old, new):
        OrganiserPush.objects.create(asking=asking, device=device, user=user, occasion=Occasion.FIRST)
    OrganiserPush.objects.create(asking=asking, device=new, user=user, occasion=Occasion.AGAIN)

    enter(new, make_code(old))

    pushes = OrganiserPush.objects.values_list("device__uuid", "occasion")
    assert sorted(pushes, key=str) == sorted([(new.uuid, "first"), (new.uuid, "again")], key=str)
