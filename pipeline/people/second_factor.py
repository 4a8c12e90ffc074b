"""The second factor: a code that an app on the person's phone makes anew every thirty seconds (TOTP, RFC 6238).

A code is taken one step early or late, for clocks that differ, and never twice. Ten recovery codes, each good for once,
help whoever has lost the phone.
"""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import Connection, delete, func, insert, or_, select, update

from pipeline.people.sealing import fingerprint
from pipeline.store.tables import people, recovery_codes
from pipeline.store.times import stamp

STEP_SECONDS = 30
RECOVERY_CODES = 10
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: codes are copied by hand. 16 of these are 80 bits."""


def new_secret() -> str:
    """A secret for an app, as Base32."""
    return pyotp.random_base32()


def address_of(secret: str, login: str, practice: str) -> str:
    """What the QR code says: otpauth://…"""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=login, issuer_name=f"ChartRelay {practice}".strip())


def qr_code(address: str) -> str:
    """The same as a picture: SVG to stand within a page, dark on white, as phones want it."""
    picture = segno.make(address, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return str(picture)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step of time that this code belongs to: the present one, or one beside it; None if to none."""
    shown = "".join(code.split())
    try:
        return pyotp.TOTP(secret, interval=STEP_SECONDS).verify_and_get_timecode(shown, for_time=at, valid_window=1)
    except OTPVerificationError:
        return None


def take(connection: Connection, person_id: int, step: int | None) -> bool:
    """Whether the code may be used: of its step and of every step before it none may be used again, not even at one moment."""
    newer = or_(people.c.totp_step.is_(None), people.c.totp_step < (step or 0))
    mine = people.c.id == person_id
    return step is not None and connection.execute(update(people).where(mine, newer).values(totp_step=step)).rowcount == 1


def new_recovery_codes(connection: Connection, person_id: int) -> list[str]:
    """Ten new codes, shown once; the ones before are worth nothing from now on."""
    forget_recovery_codes(connection, person_id)
    made = ["".join(secrets.choice(_SIGNS) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    connection.execute(insert(recovery_codes), [{"hash": fingerprint(code), "person_id": person_id} for code in made])
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in made]


def take_recovery_code(connection: Connection, at: datetime, person_id: int, code: str) -> bool:
    """Whether this is one of the person's codes that was not used yet; from now on it is."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    mine = (recovery_codes.c.hash == fingerprint(plain)) & (recovery_codes.c.person_id == person_id)
    used = update(recovery_codes).where(mine, recovery_codes.c.used_at.is_(None)).values(used_at=stamp(at))
    return connection.execute(used).rowcount == 1


def recovery_codes_left(connection: Connection, person_id: int) -> int:
    """How many are left."""
    left = (recovery_codes.c.person_id == person_id) & recovery_codes.c.used_at.is_(None)
    return connection.scalar(select(func.count()).select_from(recovery_codes).where(left)) or 0


def forget_recovery_codes(connection: Connection, person_id: int) -> None:
    """None of them is worth anything any more."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
