"""Two taps, or two schedulers, at the same moment: one copy, one template, one next of a series."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Action, ActionState, Broadcast, HashtagPush
from campaigns.models.copying import copy_to, keep_as_template
from campaigns.models.series import carry_on
from tests.make import far, make_broadcast, make_hashtag_push, make_user
from tests.together import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_taps_at_once_make_one_copy_and_one_template() -> None:
    push, by, when = make_hashtag_push(), make_user(), far(24)
    at_once(*[lambda: copy_to(push, when, by), lambda: keep_as_template(push, by)] * THREADS)
    copies = HashtagPush.objects.exclude(pk=push.pk).order_by("state").values_list("state", flat=True)
    assert list(copies) == [ActionState.DRAFT, ActionState.TEMPLATE]


def test_schedulers_at_once_make_one_next() -> None:
    now = timezone.now()
    weekly = make_broadcast(repeats_until=(now + timedelta(days=60)).date())
    at_once(*[lambda: carry_on(now)] * THREADS)
    assert Broadcast.objects.count() == 2
    assert Action.objects.get(pk=weekly.pk).copies.count() == 1
