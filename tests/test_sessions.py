"""An organiser's session: it works, and its row in the database gives nothing away."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from mobilise.fields.rotation import Progress
from mobilise.keys import generate_key
from mobilise.sessions import SessionStore, reencrypt_sessions, row_key
from tests.make import far, make_user

pytestmark = pytest.mark.django_db


def signed_in() -> Client:
    client = Client()
    client.force_login(make_user())
    return client


def cookie_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_it_is_found_by_its_cookie() -> None:
    client = signed_in()
    assert SessionStore(cookie_of(client))["_auth_user_id"]


def test_the_cookie_is_not_in_the_database() -> None:
    client = signed_in()
    row = Session.objects.get()
    assert row.session_key == row_key(cookie_of(client))
    assert cookie_of(client) not in (row.session_key, row.session_data)


def test_what_the_database_holds_signs_nobody_in() -> None:
    signed_in()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert SessionStore(Session.objects.get().session_key).load() == {}
    assert "_auth_user_id" not in thief.session


def test_its_data_does_not_decode_without_the_key() -> None:
    signed_in()
    data = Session.objects.get().session_data
    assert DjangosStore().decode(data) == {}
    assert "_auth_user" not in data


def test_another_key_signs_everybody_out(settings) -> None:
    client = signed_in()
    settings.FIELD_KEYS = generate_key()
    assert SessionStore(cookie_of(client)).load() == {}


def test_it_goes_on_after_the_key_it_was_encrypted_with_is_gone(settings) -> None:
    client, lost = signed_in(), "of another site"
    Session.objects.create(session_key=lost, session_data=lost, expire_date=far(1))
    former, settings.FIELD_KEYS = settings.FIELD_KEYS, f"{generate_key()},{settings.FIELD_KEYS}"

    call_command("reencrypt", verbosity=0)
    settings.FIELD_KEYS = settings.FIELD_KEYS.removesuffix(f",{former}")

    assert SessionStore(cookie_of(client))["_auth_user_id"]
    assert reencrypt_sessions() == Progress(current=1)


def test_it_ends_when_it_is_deleted() -> None:
    client = signed_in()
    SessionStore(cookie_of(client)).delete()
    assert not Session.objects.exists()


def test_a_new_cookie_takes_the_place_of_the_old_one() -> None:
    client = signed_in()
    session = client.session
    session.cycle_key()
    assert Session.objects.get().session_key == row_key(session.session_key)
