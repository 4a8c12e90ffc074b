"""The port behind which the channels are: a folder today, SFTP, e-mail, a link, a fax tomorrow.

The promise, for every channel: the destination never gets two sets under one key. Each courier's tests inherit it from
`tests/delivering/courier_contract.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pipeline.delivering.packing import PackedSet
from schemas.disclosure import DeliveryIntent, DeliveryReceipt, Enclosure

Progress = Callable[[int, int], None]
"""Called as bytes leave: how many have left, of how many."""


class Courier(Protocol):
    """Hands sets over on one channel."""

    channel: str
    """As the directory names it, such as `folder`."""

    def seen(self, intent: DeliveryIntent, packed: PackedSet) -> DeliveryReceipt | None:
        """What the destination shows of an earlier try under this key; None when nothing of it ever arrived.

        Raises NeedsPerson: DELIVERY_UNCERTAIN where it cannot be known, or where what is there is not this set;
        DESTINATION_REFUSED where the address is none that this courier may deliver to. Raises Retryable where the
        destination cannot be reached.
        """
        ...

    def written(self, intent: DeliveryIntent) -> tuple[Enclosure, ...]:
        """What an earlier try under this key was about to show, by our own trace; empty where that says nothing. The destination
        is not asked.
        """
        ...

    def bar(self, intent: DeliveryIntent, *, found_out: datetime) -> bool:
        """From now on nothing can be shown under this key, whatever try may still be under way: a person has found out then that
        none arrived. False where something is in view there already; that stays as it is.

        Raises NeedsPerson where a set was shown after that, and is not there any more: they could not know of it. Raises
        Retryable where the destination cannot be reached.
        """
        ...

    def deliver(
        self, intent: DeliveryIntent, packed: PackedSet, *, at: datetime, progress: Progress | None = None
    ) -> DeliveryReceipt:
        """Hands the set over, or finds that an earlier try did.

        Raises NeedsPerson as `seen` does. Raises Retryable where the same call may succeed later: then the destination
        shows either nothing or the complete set, and the next call finds out which.
        """
        ...
