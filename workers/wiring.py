"""The one place where everything is put together: settings in, a line that can run out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from pipeline.clock import Clock, SystemClock
from pipeline.delivering.folder import FolderCourier
from pipeline.forms.lessons import School
from pipeline.forms.memory import FormMemory
from pipeline.forms.stored import StoredForms
from pipeline.gathering.folder import FolderSource
from pipeline.line.broker import Broker
from pipeline.line.embedded import EmbeddedBroker
from pipeline.line.outbox import Outbox
from pipeline.line.rabbitmq import RabbitBroker
from pipeline.matching.directory import DirectoryFile
from pipeline.matching.roster import RosterFile
from pipeline.practice.folder import PracticeFolder
from pipeline.reading.reader import Reader
from pipeline.registry.stored import StoredRegistry
from pipeline.settings import Settings
from pipeline.store.database import connect, database_url, migrate
from pipeline.store.store import Store
from pipeline.store.vault import Vault
from schemas.release import StationName
from workers.bench import Bench
from workers.catalogue import topology
from workers.station import Runner


@dataclass(frozen=True)
class House:
    """A practice's line, ready to run."""

    folder: PracticeFolder
    settings: Settings
    store: Store
    broker: Broker
    outbox: Outbox
    bench: Bench
    runner: Runner


def broker_for(folder: PracticeFolder, settings: Settings, name: str = "chartrelay") -> Broker:
    """The queue engine that the settings ask for. Raises SettingsError."""
    plan = topology(settings.line)
    if settings.line.broker == "embedded":
        return EmbeddedBroker(folder.queue, plan, lease_seconds=settings.line.lease_seconds)
    return RabbitBroker(settings.line.broker, plan, name=name)


def store_for(folder: PracticeFolder, settings: Settings, clock: Clock | None = None) -> Store:
    """The database that the settings ask for, in its present shape. Raises SettingsError."""
    engine = connect(database_url(settings.line.database, folder.database))
    migrate(engine)
    return Store(engine, clock)


@contextmanager
def house(folder: PracticeFolder, settings: Settings, *, clock: Clock | None = None, name: str = "chartrelay") -> Iterator[House]:
    """Opens the house, and closes its connections at the end of the block."""
    clock = clock or SystemClock()
    store = store_for(folder, settings, clock)
    broker = broker_for(folder, settings, name)
    vault, forms = Vault(folder.vault), StoredForms(store)
    bench = Bench(
        settings=settings,
        folder=folder,
        clock=clock,
        store=store,
        vault=vault,
        roster=RosterFile(folder.roster_csv),
        directory=DirectoryFile(folder.directory_csv),
        source=FolderSource(folder.charts),
        couriers={
            courier.channel: courier for courier in (FolderCourier(folder.outgoing, counterfoils=folder.var / "counterfoils"),)
        },
        reader=cache(lambda: Reader(memory=FormMemory(forms.known))),
        registry=StoredRegistry(store),
        school=School(store, vault, forms, settings.inbox.limits),
    )
    outbox = Outbox(store, broker)
    try:
        yield House(folder, settings, store, broker, outbox, bench, Runner(bench, store, outbox, settings.line))
    finally:
        broker.close()
        store.engine.dispose()


def in_line_order(stations: Sequence[StationName]) -> list[StationName]:
    """The same stations, each once, in the order of the line."""
    return [station for station in StationName if station in stations]
