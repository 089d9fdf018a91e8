"""What a test that committed leaves behind: nothing but what says which models there are."""

import pytest
from django.apps import apps
from django.test import TransactionTestCase

from campaigns.models import Campaign
from tests.emptying import KEPT
from tests.make import make_alert, make_campaign, make_device, make_follow, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_empties_every_table_but_those_of_the_models_themselves():
    campaign = make_campaign()
    make_follow(campaign, make_device())
    make_member(campaign)
    make_alert(make_hashtag_push(campaign))
    assert Campaign.objects.exists()
    TransactionTestCase()._fixture_teardown()
    left = {model for model in apps.get_models(include_auto_created=True) if model.objects.exists()}
    assert left == KEPT
