"""What PostgreSQL writes down when a statement fails, with the settings of the manual and of the compose file."""

import re
import secrets
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from tests.seized import servers_log

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.django_db(transaction=True)


def settings_of_the_manual() -> dict[str, str]:
    line = re.search(r"^for setting in (.+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert line
    return dict(word.split("=") for word in line[1].split())


def stumble(name: str) -> None:
    """The same name twice: PostgreSQL refuses, and would say which name."""
    User.objects.create(username=name)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=name, email=f"{name}@mail.example")


def test_a_statement_that_fails_is_not_written_down():
    if not servers_log():
        pytest.skip("the server is not ours: its log is elsewhere")
    open_name, kept = f"open-{secrets.token_hex(8)}", f"kept-{secrets.token_hex(8)}"
    stumble(open_name)
    assert open_name in servers_log()
    with connection.cursor() as cursor:
        for name, value in settings_of_the_manual().items():
            cursor.execute(f"SET {name} = '{value}'")
    try:
        stumble(kept)
    finally:
        connection.close()
    assert kept not in servers_log()


def test_the_compose_file_says_the_same():
    text = (ROOT / "deploy" / "compose" / "compose.yaml").read_text()
    given = dict(re.findall(r"^ +- -c(log_\w+)=(\S+)$", text, re.MULTILINE))
    assert given == settings_of_the_manual() != {}
