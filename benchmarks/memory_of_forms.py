"""What the memory of forms gains: `python -m benchmarks.memory_of_forms FOLDER`.

FOLDER is as for `benchmarks.reading`, with several scans of each form, filled in by different people. The first scans of each
form are the first batch: each is read, what is wrong, missing, or does not stand there is corrected from the truth, as a person
at the desk would; then the request is released, and the reader learns from it. The next scans of each form are the second batch,
which teaches nothing: each is read with and without the memory, from the same lines.

Printed: values right, wrong and missing by field and by form, without the memory and with it; wrong among those that are sure;
values given where nothing stands; and CPU seconds a page for each.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.measuring import NOTHING, Used, used
from benchmarks.reading import Tally, normal
from benchmarks.showing import Page
from pipeline.documents import Limits, inspect, open_document
from pipeline.forms.learning import Lesson, blank_after, learned
from pipeline.forms.memory import FormMemory, Remembered
from pipeline.reading.confidence import SURE
from pipeline.reading.engines import Picture
from pipeline.reading.page import PageText
from pipeline.reading.preparation import PreparedPage
from pipeline.reading.reader import Reader, assembled
from schemas.reading import FieldName, Reading

Truth = dict[str, Any]
Pages = list[tuple[int, PageText, PreparedPage]]


class Desk:
    """A reader that learns, and a person who corrects from the truth."""

    def __init__(self, asked: set[str]) -> None:
        self._asked = asked
        """Fields that any form asks for: a value of one that stands nowhere on the scan is struck out."""
        self._known: list[Remembered] = []
        self._first: dict[tuple[str | int, ...], Picture] = {}
        self.alone = Reader()
        self.remembering = Reader(self.alone.engines, memory=FormMemory(lambda: self._known))

    def lines(self, path: Path) -> Pages:
        """The pages of a scan with their lines."""
        limits = Limits()
        with open_document(path, inspect(path, limits).media_type, limits) as document:
            numbers = range(1, document.page_count + 1)
            return [(n, *self.alone.page_text(document.image(n), n, document)) for n in numbers]

    def correct(self, path: Path, truth: Truth) -> int:
        """Reads a scan, corrects it and learns from it; how many values a person had to type or to strike out."""
        pages, scan = self.lines(path), hashlib.sha256(path.read_bytes()).hexdigest()
        reading = read(self.remembering, pages, scan)
        corrections = {name: value for name, value in self._right(truth).items() if not same(name, reading, value)}
        request = f"R-{int(hashlib.sha256(path.name.encode()).hexdigest()[:6], 16):08d}"
        lesson = Lesson(request, reading, corrections, True, [(number, page) for number, page, _ in pages])
        for one in learned(lesson, [each.form for each in self._known]):
            first = (*one.form.taught_by[:1], one.form.page)
            if one.known is None:
                self._known.append(Remembered(one.form))
                self._first[first] = one.page.layout.grey
                continue
            at = next(i for i, each in enumerate(self._known) if each.form is one.known.form)
            blank = blank_after(one, self._known[at].blank, lambda key=first: self._first.get(key))
            self._known[at] = Remembered(one.form, blank)
        return len(corrections)

    def _right(self, truth: Truth) -> dict[FieldName, str]:
        return {FieldName(name): str(truth["fields"].get(name, "")) for name in self._asked}

    @property
    def forms(self) -> int:
        """Pages of forms that are remembered."""
        return len(self._known)


def same(name: FieldName, reading: Reading, want: str) -> bool:
    """Whether the reading says what is wanted; an empty text wants nothing."""
    said = reading.value(name)
    return normal(name.value, said) == normal(name.value, want) if said and want else not said and not want


def read(reader: Reader, pages: Pages, scan: str) -> Reading:
    """A reading of pages whose lines are known."""
    return assembled([reader.page_reading(page, prepared, n) for n, page, prepared in pages], len(pages), scan, 0.0)


@dataclass
class Counted:
    """What was counted of one way of reading."""

    by_field: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_form: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    invented: int = 0
    cpu: Used = NOTHING

    def add(self, truth: Truth, reading: Reading, asked: set[str]) -> None:
        """One scan."""
        for name, want in truth["fields"].items():
            found = reading.fields.get(FieldName(name))
            right = found is not None and same(FieldName(name), reading, str(want))
            sure = found is not None and found.confidence >= SURE
            for tally in (self.by_field[name], self.by_field["all"], self.by_form[truth["form"]]):
                tally.right += right
                tally.wrong += found is not None and not right
                tally.missing += found is None
                tally.sure += sure
                tally.sure_wrong += sure and not right
        self.invented += sum(reading.value(FieldName(name)) is not None for name in asked - set(truth["fields"]))


def batches(rows: Sequence[Truth], first: int, then: int) -> tuple[list[Truth], list[Truth]]:
    """The first and the second scans of each form."""
    by_form: defaultdict[str, list[Truth]] = defaultdict(list)
    for row in rows:
        by_form[row["form"]].append(row)
    taught = [row for several in by_form.values() for row in several[:first]]
    return taught, [row for several in by_form.values() for row in several[first : first + then]]


def show(page: Page, alone: Counted, remembering: Counted, pages: int) -> None:
    """The tables: without the memory, then with it."""
    headings = ("", "n", "right", "wrong", "missing", "% right", "then right", "then wrong", "then missing", "then % right")
    for title, one, other in (
        ("by field: without | with the memory", alone.by_field, remembering.by_field),
        ("by form: without | with the memory", alone.by_form, remembering.by_form),
    ):
        names = sorted(one, key=lambda name: (name == "all", name))
        page.rows("memory of forms", title, headings, [(n, *one[n].row[:5], *other[n].row[1:5]) for n in names])
    rows = [
        (name, c.by_field["all"].sure, c.by_field["all"].sure_wrong, c.invented, c.cpu.cpu_seconds / max(1, pages))
        for name, c in (("without", alone), ("with", remembering))
    ]
    page.rows("memory of forms", "sure", ("", "sure", "of these wrong", "where nothing stands", "CPU s a page"), rows)


def main(
    folder: Annotated[Path, typer.Argument(help="Scans and truth.jsonl.")],
    first: Annotated[int, typer.Option(min=1, help="Scans of each form that are corrected.")] = 5,
    then: Annotated[int, typer.Option(min=1, help="Scans of each form that are read after that.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """What is gained on a second batch of the same forms, once the first was corrected."""
    rows = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    taught, asked_then = batches(rows, first, then)
    asked = {name for row in rows for name in row["fields"]}
    page, desk = Page(as_json=as_json), Desk(asked)
    page.where()
    typed = [desk.correct(folder / row["file"], row) for row in taught]
    page.remark(f"{len(taught)} scans corrected ({sum(typed)} values), {desk.forms} pages of forms remembered.")
    alone, remembering, count = Counted(), Counted(), 0
    for row in asked_then:
        pages = desk.lines(folder / row["file"])
        count += len(pages)
        for counted, reader in ((alone, desk.alone), (remembering, desk.remembering)):
            began = used()
            reading = read(reader, pages, "0" * 64)
            counted.cpu += used() - began
            counted.add(row, reading, asked)
    page.remark(f"{len(asked_then)} scans read after that, {count} pages.")
    show(page, alone, remembering, count)


if __name__ == "__main__":
    typer.run(main)
