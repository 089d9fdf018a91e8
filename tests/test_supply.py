"""What the site is made of, and what is known against it: the bill of materials, and an audit that never flatters."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mobilise.bootstrap.auditing import ask_npm, read_npm_audit, read_pip_audit
from mobilise.bootstrap.bill_of_materials import app_components, bill, server_components
from tests.delivering import ROOT

FINE = {"dependencies": [{"name": "django", "version": "5.2.19", "vulns": []}], "fixes": []}
PACKAGES = ROOT / "frontend" / "package-lock.json"
BAD = [{"id": "PYSEC-2031-1", "fix_versions": ["5.2.20"], "aliases": [], "description": ""}]


def test_an_audit_says_what_is_known():
    known = {"dependencies": [{"name": "django", "version": "5.2.19", "vulns": BAD}]}

    assert read_pip_audit(json.dumps(FINE)).is_clean
    assert str(read_pip_audit(json.dumps(FINE))) == "nothing known against 1 packages."
    assert read_pip_audit(json.dumps(known)).known == ["django 5.2.19: PYSEC-2031-1, fixed in 5.2.20"]
    report = {"vulnerabilities": {"vite": {"severity": "high"}}, "metadata": {"dependencies": {"total": 3}}}
    assert (read_npm_audit(json.dumps(report)).known, read_npm_audit(json.dumps(report)).checked) == (["vite: high"], 3)
    assert read_npm_audit(json.dumps({**report, "vulnerabilities": {}})).is_clean


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"dependencies": []}', '{"error": {"code": "E405"}}'])
def test_no_answer_is_no_success(text: str):
    for finding in (read_pip_audit(text), read_npm_audit(text)):
        assert not finding.is_clean
        assert str(finding).startswith("NOT CHECKED")


def test_neither_is_an_answer_that_leaves_a_package_out():
    skipped = {"dependencies": [*FINE["dependencies"], {"name": "ours", "skip_reason": "not found"}]}

    assert "ours" in read_pip_audit(json.dumps(skipped)).unasked
    assert not read_npm_audit('{"vulnerabilities": {}, "metadata": {}}').is_clean
    assert not read_npm_audit(
        '{"vulnerabilities": {}, "error": {}, "metadata": {"dependencies": {"total": 1}}}'
    ).is_clean


def test_a_registry_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch, closed_port: int):
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("npm_config_fetch_retries", "0")

    assert str(ask_npm()) == "NOT CHECKED: npm audit got no answer from its registry."


def test_the_bill_names_all_that_is_pinned(tmp_path: Path):
    command = [sys.executable, "-m", "mobilise.bootstrap", "sbom"]
    environment = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    server, app = (json.loads((tmp_path / "sbom" / f"{name}.cdx.json").read_text()) for name in ("server", "app"))
    assert (server["bomFormat"], server["specVersion"]) == ("CycloneDX", "1.6")
    lock = (ROOT / "requirements" / "distributed.txt").read_text()
    assert len(server["components"]) == len(re.findall(r"^\S+==", lock, re.M)) > 30
    assert {"django", "cryptography", "granian"} <= {one["name"] for one in server["components"]}
    assert [one["name"] for one in server["components"] if not one["hashes"]] == []
    assert sum(len(one["hashes"]) for one in server["components"]) == lock.count("--hash=sha256:")
    assert {"svelte", "@sveltejs/vite-plugin-svelte"} <= {one["name"] for one in app["components"]}
    assert [one["name"] for one in app["components"] if not one["hashes"]] == []
    assert re.findall(r"\w+://[^\"]{,40}", json.dumps([server, app])) == []


def test_the_bills_are_valid_by_cyclonedx_s_own_schema():
    """The schema comes with pip-audit (requirements/audit.txt): once `make audit` ran here, this is checked."""
    schema = pytest.importorskip("cyclonedx.schema", reason="the schema comes with `make audit`")
    validation = pytest.importorskip("cyclonedx.validation.json")
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    server, app = server_components(ROOT / "requirements" / "distributed.txt"), app_components(PACKAGES)
    bills = [bill("server", list(server)), bill("app", list(app))]

    assert [validator.validate_str(json.dumps(one)) for one in bills] == [None, None]
    bills[0]["components"][0]["hashes"][0]["content"] = "no digest"
    assert validator.validate_str(json.dumps(bills[0])) is not None


def test_two_bills_of_one_state_are_the_same():
    locks = ROOT / "requirements" / "run.txt", PACKAGES

    twice = [json.dumps([list(server_components(locks[0])), list(app_components(locks[1]))]) for _ in range(2)]
    names = [one["bom-ref"] for one in app_components(locks[1])]

    assert len(set(twice)) == 1
    assert len(set(names)) == len(names) > 100
