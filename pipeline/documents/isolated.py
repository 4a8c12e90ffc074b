"""Looking at an unknown file in a process of its own, so that what it does to a decoder is not done to the line."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import threading
from pathlib import Path
from typing import Any

from pipeline.documents import child, refusal
from pipeline.documents.kinds import MediaType
from pipeline.documents.limits import Limits
from pipeline.documents.opening import Inspection
from pipeline.documents.refusal import RefusalReason, Refused
from pipeline.errors import Retryable

_START_SECONDS = 120.0  # a loaded machine may take a while to start a process
_LONGEST_ANSWER = 1 << 16  # bytes
_DOCUMENTS_A_CHILD = 500  # decoders leak; a fresh process now and then forgets it all


def inspect_isolated(path: Path, limits: Limits, seconds: float = 60, *, name: str | None = None) -> Inspection:
    """`inspect` in a child process with bounded memory and time; the child is kept for the next file.

    Raises Refused also for a file on which a decoder crashed twice, ran out of memory, or took more than `seconds`;
    Retryable when no child can be started or the disk fails.
    """
    return _inspector.inspect(path.absolute(), limits, seconds, name or path.name)


class Inspector:
    """Keeps one child process, and replaces it when it crashed, hung or grew old. Safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def inspect(self, path: Path, limits: Limits, seconds: float, name: str) -> Inspection:
        """See `inspect_isolated`."""
        with self._lock:
            try:
                return self._ask(path, limits, seconds, name)
            except _Crashed:
                # Once may be the machine's doing (the kernel takes a process when memory is short); twice is the file's.
                with contextlib.suppress(_Crashed):
                    return self._ask(path, limits, seconds, name)
                raise refusal.unopenable() from None

    def close(self) -> None:
        """Ends the child, if there is one; the next file starts another."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _ask(self, path: Path, limits: Limits, seconds: float, name: str) -> Inspection:
        if self._child is not None and self._child.answered >= _DOCUMENTS_A_CHILD:
            self.close()
        if self._child is None:
            self._child = _Child()
        try:
            answer = self._child.ask((path, limits, name), seconds)
        except BaseException:
            self.close()  # also on Ctrl-C: an answer to the last question must not be taken for one to the next
            raise
        if answer is None:
            self.close()
            raise refusal.unopenable()
        return _understood(answer)


class _Crashed(Exception):
    """The child ended without an answer."""


class _Child:
    """One process and the pipe to it."""

    answered = 0

    def __init__(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._pipe, far_end = spawning.Pipe()
        self._process = spawning.Process(target=child.serve, args=(far_end,), name="document inspector", daemon=True)
        try:
            self._process.start()
            ready = self._answer(_START_SECONDS)
        except (OSError, _Crashed) as error:
            self.end()
            raise Retryable("no process to look into documents could be started") from error
        finally:
            far_end.close()
        if ready is None:
            self.end()
            raise Retryable("the process that looks into documents did not start in time")

    def ask(self, question: tuple[Path, Limits, str], seconds: float) -> dict[str, Any] | None:
        """The answer, or None if there was none in time. Raises _Crashed."""
        try:
            self._pipe.send(question)
        except OSError as error:
            raise _Crashed from error
        answer = self._answer(seconds)
        self.answered += 1
        return answer

    def end(self) -> None:
        """Ends the process at once: it holds nothing that could be lost."""
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._pipe.close()

    def _answer(self, seconds: float) -> dict[str, Any] | None:
        """JSON and not a pickle, because a decoder taken over by a hostile file must not reach this process."""
        try:
            return dict(json.loads(self._pipe.recv_bytes(_LONGEST_ANSWER))) if self._pipe.poll(seconds) else None
        except (EOFError, OSError, ValueError) as error:
            raise _Crashed from error


def _understood(answer: dict[str, Any]) -> Inspection:
    match answer:
        case {"media_type": str(kind), "pages": int(pages), "size_bytes": int(size)}:
            return Inspection(MediaType(kind), pages, size)
        case {"reason": str(reason), "sentence": str(sentence), "advice": str(advice)}:
            raise Refused(RefusalReason(reason), sentence, advice)
        case {"retryable": str(text)}:
            raise Retryable(text)
    raise RuntimeError(f"the document inspector failed: {answer.get('fault')}")


_inspector = Inspector()  # starts nothing until it is first asked
