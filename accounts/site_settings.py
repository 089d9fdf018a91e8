"""The settings that decide what is kept of whom, and the names of the keys: noted in the site's log as they change."""

import hashlib
import json

from django.conf import settings

from accounts.models import SiteAct, SiteEntry
from accounts.pusher import vapid_keys
from mobilise.fields import cipher, index_keys

NAMES = (
    "VERSION",
    "DEBUG",
    "SITE_URL",
    "SITE_NAME",
    "REQUIRE_MFA",
    "RETENTION_DAYS",
    "AUDIT_DAYS",
    "DEVICE_DAYS",
    "TRUSTED_PROXIES",
    "PUSH_EXTRA_HOSTS",
    "SOURCE_URL",
    "CONSENT_VERSION",
    "CONSENT_VALID_FROM",
)
SHORT = 4


def note_settings() -> SiteEntry | None:
    """Notes what is not as it was when this was last asked. None when all is."""
    now = settings_of_now()
    last = SiteEntry.objects.filter(act=SiteAct.SETTINGS).order_by("-pk").first()
    before: dict[str, str] = json.loads(last.state) if last else {}
    changes = [
        f"{name}: {before[name]} → {value}" if name in before else f"{name}: {value}"
        for name, value in now.items()
        if before.get(name) != value
    ]
    if not changes:
        return None
    return SiteEntry.objects.note(SiteAct.SETTINGS, text="\n".join(changes), state=json.dumps(now))


def settings_of_now() -> dict[str, str]:
    """{name: value}. Of keys only a few bytes of a digest, which tell one from another and open nothing."""
    values = {name: _in_words(getattr(settings, name)) for name in NAMES}
    sheet = settings.RIGHTS
    values["RIGHTS_SHEET"] = f"{sheet.jurisdiction}, {sheet.version}, {sheet.checked_on}"
    values["FIELD_KEYS"] = ", ".join(key.hex() for key in cipher().key_ids)
    values["INDEX_KEY"] = ", ".join(hashlib.sha256(b"index" + key).hexdigest()[: 2 * SHORT] for key in index_keys())
    values["VAPID_PRIVATE_KEYS"] = ", ".join(key.fingerprint[: 2 * SHORT] for key in vapid_keys())
    return values


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
