"""A crowd takes part: all who say so in one moment are known, limited and counted together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from accounts.models import Caller, Device, DeviceCookie, Subscription
from campaigns.crowd.reading import UUID_AS_WRITTEN, read_json
from campaigns.models import Action, Burst, Gathering, Gesture, Kept, Participation, Stage
from campaigns.rules.taking_part import closed_because
from mobilise.fast_path import Call, Route, use_connection
from mobilise.grouped import Grouped
from mobilise.throttles.addresses import address_in
from mobilise.throttles.limits import throttle_together

SCOPE = "take_part"
# Answers that are kept as bytes: by stage, gathering, and whether it counts.
MOST_BODIES = 256


class Said(NamedTuple):
    """What the body of a call says."""

    stage: str
    gathering: UUID | Kept | None
    waited: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What one phone wants, and from where."""

    cookie: DeviceCookie
    address: str
    action: UUID
    said: Said


def answer(call: Call) -> bytes | None:
    """The part that is taken now, as the view gives it. None: for the view to answer."""
    cookies = parse_cookie(call.environ.get("HTTP_COOKIE", ""))
    cookie, said = DeviceCookie.read(cookies.get(settings.DEVICE_COOKIE_NAME, "")), read(call.body)
    if cookie is None or said is None:
        return None
    return _join(Wish(cookie, address_in(call.environ), UUID(call.names[0]), said))


def read(body: bytes) -> Said | None:
    """None unless it says all it says in the usual way: what is refused, and how, is the view's."""
    given = read_json(body, {"stage", "gathering", "waited"})
    if given is None:
        return None
    stage, waited = given.get("stage"), given.get("waited", False)
    if stage not in (Stage.JOINED, Stage.DONE) or not isinstance(waited, bool):
        return None
    named = given.get("gathering", Kept.AS_IT_WAS)
    if named is None or named is Kept.AS_IT_WAS:
        return Said(str(stage), named, waited)
    if not (isinstance(named, str) and UUID_AS_WRITTEN.fullmatch(named)):
        return None
    return Said(str(stage), UUID(named), waited)


def _join_together(wishes: Sequence[Wish]) -> list[bytes | None]:
    """The answer for each, or None if it is not the usual one."""
    # Of a group only this thread asks the database.
    use_connection()
    now = timezone.now()
    callers = Device.objects.callers([wish.cookie for wish in wishes])
    gestures = _gestures(wishes, callers, now)
    hits = _let_through({place: wishes[place] for place in gestures})
    going = [place for place in gestures if place in hits]
    if not going:
        return [None] * len(wishes)
    known = {place: caller for place in going if (caller := callers[place])}
    Device.objects.see(known.values(), now.date())
    parts = dict(zip(going, Participation.objects.take_part_together([gestures[at] for at in going]), strict=True))
    for place, number in hits.items():
        Burst.objects.watch(gestures[place].action, number, now)
    proved = _proved_meanwhile(known.values())
    return [
        None if part is None or known[place].pk in proved else _body_of(part)
        for place, part in enumerate(map(parts.get, range(len(wishes))))
    ]


def _gestures(wishes: Sequence[Wish], callers: Sequence[Caller | None], now: datetime) -> dict[int, Gesture]:
    """Of those whose device and action are known, and who can take part in it: by their place."""
    actions = Action.objects.find_public([wish.action for wish in wishes])
    gatherings = _gatherings(wish.said.gathering for wish in wishes)
    found: dict[int, Gesture] = {}
    for place, (wish, caller, action) in enumerate(zip(wishes, callers, actions, strict=True)):
        if caller is None or action is None or closed_because(action, now, waited=wish.said.waited):
            continue
        where = wish.said.gathering
        gathering = gatherings.get(where) if isinstance(where, UUID) else where
        if isinstance(where, UUID) and not (isinstance(gathering, Gathering) and gathering.action_id == action.pk):
            continue
        found[place] = Gesture.of(action, caller.pk, wish.said.stage, gathering, caller.verified_on is not None, now)
    return found


def _gatherings(named: Iterable[UUID | Kept | None]) -> Mapping[UUID, Gathering]:
    uuids = {one for one in named if isinstance(one, UUID)}
    return {one.uuid: one for one in Gathering.objects.filter(uuid__in=uuids).order_by()} if uuids else {}


def _let_through(wishes: Mapping[int, Wish]) -> dict[int, int]:
    """By place, how many of its address there were in this window; without those that are over a limit."""
    if not wishes:
        return {}
    hits = throttle_together(SCOPE, [(wish.cookie.name.hex, wish.address) for wish in wishes.values()])
    return {place: number for place, number in zip(wishes, hits, strict=True) if number is not None}


def _proved_meanwhile(callers: Iterable[Caller]) -> set[int]:
    """Those that pushes were proved to reach since they were read: their parts were counted before these were there."""
    unproved = [caller.pk for caller in callers if caller.verified_on is None]
    if not unproved:
        return set()
    proved = Subscription.objects.filter(device__in=unproved, verified_on__isnull=False)
    return set(proved.values_list("device_id", flat=True))


def _body_of(part: Participation) -> bytes:
    return _body(part.stage, part.gathering.uuid if part.gathering else None, part.verified)


@lru_cache(maxsize=MOST_BODIES)
def _body(stage: str, gathering: UUID | None, verified: bool) -> bytes:
    body: bytes = JSONRenderer().render({"stage": stage, "gathering": gathering, "counted": verified})
    return body


_join = Grouped(_join_together)
ROUTE = Route("PUT", re.compile(rf"/api/v1/actions/({UUID_AS_WRITTEN.pattern})/participation"), "200 OK", answer)
