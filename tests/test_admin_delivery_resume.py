"""An owner lets a paused push service be tried again."""

import pytest

from campaigns.models import Role
from tests.admin_pages import Organiser, page_of, said
from tests.delivery_pages import FCM, World, pause
from tests.make import (
    make_member,
)

pytestmark = pytest.mark.django_db


def test_an_owner_resumes_a_paused_push_service(caplog: pytest.LogCaptureFixture):
    world, host = World(), pause()
    assert "Resume now" in world.page()

    response = world.owner.post(page_of(world.push, "resume_host", world.alert.pk), {"host": host.pk}, follow=True)

    assert said(response) == [f"{FCM} is sent to again."]
    host.refresh_from_db()
    assert (host.paused_until, host.alarm) == (None, "")
    assert f"{FCM}: resumed by an owner" in caplog.text
    assert "Paused push services" not in response.content.decode()


def test_the_second_tap_says_that_it_was_not_paused_any_more():
    world, host = World(), pause()
    address = page_of(world.push, "resume_host", world.alert.pk)
    world.owner.post(address, {"host": host.pk})

    response = world.owner.post(address, {"host": host.pk}, follow=True)

    assert said(response)[-1] == f"{FCM} was not paused any more."


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_others_see_it_and_cannot_resume_it(role: Role):
    world, host = World(), pause()
    other = Organiser(make_member(world.campaign, role))
    page = world.page(other)
    assert FCM in page
    assert "Resume now" not in page

    answer = other.post(page_of(world.push, "resume_host", world.alert.pk), {"host": host.pk})

    assert answer.status_code == 403
    host.refresh_from_db()
    assert host.paused_until is not None


def test_looking_at_the_address_resumes_nothing():
    world, host = World(), pause()

    answer = world.owner.get(page_of(world.push, "resume_host", world.alert.pk))

    assert (answer.status_code, answer["Location"]) == (302, world.address)
    host.refresh_from_db()
    assert host.paused_until is not None


@pytest.mark.parametrize("host", ["", "x", "999999"])
def test_a_push_service_that_is_not_there_is_not_found(host: str):
    world = World()

    assert world.owner.post(page_of(world.push, "resume_host", world.alert.pk), {"host": host}).status_code == 404
