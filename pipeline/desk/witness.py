"""The witness: writes into the access log what is about to be shown, before it is shown.

A page that is opened is one row. What follows from it by itself is not written again and again: the pictures of one
request are one row a minute, and a page that stays open and looks for news is one row an hour. If the row cannot be
written, nothing is shown.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from pipeline.desk.door import LIVE, Visit, address_of, trace_of
from pipeline.errors import Retryable
from pipeline.people import accesses
from pipeline.people.accesses import Access
from pipeline.store.store import Store
from schemas.people import Act

ABOUT_NOBODY = frozenset({Act.SEE_METRICS, Act.ADMINISTER})
"""What shows no patient's data. What an administrator changes is written where it is changed."""
PICTURES_LAST = timedelta(minutes=1)
LOOKING_LASTS = timedelta(hours=1)
STILL_THERE = timedelta(minutes=2)
"""A page that looks for news looks every few seconds; after a longer gap it was opened anew."""
REMEMBERED = 5000

_Key = tuple[str, str, str | None]


class Witness:
    """One for each desk. Used by all its threads; two that write the same twice do no harm."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lately: OrderedDict[_Key, tuple[datetime, datetime]] = OrderedDict()
        """When a row was written last, and when it was last not needed."""

    def note(self, request: Request, visit: Visit, status: int, media_type: str) -> None:
        """Writes the row, if there is one to write. Raises Retryable."""
        trace, person = trace_of(request), visit.person
        if person is None or trace.need is None or trace.need.act is None or trace.need.act in ABOUT_NOBODY:
            return
        pictures = media_type.startswith("image/")
        if status >= 500 or (status == 304 and not pictures):
            return  # the one shows nothing, the other nothing new
        kind = _kind(request, trace.need.called, pictures=pictures)
        outcome = _outcome(request.method, status)
        if self._is_known((person.login, f"{kind} {outcome}", trace.request_id), request, pictures=pictures):
            return
        access = Access(
            login=person.login,
            act=trace.need.act.value,
            kind=kind,
            outcome=outcome,
            person_id=None if person.machine else person.id,
            request_id=trace.request_id,
            patient_id=trace.patient_id,
            address=address_of(request),
            detail=trace.detail or unquote_plus(request.scope["query_string"].decode("latin-1")),
        )
        self._write(access)
        self._remember((person.login, f"{kind} {outcome}", trace.request_id))

    def _write(self, access: Access) -> None:
        try:
            with self._store.unit() as unit:
                accesses.write(unit.connection, unit.at, access)
        except SQLAlchemyError as error:  # whatever the reason is, the row is not there
            raise Retryable("the access log cannot be written") from error

    def _is_known(self, key: _Key, request: Request, *, pictures: bool) -> bool:
        """Whether a row of a moment ago tells it already."""
        now, (written, known) = self._store.clock.now(), self._lately.get(key, (_LONG_AGO, _LONG_AGO))
        if pictures:
            return now - written < PICTURES_LAST
        if LIVE not in request.headers or now - written >= LOOKING_LASTS or now - known >= STILL_THERE:
            return False
        self._lately[key] = (written, now)
        return True

    def _remember(self, key: _Key) -> None:
        now = self._store.clock.now()
        self._lately[key] = (now, now)
        self._lately.move_to_end(key)
        while len(self._lately) > REMEMBERED:
            self._lately.popitem(last=False)


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _kind(request: Request, called: str, *, pictures: bool) -> str:
    """`request page`, `request pictures`, `api requests`"""
    if pictures:
        return f"{called.split(maxsplit=1)[0].removesuffix('s')} pictures"
    return f"api {called}" if request.scope["path"].startswith("/api/") else called


def _outcome(method: str, status: int) -> str:
    if status < 400:
        return "shown" if method == "GET" else "done"
    return {403: "refused", 404: "not there"}.get(status, "failed")
