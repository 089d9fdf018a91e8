"""Tying an organiser's own phone by a link, and untying it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import OrganiserDevice, TieCode
from tests.admin_pages import Organiser
from tests.make import make_campaign, make_device, make_member, make_subscription

pytestmark = pytest.mark.django_db
PHONES = "/accounts/phones/"


def make_organiser():
    return Organiser(make_member(make_campaign()))


def make_phone(*, subscribed=True):
    """A phone's browser with the app's cookie."""
    phone, device = Client(headers={"Accept-Language": "en"}), make_device()
    phone.cookies[settings.DEVICE_COOKIE_NAME] = device.cookie
    if subscribed:
        make_subscription(device)
    return phone, device


def make_link(organiser):
    page = organiser.post(PHONES).content.decode()
    link = re.search(r'href="([^"]+/accounts/tie/[^"]+)"', page)
    assert link
    return link[1].removeprefix(settings.SITE_URL)


def test_it_shows_a_code_and_the_link_only_when_asked():
    organiser = make_organiser()
    assert "/accounts/tie/" not in organiser.get(PHONES).content.decode()
    assert not TieCode.objects.exists()
    page = organiser.post(PHONES).content.decode()
    assert "<svg" in page
    assert f"{settings.SITE_URL}/accounts/tie/" in page


def test_it_ties_the_phone_that_presses_the_button():
    organiser = make_organiser()
    link = make_link(organiser)
    phone, device = make_phone()
    assert phone.get(link).status_code == 200
    assert not OrganiserDevice.objects.exists()
    assert "Done." in phone.post(link).content.decode()
    assert OrganiserDevice.objects.get().device == device
    assert "Alerts are on." in organiser.get(PHONES).content.decode()


def test_it_uses_a_link_once():
    organiser = make_organiser()
    link = make_link(organiser)
    make_phone()[0].post(link)
    answer = make_phone()[0].post(link)
    assert answer.status_code == 410
    assert "used already" in answer.content.decode()
    assert OrganiserDevice.objects.count() == 1


def test_it_is_too_late_after_fifteen_minutes():
    link = make_link(make_organiser())
    TieCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert make_phone()[0].post(link).status_code == 410
    assert not OrganiserDevice.objects.exists()


@pytest.mark.parametrize("with_cookie", [False, True])
def test_it_says_what_is_missing_and_keeps_the_link_for_later(with_cookie):
    link = make_link(make_organiser())
    phone = make_phone(subscribed=False)[0] if with_cookie else Client(headers={"Accept-Language": "en"})
    answer = phone.post(link)
    assert answer.status_code == 409
    assert "turn alerts on first" in answer.content.decode()
    assert 'href="/alerts"' in answer.content.decode()
    assert TieCode.objects.count() == 1


def test_it_needs_the_form_s_own_token():
    link = make_link(make_organiser())
    phone = Client(enforce_csrf_checks=True)
    assert phone.post(link).status_code == 403


def test_it_unties_one_s_own_phone_only():
    organiser, other = make_organiser(), make_organiser()
    phone, device = make_phone()
    phone.post(make_link(organiser))
    untie = f"/accounts/phones/{device.uuid}/untie/"
    assert other.post(untie).status_code == 404
    assert OrganiserDevice.objects.exists()
    assert organiser.get(untie).status_code == 405
    organiser.post(untie)
    assert not OrganiserDevice.objects.exists()


def test_it_shows_nobody_else_s_phones():
    organiser, other = make_organiser(), make_organiser()
    phone, device = make_phone()
    phone.post(make_link(organiser))
    assert str(device.uuid) in organiser.get(PHONES).content.decode()
    assert str(device.uuid) not in other.get(PHONES).content.decode()


def test_it_keeps_strangers_out():
    for address in (PHONES, f"/accounts/phones/{make_device().uuid}/untie/"):
        assert Client().post(address).url.startswith("/admin/login/")
