"""The compose file of deploy/: Docker's own tool accepts it, and what it says of rights, networks and secrets holds."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "deploy" / "compose"
TOOLS = (["docker", "compose"], ["docker-compose"])
Services = dict[str, dict[str, Any]]
# What the operator wrote, and who has to hear of it.
WORKERS = "7"
RINGS = ("scheduler", "scheduler-2")


def compose_tool() -> list[str]:
    """`config` needs no engine. Without the tool the test is skipped, in CI it fails."""
    for tool in TOOLS:
        if (
            shutil.which(tool[0])
            and subprocess.run([*tool, "version"], capture_output=True, check=False).returncode == 0
        ):
            return tool
    complaint = "docker compose is missing: apt-get install docker-compose"
    if os.environ.get("CI"):
        pytest.fail(complaint)
    pytest.skip(complaint)


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the tool makes of the file, with an operator's files beside it."""
    folder = tmp_path_factory.mktemp("compose") / "deploy" / "compose"
    shutil.copytree(COMPOSE, folder)
    shutil.copy(ROOT / "deploy" / "mobilise.env", folder)
    with (folder / "mobilise.env").open("a") as settings_file:
        settings_file.write(f"DELIVERY_WORKERS={WORKERS}\n")
    subprocess.run([ROOT / "deploy" / "new-secrets", folder / "secrets", "postgres", "rabbitmq", "redis"], check=True)
    command = [*compose_tool(), "-f", folder / "compose.yaml", "config"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    read: dict[str, Any] = yaml.safe_load(done.stdout)
    return read


@pytest.fixture
def services(configuration: dict[str, Any]) -> Services:
    found: Services = configuration["services"]
    return found


def test_every_part_of_the_house_is_there(services: Services) -> None:
    commands = [" ".join(service.get("command") or []) for service in services.values()]
    queues = [command.rpartition("--queue=")[2] for command in commands if "--queue=" in command]
    assert sorted(set(queues)) == sorted(settings.TASKS["default"]["QUEUES"])
    assert (queues.count("delivery"), sum("scheduler" in command for command in commands)) == (2, 2)
    assert {"web", "nginx", "postgres", "rabbitmq", "redis", "migrate"} <= set(services)


def test_the_scheduler_rings_as_many_workers_as_the_settings_say(services: Services) -> None:
    told = {name: service["environment"]["DELIVERY_WORKERS"] for name, service in services.items() if name in RINGS}
    assert told == dict.fromkeys(RINGS, WORKERS)


def test_every_service_is_hardened_and_bounded(services: Services) -> None:
    wanted = {
        "read_only": lambda value: value is True,
        "cap_drop": lambda value: value == ["ALL"],
        "security_opt": lambda value: value == ["no-new-privileges:true"],
        "mem_limit": lambda value: value,
        "restart": lambda value: value in ("unless-stopped", "no"),
        "privileged": lambda value: not value,
        "logging": lambda value: value["options"]["max-size"],
    }
    lacking = [
        (s, key) for s, service in services.items() for key, holds in wanted.items() if not holds(service.get(key))
    ]
    assert (lacking, len(services) > 10) == ([], True)


def test_only_nginx_is_reached_from_outside_and_only_workers_reach_out(configuration: dict[str, Any]) -> None:
    services, networks = configuration["services"], configuration["networks"]
    assert [name for name, service in services.items() if service.get("ports")] == ["nginx"]
    open_networks = {name for name, network in networks.items() if not network.get("internal")}
    assert open_networks == {"edge", "out"}
    reaching = {name for name, service in services.items() if open_networks & set(service["networks"])}
    workers = {name for name, service in services.items() if "worker" in (service.get("command") or [])}
    assert reaching == {"nginx", *workers}
    assert set(services["nginx"]["networks"]) == {"edge", "front"}


def test_nginx_and_the_web_processes_know_each_others_address(services: Services) -> None:
    web, nginx = (services[name]["networks"]["front"]["ipv4_address"] for name in ("web", "nginx"))
    assert f"server {web}:8000;" in (COMPOSE / "upstream.conf").read_text()
    assert {service["environment"]["TRUSTED_PROXIES"] for service in services.values() if _is_ours(service)} == {nginx}


PUBLIC = ("SITE_URL", "SOURCE_URL")


def test_no_secret_is_in_the_environment(configuration: dict[str, Any]) -> None:
    secrets = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "VAPID_PRIVATE_KEYS", "METRICS_TOKEN", "PASSWORD", "_URL")
    values = [
        (name, key, value)
        for name, service in configuration["services"].items()
        for key, value in (service.get("environment") or {}).items()
        if any(secret in key for secret in secrets) and key not in PUBLIC
    ]
    assert [one for one in values if not one[1].endswith("_FILE") or not one[2].startswith("/run/secrets/")] == []
    files = {f"/run/secrets/{name}" for name in configuration["secrets"]}
    assert {value for _, _, value in values} <= files
    assert len(values) > 20


def test_services_that_people_wait_for_are_watched(services: Services) -> None:
    assert {name for name, service in services.items() if service.get("healthcheck")} == {
        "nginx",
        "web",
        "postgres",
        "rabbitmq",
        "redis",
    }


def test_web_is_started_as_by_systemd(services: Services) -> None:
    unit = (ROOT / "deploy" / "systemd" / "mobilise-web.service").read_text()
    options = {word.partition("=")[0] for word in services["web"]["command"] if word.startswith("--")}
    assert options == set(re.findall(r"--[a-z-]+", unit))


def test_what_the_images_are_made_of_is_there_and_nothing_else_is_sent() -> None:
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", (COMPOSE / "Dockerfile").read_text(), re.MULTILINE)
    sources = [source for line in lines for source in line.split()]
    allowed = [line[1:] for line in (COMPOSE / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"]
    assert {"mobilise", "manage.py", "deploy/nginx"} <= set(sources)
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if source.split("/")[0] not in [one.split("/")[0] for one in allowed]] == []
    assert not {"var", ".git", "tests", ".venv", "deploy/compose"} & set(allowed)


def test_images_have_ordinary_names_and_run_without_rights() -> None:
    dockerfile = (COMPOSE / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+) AS (\w+)$", dockerfile, re.MULTILINE)
    assert [name for _, name in bases] == ["frontend", "site", "proxy"]
    assert [base for base, _ in bases if not re.fullmatch(r"[a-z]+:[\w.-]+", base) or "latest" in base] == []
    stages = re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[1:]
    users = {stage.split()[2]: re.findall(r"^USER (\S+)$", stage, re.MULTILINE) for stage in stages}
    assert users == {"frontend": [], "site": ["mobilise"], "proxy": ["www-data"]}
    assert "://" not in dockerfile


def _is_ours(service: dict[str, Any]) -> bool:
    return bool(service["image"] == "mobilise:site")
