"""A row of the log as it is kept, and the bytes that every hash of it covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pipeline.store.tables import log

Row = Mapping[str, Any]
COLUMNS = tuple(
    log.c[name]
    for name in (
        *("seq", "at", "event", "request_id", "actor", "patient_id", "patient", "recipient", "accountable"),
        *("details", "previous", "hash"),
    )
)
"""What an entry is made of. Whatever the table may get besides, the hashes cover these, and no others."""


def covered(row: Row) -> bytes:
    """Everything but the hash, as UTF-8 JSON with sorted keys and no spaces; `details` stays the text that it is kept as."""
    parts = {name: value for name, value in row.items() if name != "hash"}
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(row: Row) -> str:
    """The entry's link of the chain, lower-case hex."""
    return hashlib.sha256(covered(row)).hexdigest()
