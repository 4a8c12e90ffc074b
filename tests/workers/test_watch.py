"""The watcher: every file that was dropped becomes one request or comes back with a note; none is lost, none counts twice."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

import workers.watch
from pipeline.errors import Retryable
from pipeline.reviewing.decisions import decide
from pipeline.store.vault import Vault
from schemas.decision import DecisionKind
from tests.documents import papers
from tests.workers.inbox import TAKING, Inbox
from tests.workers.steps import Steps


@cache
def pdf(pages: int = 1) -> bytes:
    with TemporaryDirectory() as folder:
        return papers.pdf(Path(folder), pages).read_bytes()


def unique_pdf(number: int) -> bytes:
    """A request that nobody dropped before."""
    return pdf() + f"%{number}\n".encode()


@cache
def locked() -> bytes:
    with TemporaryDirectory() as folder:
        return papers.locked_pdf(Path(folder), user="secret", owner="secret").read_bytes()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Inbox(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shared_inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inbox]:
    """On each of the two databases."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    made = Inbox(tmp_path, database=database)
    yield made
    made.close()


def test_a_file_becomes_one_request_and_leaves_the_inbox(inbox: Inbox) -> None:
    inbox.drop("scan_0001.pdf", pdf())
    inbox.settle()
    assert inbox.names() == []
    assert inbox.returned() == {}
    assert inbox.requests() == {"scan_0001.pdf": "R-000001"}
    assert inbox.scans() == [pdf()]
    assert inbox.announced() == {"R-000001": 1}
    assert inbox.arrivals() == [("scan_0001.pdf", "request")]


def test_nothing_is_taken_before_it_has_been_quiet_for_a_while(inbox: Inbox) -> None:
    watch = inbox.watch()
    inbox.drop("scan.pdf", pdf()[:100])
    watch.look()
    inbox.seconds += 1.9
    inbox.drop("scan.pdf", pdf())  # the scanner writes on
    watch.look()
    inbox.seconds += 1.9
    assert watch.look() == 1
    assert inbox.arrivals() == []
    inbox.seconds += 0.2
    assert watch.look() == 0
    assert inbox.scans() == [pdf()]


def test_the_same_bytes_again_come_back_with_a_note_that_names_the_earlier_request(inbox: Inbox) -> None:
    inbox.drop("scan_0001.pdf", pdf())
    inbox.drop("scan_0001 (1).pdf", pdf())
    inbox.settle()
    [(name, note)] = inbox.returned().items()
    assert name == "scan_0001 (1).pdf", "the one that was dropped later, whatever their names"
    assert "request R-000001" in note
    assert "What to do" in note
    assert len(inbox.requests()) == 1
    assert inbox.outcomes() == {"request": 1, "repeat": 1}


@pytest.mark.parametrize("name", ["scan_0001.pdf", "another name.pdf", "umlaut ä.pdf"])
def test_the_same_bytes_later_come_back_each_time_they_are_dropped(inbox: Inbox, name: str) -> None:
    inbox.drop("scan_0001.pdf", pdf())
    watch = inbox.watch()
    inbox.settle(watch)
    for again in (1, 2):
        inbox.drop(name, pdf())
        inbox.settle(watch)
        assert len(inbox.returned()) == again
        assert all("R-000001" in note for note in inbox.returned().values())
    assert inbox.names() == []
    assert inbox.outcomes() == {"request": 1, "repeat": 2}
    assert inbox.announced() == {"R-000001": 1}


def test_the_scan_of_a_withdrawn_request_becomes_a_new_one(inbox: Inbox) -> None:
    """Nobody deals with the earlier request any more: to answer with it would let the patient wait for ever."""
    inbox.drop("scan.pdf", pdf())
    inbox.settle()
    decide(inbox.house.store, "R-000001", DecisionKind.WITHDRAW, who="Ana")
    inbox.drop("again.pdf", pdf())
    inbox.settle()
    assert inbox.requests() == {"scan.pdf": "R-000001", "again.pdf": "R-000002"}
    inbox.drop("third.pdf", pdf())
    inbox.settle()
    assert "R-000002" in inbox.returned()["third.pdf"]
    assert inbox.outcomes() == {"request": 2, "repeat": 1}


@pytest.mark.parametrize("restarted", [False, True])
def test_a_file_that_looks_just_like_one_taken_earlier_gets_a_receipt_of_its_own(inbox: Inbox, restarted: bool) -> None:
    """Copies keep the time of a file, and disks give its number to the next file: all that can be seen is the same."""
    scan = inbox.drop("scan.pdf", pdf())
    kept = inbox.folder.root / "kept"
    os.link(scan, kept)
    watch = inbox.watch()
    inbox.settle(watch)
    kept.rename(inbox.folder.inbox / "again.pdf")
    inbox.settle(inbox.watch() if restarted else watch)
    assert list(inbox.returned()) == ["again.pdf"]
    assert inbox.outcomes() == {"request": 1, "repeat": 1}


@pytest.mark.parametrize(
    ("name", "data", "why", "what_to_do"),
    [
        ("empty.pdf", lambda: b"", "is empty", "Scan the request again"),
        ("locked.pdf", locked, "protected with a password", "without one"),
        ("broken off.pdf", lambda: pdf()[: len(pdf()) * 2 // 3], "breaks off", "scan it again"),
        ("song.mp3", lambda: b"ID3" + bytes(range(256)) * 20, "not a PDF", "Print it to PDF"),
        ("long.pdf", lambda: pdf(5), "more than 4 pages", "Drop the request alone"),
        ("huge.pdf", lambda: pdf() + b" " * 200_000, "larger than", "Scan it again at 300 dpi"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_note_that_says_why_and_what_to_do(
    inbox: Inbox, name: str, data: Callable[[], bytes], why: str, what_to_do: str
) -> None:
    inbox.drop(name, data())
    inbox.settle()
    note = inbox.returned()[name]
    assert why in note
    assert what_to_do in note
    assert (inbox.folder.returned / name).read_bytes() == data()
    assert inbox.names() == []
    assert inbox.requests() == {}
    assert inbox.outcomes() == {"returned": 1}


def test_what_is_no_finished_file_is_left_alone(inbox: Inbox) -> None:
    outside = inbox.folder.root / "secret.pdf"
    outside.write_bytes(pdf())
    (inbox.folder.inbox / "link.pdf").symlink_to(outside)
    (inbox.folder.inbox / "folder.pdf").mkdir()
    (inbox.folder.inbox / "folder.pdf" / "deep.pdf").write_bytes(pdf())
    if hasattr(os, "mkfifo"):
        os.mkfifo(inbox.folder.inbox / "pipe.pdf")
    for name in (".hidden.pdf", "scan.pdf.part", "~$letter.pdf", "Thumbs.db", "scan.tmp"):
        inbox.drop(name, pdf())
    before = inbox.names()
    inbox.settle()
    assert inbox.names() == before
    assert outside.exists()
    assert inbox.arrivals() == []
    assert inbox.returned() == {}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("name", [os.fsdecode(b"scan \xff\xfe.pdf"), "n" * 251 + ".pdf", "-rf *\n.pdf", "con.pdf"])
def test_the_oddest_name_is_taken_and_given_back_as_any_other(inbox: Inbox, name: str) -> None:
    inbox.drop(name, pdf())
    inbox.settle()
    assert inbox.scans() == [pdf()]
    inbox.drop(name, pdf())
    inbox.settle()
    assert inbox.outcomes() == {"request": 1, "repeat": 1}
    assert inbox.names() == []
    [note] = inbox.returned().values()
    assert "R-000001" in note


def test_a_link_that_takes_the_place_of_a_file_at_the_last_moment_is_not_followed(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = inbox.folder.root / "secret.pdf"
    outside.write_bytes(pdf(2))
    scan = inbox.drop("scan.pdf", pdf())
    opened = workers.watch.open_inside

    def exchanged(folder: Path, name: str) -> object:
        scan.unlink()
        scan.symlink_to(outside)
        return opened(folder, name)

    monkeypatch.setattr(workers.watch, "open_inside", exchanged)
    inbox.settle()
    assert inbox.arrivals() == []
    assert not any(path.is_file() for path in inbox.folder.vault.rglob("*"))


def test_every_file_that_came_in_is_counted_once(inbox: Inbox) -> None:
    """Requests, returned files and repeats add up to the files dropped, one by one and all together."""
    watch = inbox.watch()
    for number in range(4):
        inbox.drop(f"request {number}.pdf", unique_pdf(number))
        inbox.drop(f"repeat {number}.pdf", unique_pdf(number // 2))
        inbox.drop(f"bad {number}.pdf", b"nonsense")
        inbox.settle(watch)
    assert len(inbox.arrivals()) == 12
    assert inbox.outcomes() == {"request": 4, "repeat": 4, "returned": 4}
    assert len(inbox.requests()) == 4
    assert len(inbox.returned()) == 8
    assert inbox.names() == []


def test_one_files_trouble_is_not_the_next_ones(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.drop("a.pdf", unique_pdf(1))
    inbox.drop("b.pdf", unique_pdf(2))
    inspect = workers.watch.inspect_isolated

    def stumbles(path: Path, limits: object, *, name: str) -> object:
        if name == "a.pdf":
            raise ZeroDivisionError
        return inspect(path, limits, name=name)  # type: ignore[arg-type]

    monkeypatch.setattr(workers.watch, "inspect_isolated", stumbles)
    inbox.settle()
    assert inbox.names() == ["a.pdf"]
    assert list(inbox.requests()) == ["b.pdf"]


# ---- the disk, and people who write while we read ------------------------------------------------------------------------


def test_a_full_disk_leaves_the_file_where_it_is_until_there_is_room(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.drop("scan.pdf", pdf())
    watch = inbox.watch()

    def full(vault: Vault, stream: object) -> str:
        raise Retryable(f"the vault cannot be written: {os.strerror(errno.ENOSPC)}")

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "put_stream", full)
        inbox.settle(watch)
    assert inbox.names() == ["scan.pdf"]
    assert inbox.arrivals() == []
    inbox.settle(watch)
    assert inbox.requests() == {"scan.pdf": "R-000001"}


def test_a_file_written_to_after_the_commit_is_taken_again_as_what_it_is_now(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = inbox.drop("scan.pdf", unique_pdf(1))
    written = iter([unique_pdf(2)])
    withdraw = workers.watch.withdraw

    def late(*given: object, **named: object) -> Path:
        for data in written:
            scan.write_bytes(data + b"%longer\n")
        return withdraw(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(workers.watch, "withdraw", late)
    inbox.settle()
    assert inbox.arrivals() == [("scan.pdf", "request"), ("scan.pdf", "request")]
    assert inbox.names() == []
    assert inbox.scans() == [unique_pdf(1), unique_pdf(2) + b"%longer\n"]
    assert inbox.announced() == {"R-000001": 1, "R-000002": 1}


def test_a_file_written_to_by_whoever_still_has_it_open_is_put_back_and_taken_again(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its writer keeps it open over the rename: nobody sees that coming, but the bytes are compared before it goes."""
    scan = inbox.drop("scan.pdf", unique_pdf(1))
    with scan.open("ab") as writer:
        withdraw = workers.watch.withdraw
        late = iter([b"%another page\n"])

        def then_written(*given: object, **named: object) -> Path:
            path = withdraw(*given, **named)  # type: ignore[arg-type]
            for data in late:
                writer.write(data)
                writer.flush()
            return path

        monkeypatch.setattr(workers.watch, "withdraw", then_written)
        inbox.settle()
    assert inbox.scans() == [unique_pdf(1), unique_pdf(1) + b"%another page\n"]
    assert inbox.names() == []


def test_no_request_is_made_of_a_file_that_grows_while_it_is_read(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = inbox.drop("scan.pdf", pdf())
    put = Vault.put_stream
    late = iter([unique_pdf(7)])

    def grown(vault: Vault, stream: object) -> str:
        for data in late:
            scan.write_bytes(data)
        return put(vault, stream)  # type: ignore[arg-type]

    monkeypatch.setattr(Vault, "put_stream", grown)
    watch = inbox.watch()
    watch.look()
    inbox.seconds += 3
    watch.look()
    assert inbox.arrivals() == []
    inbox.settle(watch)
    assert inbox.arrivals() == [("scan.pdf", "request")]
    assert inbox.scans() == [unique_pdf(7)]


# ---- the power fails -----------------------------------------------------------------------------------------------------

DROPS = {
    "request": unique_pdf,
    "repeat": lambda number: pdf(),
    "returned": lambda number: b"nonsense %d" % number,
    "empty": lambda number: b"",
}
"""What is dropped, by what becomes of it; `number` makes the bytes unlike all others where that matters."""
FEWEST_STEPS = {"request": 20, "repeat": 20, "returned": 20, "empty": 15}
"""So many at least there must have been, or the table below proves nothing."""


@pytest.fixture
def steps(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Steps:
    """The steps of a watcher that has taken a file before, so that others can repeat it."""
    inbox.drop("earlier.pdf", pdf())
    inbox.settle()
    return Steps(monkeypatch, TAKING)


@pytest.mark.parametrize("kind", DROPS)
def test_whenever_the_power_fails_the_next_watcher_ends_what_was_begun(inbox: Inbox, steps: Steps, kind: str) -> None:
    """At every single step of taking a file: it is one request or one returned file afterwards, and counted once."""
    for step in count(1):
        name = f"{kind} {step:02}.pdf"
        inbox.drop(name, DROPS[kind](step))
        with steps.power_cut_at(step):
            inbox.settle()
        inbox.settle()
        ended_once(inbox, name, kind)
        if not steps.happened:
            break
    assert len(steps.names) >= FEWEST_STEPS[kind]
    told_once(inbox)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kinds=st.lists(st.sampled_from(sorted(DROPS)), min_size=1, max_size=2),
    cuts=st.lists(st.integers(1, 40), max_size=4),
)
def test_however_often_the_power_fails_nothing_is_lost_or_done_twice(
    inbox: Inbox, steps: Steps, kinds: list[str], cuts: list[int]
) -> None:
    before = len(inbox.arrivals())
    drops = {f"{kind} {number:04}.pdf": kind for number, kind in enumerate(kinds, start=before)}
    for number, (name, kind) in enumerate(drops.items(), start=before):
        inbox.drop(name, DROPS[kind](number))
    for step in cuts:
        with steps.power_cut_at(step):
            inbox.settle()
    inbox.settle()
    for name, kind in drops.items():
        ended_once(inbox, name, kind)
    told_once(inbox)


def ended_once(inbox: Inbox, name: str, kind: str) -> None:
    outcome = "returned" if kind == "empty" else kind
    assert [o for file, o in inbox.arrivals() if file == name] == [outcome], name
    assert inbox.names() == []
    assert (name in inbox.returned()) == (kind != "request"), name
    assert (name in inbox.requests()) == (kind == "request"), name


def told_once(inbox: Inbox) -> None:
    """All together: every file counted once, every request announced once, every other file given back once."""
    arrivals, outcomes = inbox.arrivals(), inbox.outcomes()
    assert max(Counter(file for file, _ in arrivals).values()) == 1
    assert len(inbox.requests()) == outcomes["request"]
    assert len(inbox.returned()) == len(arrivals) - outcomes["request"]
    assert inbox.announced() == dict.fromkeys(inbox.requests().values(), 1)
    assert inbox.house.outbox.waiting() == 0


# ---- two watchers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DROPS)
def test_whenever_another_watcher_looks_the_file_is_taken_once(inbox: Inbox, steps: Steps, kind: str) -> None:
    """The other one looks, and does all it finds to do, at every single step of the first one."""
    one, other = inbox.watch(), inbox.watch()
    with capture_logs() as told:
        for step in count(1):
            name = f"{kind} {step:02}.pdf"
            inbox.drop(name, DROPS[kind](step))
            other.look()
            with steps.at(step, partial(inbox.settle, other), within_transactions=False):
                inbox.settle(one)
            inbox.settle(other)
            ended_once(inbox, name, kind)
            if not steps.happened:
                break
    told_once(inbox)
    assert [line for line in told if line["log_level"] == "error"] == []


def test_two_watchers_on_one_inbox_make_one_request_of_a_file(shared_inbox: Inbox) -> None:
    inbox, rounds = shared_inbox, 12
    watches = [inbox.watch(), inbox.watch()]
    for number in range(rounds):
        inbox.drop(f"request {number}.pdf", unique_pdf(number))
        inbox.drop(f"bad {number}.pdf", b"nonsense")
        for watch in watches:
            watch.look()
        inbox.seconds += 3
        together(watches)
        inbox.seconds += 3
    inbox.settle()
    assert inbox.names() == []
    assert inbox.outcomes() == {"request": rounds, "returned": rounds}
    assert len(inbox.requests()) == rounds
    assert len(inbox.returned()) == rounds
    assert set(inbox.announced().values()) == {1}


def together(watches: list[workers.watch.Watch]) -> None:
    """All of them look at the same moment."""
    start = threading.Barrier(len(watches))

    def look(watch: workers.watch.Watch) -> None:
        start.wait()
        watch.look()

    threads = [threading.Thread(target=look, args=(watch,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
