"""The line, on one page: each station, what it takes, what it gives, and when it asks a person.

    inbox/ -> watch -> read -> match -> gather -> duplicate -> verify -> deliver -> close
                         \\_______\\________\\________\\__________\\_________\\________\\___> exception queue
                                                                                        (a decision leads back)

How often work is tried again, and how long the pauses are, is the same for all stations: `LineSettings`.
"""

from __future__ import annotations

from pipeline.line.broker import Topology
from pipeline.settings import LineSettings
from schemas.base import kind_of
from schemas.messages import (
    CopyMade,
    CopyVerified,
    DeliveryIntended,
    RecordSetDelivered,
    RecordSetGathered,
    ReleaseAuthorized,
    RequestClosed,
    RequestRead,
    RequestReceived,
    RequestSplit,
)
from schemas.release import StationName
from workers.close import close
from workers.deliver import deliver
from workers.duplicate import duplicate
from workers.gather import gather
from workers.match import match
from workers.read import read
from workers.station import Station
from workers.verify import verify

LINE: tuple[Station, ...] = (
    Station(StationName.READ, (RequestReceived,), (RequestRead,), read, "the scan cannot be opened"),
    Station(
        StationName.MATCH,
        (RequestRead,),
        (ReleaseAuthorized, RequestSplit),
        match,
        "no or several patients; not signed; pathway unclear; an element missing, expired or revoked; the destination unknown "
        "or different from the directory; the same was asked for before",
    ),
    Station(
        StationName.GATHER, (ReleaseAuthorized,), (RecordSetGathered,), gather, "the chart says more, or other, than was found"
    ),
    Station(StationName.DUPLICATE, (RecordSetGathered,), (CopyMade,), duplicate, "an original cannot be opened"),
    Station(
        StationName.VERIFY,
        (CopyMade,),
        (CopyVerified,),
        verify,
        "a page is missing, repeated, blank, cut, unreadable, of another patient, or differs from its original",
    ),
    Station(
        StationName.DELIVER,
        (CopyVerified, DeliveryIntended),
        (DeliveryIntended, RecordSetDelivered),
        deliver,
        "the destination refuses, has changed, or it is not certain whether an earlier try arrived",
    ),
    Station(StationName.CLOSE, (RecordSetDelivered,), (RequestClosed,), close, "a chore needs a person"),
)
"""The stations that take messages. `watch` stands before them: it takes files (`workers/watch.py`)."""

STATIONS: dict[StationName, Station] = {station.name: station for station in LINE}


def topology(settings: LineSettings) -> Topology:
    """The same as queues: who takes which kind."""
    return Topology(
        takes={station.name: station.kinds for station in LINE},
        delivery_limit=settings.delivery_limit,
        announced=frozenset({kind_of(RequestClosed), kind_of(RequestSplit)}),
    )
