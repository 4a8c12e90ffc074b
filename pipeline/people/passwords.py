"""Passwords: which are good enough, and how they are kept.

Kept by Argon2id with 19 MiB, two passes and one lane (OWASP Password Storage Cheat Sheet, 2024). Long rather than
complicated, and none that are tried first (NIST SP 800-63B, 3.1.1.2): no rules about capitals, digits and signs.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
"""Characters. Longer ones would let strangers keep the processor busy."""
LEFT_OVER = 6
"""So many characters must be left of a password without the words and digits that are tried first."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each takes 19 MiB: a crowd of strangers must not take all the memory."""


def hashed(password: str) -> str:
    """What is kept of a password: with its own salt and the cost, so that both may grow."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password. Takes as long where none is kept, so that nobody learns who has an account."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _nobodys(), _plain(password)[:LONGEST]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether it was kept at another cost than today's: then it is hashed anew at the next login."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, *known: str) -> str | None:
    """Why this is no good password, in a sentence; None if it is one. `known` are words that anybody would try."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A few unrelated words in a row are easy to keep in mind."
    if len(plain) > LONGEST:
        return f"Use at most {LONGEST} characters."
    rest = plain.casefold()
    for word in sorted({*_tried_first(), *_words(*known)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(re.sub(r"[\W\d_]", "", rest)) < LEFT_OVER or len(set(plain)) < LEFT_OVER:
        return "This is made of what is tried first: common words, names, digits in a row. Use a few unrelated words."
    return None


def _plain(password: str) -> str:
    """The same characters, however the keyboard put them together."""
    return unicodedata.normalize("NFKC", password)


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2}


@cache
def _tried_first() -> frozenset[str]:
    return frozenset((files("pipeline.people") / "tried_first.txt").read_text(encoding="utf-8").split())


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's password")
