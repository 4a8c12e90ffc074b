"""Giving a file back to who dropped it, with a note that says why."""

from __future__ import annotations

import codecs
import hashlib
import os
from datetime import datetime
from pathlib import Path

from pipeline.intake.moving import disk_faults, move_to_new, names_like, remove, write_new

_NOTE_SUFFIX = ".why.txt"


def return_file(path: Path, returned_dir: Path, original_name: str, sentence: str, advice: str, at: datetime) -> Path:
    """Moves the file into `returned_dir` under its original name, or one like it, and gives the path there.

    Beside it lies `NAME.why.txt`. Nothing that is there already is overwritten. The note comes first, then the file: so
    when the same call is made again after a crash, with the same `at`, it finds the note and ends what was begun.
    `at` is shown to people as it is: give it in the practice's time zone. Raises Retryable.
    """
    text = _note(original_name, sentence, advice, at)
    with disk_faults("a file cannot be returned"):
        returned_dir.mkdir(parents=True, exist_ok=True)
        for name in names_like(original_name, room=len(_NOTE_SUFFIX)):
            target, note = returned_dir / name, returned_dir / (name + _NOTE_SUFFIX)
            if (_begun_earlier(note, text) or _begin(path, target, note, text)) and _end(path, target):
                return target
    raise AssertionError("names never run out")


def _begun_earlier(note: Path, text: bytes) -> bool:
    """Whether the note there is the very one that this call would write."""
    try:
        return note.stat().st_size == len(text) and note.read_bytes() == text
    except FileNotFoundError:
        return False


def _begin(path: Path, target: Path, note: Path, text: bytes) -> bool:
    """Writes the note; False where the name is in use. Raises FileNotFoundError where there is nothing to return."""
    if os.path.lexists(target) or os.path.lexists(note):
        return False
    path.lstat()
    try:
        write_new(text, note)
    except FileExistsError:
        return False
    return True


def _end(path: Path, target: Path) -> bool:
    """Moves the file, unless that is done already; False where another file has the name."""
    if not path.exists():
        return True
    try:
        move_to_new(path, target)
    except FileExistsError:
        if _digest(path) != _digest(target):
            return False
        remove(path)  # copied to another disk earlier, and not removed here
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(name: str, sentence: str, advice: str, at: datetime) -> bytes:
    """The note as bytes: with a byte order mark and CRLF, or older Windows Notepads show one line of odd letters."""
    shown = name.encode("utf-8", "replace").decode("utf-8")
    moment = f"{at:%m/%d/%Y} at {at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"
    lines = (
        "This file could not be taken, so here it is back.",
        "",
        f"File:      {' '.join(shown.split())}",
        f"Returned:  {moment}",
        "",
        "What is wrong",
        f"  {sentence}",
        "",
        "What to do",
        f"  {advice}",
        "",
        "No request was made from this file. You may delete it, and this note, whenever you like.",
        "",
    )
    return codecs.BOM_UTF8 + "\r\n".join(lines).encode("utf-8", "replace")
