"""What the front desk still has to do once a set has left: the practice's steps for a patient who asks for records.

Steps 1 to 10 are those of the written procedure that ChartRelay follows. No chore is a condition of the release: the
records have left already. In particular a balance never holds them (45 CFR 164.524 knows no such ground to deny).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from schemas.base import Frozen
from schemas.disclosure import DeliveryReceipt, ProofRung
from schemas.release import PathwayName, Release


class ChoreKind(StrEnum):
    """The chores, in the order in which they are done."""

    REASON = "reason"
    """Steps 1 and 2: why the patient leaves, and whether the office can mend it."""
    FAMILY = "family"
    """Step 4: whether others of the family leave too."""
    BALANCE = "balance"
    """Step 5."""
    APPOINTMENTS = "appointments"
    """Step 6."""
    WELCOME_BACK = "welcome_back"
    """Step 7."""
    NOTE_FOR_COORDINATOR = "note_for_coordinator"
    """Step 8."""
    NOTE_FOR_DOCTOR = "note_for_doctor"
    """Step 8."""
    LEDGER = "ledger"
    """D9961, the legal trace of the copy, also where nothing is charged."""
    CONFIRM_RECEIPT = "confirm_receipt"
    """Where it is not proven yet that the set arrived."""
    INACTIVATE = "inactivate"
    """Step 10: the last of all."""


class Chore(Frozen):
    """One thing to do, in a sentence for the person who does it. May name the patient."""

    kind: ChoreKind
    sentence: str


_ON_GOOD_TERMS = re.compile(
    r"\b(mov(e|es|ed|ing)|relocat\w*|new (city|town|state)|too far|distance|closer|insurance|in.network|out.of.network|"
    r"retir\w*|college|university|military|deploy\w*)\b",
    re.IGNORECASE,
)
_NOT_ON_GOOD_TERMS = re.compile(
    r"\b(un(happy|satisfied)|dissatisfied|complain\w*|rude|angry|upset|pain\w*|refund\w*|overcharg\w*|dismiss\w*|terminat\w*|"
    r"lawyer|attorney|lawsuit|malpractice|negligen\w*|mistake\w*|wrong|bad|poor|worst|never again)\b",
    re.IGNORECASE,
)


def chores(release: Release, receipt: DeliveryReceipt) -> tuple[Chore, ...]:
    """The chores of this release, in the order of `ChoreKind`; the patient is inactivated last, if at all.

    Inactivating needs a patient who leaves and proof that the set reached its destination.
    """
    return tuple(Chore(kind=kind, sentence=sentence) for kind, sentence in _all(release, receipt))


def _all(release: Release, receipt: DeliveryReceipt) -> Iterator[tuple[ChoreKind, str]]:
    name = release.patient.name
    arrived = receipt.proof.height >= ProofRung.REACHED.height
    if release.leaving:
        yield from _talk(release)
    yield from _balance(release)
    if release.leaving:
        yield from _appointments(release)
        yield from _welcome_back(release)
        yield from _notes(name)
    yield (
        ChoreKind.LEDGER,
        (
            f"Post D9961 (copy of the patient's records) to the ledger of {name}, also if nothing is charged. The chart note has "
            "the lines to enter."
        ),
    )
    if not arrived:
        yield (
            ChoreKind.CONFIRM_RECEIPT,
            (f"Ask {release.destination.name} whether the records of {name} arrived: so far it is only known that they left."),
        )
    if release.leaving and arrived:
        yield ChoreKind.INACTIVATE, f"When everything above is done, inactivate {name} ({release.patient.patient_id})."


def _talk(release: Release) -> Iterator[tuple[ChoreKind, str]]:
    """Steps 1, 2 and 4. Nobody is asked these on behalf of a patient who died."""
    if release.pathway is PathwayName.DECEASED:
        return
    name = release.patient.name
    if release.reason:
        yield (
            ChoreKind.REASON,
            (
                f"{name} gave this reason for leaving: “{release.reason}”. If it is something the office can mend, call, or pass "
                "it to somebody who can."
            ),
        )
    else:
        yield ChoreKind.REASON, f"The request of {name} does not say why. Ask for the reason, and whether they mean to come back."
    account = f" (family account {release.patient.guarantor_id})" if release.patient.guarantor_id else ""
    yield (
        ChoreKind.FAMILY,
        f"Ask {name} whether others of the family{account} are leaving too. Each of them needs a request of their own.",
    )


def _balance(release: Release) -> Iterator[tuple[ChoreKind, str]]:
    """A debt is shown for every release; a credit, or a balance nobody knows, only where the account will be closed."""
    name, amount = release.patient.name, _amount(release.patient.balance)
    not_held = "The records were sent all the same: they never wait for money."
    if amount is not None and amount > 0:
        yield ChoreKind.BALANCE, f"{name} has a balance of ${amount:,.2f}. Talk about how it will be settled. {not_held}"
    elif amount is not None and amount < 0 and release.leaving:
        yield ChoreKind.BALANCE, f"{name} has a credit of ${-amount:,.2f}. Find out how it is to be paid back."
    elif amount is None and release.leaving:
        yield ChoreKind.BALANCE, f"The roster does not give a balance for {name}. Look at the account. {not_held}"


def _amount(balance: str) -> Decimal | None:
    """Dollars; below zero, also written in parentheses, for a credit. None where it cannot be told."""
    text = balance.replace("$", "").replace(",", "").strip()
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _appointments(release: Release) -> Iterator[tuple[ChoreKind, str]]:
    name, known = release.patient.name, release.patient.next_appointment.strip()
    first = (
        f"Cancel the appointment of {name} on {known}, and any other in the future."
        if known
        else f"Look for future appointments of {name} (the roster shows none), and cancel them."
    )
    yield (
        ChoreKind.APPOINTMENTS,
        f"{first} Do not move them to a quickfill, ASAP or unscheduled list, so that nobody calls to rebook.",
    )


def _welcome_back(release: Release) -> Iterator[tuple[ChoreKind, str]]:
    """Only where the reason is known to be nobody's fault. In doubt no letter goes out."""
    fits = _ON_GOOD_TERMS.search(release.reason) and not _NOT_ON_GOOD_TERMS.search(release.reason)
    if fits and release.pathway is not PathwayName.DECEASED:
        yield ChoreKind.WELCOME_BACK, f"Send {release.patient.name} the letter that says they are always welcome back."


def _notes(name: str) -> Iterator[tuple[ChoreKind, str]]:
    yield (
        ChoreKind.NOTE_FOR_COORDINATOR,
        (
            f"Add to the chart note what was said with {name}, print it, and put it in the box of the treatment coordinator who "
            "worked with them."
        ),
    )
    yield ChoreKind.NOTE_FOR_DOCTOR, f"Put a second print of the note in the box of the doctor who treated {name}."
