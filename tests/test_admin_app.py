"""Where the pages of the admin are loaded, and where not."""

import subprocess
import sys

import pytest

from tests.delivering import ROOT

LOADED = "import django, sys; django.setup(); {}; print([name for name in sys.modules if name.endswith('.admin')])"
WORKS = "from campaigns.management.commands import scheduler, worker"
CHECKS = "from django.core.checks import run_checks; run_checks(tags=['admin'])"
SERVES = "import mobilise.wsgi; from django.urls import get_resolver; get_resolver().url_patterns"


def loaded_by(doing: str) -> str:
    command = [sys.executable, "-c", LOADED.format(doing)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_who_only_works_starts_without_them():
    assert "campaigns.admin" not in loaded_by(WORKS)


@pytest.mark.parametrize("doing", [CHECKS, SERVES], ids=["checks", "serves"])
def test_who_serves_or_checks_them_has_them_all(doing: str):
    loaded = loaded_by(doing)
    assert [app for app in ("accounts", "campaigns") if f"'{app}.admin'" not in loaded] == []
