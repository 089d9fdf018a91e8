"""What docs/privacy.md and docs/threat-model.md say of days and tests, beside what the code does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models.device import TIE_CODE_LIFETIME
from accounts.models.subscription import NONCE_LIFETIME
from accounts.models.transfer import LIFETIME as TRANSFER_LIFETIME
from campaigns.models.organiser_invitation import LIFETIME as INVITATION_LIFETIME
from campaigns.models.outreach.imports import KEPT as IMPORTS_KEPT
from campaigns.models.outreach.officials import CONTACTS_KEPT
from campaigns.retention.rules import CLAIMS_KEPT, TASKS_KEPT
from campaigns.watching.totals import TALLIES_KEPT
from mobilise.throttles.models import KEY_DAYS
from tests.delivering import ROOT
from tests.test_privacy_page import PAGE, ROW

DOCS = [PAGE, ROOT / "docs" / "threat-model.md"]
NAMED = re.compile(r"\btests/(test_\w+)\.py(?:::(\w+))?")
DAY = timedelta(days=1)

KEPT = [
    ("sessions.Session", "12 hours", timedelta(seconds=settings.SESSION_COOKIE_AGE), timedelta(hours=12)),
    ("campaigns.OrganiserInvitation", "three days", INVITATION_LIFETIME, 3 * DAY),
    ("campaigns.OfficialImport", "a day", IMPORTS_KEPT, DAY),
    ("campaigns.Claim", "a day after the call", CLAIMS_KEPT, DAY),
    ("campaigns.ContactRecord", "a year after the last contact", CONTACTS_KEPT, 365 * DAY),
    ("campaigns.DeliveryTally", "30 days", TALLIES_KEPT, 30 * DAY),
    ("throttles.DayKey", "two days", timedelta(days=KEY_DAYS), 2 * DAY),
    ("django_tasks_database.DBTaskResult", "a day after its end", TASKS_KEPT, DAY),
    ("accounts.TransferCode", "a day, to the hour", TRANSFER_LIFETIME, DAY),
    ("accounts.Subscription", "a day, to the hour", NONCE_LIFETIME, DAY),
]


@pytest.mark.parametrize(("model", "said", "kept", "meant"), KEPT)
def test_what_it_says_of_days_is_so(model: str, said: str, kept: timedelta, meant: timedelta) -> None:
    rows = [row["how_long"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8")) if row["model"] == model]
    assert any(how_long.startswith(said) for how_long in rows), rows
    assert kept == meant


@pytest.mark.parametrize(("name", "days"), [("RETENTION_DAYS", 7), ("AUDIT_DAYS", 90), ("DEVICE_DAYS", 365)])
def test_the_settings_begin_with_the_days_it_names(name: str, days: int) -> None:
    assert f"`{name}` ({days})" in PAGE.read_text(encoding="utf-8")
    default = re.search(rf"^{name} = .*default=(\d+)", (ROOT / "mobilise" / "settings.py").read_text(), re.MULTILINE)
    assert default
    assert int(default[1]) == days


def test_a_code_that_ties_a_phone_lasts_minutes() -> None:
    assert timedelta(minutes=15) == TIE_CODE_LIFETIME


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_test_that_it_names_is_there(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert named
    files = {name: ROOT / "tests" / f"{name}.py" for name, _ in named}
    assert [name for name, file in files.items() if not file.exists()] == []
    missing = [test for name, test in named if test and f"def {test}(" not in files[name].read_text(encoding="utf-8")]
    assert missing == []


def test_the_law_is_named() -> None:
    text = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))
    for article in ("art. 6(1)(a), 9(2)(a)", "art. 6(1)(b)", "art. 6(1)(f), 9(2)(e)", "art. 21", "art. 10", "art. 32"):
        assert article in text
    assert "*for officials" not in text
