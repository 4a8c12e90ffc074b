"""Secrets: made at random, kept as hashes, and sealed where they must come back.

What a person or a program shows us (a cookie, a link, a token, a recovery code) is kept only as its hash. A fast hash is
right for these: they are 256 random bits (80 for recovery codes), which nobody can go through. Passwords are chosen by
people and need a slow one; see `passwords.py`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def fresh() -> str:
    """256 random bits, as text for cookies and addresses."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Seal:
    """Closes and opens texts with the desk's key: whoever has the database alone cannot read them."""

    def __init__(self, key: str, purpose: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"chartrelay {purpose}".encode()).derive(key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, text: str) -> str:
        """The text, unreadable and unchangeable for others."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, seconds: int | None = None) -> str | None:
        """The text; None if it was closed with another key, was changed, or is older than so many seconds."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=seconds).decode()
        except (InvalidToken, UnicodeError):
            return None
