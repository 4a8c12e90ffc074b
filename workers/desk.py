"""The desk as a process of the line."""

from __future__ import annotations

import threading

from pipeline.desk.app import Desk, StationCard, key_for, make_app, serve
from schemas.base import kind_of
from schemas.messages import RequestReceived
from schemas.release import StationName
from workers.catalogue import LINE
from workers.wiring import House


def serve_desk(house: House, stopping: threading.Event) -> None:
    """Serves the web pages until `stopping` is set."""
    watch = StationCard(
        name=StationName.WATCH,
        takes=(),
        gives=(kind_of(RequestReceived),),
        holds_when="never: what is no readable document comes back with a note",
    )
    cards = tuple(
        StationCard(
            name=station.name,
            takes=tuple(kind_of(kind) for kind in station.takes),
            gives=tuple(kind_of(kind) for kind in station.gives),
            holds_when=station.holds_when,
        )
        for station in LINE
    )
    desk = Desk(
        store=house.store,
        vault=house.bench.vault,
        folder=house.folder,
        settings=house.settings,
        stations=(watch, *cards),
        depths=house.broker.depths,
        key=key_for(house.folder),
        publish=house.outbox.publish,
    )
    serve(make_app(desk), house.settings.desk.host, house.settings.desk.port, stopping)
