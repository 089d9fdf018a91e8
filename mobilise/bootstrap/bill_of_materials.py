"""`make sbom`: a Software Bill of Materials (CycloneDX 1.6) of the lock files: versions and hashes, no addresses.

Made of nothing but the lock files, so that the same state of the code gives the same bytes anywhere.
"""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mobilise.bootstrap.places import FRONTEND, REQUIREMENTS, log_file
from mobilise.supervisor.console import Console

Component = dict[str, Any]
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# As CycloneDX writes what package-lock.json begins an integrity with.
ALGORITHMS = {"sha512": "SHA-512", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384"}


def sbom(console: Console) -> int:
    """Writes the bills to var/sbom/: of the server with all its engines, and of the app with what builds it."""
    folder = log_file().parent / "sbom"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    bills = {
        "server": server_components(REQUIREMENTS / "distributed.txt"),
        "app": app_components(FRONTEND / "package-lock.json"),
    }
    for name, components in bills.items():
        target = folder / f"{name}.cdx.json"
        target.write_text(json.dumps(bill(name, list(components)), indent=1) + "\n", encoding="utf-8")
        console.say(f"{target.relative_to(folder.parent.parent)}")
    return 0


def bill(name: str, components: list[Component]) -> dict[str, Any]:
    """The document."""
    about = {"component": {"type": "application", "name": f"mobilise-{name}", "bom-ref": name}}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": about,
        "components": sorted(components, key=lambda one: str(one["bom-ref"])),
    }


def server_components(lock: Path) -> Iterator[Component]:
    """Of a requirements file with hashes: one for each file that a version may be installed from."""
    for entry in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8")):
        if found := _PINNED.match(entry):
            name, version = found["name"].lower().replace("_", "-"), found["version"]
            hashes = [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(entry)]
            yield _component(name, version, f"pkg:pypi/{name}@{version}", hashes)


def app_components(lock: Path) -> Iterator[Component]:
    """Of package-lock.json; what only builds the app is in no phone: `excluded`."""
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    seen: set[str] = set()
    for path, package in packages.items():
        if not path:
            continue
        name, version = path.rpartition("node_modules/")[2], package["version"]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        if purl not in seen:
            seen.add(purl)
            component = _component(name, version, purl, list(_integrity(package.get("integrity", ""))))
            component["scope"] = "excluded" if package.get("dev") else "required"
            if license_of := package.get("license"):
                component["licenses"] = [{"expression": str(license_of)}]
            yield component


def _integrity(text: str) -> Iterator[dict[str, str]]:
    for one in text.split():
        algorithm, _, digest = one.partition("-")
        yield {"alg": ALGORITHMS[algorithm], "content": base64.b64decode(digest).hex()}


def _component(name: str, version: str, purl: str, hashes: list[dict[str, str]]) -> Component:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes}
