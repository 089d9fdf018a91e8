"""`make audit`: what is known against the pinned packages. Not having been able to ask is never a success."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobilise.bootstrap.front_end import npm, require_node
from mobilise.bootstrap.places import FRONTEND, PYTHON, REQUIREMENTS, ROOT
from mobilise.bootstrap.python_packages import require_packages
from mobilise.bootstrap.running import Command, environment
from mobilise.supervisor.console import Console

# All that is ever installed; run.txt is part of both.
LOCKS = ("distributed", "development")
NPM_LOCK = "frontend/package-lock.json"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What was said of one lock file: how many packages were looked up, what is known, why it could not be asked."""

    checked: int = 0
    known: list[str] = field(default_factory=list)
    unasked: str = ""

    @property
    def is_clean(self) -> bool:
        """Everything was asked, and nothing is known."""
        return not self.unasked and not self.known and self.checked > 0

    def __str__(self) -> str:
        if self.unasked:
            return f"NOT CHECKED: {self.unasked}"
        if not self.checked:
            return "NOT CHECKED: no package was looked up."
        if self.known:
            return f"{len(self.known)} known in {self.checked} packages:\n" + "\n".join(
                f"  {one}" for one in self.known
            )
        return f"nothing known against {self.checked} packages."


def audit(console: Console) -> int:
    """Asks about all pinned packages. Exit status 0 only when all could be asked and nothing is known."""
    require_packages("audit", console)
    require_node(console)
    return tell({f"requirements/{name}.txt": ask_pip_audit(name) for name in LOCKS} | {NPM_LOCK: ask_npm()}, console)


def tell(findings: Mapping[str, Finding], console: Console) -> int:
    """Says what was said of each lock file. The exit status: 0 only when all of them are clean."""
    for name, finding in findings.items():
        console.say(f"{name}: {finding}", bold=not finding.is_clean)
    return int(not all(finding.is_clean for finding in findings.values()))


def ask_pip_audit(name: str) -> Finding:
    """What pip-audit's service knows against requirements/``name``.txt."""
    return read_pip_audit(_say(_pip_audit(name)))


def ask_npm() -> Finding:
    """What npm's registry knows against the front end's packages."""
    return read_npm_audit(_say([npm(), "audit", "--json"], FRONTEND))


def _pip_audit(name: str) -> Command:
    lock = REQUIREMENTS / f"{name}.txt"
    quiet = ("--progress-spinner", "off", "--format", "json", "--disable-pip", "--require-hashes")
    return [PYTHON, "-m", "pip_audit", *quiet, "--requirement", lock]


def _say(command: Command, directory: Any = ROOT) -> str:
    """Its standard output; both tools end with 1 for a finding and for a failure alike, so what counts is the words."""
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return done.stdout


def read_pip_audit(text: str) -> Finding:
    """What `pip-audit --format json` says."""
    dependencies = _parsed(text).get("dependencies")
    if not isinstance(dependencies, list):
        return Finding(unasked="pip-audit got no answer from its service.")
    skipped = [str(one["name"]) for one in dependencies if "skip_reason" in one]
    if skipped:
        named = ", ".join([*skipped[:MOST_NAMED], *(["…"] if len(skipped) > MOST_NAMED else [])])
        return Finding(unasked=f"no answer about {len(skipped)} of {len(dependencies)} packages ({named}).")
    known = [
        f"{one['name']} {one['version']}: {vulnerability['id']}, {_fixed(vulnerability.get('fix_versions'))}"
        for one in dependencies
        for vulnerability in one["vulns"]
    ]
    return Finding(len(dependencies), known)


def read_npm_audit(text: str) -> Finding:
    """What `npm audit --json` says."""
    report = _parsed(text)
    vulnerabilities = report.get("vulnerabilities")
    if not isinstance(vulnerabilities, dict) or "error" in report:
        return Finding(unasked="npm audit got no answer from its registry.")
    checked = int(report.get("metadata", {}).get("dependencies", {}).get("total", 0))
    return Finding(checked, [f"{name}: {one['severity']}" for name, one in sorted(vulnerabilities.items())])


def _fixed(versions: list[str] | None) -> str:
    return f"fixed in {', '.join(versions)}" if versions else "not fixed yet"


def _parsed(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
