"""The secrets that webhooks are signed with: from the environment or from a file, never from anywhere that is shown."""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.settings import WebhookSettings

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
"""Standard Webhooks 1.0.0, “Signature scheme”."""


def secrets_of(settings: WebhookSettings, folder: Path) -> tuple[str, ...]:
    """One or more, the newest first; `folder` is the practice's. Raises SettingsError, which shows none of them."""
    said = settings.secret.get_secret_value()
    if settings.secret_file:
        try:
            said = (folder / settings.secret_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"webhooks.secret_file: {folder / settings.secret_file} cannot be read") from None
    found = tuple(said.split())
    if not found or not all(map(_is_secret, found)):
        raise SettingsError(
            "webhooks.secret (or what is in webhooks.secret_file) is none: it begins with whsec_, and behind that stand 24 to 64 "
            "bytes in base64. A new one: chartrelay webhooks --new-secret"
        )
    return found


def new_secret() -> str:
    """A fresh one, of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _is_secret(said: str) -> bool:
    if not said.startswith(PREFIX):
        return False
    try:
        return LEAST_BYTES <= len(base64.b64decode(said.removeprefix(PREFIX), validate=True)) <= MOST_BYTES
    except (binascii.Error, ValueError):
        return False
