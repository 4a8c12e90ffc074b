"""Who is asked the same requests about the same roster: our matching, RapidFuzz over all of it, and Splink.

Each lives in a process of its own, so that its memory can be told apart, and answers slice by slice, so that all can be asked
in turn. What a rival answers is its best candidate with a score and the distance to the second; the thresholds that make a
decision of it are chosen afterwards, with the truth in hand, in the rival's favour.
"""

from __future__ import annotations

import csv
import logging
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.measuring import Used, used_here
from benchmarks.memory import resident_mb
from pipeline.matching.words import folded, words
from schemas.reading import FieldName, Reading

NOBODY = ""


@dataclass(frozen=True)
class Answer:
    """What one request got."""

    patient_id: str
    """The best candidate; of our own matching the one that was chosen, empty for none."""
    score: float = 0.0
    gap: float = 0.0
    """To the second best."""
    rule: str = ""
    """Why nobody was chosen."""


@dataclass(frozen=True)
class Slice:
    """The answers to some requests, and what they took."""

    answers: tuple[Answer, ...]
    milliseconds: tuple[float, ...]
    """On the clock, for each request; where they were answered together, the same share for each."""
    cpu_milliseconds: tuple[float, ...]
    """Of all processors together: the steadier figure on a busy machine."""


@dataclass(frozen=True)
class Ready:
    """What it took to be ready for the first request."""

    seconds: float
    megabytes: float
    """More than before, once ready."""
    most_megabytes: float
    """More than before, at the worst moment of becoming so."""


def _slice(answers: Sequence[Answer], took: Sequence[Used]) -> Slice:
    return Slice(tuple(answers), tuple(t.seconds * 1000 for t in took), tuple(t.cpu_seconds * 1000 for t in took))


class Matcher(Protocol):
    """Whoever answers."""

    def answer(self, requests: Sequence[Reading]) -> Slice:
        """The answers, in the order of the requests."""
        ...


class Ours:
    """`pipeline.matching`, with the roster as a practice has it, one request after the other."""

    def __init__(self, roster: Path) -> None:
        from pipeline.matching.patients import match_patient
        from pipeline.matching.roster import RosterFile

        self._match = match_patient
        self._roster = RosterFile(roster)
        self._roster.current()

    def answer(self, requests: Sequence[Reading]) -> Slice:
        """As the station does it: is the roster still the same, and who is meant."""
        answers, took = [], []
        for request in requests:
            began = used_here()
            found = self._match(request, self._roster.current())
            took.append(used_here() - began)
            rule = found.findings[0].rule if found.findings else ""
            answers.append(Answer(found.patient.patient_id if found.patient else NOBODY, rule=rule))
        return _slice(answers, took)


class RapidFuzz:
    """Name and birth date as one text, sorted word by word, compared with everybody: `process.extract` with `fuzz.ratio`."""

    def __init__(self, roster: Path) -> None:
        rows = list(_rows(roster))
        self._numbers = [row["patient_id"] for row in rows]
        self._texts = [_sorted_words(f"{r['first_name']} {r['middle_name']} {r['last_name']}", r["date_of_birth"]) for r in rows]

    def answer(self, requests: Sequence[Reading]) -> Slice:
        """The two most alike."""
        from rapidfuzz import fuzz, process

        answers, took = [], []
        for request in requests:
            began = used_here()
            text = _sorted_words(request.value(FieldName.PATIENT_NAME) or "", request.value(FieldName.PATIENT_DOB) or "")
            (_, score, at), (_, second, _) = process.extract(text, self._texts, scorer=fuzz.ratio, limit=2)
            took.append(used_here() - began)
            answers.append(Answer(self._numbers[at], score, score - second))
        return _slice(answers, took)


class Splink:
    """Splink's linker on DuckDB: a model trained on the roster and a sample of requests, then batches against the roster.

    Names with their frequencies, birth date, phone, e-mail and street, with the comparisons that come with Splink; blocked by
    birth date, by name, by phone, by e-mail, and by surname with year and two letters. Raises ImportError without Splink.
    """

    def __init__(self, roster: Path, sample: Sequence[Reading]) -> None:
        import duckdb
        import pyarrow
        from splink import DuckDBAPI, Linker, block_on

        logging.getLogger("splink").setLevel(logging.ERROR)
        self._table = pyarrow.Table.from_pylist
        connection = duckdb.connect()
        connection.execute("SET enable_progress_bar = false")  # it would draw between our figures
        self._db = DuckDBAPI(connection)
        self._batches = 0
        rows = [
            _record(r["patient_id"], r["first_name"], r["last_name"], r["date_of_birth"], r["phone"], r["email"], r["street"])
            for r in _rows(roster)
        ]
        self._roster = self._db.register(self._table(rows), dataset_display_name="roster")
        self._linker = Linker([self._roster, self._batch(sample)], _splink_settings(), log_level=logging.ERROR)
        for column in ("first", "last"):
            self._linker.table_management.compute_tf_table(column)
        training = self._linker.training
        training.estimate_probability_two_random_records_match([block_on("first", "last", "dob"), block_on("email")], recall=0.8)
        training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
        training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
        training.estimate_parameters_using_expectation_maximisation(block_on("first", "last"))

    def answer(self, requests: Sequence[Reading]) -> Slice:
        """The two likeliest, all requests in one batch, as Splink is meant to be used."""
        began = used_here()
        found = self._linker.inference.predict_between(self._batch(requests), self._roster, threshold_match_weight=-20)
        best: dict[str, list[tuple[float, str]]] = {}
        columns = found.as_duckdbpyrelation().project("unique_id_l, unique_id_r, match_weight, source_dataset_l").fetchall()
        for left, right, weight, source in columns:
            number, patient = (right, left) if source == "roster" else (left, right)
            best.setdefault(number, []).append((weight, patient))
        took = used_here() - began
        answers = [_of_two(sorted(best.get(str(n), []), reverse=True)) for n in range(len(requests))]
        share = Used(took.seconds / len(requests), took.cpu_seconds / len(requests))
        return _slice(answers, [share] * len(requests))

    def _batch(self, requests: Sequence[Reading]) -> Any:
        self._batches += 1
        rows = [_asked(str(n), request) for n, request in enumerate(requests)]
        return self._db.register(self._table(rows), dataset_display_name=f"requests_{self._batches}")


def _splink_settings() -> Any:
    import splink.comparison_library as compare
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.NameComparison("first").configure(term_frequency_adjustments=True),
            compare.NameComparison("last").configure(term_frequency_adjustments=True),
            compare.DateOfBirthComparison("dob", input_is_string=True),
            compare.DamerauLevenshteinAtThresholds("phone", 1),
            compare.EmailComparison("email"),
            compare.LevenshteinAtThresholds("street", [1, 3]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("dob"),
            block_on("first", "last"),
            block_on("phone"),
            block_on("email"),
            block_on("last", "substr(first, 1, 2)", "substr(dob, 1, 4)"),
        ],
    )


def _of_two(best: list[tuple[float, str]]) -> Answer:
    if not best:
        return Answer(NOBODY, float("-inf"))
    return Answer(best[0][1], best[0][0], best[0][0] - best[1][0] if len(best) > 1 else float("inf"))


def _asked(number: str, request: Reading) -> dict[str, str | None]:
    value = request.value
    first, last = _first_and_last(value(FieldName.PATIENT_NAME) or "")
    born = value(FieldName.PATIENT_DOB) or ""
    phone, email, street = (value(f) or "" for f in (FieldName.PATIENT_PHONE, FieldName.PATIENT_EMAIL, FieldName.PATIENT_STREET))
    return _record(number, first, last, born if len(born) == len("2026-11-20") else "", phone, email, street)


def _first_and_last(name: str) -> tuple[str, str]:
    last, comma, first = name.partition(",")
    if comma:
        return next(iter(first.split()), ""), last
    parts = name.split()
    return (parts[0], parts[-1]) if len(parts) > 1 else ("", name)


def _record(number: str, first: str, last: str, born: str, phone: str, email: str, street: str) -> dict[str, str | None]:
    texts = {
        "first": folded(first),
        "last": folded(last),
        "dob": born,
        "phone": phone,
        "email": folded(email),
        "street": folded(street),
    }
    return {"unique_id": number, **{column: text.strip() or None for column, text in texts.items()}}


def _sorted_words(name: str, born: str) -> str:
    return " ".join([*sorted(words(name)), born])


def _rows(roster: Path) -> list[dict[str, str]]:
    with roster.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ---- a process for each --------------------------------------------------------------------------------------------------

_THERE: dict[str, Matcher] = {}
"""In the process of a contestant: the contestant."""


class Contestant:
    """A matcher in a process of its own."""

    def __init__(self, matcher: type, *arguments: object) -> None:
        self._process = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self.ready: Ready = self._process.submit(_become, matcher, arguments).result()

    def answer(self, requests: Sequence[Reading]) -> Slice:
        """The answers to these requests."""
        return self._process.submit(_answer, list(requests)).result()

    def end(self) -> None:
        """Ends its process."""
        self._process.shutdown()


def _become(matcher: type, arguments: tuple[object, ...]) -> Ready:
    before = resident_mb()
    began = time.perf_counter()
    _THERE["matcher"] = matcher(*arguments)
    seconds = time.perf_counter() - began
    return Ready(seconds, resident_mb() - before, resident_mb(most=True) - before)


def _answer(requests: list[Reading]) -> Slice:
    return _THERE["matcher"].answer(requests)
