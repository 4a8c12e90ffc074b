"""The desk's key: one secret for the practice, shown by `chartrelay up`, and the sessions that it opens."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote

from pipeline.desk.door import csrf_token
from pipeline.errors import Error
from pipeline.practice.folder import PracticeFolder
from schemas.people import Person, Role

KEY_FILE = "desk.key"
SHORTEST = 32
"""Characters: `token_urlsafe(32)` has 43."""
SESSION = timedelta(hours=12)
"""A working day: whoever comes in the next morning opens the address with the key again."""

EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.REVIEWER})


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


class Sessions:
    """Who has shown the key carries a session: when it ends, signed with the key. The key itself is in no cookie."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self.cookie = f"chartrelay_{hashlib.sha256(b'cookie name' + self._key).hexdigest()[:8]}"
        """Another name for every practice: cookies do not tell ports apart, and two practices may share a machine."""

    def is_key(self, shown: str) -> bool:
        """Whether this is the key, in a time that tells nothing about it."""
        return hmac.compare_digest(shown.encode(), self._key)

    def opened(self, at: datetime, roles: frozenset[Role] = EVERYTHING) -> str:
        """A session that begins now."""
        ends = f"{int((at + SESSION).timestamp())}:{' '.join(sorted(roles))}"
        return f"{quote(ends)}.{self._signature(ends)}"

    def person(self, session: str, at: datetime) -> Person | None:
        """Who opened it with this key; None if it has ended or is made up."""
        quoted, _, signature = session.partition(".")
        ends = unquote(quoted)
        if not hmac.compare_digest(signature.encode(), self._signature(ends).encode()):
            return None
        until, _, roles = ends.partition(":")
        if int(until) <= at.timestamp():
            return None
        return Person(id=0, login="key", name="The desk", roles=frozenset(map(Role, roles.split())))

    def csrf(self, session: str) -> str:
        """What a form of this session must bring."""
        return csrf_token(self._key.decode(), session)

    def _signature(self, ends: str) -> str:
        return hmac.new(self._key, b"desk session until " + ends.encode(), hashlib.sha256).hexdigest()
