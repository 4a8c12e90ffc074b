"""What the desk is given by whoever puts the line together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.line.broker import Depth
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings
from pipeline.store.store import Store
from pipeline.store.vault import Vault
from schemas.release import StationName


@dataclass(frozen=True)
class StationCard:
    """A station as the catalogue has it: what it takes and gives, and when it asks a person."""

    name: StationName
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    holds_when: str


@dataclass(frozen=True)
class Desk:
    """Everything that the desk looks at."""

    store: Store
    vault: Vault
    folder: PracticeFolder
    settings: Settings
    stations: tuple[StationCard, ...]
    """In the order of the line."""
    depths: Callable[[], dict[StationName, Depth]]
    """What lies in the queues; may raise Retryable."""
    key: str
    """The desk's secret, as `key_for` gives it."""
    publish: Callable[[Sequence[int]], None] = lambda _rows: None
    """Sends what was just committed on its way (rows of the outbox); may raise Retryable. Where nobody does, a worker's relay
    finds it."""
