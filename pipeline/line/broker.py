"""The Broker port: what any queue must do for the line, and the words for it.

Both engines, the embedded queue and RabbitMQ, keep these promises, and one contract suite holds them to it
(`tests/line/broker_contract.py`):

- `publish` returns only when every message lies safely in every queue it belongs to; otherwise it raises, and nothing may
  be assumed.
- A message that was received and not acked is delivered again, after the receiver has let go of it or died; never while
  the receiver is alive and at work, however long that takes.
- A message that was delivered more than `delivery_limit` times without an ack is a dead letter: it is received once more,
  as such, by whoever serves the station, so that no request is ever silently stuck.
- Order is kept as far as one consumer and no redelivery go; nobody may build on more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from pipeline.errors import Retryable
from schemas.release import StationName


class BrokerAway(Retryable):
    """The broker cannot be reached, or did not confirm. What was to be published stays in the outbox."""


class Unroutable(Retryable):
    """No queue takes this message: somebody removed a queue. The next worker that starts declares it again."""


@dataclass(frozen=True)
class Topology:
    """Who takes what. Declared by whoever connects first; declaring it again changes nothing."""

    takes: Mapping[StationName, frozenset[str]]
    """The kinds of messages that each station's queue receives."""
    delivery_limit: int = 6
    """Deliveries without an ack before a message is a dead letter."""
    announced: frozenset[str] = frozenset()
    """Kinds that no station of ours takes: told to whoever listens, and nobody need listen."""

    def stations_for(self, kind: str) -> list[StationName]:
        """The stations that take this kind."""
        return [station for station, kinds in self.takes.items() if kind in kinds]


@dataclass(frozen=True)
class Outgoing:
    """A message to be published."""

    message_id: str
    kind: str
    body: bytes
    station: StationName | None = None
    """Only to this station's queue (a retry, a decision); None: to every station that takes the kind."""
    tries: int = 0
    """Attempts that were made at it before."""


class Incoming(Protocol):
    """A message received and not yet acked. (What the field calls a delivery is AMQP's; ours is the record set's.)"""

    @property
    def station(self) -> StationName:
        """Whose queue it came from."""
        ...

    @property
    def body(self) -> bytes:
        """The message."""
        ...

    @property
    def tries(self) -> int:
        """Attempts that were made at it before."""
        ...

    @property
    def dead(self) -> bool:
        """Whether this is a dead letter: delivered too often, never acked."""
        ...

    def ack(self) -> None:
        """Dealt with: it goes away. Where the broker is gone by now, it will come again, and the inbox knows it."""
        ...

    def give_back(self) -> None:
        """Not dealt with: it comes again, here or elsewhere, and this delivery counts."""
        ...


class Consumer(Protocol):
    """Receives the messages of some stations, one at a time."""

    def receive(self, timeout: float) -> Incoming | None:
        """The next message, or None after `timeout` seconds. Survives a broker that goes and comes back."""
        ...

    def close(self) -> None:
        """Lets go of what was received and not acked."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


@dataclass(frozen=True)
class Depth:
    """What lies in a station's queue."""

    ready: int
    working: int | None
    """Received and not yet acked; None where the broker does not tell."""
    dead: int

    @property
    def empty(self) -> bool:
        """Nothing waiting, nothing at work, no dead letter."""
        return not (self.ready or self.working or self.dead)


class Broker(Protocol):
    """A queue engine."""

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Puts messages into their queues, safely. Raises BrokerAway or Unroutable."""
        ...

    def consume(self, stations: Sequence[StationName]) -> Consumer:
        """Starts to receive the messages (and dead letters) of these stations."""
        ...

    def depths(self) -> dict[StationName, Depth]:
        """What lies in each queue. Raises BrokerAway."""
        ...

    def close(self) -> None:
        """Lets go of everything."""
        ...
