"""Who works here, and what each of them may do: roles, acts, and the one table that leads from the first to the second."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from schemas.base import Frozen


class Role(StrEnum):
    """What somebody is in the practice; one person may be several."""

    INTAKE = "intake"
    """The front desk: drops scans in, sees where they are, does the chores."""
    REVIEWER = "reviewer"
    """The records team: sees all of a request and decides on it."""
    AUDITOR = "auditor"
    """Looks at everything that was done, and changes nothing."""
    ADMINISTRATOR = "administrator"
    """Looks after people and the line. Sees everything; decides on nothing, unless also a reviewer."""


class Act(StrEnum):
    """Something that may be done at the desk or through its API."""

    SEE_BOARD = "see_board"
    """The board: each file, its patient's name, and where it stands."""
    DROP = "drop"
    """Hand in a scan, and see its receipt."""
    TICK_CHORES = "tick_chores"
    """Say that a chore is done."""
    SEE_QUEUE = "see_queue"
    """The exception queue."""
    SEE_REQUESTS = "see_requests"
    """A request with its scan, what was read, the chart's data beside it, and its papers."""
    DECIDE = "decide"
    """Decide on a held request; claim it; record and lift revocations; make letters."""
    SEE_LOG = "see_log"
    """The delivery log, and the accounting of disclosures for one patient, who has a right to it (45 CFR 164.528)."""
    EXPORT_LOG = "export_log"
    """Take the log away as a table."""
    VERIFY_LOG = "verify_log"
    """Check the chain of the log, and see by which key it is signed."""
    BREACH = "breach"
    """Write down that a copy may have gone wrong, and its assessment."""
    SEE_ACCESS = "see_access"
    """The access log: who looked at what."""
    SEE_METRICS = "see_metrics"
    """Counts and ages, about nobody."""
    ADMINISTER = "administer"
    """People, their roles and their tokens."""


_LOOKING = frozenset(
    {
        Act.SEE_BOARD,
        Act.SEE_QUEUE,
        Act.SEE_REQUESTS,
        Act.SEE_LOG,
        Act.EXPORT_LOG,
        Act.VERIFY_LOG,
        Act.SEE_ACCESS,
        Act.SEE_METRICS,
    }
)

MAY: Mapping[Role, frozenset[Act]] = {
    Role.INTAKE: frozenset({Act.SEE_BOARD, Act.DROP, Act.TICK_CHORES}),
    Role.REVIEWER: frozenset(
        {
            Act.SEE_BOARD,
            Act.DROP,
            Act.TICK_CHORES,
            Act.SEE_QUEUE,
            Act.SEE_REQUESTS,
            Act.DECIDE,
            Act.SEE_LOG,
            Act.VERIFY_LOG,
            Act.BREACH,
        }
    ),
    Role.AUDITOR: _LOOKING,
    Role.ADMINISTRATOR: _LOOKING | {Act.BREACH, Act.ADMINISTER},
}
"""The whole of it: 45 CFR 164.308(a)(4) and 164.514(d)(2) ask for no more access than somebody's work needs."""


class Person(Frozen):
    """Somebody who is at the desk, or a program that asks its API with a token."""

    id: int
    """Of their account; for a program, of its token."""
    login: str
    name: str
    """As it is written into the delivery log."""
    roles: frozenset[Role]
    machine: bool = False
    """A program with a token."""

    def may(self, act: Act) -> bool:
        """Whether any of their roles allows it."""
        return any(act in MAY[role] for role in self.roles)
