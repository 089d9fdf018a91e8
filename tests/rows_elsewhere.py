"""`python -m tests.rows_elsewhere WHAT`: makes or counts rows in another database than the tests': DATABASE_URL's."""

import hashlib
import json
import sys
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.contrib.sessions.models import Session  # noqa: E402  # models come after the set-up
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from accounts.models import SiteAct, SiteEntry, Subscription  # noqa: E402
from campaigns.models import (  # noqa: E402
    Alert,
    AlertState,
    Campaign,
    Follow,
    Participation,
    Person,
    Picture,
    Stage,
    WithheldName,
)
from mobilise.fields import UndecryptableValue  # noqa: E402
from tests.databases_elsewhere import FOLLOWERS  # noqa: E402
from tests.make import (  # noqa: E402
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_person,
    make_picture,
    make_push_keys,
    make_solidarity_alert,
    make_subscription,
)


def fill() -> None:
    """A campaign, followers, an alert of each state that matters, an organiser who is signed in."""
    campaign = make_campaign(slug="saved")
    for _ in range(FOLLOWERS):
        add_follower(campaign)
    action, owner, now = make_hashtag_push(campaign), make_member(campaign), timezone.now()
    Participation.objects.take_part(action, make_device(), Stage.JOINED, None, verified=True, now=now)
    over = make_hashtag_push(campaign, starts_at=far(-1000), ends_at=far(-999))
    Participation.objects.take_part(over, make_device(), Stage.JOINED, None, verified=True, now=now)
    for send_at in (now, now, far(48)):
        alert = make_alert(action, send_at=send_at, expires_at=send_at + timedelta(hours=1))
        alert.schedule(owner, now, needs_approval=False)
    make_picture(make_gathering(action))
    case = make_solidarity_alert(campaign, title={"fr": "Camille Roux est convoquée"})
    make_person(case, name="Camille Roux", consented_on=now.date())
    make_person(case)
    first = Alert.objects.order_by("pk")[0]
    first.begin_sending(now, last_device=0, audience_size=0)
    DBTaskResult.objects.create(
        task_path="campaigns.tasks.deliver", args_kwargs={"args": [1], "kwargs": {}}, run_after=now
    )
    Session.objects.create(session_key="stolen", session_data="", expire_date=far(12))


def add_follower(campaign: Campaign) -> None:
    """All of a follower or nothing."""
    with transaction.atomic():
        device = make_device()
        # Numbers of other processes begin at 1 too.
        make_subscription(device, make_push_keys(f"https://fcm.googleapis.com/fcm/send/{uuid4()}"))
        make_follow(campaign, device)


def keep_adding() -> None:
    """Until it is ended; says when it has begun."""
    campaign = Campaign.objects.get(slug="saved")
    while True:
        add_follower(campaign)
        sys.stdout.write(".")
        sys.stdout.flush()


def count() -> None:
    """What is there, as JSON."""
    states = dict.fromkeys(AlertState.values, 0)
    for state in Alert.objects.values_list("state", flat=True):
        states[state] += 1
    report = {
        "campaigns": Campaign.objects.count(),
        "follows": Follow.objects.count(),
        "subscriptions": Subscription.objects.count(),
        "readable": sum(map(is_readable, Subscription.objects.all())),
        "participations": Participation.objects.count(),
        "pictures": [hashlib.sha256(picture.read()).hexdigest() for picture in Picture.objects.order_by("pk")],
        "named": sum(person.public_name is not None for person in Person.objects.all()),
        "names": sum(bool(person.name) for person in Person.objects.all()),
        "withheld": WithheldName.objects.count(),
        "tasks": DBTaskResult.objects.count(),
        "restored": SiteEntry.objects.filter(act=SiteAct.RESTORED).count(),
        "sessions": Session.objects.count(),
        "alerts": {state: number for state, number in states.items() if number},
    }
    sys.stdout.write(json.dumps(report))


def is_readable(subscription: Subscription) -> bool:
    """Whether the settings' keys open it."""
    try:
        return bool(subscription.keys.endpoint)
    except UndecryptableValue:
        return False


if __name__ == "__main__":
    {one.__name__: one for one in (fill, make_campaign, keep_adding, count)}[sys.argv[1]]()
