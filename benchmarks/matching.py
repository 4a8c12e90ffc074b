"""Whose records: right, wrong and held among requests made from a roster full of look-alikes, and what a match costs.

The requests as they come are drawn evenly from the roster, with one in ten from people who have no chart here; the hard ones
are only look-alikes and outsiders who are look-alikes of a patient. A choice is right if it is the chart from which the
request was made. Everything else that is chosen is wrong: another patient, the second chart of the same patient, anybody at
all for an outsider.

"The reader had name and birth date" means that both were found and both were read as they stand on the paper: whatever the
paper says, a nickname, a maiden name, an initial, a slip of the pen. Patients with a planted twin or namesake are among them,
although they are meant to be held.
"""

from __future__ import annotations

import csv
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.asking import Asking, Reader
from benchmarks.crowd import Maker
from benchmarks.matching_rivals import NOBODY, Answer, Contestant, Ours, RapidFuzz, Slice, Splink
from benchmarks.measuring import Figure, Spread, Tell, beside, percentile
from benchmarks.showing import Page
from schemas.release import Patient

NAME = "matching"
PATIENTS, REQUESTS = 200_000, 10_000
SEED = 1
"""The first crowd's, beside the rivals; the second crowd has the next."""
HARD_SHARE = 0.4
"""Hard requests, as a share of the others, on top of them."""
OURS, RAPIDFUZZ, SPLINK = "chartrelay", "RapidFuzz", "Splink"
RAPIDFUZZ_REQUESTS = 1500
"""In all; it looks at the whole roster each time."""
GAPS_TRIED = 60
HEADINGS = ("", "all", "right", "wrong", "held", "%")


@dataclass(frozen=True)
class Lot:
    """Requests from one roster, and where they and the roster lie."""

    roster: Path
    asked: list[Asking]
    hard: list[Asking]


@dataclass(frozen=True)
class Judged:
    """A request and what became of it."""

    asking: Asking
    answer: Answer

    @property
    def right(self) -> bool:
        """Whether the one who was chosen is the one."""
        return self.chosen and bool(self.asking.person) and self.answer.patient_id == self._patient_id

    @property
    def wrong(self) -> bool:
        """Whether somebody else was chosen."""
        return self.chosen and not self.right

    @property
    def of_both(self) -> bool:
        """Whether it is a patient's, and the reader had name and birth date."""
        return bool(self.asking.person) and self.asking.had_both

    @property
    def chosen(self) -> bool:
        """Whether anybody was."""
        return self.answer.patient_id != NOBODY

    @property
    def _patient_id(self) -> str:
        return self.asking.person.patient.patient_id if self.asking.person else NOBODY


def run(page: Page, *, rounds: int = 3, patients: int = PATIENTS, requests: int = REQUESTS, seed: int = SEED) -> None:
    """Prints the tables."""
    with TemporaryDirectory(prefix="chartrelay-benchmark-") as folder, page.progress() as tell:
        try:
            first, second = (_lot(Path(folder), patients, requests, one, tell) for one in (seed, seed + 1))
        except ImportError:
            page.remark("matching: Faker is not installed (pip install 'chartrelay[bench]'); left out.")
            return
        ours = Contestant(Ours, second.roster)
        tell(f"matching, seed {seed + 1}")
        asked, hard = (_judged(some, ours.answer([a.reading for a in some])) for some in (second.asked, second.hard))
        ours.end()
        _show_choices(page, f"seed {seed + 1}", asked, hard)
        _side_by_side(page, first, seed, rounds, tell)


def _lot(folder: Path, patients: int, requests: int, seed: int, tell: Tell) -> Lot:
    tell(f"making up {patients:,} patients and their requests, seed {seed}")
    maker = Maker(patients, seed)
    crowd = maker.make()
    reader = Reader(crowd, maker, seed + 100)
    roster = folder / f"roster-{seed}.csv"
    with roster.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(Patient.model_fields))
        writer.writeheader()
        writer.writerows(patient.model_dump(mode="json") for patient in crowd.patients)
    return Lot(roster, reader.as_they_come(requests), reader.hard_ones(int(requests * HARD_SHARE)))


# ---- right, wrong, held --------------------------------------------------------------------------------------------------


def _judged(asked: Sequence[Asking], found: Slice) -> list[Judged]:
    return [Judged(asking, answer) for asking, answer in zip(asked, found.answers, strict=True)]


def _show_choices(page: Page, title: str, asked: list[Judged], hard: list[Judged]) -> None:
    patients = [j for j in asked if j.asking.person]
    had = [j for j in patients if j.of_both]
    rows = [
        ("patients", patients),
        ("- reader had name and birth date", had),
        ("- of these, no look-alike planted", [j for j in had if j.asking.person and not j.asking.person.look_alike]),
        ("- both found, right or misread", [j for j in patients if j.asking.found_both]),
        ("people without a chart", [j for j in asked if not j.asking.person]),
        ("hard: look-alikes with a chart", [j for j in hard if j.asking.person]),
        ("hard: look-alikes without a chart", [j for j in hard if not j.asking.person]),
    ]
    page.rows(NAME, f"Chosen without a person, {title}", HEADINGS, [_row(name, some) for name, some in rows])


def _show_troubles(page: Page, asked: list[Judged], hard: list[Judged]) -> None:
    patients = [j for j in asked if j.asking.person]
    troubles = sorted({trouble for j in patients for trouble in j.asking.troubles})
    rows = [("none", [j for j in patients if not j.asking.troubles])]
    rows += [(trouble, [j for j in patients if trouble in j.asking.troubles]) for trouble in troubles]
    kinds = sorted({j.asking.outsider for j in [*asked, *hard]} - {""})
    rows += [(f"no chart: {kind}", [j for j in [*asked, *hard] if j.asking.outsider == kind]) for kind in kinds]
    note = "A request may have several troubles. People without a chart: those of the hard requests are counted in."
    page.rows(NAME, "By what was the matter", HEADINGS, [_row(name, some) for name, some in rows], note)
    held = Counter(j.answer.rule for j in patients if j.of_both and not j.chosen)
    page.rows(NAME, "Why held, although name and birth date were read", ("rule", "requests"), held.most_common())


def _row(name: str, judged: Sequence[Judged]) -> tuple[str, int, int, int, int, str]:
    right, wrong = sum(j.right for j in judged), sum(j.wrong for j in judged)
    return name, len(judged), right, wrong, len(judged) - right - wrong, f"{100 * right / max(len(judged), 1):.1f}"


# ---- beside the rivals ---------------------------------------------------------------------------------------------------


def _side_by_side(page: Page, lot: Lot, seed: int, rounds: int, tell: Tell) -> None:
    contestants = dict(_contestants(page, lot, tell))
    slices: dict[str, list[Slice]] = {name: [] for name in contestants}
    asked: dict[str, list[list[Asking]]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name in list(contestants) if number % 2 == 0 else reversed(list(contestants)):
            tell(f"round {number + 1} of {rounds}: {name}")
            some = lot.asked[number::rounds]
            some = some[: RAPIDFUZZ_REQUESTS // rounds] if name == RAPIDFUZZ else some
            slices[name].append(contestants[name].answer([a.reading for a in some]))
            asked[name].append(some)
    tell("the hard ones")
    hard = _judged(lot.hard, contestants[OURS].answer([a.reading for a in lot.hard]))
    judged = {
        name: [j for some, found in zip(asked[name], slices[name], strict=True) for j in _judged(some, found)]
        for name in contestants
    }
    _show_choices(page, f"seed {seed}", judged[OURS], hard)
    _show_troubles(page, judged[OURS], hard)
    page.figures(NAME, "A match", _times(slices), TIMES_NOTE)
    memory = ("", "ready after s", "MB", "MB at most")
    ready = [(name, c.ready.seconds, c.ready.megabytes, c.ready.most_megabytes) for name, c in contestants.items()]
    page.rows(
        NAME,
        "To be ready: the roster read, indexed, or a model trained",
        memory,
        ready,
        "Resident memory beyond that of the bare process.",
    )
    _show_rivals(page, judged)
    for contestant in contestants.values():
        contestant.end()


def _contestants(page: Page, lot: Lot, tell: Tell) -> Iterator[tuple[str, Contestant]]:
    tell(f"{OURS} reads the roster")
    yield OURS, Contestant(Ours, lot.roster)
    tell(f"{RAPIDFUZZ} reads the roster")
    yield RAPIDFUZZ, Contestant(RapidFuzz, lot.roster)
    tell(f"{SPLINK} is trained")
    try:
        yield SPLINK, Contestant(Splink, lot.roster, [a.reading for a in lot.asked[:3000]])
    except ImportError:
        page.remark("matching: Splink is not installed (pip install 'chartrelay[bench]'); left out.")


TIMES_NOTE = (
    f"{RAPIDFUZZ} answers {RAPIDFUZZ_REQUESTS} of the requests, each against the whole roster. {SPLINK} answers all of a round "
    "in one batch with as many threads as it likes; its milliseconds are the batch's, shared out. Ratios: our median of a round "
    "over the rival's."
)


def _times(slices: dict[str, list[Slice]]) -> list[Figure]:
    def ninety_nine(figures: Sequence[float]) -> float:
        return percentile(figures, 99)

    ours = [(s.milliseconds, s.cpu_milliseconds) for s in slices[OURS]]
    figures = [
        Figure(f"{OURS}, 99 of 100 within", "ms", Spread(tuple(ninety_nine(clock) for clock, _ in ours))),
        Figure(f"{OURS}, 99 of 100 within", "CPU ms", Spread(tuple(ninety_nine(cpu) for _, cpu in ours))),
        Figure(f"{OURS}, the slowest", "ms", Spread(tuple(max(clock) for clock, _ in ours))),
    ]
    for unit, of in (("ms", lambda s: s.milliseconds), ("CPU ms", lambda s: s.cpu_milliseconds)):
        middle = {name: Spread(tuple(statistics.median(of(s)) for s in some)) for name, some in slices.items()}
        figures += beside(middle, {OURS: RAPIDFUZZ}, unit)
        if SPLINK in middle:
            figures.append(Figure(OURS, unit, middle[OURS], SPLINK, middle[OURS].over(middle[SPLINK])))
    return figures


# ---- what thresholds could make of a rival's scores ----------------------------------------------------------------------


def _show_rivals(page: Page, judged: dict[str, list[Judged]]) -> None:
    ours = _measured(OURS, judged[OURS])
    rows = [ours]
    for name, some in judged.items():
        if name != OURS:
            cuts = list(_cuts(some))
            most_right = max((cut for cut in cuts if not cut.wrong), key=lambda cut: cut.right, default=NO_CUT)
            rows.append(_measured(f"{name}, none wrong", most_right.of(some)))
            wanted = ours[3] / 100 * _had(some)
            enough = [cut for cut in cuts if cut.right >= wanted]
            if enough:
                rows.append(_measured(f"{name}, as many right", min(enough, key=lambda cut: cut.wrong).of(some)))
            rows.append(_measured(f"{name}, always its best", some))
    headings = ("", "all", "had both", "right %", "wrong")
    note = (
        "Right: of those where the reader had both; wrong: of all. A rival's thresholds, of the score and of the distance to its "
        "second best, are chosen afterwards, knowing the truth, to its advantage."
    )
    page.rows(NAME, "The same requests, decided by the rivals", headings, rows, note)


def _had(judged: Sequence[Judged]) -> int:
    return sum(j.of_both for j in judged)


def _measured(name: str, judged: Sequence[Judged]) -> tuple[str, int, int, float, int]:
    had = _had(judged)
    right = sum(j.right and j.of_both for j in judged)
    return name, len(judged), had, round(100 * right / max(had, 1), 1), sum(j.wrong for j in judged)


@dataclass(frozen=True)
class Cut:
    """A pair of thresholds, and what it would choose."""

    gap: float
    score: float
    right: int
    """Of those where the reader had both."""
    wrong: int

    def of(self, judged: Sequence[Judged]) -> list[Judged]:
        """Everything below a threshold held."""
        nobody = Answer(NOBODY)
        return [j if j.answer.gap >= self.gap and j.answer.score >= self.score else Judged(j.asking, nobody) for j in judged]


NO_CUT = Cut(float("inf"), float("inf"), 0, 0)


def _cuts(judged: Sequence[Judged]) -> Iterator[Cut]:
    """For sixty distances to the second best: every threshold of the score, from the highest down."""
    chosen = [(j.answer.score, j.answer.gap, j.right and j.of_both, j.wrong) for j in judged if j.chosen]
    chosen.sort(key=itemgetter(0), reverse=True)
    gaps = sorted({gap for _, gap, _, _ in chosen})
    for least in gaps[:: max(1, len(gaps) // GAPS_TRIED)]:
        right = wrong = 0
        for score, alike in groupby((one for one in chosen if one[1] >= least), key=itemgetter(0)):
            for _, _, is_right, is_wrong in alike:
                right += is_right
                wrong += is_wrong
            yield Cut(least, score, right, wrong)
