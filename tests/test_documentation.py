"""The documentation says what the program does: what can be compared with the source is compared here."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer
import yaml
from pydantic import SecretStr

from pipeline import telemetry
from pipeline.desk import metrics
from pipeline.practice.folder import CONTENTS_COLUMNS, DIRECTORY_COLUMNS, NEW_PRACTICE, ROSTER_COLUMNS, settings_text
from pipeline.settings import Settings, load
from schemas.base import kind_of, version_of
from schemas.catalogue import files as catalogue_files
from schemas.messages import MESSAGES, DecisionMade, Event, RequestReceived
from schemas.release import StationName
from workers.catalogue import LINE
from workers.cli.app import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LARGEST_PICTURE = 200_000
"""Bytes: pages with pictures should open at once."""


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in `text`, headings left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    ruled = {n for n, line in enumerate(lines) if set(line) <= set("|-: ")}
    return [[cell.strip() for cell in line.strip("|").split("|")] for n, line in enumerate(lines) if not {n, n + 1} & ruled]


def coded(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def blocks(text: str, language: str = "") -> list[str]:
    """Fenced blocks in this language."""
    return [body for found, body in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL) if found == language]


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


# ---- docs/architecture.md ------------------------------------------------------------------------------------------------

ARCHITECTURE = text_of(DOCS / "architecture.md")
KINDS = {kind_of(model) for model in MESSAGES}


def edges(arrow: str) -> set[tuple[str, str, str]]:
    """From, label and to of every such arrow in the diagram of the line; `a & b` stands for each of them."""
    (diagram,) = blocks(ARCHITECTURE, "mermaid")
    found = set()
    for line in diagram.splitlines():
        if match := re.fullmatch(arrow, line.strip()):
            sources, label, targets = (match[name].strip() for name in ("source", "label", "target"))
            found |= {(bare(s), label, bare(t)) for s in sources.split("&") for t in targets.split("&")}
    return found


def bare(node: str) -> str:
    """The name of a node without its shape."""
    found = re.match(r"\s*(\w+)", node)
    assert found, node
    return found[1]


def test_the_diagram_shows_the_line_as_it_is_and_nothing_else() -> None:
    arrows = edges(r"(?P<source>.+?) -- (?P<label>\S+) --> (?P<target>.+)")
    drawn_takes = {(target, kind) for _, kind, target in arrows if target != "anybody"}
    drawn_gives = {(source, kind) for source, kind, _ in arrows}
    first = (StationName.WATCH.value, kind_of(RequestReceived))
    assert drawn_takes == {(station.name.value, kind) for station in LINE for kind in station.kinds}
    assert drawn_gives == {first} | {(station.name.value, kind_of(kind)) for station in LINE for kind in station.gives}


def test_the_diagram_leads_every_station_to_the_exception_queue_and_back() -> None:
    names = {station.name.value for station in LINE}
    dotted = edges(r"(?P<source>.+?) -\. (?P<label>\S+) \.-> (?P<target>.+)")
    assert dotted == {(name, "held", "queue") for name in names} | {("queue", kind_of(DecisionMade), name) for name in names}


def test_the_table_of_the_line_is_the_catalogue() -> None:
    written = {row[0]: row[1:] for row in rows(section(ARCHITECTURE, "## The line"))}
    assert list(written) == [name.value for name in StationName]
    for station in LINE:
        takes, gives, holds_when = written[station.name.value]
        assert coded(takes) == [kind_of(kind) for kind in station.takes]
        assert coded(gives) == [kind_of(kind) for kind in station.gives]
        assert holds_when == station.holds_when
    assert coded(written["watch"][1]) == [kind_of(RequestReceived)]


def test_the_table_of_rooms_lists_every_room() -> None:
    written = {coded(row[0])[0] for row in rows(section(ARCHITECTURE, "## Rooms"))}
    assert written == {f"pipeline/{init.parent.name}" for init in (ROOT / "pipeline").glob("*/__init__.py")}


# ---- docs/messages.md ----------------------------------------------------------------------------------------------------

MESSAGES_PAGE = text_of(DOCS / "messages.md")


def test_the_message_catalogue_lists_every_kind_in_its_order() -> None:
    assert re.findall(r"^### `(.+)`$", MESSAGES_PAGE, re.MULTILINE) == [kind_of(model) for model in MESSAGES]


@pytest.mark.parametrize("model", MESSAGES, ids=kind_of)
def test_a_kind_is_described_as_it_is(model: type[Event]) -> None:
    kind = kind_of(model)
    described = section(MESSAGES_PAGE, f"### `{kind}`")
    own = [name for name in model.model_fields if name not in {*Event.model_fields, "kind", "version"}]
    assert [coded(row[0])[0] for row in rows(described)] == own
    assert f"Version {version_of(model)}." in described
    assert (model.__doc__ or "").strip() in described
    takers = [station.name.value for station in LINE if kind in station.kinds]
    givers = [station.name.value for station in LINE if model in station.gives]
    assert all(f"{giver}" in described.partition("taken by")[0] for giver in givers)
    assert all(taker in described.partition("taken by")[2] for taker in takers)


def test_what_every_message_has_is_described() -> None:
    described = {coded(row[0])[0] for row in rows(section(MESSAGES_PAGE, "## What every message has"))}
    assert described == {*Event.model_fields, "kind", "version"}


def test_the_message_shown_is_the_golden_sample() -> None:
    (shown,) = (json.loads(block) for block in blocks(MESSAGES_PAGE, "json"))
    assert shown == json.loads(catalogue_files()[f"{shown['kind']}.v{shown['version']}.sample.json"])


# ---- links and pictures --------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that headings get where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", prose(text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} is not there"
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


def test_every_picture_is_shown_somewhere_and_opens_at_once() -> None:
    pictures = set((DOCS / "pictures").iterdir())
    links = re.compile(r'!\[[^\]]+\]\(([^)]+)\)|src(?:set)?="([^"]+)"')
    shown = {(page.parent / (a or b)).resolve() for page in PAGES for a, b in links.findall(text_of(page))}
    assert shown == pictures
    assert {picture.name: picture.stat().st_size for picture in pictures if picture.stat().st_size > LARGEST_PICTURE} == {}


def test_every_decision_is_listed_and_says_context_choice_and_cost() -> None:
    decisions = sorted((DOCS / "decisions").glob("0*.md"))
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", text_of(DOCS / "decisions" / "README.md"), re.MULTILINE)
    titles = [text_of(page).splitlines()[0] for page in decisions]
    assert [(f"# {number}. {title}", file) for number, title, file in listed] == list(
        zip(titles, [page.name for page in decisions], strict=True)
    )
    for page in decisions:
        assert re.findall(r"^\*\*(Context|Choice|Cost)\.\*\*", text_of(page), re.MULTILINE) == ["Context", "Choice", "Cost"]


# ---- commands ------------------------------------------------------------------------------------------------------------


def commands_in(page: Path) -> list[str]:
    """Every `chartrelay …` of the page: in blocks, a line each, and between backticks."""
    text = text_of(page)
    lines = [line.partition(" #")[0].strip() for body in blocks(text) for line in body.splitlines()]
    return [line for line in [*lines, *coded(prose(text))] if re.match(r"chartrelay( |$)", line)]


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """The command that is meant, and what follows its name."""
    command: Any = typer.main.get_group(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


SHOWN = sorted({(page, command) for page in PAGES for command in commands_in(page)})


def leaves(group: Any) -> Iterator[str]:
    """The names of all commands, those within groups, too."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command)
        else:
            yield name


def test_the_documentation_shows_every_command() -> None:
    shown = {resolved(shlex.split(command)[1:])[0].name for _, command in SHOWN}
    assert set(leaves(typer.main.get_group(app))) - shown == set()


@pytest.mark.parametrize(("page", "shown"), SHOWN, ids=lambda value: value if isinstance(value, str) else value.name)
def test_every_command_shown_is_one_that_there_is(page: Path, shown: str) -> None:
    words = shlex.split(shown)[1:]
    command, rest = resolved(words)
    assert command.name != "chartrelay" or not words, f"{page.name}: there is no command {shown!r}"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in rest if word.startswith("-")} <= known, f"{page.name}: {shown}"
    if command.name == "worker":
        stations = [word for word in rest[: _first_option(rest)] if word.islower()]
        assert set(stations) <= {*StationName, "desk", "webhooks"}


def _first_option(words: list[str]) -> int:
    return next((n for n, word in enumerate(words) if word.startswith("-")), len(words))


def test_every_make_target_shown_is_one_that_there_is() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    shown = {target for page in PAGES for target in re.findall(r"(?:^|`)make ([a-z]+)", text_of(page), re.MULTILINE)}
    assert {"run", "test"} <= shown <= targets


# ---- settings ------------------------------------------------------------------------------------------------------------

OPERATIONS = text_of(DOCS / "operations.md")


def every_setting() -> dict[str, Any]:
    """Each key with its field."""
    return {key: field for name, section in Settings.model_fields.items() for key, field in _settings_in(name, section)}


def _settings_in(name: str, field: Any) -> Iterator[tuple[str, Any]]:
    """A section's settings, those of the sections in it, too; anything else as itself."""
    inner = getattr(field.annotation, "model_fields", None)
    if inner is None:
        yield name, field
        return
    for key, part in inner.items():
        yield from _settings_in(f"{name}.{key}", part)


def test_the_table_of_settings_lists_every_setting_with_its_default() -> None:
    written = {coded(row[0])[0]: row[1] for row in rows(section(OPERATIONS, "## The settings"))}
    known = every_setting()
    assert list(written) == list(known)
    for key, said in written.items():
        field = known[key]
        if field.is_required():
            assert said == "must be set", key
        elif field.default is None:
            assert not coded(said), f"{key} has no fixed default"
        else:
            shown = tomllib.loads(f"value = {coded(said)[0]}")["value"]
            expected = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
            assert (set(shown) == set(expected)) if isinstance(expected, (frozenset, tuple)) else shown == expected, key


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_is_mentioned_is_one_that_there_is(page: Path) -> None:
    sections = "|".join(Settings.model_fields)
    mentioned = {word for word in coded(prose(text_of(page))) if re.fullmatch(rf"(?:{sections})\.[a-z_]+", word)}
    kinds_and_modules = {word for word in mentioned if word in KINDS}
    assert mentioned - kinds_and_modules <= set(every_setting())
    for variable in re.findall(r"CHARTRELAY_(\w+?)__(\w+)", text_of(page)):
        assert ".".join(variable).lower().replace("__", ".") in every_setting()


def test_a_new_practices_settings_are_right_and_say_nothing_else_than_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "chartrelay.toml"
    file.write_text(settings_text(NEW_PRACTICE), encoding="utf-8")
    assert load(file).practice == NEW_PRACTICE


def test_every_column_of_the_tables_of_a_practice_is_named() -> None:
    start = coded(prose(section(OPERATIONS, "## Starting a practice")))
    assert [column for column in (*ROSTER_COLUMNS, *DIRECTORY_COLUMNS, *CONTENTS_COLUMNS) if column not in start] == []


def test_every_metric_in_the_table_is_one_that_is_served() -> None:
    served = text_of(Path(telemetry.__file__)) + text_of(Path(metrics.__file__))
    made = set(re.findall(r'"(chartrelay_[a-z_]+)"', served))
    written = {coded(row[0])[0].removesuffix("_total") for row in rows(section(OPERATIONS, "## Logs and metrics"))}
    assert written == made


def test_the_example_for_prometheus_is_yaml() -> None:
    (example,) = blocks(OPERATIONS, "yaml")
    assert yaml.safe_load(example)["scrape_configs"][0]["job_name"] == "chartrelay"


# ---- packages ------------------------------------------------------------------------------------------------------------

STRONG_COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )(A?GPL|General Public License)")


def canonical(name: str) -> str:
    """As PEP 503 compares names of distributions."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[str]) -> list[str]:
    return [canonical(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements]


def test_the_dependencies_that_are_explained_are_those_that_are_declared() -> None:
    page = text_of(DOCS / "dependencies.md")
    run = [coded(row[0])[0] for row in rows(section(page, "## To run"))]
    test = [coded(row[0])[0] for row in rows(section(page, "## To test"))]
    project = PROJECT["project"]
    assert sorted(run) == sorted(named(project["dependencies"]))
    assert sorted(test) == sorted(named(project["optional-dependencies"]["test"]))


def test_no_package_we_stand_on_has_a_strong_copyleft_licence() -> None:
    pins = [line.split("==")[0] for line in text_of(ROOT / "constraints.txt").splitlines() if "==" in line]
    licences = {name: licence for name in pins if (licence := licence_of(name))}
    assert len(licences) > len(pins) / 2
    assert {name: licence for name, licence in licences.items() if STRONG_COPYLEFT.search(licence)} == {}


def licence_of(name: str) -> str:
    """What the installed package says of its licence; nothing where it is not installed here."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return ""
    classifiers = [line for line in found.get_all("Classifier") or [] if line.startswith("License")]
    texts = [text.strip().partition("\n")[0] for text in found.get_all("License") or []]  # some give the whole text
    return " / ".join([*(found.get_all("License-Expression") or []), *texts, *classifiers])


def test_the_packages_that_are_shipped_are_those_of_the_tree() -> None:
    shipped = PROJECT["tool"]["setuptools"]["packages"]
    tops = ("schemas", "pipeline", "workers")
    there = {".".join(init.parent.relative_to(ROOT).parts) for top in tops for init in (ROOT / top).rglob("__init__.py")}
    assert sorted(shipped) == sorted(there)
    assert len(shipped) == len(set(shipped))
