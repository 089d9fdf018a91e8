"""Without EMAIL_URL a site that others reach prints no e-mail: its links open accounts."""

import os
import subprocess
import sys

import pytest
from django.core.mail import send_mail
from django.test import override_settings

from mobilise.keys import generate_secrets
from tests.delivering import ROOT


def test_it_says_that_it_was_not_sent_and_nothing_of_it(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    with override_settings(EMAIL_BACKEND="mobilise.unsent_mail.UnsentMail"):
        assert send_mail("New password", "https://mobilise.example/key/abc", None, ["jeanne@example.org"]) == 0

    assert caplog.messages == ["1 e-mails were not sent: EMAIL_URL is not set"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("environment", "backend"),
    [
        ({"SITE_URL": "https://mobilise.example"}, "mobilise.unsent_mail.UnsentMail"),
        ({"SITE_URL": "https://mobilise.example", "EMAIL_URL": "smtp://127.0.0.1:25"}, "smtp.EmailBackend"),
        ({"SITE_URL": "http://127.0.0.1:8000"}, "console.EmailBackend"),
    ],
)
def test_only_a_site_for_this_machine_alone_prints_them(environment: dict[str, str], backend: str):
    inherited = {name: value for name, value in os.environ.items() if name not in ("EMAIL_URL", "SITE_URL")}
    said = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.EMAIL_BACKEND)"],
        cwd=ROOT,
        env={**inherited, **generate_secrets(), "DJANGO_SETTINGS_MODULE": "mobilise.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.strip().endswith(backend)
