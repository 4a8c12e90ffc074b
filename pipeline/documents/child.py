"""The process that looks into unknown files. It answers in JSON, writes no file, and ends with its parent."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipeline.documents.limits import Limits
from pipeline.documents.opening import inspect
from pipeline.documents.refusal import Refused
from pipeline.errors import Retryable

_MEMORY_BYTES = 3 << 30
"""Address space: a page at the limit of pixels takes about one gigabyte while it is turned and converted."""


def serve(pipe: Connection) -> None:
    """Answers questions from `pipe` until the other end is closed."""
    _confine()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        _say(pipe, {})
        while True:
            _say(pipe, _answer(*pipe.recv()))


def _answer(path: Path, limits: Limits, name: str) -> dict[str, Any]:
    try:
        return asdict(inspect(path, limits, name=name))
    except Refused as refused:
        return {"reason": refused.reason, "sentence": refused.sentence, "advice": refused.advice}
    except Retryable as error:
        return {"retryable": str(error)}
    except Exception as error:  # a fault of ours; told without its text, which may quote the file
        where = "".join(traceback.format_tb(error.__traceback__))
        return {"fault": f"{type(error).__name__}\n{where}"[-8000:]}


def _say(pipe: Connection, answer: dict[str, Any]) -> None:
    pipe.send_bytes(json.dumps(answer).encode())


def _confine() -> None:
    """Memory bounded, nothing written (where the system can do that), nothing said, Ctrl-C left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Decoders write complaints about a file straight to the terminal.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 -- POSIX only

        with contextlib.suppress(ValueError, OSError):  # macOS knows the limit on memory but refuses it
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _end_with_parent() -> None:
    """A parent that was killed cannot end its child; and a child deep in a decoder does not notice a closed pipe."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
