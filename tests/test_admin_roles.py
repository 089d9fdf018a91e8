"""What each role may do in the admin."""

import pytest

from campaigns.models import Alert, Role
from tests.admin_pages import Organiser, page_of, parse
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_it_lets_every_role_write_and_schedule(role):
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    member = Organiser(make_member(campaign, role))
    member.send(page_of(push), "_schedule", str(alert.pk))
    assert Alert.objects.get(pk=alert.pk).state == "scheduled"


@pytest.mark.parametrize(("role", "may"), [(Role.OWNER, True), (Role.EDITOR, False), (Role.APPROVER, False)])
def test_it_lets_only_owners_change_the_campaign(role, may):
    campaign = make_campaign()
    owner = make_member(campaign)
    url = page_of(campaign)
    full_form = {
        name: text for name, text in parse(Organiser(owner).get(url)).fields.items() if "__prefix__" not in name
    }
    member = Organiser(make_member(campaign, role))
    assert ("_save" in [button.get("name") for button in parse(member.get(url)).buttons]) is may
    # Who may only read sends what an owner's page would.
    fields = parse(member.get(url)).fields if may else full_form
    clean = {name: text for name, text in fields.items() if "__prefix__" not in name}
    answer = member.post(url, {**clean, "contact": "changed@campaign.example", "_save": "1"})
    campaign.refresh_from_db()
    assert (campaign.contact == "changed@campaign.example") is may
    assert answer.status_code == (302 if may else 403)
