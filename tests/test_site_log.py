"""What site administrators do is noted: accounts, second factors, keys and settings; nothing of activists."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import SiteAct, SiteEntry, User
from accounts.site_settings import note_settings
from campaigns.models import AuditEntry
from campaigns.retention import forget
from mobilise.keys import generate_key
from mobilise.sealed import Sealed
from tests.admin_pages import Organiser, parse
from tests.make import make_campaign, make_device, make_subscription, make_user

pytestmark = pytest.mark.django_db
LONG = "quinze mots de passe"


@pytest.fixture
def chief() -> Organiser:
    return Organiser(make_user("chef", is_superuser=True))


def noted() -> list[tuple[str, str, str, str]]:
    rows = SiteEntry.objects.order_by("pk")
    return [(entry.act, entry.actor, entry.about, entry.text) for entry in rows]


def test_the_life_of_an_account_is_noted(chief: Organiser):
    chief.send(reverse("admin:accounts_user_add"), username="camille", password1=LONG, password2=LONG)
    user = User.objects.get(username="camille")
    page = reverse("admin:accounts_user_change", args=[user.pk])
    fields = parse(chief.get(page)).fields | {"email": "camille@mail.example", "is_superuser": "on"}  # a tick
    assert chief.post(page, fields, follow=True).status_code == 200
    chief.send(page)  # nothing changed
    chief.send(reverse("admin:auth_user_password_change", args=[user.pk]), password1=LONG + "!", password2=LONG + "!")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    chief.press(reverse("admin:reset_second_factor", args=[user.pk]))
    chief.send(reverse("admin:accounts_user_delete", args=[user.pk]))

    assert [entry[:3] for entry in noted()] == [
        (act, "chef", "camille")
        for act in ("account_made", "account_changed", "password_set", "factor_reset", "account_deleted")
    ]
    changes = noted()[1][3]
    assert "Site administrator: no → yes" in changes
    assert "mail.example" not in changes
    assert not Authenticator.objects.exists()
    text = chief.get(reverse("site_log")).content.decode()
    assert "deleted an account" in text
    assert text.index("deleted an account") < text.index("made an account")


def test_what_is_refused_is_not_noted(chief: Organiser):
    user = make_user("camille")
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    chief.send(url, password1=LONG, password2="another one, longer")
    chief.send(reverse("admin:accounts_user_add"), username="camille", password1=LONG, password2=LONG)
    assert noted() == []


def test_other_settings_and_keys_are_noted_once_by_what_changed(settings: Any):
    first = note_settings()
    assert first is not None
    assert "RETENTION_DAYS: 7" in first.text
    assert note_settings() is None

    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{generate_key()},{old}"
    settings.RETENTION_DAYS = 3
    second = note_settings()
    assert second is not None
    assert [line.split(":")[0] for line in second.text.splitlines()] == ["RETENTION_DAYS", "FIELD_KEYS"]
    assert "RETENTION_DAYS: 7 → 3" in second.text
    for key in settings.FIELD_KEYS.split(","):
        assert key not in second.text + second.state


def test_the_table_tells_nobody_s_name(chief: Organiser):
    chief.send(reverse("admin:accounts_user_add"), username="camille", password1=LONG, password2=LONG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, about, text FROM accounts_siteentry")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    assert stored
    assert b"camille" not in stored
    assert b"chef" not in stored


def test_nobody_changes_it_and_it_is_forgotten_but_for_the_settings_of_now(settings: Any):
    entry = SiteEntry.objects.note(SiteAct.ACCOUNT_MADE, about="camille")
    note_settings()
    for change in (entry.save, entry.delete, SiteEntry.objects.all().delete, lambda: SiteEntry.objects.update(act="")):
        with pytest.raises(Sealed):
            change()
    make_subscription(make_device())

    forget(timezone.now() + timedelta(days=settings.AUDIT_DAYS - 1))
    assert SiteEntry.objects.count() == 2
    forget(timezone.now() + timedelta(days=settings.AUDIT_DAYS + 1))
    assert [entry.act for entry in SiteEntry.objects.all()] == ["settings"]
    assert note_settings() is None


def test_what_is_done_on_the_server_is_noted_as_the_site_s(monkeypatch: pytest.MonkeyPatch):
    campaign = make_campaign(slug="camp")
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: LONG)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", LONG)

    call_command("organiser", "camille", stdout=StringIO())
    for role in ("editor", "owner"):
        call_command("organiser", "camille", campaign="camp", role=role, stdout=StringIO())
    call_command("changepassword", "camille", stdout=StringIO())
    call_command("createsuperuser", interactive=False, username="chef", stdout=StringIO())

    assert [entry[:3] for entry in noted()] == [
        ("account_made", "", "camille"),
        ("password_set", "", "camille"),
        ("account_made", "", "chef"),
    ]
    entries = AuditEntry.objects.filter(campaign=campaign).order_by("pk")
    assert [(entry.act, entry.actor) for entry in entries] == [("member_added", ""), ("role_changed", "")]
    assert [("camille" in entry.about, LONG in entry.text) for entry in entries] == [(True, False)] * 2


def test_what_is_refused_on_the_server_is_not_noted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "123")
    make_user("camille")

    with pytest.raises(CommandError):
        call_command("changepassword", "camille", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, username="camille", stderr=StringIO())

    assert noted() == []
