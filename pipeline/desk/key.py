"""The desk's key: one secret in the practice's folder, which opens nothing by itself.

It makes the tokens of forms, seals what the desk must read again (the secrets of second factors in the database, a login
under way in a cookie), and gives the cookies of each practice a name of their own. Whoever copies the database without
it has no second factors; whoever has it without the database has nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from pipeline.errors import Error
from pipeline.people.sealing import Seal
from pipeline.practice.folder import PracticeFolder

KEY_FILE = "desk.key"
SHORTEST = 32
"""Characters: `token_urlsafe(32)` has 43."""


class DeskKeyError(Error):
    """The key cannot be read or made. The text says why and what to do."""


def key_for(folder: PracticeFolder) -> str:
    """The key in `var/desk.key`, made when it is missing; only the owner of the folder may read it. Raises DeskKeyError."""
    place = folder.var / KEY_FILE
    try:
        if not place.exists():
            _make(place)
        key = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DeskKeyError(f"The desk's key {place} cannot be read or made: {_why(error)}.") from error
    if len(key) < SHORTEST:
        raise DeskKeyError(f"The desk's key {place} is too short to be one; delete the file, and a new one is made.")
    return key


def _make(place: Path) -> None:
    """Writes a new key, whole or not at all. Where another process was quicker, its key stays."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=place.parent)  # mode 0600
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        _name_if_new(made, place)
    finally:
        made.unlink(missing_ok=True)


def _name_if_new(made: Path, place: Path) -> None:
    try:
        place.hardlink_to(made)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        made.replace(place)


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is no plain text"


def factor_seal(key: str) -> Seal:
    """For the secrets of second factors in the database."""
    return Seal(key, "second factors")


def flow_seal(key: str) -> Seal:
    """For the cookie of a login that is under way elsewhere."""
    return Seal(key, "login under way")


def cookie_name(key: str, *, secure: bool) -> str:
    """Another name for every practice: cookies do not tell ports apart, and two practices may share a machine.

    Under https with `__Host-`, which no other host and no page without TLS can set.
    """
    name = f"chartrelay_{hashlib.sha256(b'cookie name' + key.encode()).hexdigest()[:8]}"
    return f"__Host-{name}" if secure else name
