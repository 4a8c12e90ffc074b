"""The key that signs the log's heads: Ed25519 (RFC 8032), made when it is first needed, readable by its owner alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pipeline.errors import Error

KEY_FILE = "log.key"
"""Below `var/`."""


class LogKeyError(Error):
    """The key of the log cannot be read or made. The text says what to do."""


@dataclass(frozen=True)
class PublicKey:
    """What checks a signature: 32 bytes, shown as 64 hex digits."""

    raw: bytes

    @property
    def hex(self) -> str:
        """As it is printed."""
        return self.raw.hex()

    @property
    def name(self) -> str:
        """The key's id in heads: the beginning of its SHA-256, 16 hex digits."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def signed(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is that of the data by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """From 64 hex digits, or PEM. Raises LogKeyError."""
        text = text.strip()
        try:
            if not text.startswith("-----"):
                return cls._of(Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)))
            key = load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise LogKeyError("This is no public key: 64 hex digits, or the text that `log key --pem` prints.") from None
        if not isinstance(key, Ed25519PublicKey):
            raise LogKeyError("This public key is of another kind; a log is signed with Ed25519.")
        return cls._of(key)

    @classmethod
    def _of(cls, key: Ed25519PublicKey) -> PublicKey:
        return cls(key.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def pem(self) -> str:
        """For other programs, such as openssl."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Signer:
    """Signs; holds the private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, data: bytes) -> bytes:
        """64 bytes; the same data always gives the same."""
        return self._key.sign(data)


def signer(var: Path) -> Signer:
    """The practice's own, from `var/log.key`; made at the first use. Raises LogKeyError."""
    file = var / KEY_FILE
    try:
        if not file.exists():
            _make(file)
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise LogKeyError(f"{file} cannot be read or made: {error.strerror}.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise LogKeyError(
            f"{file} is no key. Put the right one back from a backup; a new one would sign as somebody else."
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise LogKeyError(f"{file} is a key of another kind; a log is signed with Ed25519.")
    return Signer(key)


def known(var: Path) -> PublicKey | None:
    """The public key of the practice's own; None where it has not been needed yet. Raises LogKeyError."""
    return signer(var).public if (var / KEY_FILE).exists() else None


def _make(file: Path) -> None:
    """Whole or not at all, and of two processes that make one at the same time, the first one's stays."""
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    scratch = file.with_name(f".{KEY_FILE}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(made)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(scratch, file)
    finally:
        scratch.unlink()
