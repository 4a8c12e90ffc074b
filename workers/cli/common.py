"""What the commands share: the practice's folder, printing for people and for programs, and ending well."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from pipeline.errors import Error, SettingsError
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings, load
from pipeline.store.store import Store
from workers.wiring import store_for

FAILED, WRONG_USE = 1, 2

_CONTROL = dict.fromkeys(sign for sign in (*range(0x20), *range(0x7F, 0xA0)) if chr(sign) not in "\n\t")


class _Terminal(Console):
    """A terminal that what others wrote cannot command: a scan's text and a file's name may hold escape sequences."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is printed, without control characters in its words."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(part.text.translate(_CONTROL), part.style)


out = _Terminal(highlight=False)
err = _Terminal(stderr=True, highlight=False)

Home = Annotated[
    Path,
    typer.Option("--home", envvar="CHARTRELAY_HOME", help="The practice's folder.", show_default=True, rich_help_panel="Where"),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Broker = Annotated[
    str | None,
    typer.Option(
        "--broker",
        help="embedded, or the URL of a RabbitMQ server (amqp://…). Wins over chartrelay.toml.",
        rich_help_panel="Where",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="sqlite, or the URL of a PostgreSQL database (postgresql://…). Wins over chartrelay.toml.",
        rich_help_panel="Where",
    ),
]
DEFAULT_HOME = Path("practice")


def fail(sentence: str, status: int = FAILED) -> NoReturn:
    """Says what went wrong, and ends with the exit status."""
    err.print(f"[bold red]✗[/] {sentence}" if err.is_terminal else f"chartrelay: {sentence}", soft_wrap=True)
    raise typer.Exit(status)


@contextmanager
def ending_well() -> Iterator[None]:
    """Turns the errors that we raise on purpose into a sentence and an exit status."""
    try:
        yield
    except SettingsError as error:
        fail(str(error), WRONG_USE)
    except Error as error:
        fail(str(error))
    except BrokenPipeError:  # somebody piped us into `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def open_practice(home: Path, *, broker: str | None = None, database: str | None = None) -> tuple[PracticeFolder, Settings]:
    """The folder and its settings. Raises SettingsError."""
    folder = PracticeFolder(home.resolve())
    line = {key: value for key, value in (("broker", broker), ("database", database)) if value}
    return folder, load(folder.settings_file, **({"line": line} if line else {}))


def open_store(home: Path) -> tuple[PracticeFolder, Settings, Store]:
    """The same with the database."""
    folder, settings = open_practice(home)
    return folder, settings, store_for(folder, settings)


def print_json(objects: Iterable[Any]) -> None:
    """One object a line, as UTF-8 whatever the terminal thinks."""
    for each in objects:
        sys.stdout.write(json.dumps(each, ensure_ascii=True) + "\n")
    sys.stdout.flush()
