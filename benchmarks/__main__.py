"""`python -m benchmarks [NAME]...`: runs the benchmarks, or those that are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from benchmarks import desk, line, log, matching, memory, pages, registry
from benchmarks.showing import Page

BENCHMARKS: dict[str, tuple[str, Callable[..., None]]] = {
    line.NAME: ("messages a second and milliseconds a message through stations that do nothing", line.run),
    pages.NAME: ("seconds and CPU seconds a page from the file to the log, by station", pages.run),
    matching.NAME: ("whose records: right, wrong and held, milliseconds a match, memory of 200,000 patients", matching.run),
    memory.NAME: ("megabytes of an idle worker process, by station", memory.run),
    log.NAME: ("milliseconds of any search over 1,000,000 entries of the delivery log, on both databases", log.run),
    desk.NAME: ("milliseconds a page of the desk over 100,000 requests, on both databases", desk.run),
    registry.NAME: ("rows a second and megabytes of an import of the NPI registry", registry.run),
}


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help=f"Some of: {', '.join(BENCHMARKS)}.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Only say what there is.")] = False,
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds; left out, each benchmark's own number.")] = None,
    patients: Annotated[int | None, typer.Option(min=1000, help="Patients in the roster (matching).")] = None,
    requests: Annotated[
        int | None, typer.Option(min=100, help="Requests that are matched (matching), or that there are (desk).")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=1, help="Of the first of two crowds (matching).")] = None,
    entries: Annotated[int | None, typer.Option(min=1000, help="Entries of the delivery log (log, desk).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """How fast the line is here, beside rivals measured in the same run."""
    unknown = [name for name in names or () if name not in BENCHMARKS]
    if unknown:
        raise typer.BadParameter(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    if show:
        for name, (what, _) in BENCHMARKS.items():
            typer.echo(f"{name:8} {what}")
        return
    page = Page(as_json=as_json)
    page.where()
    sizes = {"patients": patients, "requests": requests, "seed": seed}
    for name in names or BENCHMARKS:
        own = {matching.NAME: sizes, log.NAME: {"entries": entries}, desk.NAME: {"requests": requests, "entries": entries}}
        chosen = {"rounds": rounds, **own.get(name, {})}
        BENCHMARKS[name][1](page, **{option: value for option, value in chosen.items() if value})


if __name__ == "__main__":
    typer.run(main)
