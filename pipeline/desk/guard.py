"""The guard at the door of the desk: only GET and POST, only under our own names, only with the key.

What it guards against: other people on the practice's network (the key), a web page that the browser shows beside the
desk (host check, SameSite cookie, no framing), text on a scan that wants to be code (the content security policy lets
nothing run that is not a file of ours), and patient data left behind in caches and referrers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.clock import Clock
from pipeline.desk.door import NOT_FROM_HERE, Visit, admit, from_our_own_page
from pipeline.desk.hosts import Hosts
from pipeline.desk.key import EVERYTHING, SESSION, Sessions
from schemas.people import Person

HEALTH = "/healthz"
STATIC = "/static/"
"""These two are shown without a key: nothing in there is about a patient."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would hide even from us that a form is our own
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
NO_STORE = "no-store"
"""Whatever does not say otherwise is kept nowhere."""

NOT_HERE = "Nothing can be changed at this address."

Refusal = Callable[[Request, int, str], Response]
"""Makes the page that says no: the request, the status, and the sentence why."""


class Guesses:
    """Counts wrong keys, by address. The key cannot be guessed; this keeps the attempt short."""

    MOST = 10
    WITHIN = timedelta(minutes=1)
    ADDRESSES = 1000
    """Beyond these the longest known are forgotten: a flood must not fill the memory."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[datetime]] = {}

    def too_many(self, address: str, at: datetime) -> bool:
        """Whether this address must wait."""
        wrong = self._wrong.get(address, deque())
        return len(wrong) == self.MOST and at - wrong[0] < self.WITHIN

    def note(self, address: str, at: datetime) -> None:
        """One more wrong key."""
        if address not in self._wrong and len(self._wrong) >= self.ADDRESSES:
            del self._wrong[next(iter(self._wrong))]
        self._wrong.setdefault(address, deque(maxlen=self.MOST)).append(at)


class Guard:
    """ASGI middleware around the whole desk."""

    def __init__(self, app: ASGIApp, sessions: Sessions, hosts: Hosts, clock: Clock, refusal: Refusal) -> None:
        self._app = app
        self._sessions = sessions
        self._hosts = hosts
        self._clock = clock
        self._refusal = refusal
        self._guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself, or lets the request through to the desk."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request, sending = Request(scope), _Sending(send)
        try:
            await (self._answer(request) or self._app)(scope, receive, sending)
        except Exception:
            if not sending.begun:
                mistake = self._refusal(
                    request, 500, "The desk made a mistake. The line goes on; tell whoever looks after ChartRelay."
                )
                await mistake(scope, receive, sending)
            raise  # to the server, which notes that it happened

    def _answer(self, request: Request) -> Response | None:
        """Why the request goes no further; None if it does."""
        if not self._hosts.knows(request.headers.get("host", "")):
            return self._refusal(request, 400, "This address is not one of the desk's. Use the one that “chartrelay up” shows.")
        if request.method not in ("GET", "POST"):
            return self._refusal(request, 405, NOT_HERE)
        path = _path_of(request)
        if path == HEALTH or path.startswith(STATIC):
            return None
        shown = _key_shown(request)
        return self._with_session(request) if shown is None else self._with_key(request, shown)

    def _with_session(self, request: Request) -> Response | None:
        session = request.cookies.get(self._sessions.cookie, "")
        person = self._sessions.person(session, self._clock.now())
        if person is None:
            return self._refusal(request, 401, "The desk opens with its key.")
        admit(request, Visit(person, self._sessions.csrf(session)))
        if request.method != "GET" and not from_our_own_page(request):
            return self._refusal(request, 403, NOT_FROM_HERE)
        return None

    def _with_key(self, request: Request, shown: str) -> Response | None:
        at, address = self._clock.now(), request.client.host if request.client else ""
        if self._guesses.too_many(address, at):
            return self._refusal(request, 429, "Too many wrong keys. Wait a minute, then try again.")
        if not self._sessions.is_key(shown):
            self._guesses.note(address, at)
            return self._refusal(request, 401, "That is not the key of this desk.")
        if "key" in request.query_params:
            return self._opened(request, at)
        admit(request, Visit(Person(id=0, login="key", name="The desk", roles=EVERYTHING, machine=True)))
        return None

    def _opened(self, request: Request, at: datetime) -> Response:
        """To the same page without the key in its address, with a session instead."""
        rest = [(name, value) for name, value in parse_qsl(request.scope["query_string"].decode("latin-1")) if name != "key"]
        path = "/" + _path_of(request).lstrip("/")  # never //elsewhere
        response = RedirectResponse(path + (f"?{urlencode(rest)}" if rest else ""), status_code=303)
        response.set_cookie(
            self._sessions.cookie,
            self._sessions.opened(at),
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.scope["scheme"] == "https",
        )
        return response


def _path_of(request: Request) -> str:
    """What the desk will answer to. `request.url` is put together with the Host header, which a stranger may write."""
    path: str = request.scope["path"]
    return path


def _key_shown(request: Request) -> str | None:
    """The key in the address or, from programs, in the header; None where none is shown."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return request.query_params.get("key")


class _Sending:
    """Adds the headers to whatever is answered."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", NO_STORE)
        await self._send(message)
