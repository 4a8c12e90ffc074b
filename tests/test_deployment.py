"""The container image and docker-compose.yml fit the program that they run. What needs no container engine is looked at here."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from pipeline.desk.guard import HEALTH
from pipeline.settings import DeskSettings, Settings
from schemas.release import StationName
from workers.cli.app import app

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
WORKERS = {name: service for name, service in OURS.items() if service["command"][0] == "worker"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_there_is_one_service_for_each_station_one_for_the_desk_and_one_that_tells_others() -> None:
    all_of_them = [*StationName, "desk", "webhooks"]
    assert {name: service["command"][1] for name, service in WORKERS.items()} == {name: name for name in all_of_them}


@pytest.mark.parametrize("name", OURS)
def test_the_command_understands_what_the_service_gives_it(name: str) -> None:
    verb, *arguments = SERVICES[name]["command"]
    commands = typer.main.get_group(app).commands
    commands[verb].make_context(verb, list(arguments))  # raises for an option that there is not


@pytest.mark.parametrize("name", WORKERS)
def test_every_setting_in_the_environment_is_one_that_the_program_knows(name: str) -> None:
    for variable in WORKERS[name]["environment"].keys() - {"HEALTH_URL"}:
        section, key = variable.removeprefix("CHARTRELAY_").lower().split("__")
        assert key in Settings.model_fields[section].annotation.model_fields  # type: ignore[union-attr]


@pytest.mark.parametrize("name", WORKERS)
def test_the_health_of_a_service_is_asked_for_where_it_is_told(name: str) -> None:
    url = WORKERS[name]["environment"]["HEALTH_URL"]
    if name == "desk":
        assert url == f"http://127.0.0.1:{DeskSettings().port}{HEALTH}"
        assert f"HEALTH_URL={url}" in DOCKERFILE
    else:
        port = WORKERS[name]["command"][WORKERS[name]["command"].index("--metrics-port") + 1]
        assert url == f"http://127.0.0.1:{port}/metrics"


def test_no_password_stands_in_the_file_and_a_missing_one_stops_it_with_a_sentence() -> None:
    text = json.dumps(COMPOSE)
    passwords = re.findall(r"\$\{(\w*PASSWORD)([^}]*)\}", text)
    assert {name for name, _ in passwords} == {"RABBITMQ_PASSWORD", "POSTGRES_PASSWORD"}
    assert all(rest.startswith(":?is not set, see ") for _, rest in passwords)
    assert not re.search(r"://\w+:(?!\$\{)", text)
    assert all(str(value).startswith("${") for service in SERVICES.values() for value in _secrets(service))


def _secrets(service: dict[str, Any]) -> list[str]:
    return [
        value for name, value in service.get("environment", {}).items() if name.endswith(("PASS", "PASSWORD", "SECRET", "KEY"))
    ]


@pytest.mark.parametrize("name", OURS)
def test_our_services_may_write_to_the_practice_and_nowhere_else(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert [volume["target"] for volume in service["volumes"]] == ["/practice"]


def test_only_the_desk_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["desk"]
    assert all(port.startswith("127.0.0.1:") for port in published["desk"])
    assert COMPOSE["networks"]["line"]["internal"] is True
    inside = SERVICES.keys() - {"desk", "webhooks", "practice"}
    assert all(SERVICES[name]["networks"] == ["line"] for name in inside)
    assert SERVICES["webhooks"]["profiles"] == ["webhooks"]  # nothing has a way out that nobody asked for


def test_every_service_that_others_wait_for_is_there_and_can_tell_that_it_is_well() -> None:
    for service in WORKERS.values():
        for needed, how in service["depends_on"].items():
            if how["condition"] == "service_healthy":
                assert SERVICES[needed]["healthcheck"]["test"][0] == "CMD"
            else:
                assert SERVICES[needed].get("restart", "no") == "no"


def test_every_package_and_every_file_that_one_needs_is_in_the_distribution() -> None:
    setuptools = PROJECT["tool"]["setuptools"]
    tops = {package.partition(".")[0] for package in setuptools["packages"]}
    files = [file.relative_to(ROOT) for top in tops for file in (ROOT / top).rglob("*.*") if "__pycache__" not in file.parts]
    shipped = {
        file.relative_to(ROOT)
        for package in setuptools["packages"]
        for pattern in ["*.py", *setuptools["package-data"].get(package, [])]
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    assert [str(file) for file in files if file not in shipped] == []


def test_the_image_holds_every_package_of_the_distribution() -> None:
    tops = {package.split(".")[0] for package in PROJECT["tool"]["setuptools"]["packages"]}
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for needed in {
        *tops,
        "pyproject.toml",
        "constraints.txt",
        PROJECT["project"]["readme"],
        *PROJECT["project"]["license-files"],
    }:
        assert re.search(rf"^COPY .*\b{re.escape(needed)}\b", DOCKERFILE, re.MULTILINE), needed
        assert f"!{needed}" in ignore


def test_every_dependency_has_its_exact_version() -> None:
    pinned = {_canonical(line.split("==")[0]) for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    project = PROJECT["project"]
    for requirement in [
        *project["dependencies"],
        *project["optional-dependencies"]["test"],
        *PROJECT["build-system"]["requires"],
    ]:
        assert _canonical(re.split(r"[^\w.-]", requirement)[0]) in pinned, requirement


def _canonical(name: str) -> str:
    """As PEP 503 compares names of distributions."""
    return re.sub(r"[-_.]+", "-", name).lower()
