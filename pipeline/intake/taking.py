"""Taking a finished file out of everybody's sight, and what follows: it is finished with, or put back.

A taken file stays in the inbox under a hidden, reserved name, because only a rename within one folder is sure to be
atomic. After a crash `leftovers` finds it; whoever wants can see that nothing was lost.
"""

from __future__ import annotations

import itertools
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Retryable
from pipeline.intake.inbox import Candidate, Unsafe, candidate_at
from pipeline.intake.moving import LONGEST_NAME, disk_faults, flush_folder, move_to_new, names_like, remove, shortened

_PREFIX = ".taken-"
_MARK_LENGTH = 16
_RESERVED = re.compile(rf"\.taken-([0-9a-f]{{{_MARK_LENGTH}}})-(.+)", re.DOTALL)


class Changed(Exception):
    """The file is not the one that was found finished: it was written to, exchanged or removed. Look again later."""


def withdraw(candidate: Candidate, token: str | None = None) -> Path:
    """Renames the file to a reserved name beside it and gives the new path.

    The name begins with the mark of `token`, hexadecimal and of 16 digits at least, so that `mark_of` tells after a crash
    which file this was; without a token the mark is any. A name too long to be prefixed is shortened in the middle. Raises
    Changed if the file is no longer as `candidate` saw it (whatever lies there stays in the inbox), Retryable if the
    system refuses, as Windows does for a file in use.
    """
    mark = (token or secrets.token_hex(_MARK_LENGTH // 2))[:_MARK_LENGTH]
    marked = f"{_PREFIX}{mark}-"
    reserved = candidate.path.with_name(marked + shortened(candidate.name, LONGEST_NAME - len(marked)))
    _require_same(candidate, candidate.path)
    with disk_faults("a file in the inbox cannot be taken yet"):
        try:
            os.rename(candidate.path, reserved)  # noqa: PTH104 -- the atomic step
        except FileNotFoundError as error:
            raise Changed("gone") from error
        flush_folder(reserved.parent)
    try:
        # What was renamed is what was there at that instant, which may be something else than a moment before.
        _require_same(candidate, reserved)
    except Changed:
        _undo(reserved, candidate.path)
        raise
    return reserved


def finish(path: Path) -> None:
    """Deletes a taken file, for its bytes are safe elsewhere. Nothing happens if it is gone. Raises Retryable.

    Raises ValueError for a path that was not given by `withdraw` or `leftovers`: no other file may be deleted here.
    """
    original_name(path)
    with disk_faults("a file that was taken from the inbox cannot be removed"):
        remove(path)
        flush_folder(path.parent)


def put_back(path: Path) -> Path:
    """Gives a taken file its name back, or one like it if that is in use by now, and gives the new path.

    Raises Retryable, and ValueError as `finish` does.
    """
    with disk_faults("a file that was taken from the inbox cannot be put back"):
        original = original_name(path)
        for name in itertools.chain([original], names_like(original)):
            target = path.with_name(name)
            try:
                move_to_new(path, target)
            except FileExistsError:
                continue
            return target
    raise AssertionError("names never run out")


def leftovers(inbox: Path) -> Iterator[Path]:
    """The files that were taken and neither finished nor put back, in the order of their names. Raises Retryable."""
    with disk_faults("the inbox cannot be read"):
        names = sorted(os.listdir(inbox))  # noqa: PTH208 -- bare names are what is compared
    for name in names:
        if _RESERVED.fullmatch(name) and _is_file(inbox / name):
            yield inbox / name


def original_name(path: Path) -> str:
    """The name under which a taken file was dropped. Raises ValueError if the path is no reserved name."""
    return _reserved(path)[2]


def mark_of(path: Path) -> str:
    """The first 16 digits of the token that it was taken with. Raises ValueError if the path is no reserved name."""
    return _reserved(path)[1]


def _reserved(path: Path) -> re.Match[str]:
    found = _RESERVED.fullmatch(path.name)
    if found is None:
        raise ValueError("not the name of a file taken from the inbox")
    return found


def _undo(reserved: Path, original: Path) -> None:
    """Gives whatever was renamed by mistake its name back; it may be a folder, which cannot be moved as files are."""
    with disk_faults("something in the inbox cannot be put back"):
        if not os.path.lexists(original):
            os.rename(reserved, original)  # noqa: PTH104 -- Path.rename would do; this names the atomic step
            return
    put_back(reserved)


def _require_same(candidate: Candidate, path: Path) -> None:
    try:
        now = candidate_at(path)
    except Unsafe as error:
        raise Changed("exchanged for something that is no file") from error
    except FileNotFoundError as error:
        raise Changed("gone") from error
    except OSError as error:
        raise Retryable(f"a file in the inbox cannot be looked at: {error.strerror or type(error).__name__}") from error
    if now.state != candidate.state:
        raise Changed("written to, or exchanged")


def _is_file(path: Path) -> bool:
    try:
        candidate_at(path)
    except (OSError, Unsafe):
        return False
    return True
