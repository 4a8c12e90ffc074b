"""The guard at the door of the desk: under our own names only, only for people and programs that are known here, not too
often, not too much at once, and nothing is shown that the access log does not know.

What it guards against: other people on the practice's network (sessions and tokens), a web page that the browser shows
beside the desk (host check, SameSite cookie, origin and token of every change, no framing), text on a scan that wants to
be code (the content security policy lets nothing run that is not a file of ours), and patient data left behind in caches
and referrers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.desk.door import LIVE, NOT_FROM_HERE, Visit, address_of, admit, from_our_own_page, visit_of
from pipeline.desk.hosts import Hosts
from pipeline.desk.pace import Pace
from pipeline.desk.porter import Porter
from pipeline.desk.showing import for_programs
from pipeline.desk.witness import Witness
from pipeline.errors import Retryable
from schemas.people import Person

HEALTH = "/healthz"
STATIC = "/static/"
UNWATCHED = (HEALTH, STATIC)
"""These are shown to everybody: nothing in there is about a patient."""
DOOR = ("/login", "/link/")
"""Where strangers become known."""
ENROL = ("/account/second-factor", "/logout", "/alive")
"""What is open to somebody who must set up a second factor first."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would hide even from us that a form is our own
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
SECURE_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
"""Where the desk is reached by https: for a year, by nothing else."""
NO_STORE = "no-store"
"""Whatever does not say otherwise is kept nowhere."""
NOT_HERE = "Nothing can be changed at this address."
CLOSED = "Log in to see this page."
AWAY = "The database or the disk cannot be read just now. Try again in a moment."
UNSEEN = "The access log cannot be written just now, and without it nothing is shown. Try again in a moment."
TOO_MUCH = "This is more at once than the desk takes."

FORM_BYTES = 65_536
"""The largest form without files."""
KNOCKS, WRONG_TOKENS, CALLS = 30, 10, 600
"""A minute: tries at the door, and wrong tokens, from one address; calls of the API by one program or person."""

Refusal = Callable[[Request, int, str], Response]
"""Makes the page that says no: the request, the status, and the sentence why."""


class Guard:
    """ASGI middleware around the whole desk."""

    def __init__(self, app: ASGIApp, porter: Porter, hosts: Hosts, witness: Witness, refusal: Refusal, upload_bytes: int) -> None:
        self._app = app
        self._porter = porter
        self._hosts = hosts
        self._witness = witness
        self._refusal = refusal
        self._upload_bytes = upload_bytes
        self._clock = porter.store.clock
        self._knocks, self._wrong_tokens, self._calls = Pace(KNOCKS), Pace(WRONG_TOKENS), Pace(CALLS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself, or lets the request through to the desk."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request = Request(scope)
        sending = _Sending(scope, receive, send)
        answer = self._stopped(request)
        if answer is None and not _path_of(request).startswith(UNWATCHED):
            visit = await self._visit(request)
            admit(request, visit if isinstance(visit, Visit) else Visit())
            answer = visit if isinstance(visit, Response) else self._not_admitted(request, visit)
            sending.look_first(self._looking(request))
        try:
            await (answer or self._app)(scope, _Bounded(receive, self._most_bytes(request)), sending)
        except Exception:
            if not sending.begun:
                mistake = self._refusal(
                    request, 500, "The desk made a mistake. The line goes on; tell whoever looks after ChartRelay."
                )
                await mistake(scope, receive, sending)
            raise  # to the server, which notes that it happened

    # ---- what needs no look at who it is --------------------------------------------------------------------------------

    def _stopped(self, request: Request) -> Response | None:
        if not self._hosts.knows(request.headers.get("host", "")):
            return self._refusal(request, 400, "This address is not one of the desk's. Use the one that “chartrelay up” shows.")
        if request.method not in ("GET", "POST"):
            return self._refusal(request, 405, NOT_HERE)
        if request.method == "POST" and not _has_token(request) and not from_our_own_page(request):
            return self._refusal(request, 403, NOT_FROM_HERE)
        return None

    # ---- who is it? -----------------------------------------------------------------------------------------------------

    async def _visit(self, request: Request) -> Visit | Response:
        """Who it is, or why we do not even ask."""
        at, address = self._clock.now(), address_of(request)
        if _path_of(request).startswith(DOOR) and (request.method == "POST" or _path_of(request).startswith("/link/")):
            if self._knocks.too_many(address, at):
                return self._refusal(request, 429, "Too many tries from here. Wait a minute, then try again.")
            self._knocks.note(address, at)
        if _has_token(request) and self._wrong_tokens.too_many(address, at):
            return self._refusal(request, 429, "Too many wrong tokens. Wait a minute, then try again.")
        try:
            visit = await run_in_threadpool(self._known, request)
            if visit.session and visit.person and LIVE not in request.headers:
                await run_in_threadpool(self._porter.seen, visit.session)
        except Retryable:
            return self._refusal(request, 503, AWAY)
        if _has_token(request) and visit.person is None:
            self._wrong_tokens.note(address, at)
        return visit

    def _known(self, request: Request) -> Visit:
        if not _has_token(request):
            return self._porter.by_cookie(request)
        kind, _, secret = request.headers["authorization"].partition(" ")
        return Visit(self._porter.by_token(secret.strip()) if kind.lower() == "bearer" else None)

    def _not_admitted(self, request: Request, visit: Visit) -> Response | None:
        """Why this visitor goes no further; None if they do. What a route asks for besides, it asks itself."""
        path = _path_of(request)
        if path.startswith(DOOR):
            return None
        if visit.person is None:
            return self._refusal(request, 401, "This token opens nothing (any more)." if _has_token(request) else CLOSED)
        if visit.must_enrol and not path.startswith(ENROL):
            return RedirectResponse("/account/second-factor", status_code=303)
        return self._not_like_this(request, visit.person)

    def _not_like_this(self, request: Request, person: Person) -> Response | None:
        path, length = _path_of(request), request.headers.get("content-length", "")
        if person.machine and not for_programs(path):
            return self._refusal(request, 403, "A token opens what is for programs, not the pages for people.")
        if path.startswith("/api/") and self._hurries(person):
            return self._refusal(request, 429, "Too many calls. Wait a minute, then go on more slowly.")
        if length.isdecimal() and int(length) > self._most_bytes(request):
            return self._refusal(request, 413, TOO_MUCH)
        return None

    def _hurries(self, person: Person) -> bool:
        at = self._clock.now()
        if self._calls.too_many(person.login, at):
            return True
        self._calls.note(person.login, at)
        return False

    def _most_bytes(self, request: Request) -> int:
        files = request.headers.get("content-type", "").startswith("multipart/form-data")
        return self._upload_bytes if files and not _path_of(request).startswith(DOOR) else FORM_BYTES

    # ---- what it leaves behind ------------------------------------------------------------------------------------------

    def _looking(self, request: Request) -> Before:
        """Before anything is answered: the row in the access log, and a cookie for a stranger's form."""

        async def before(message: Message) -> Response | None:
            visit = visit_of(request)
            headers = MutableHeaders(scope=message)
            try:
                media_type = headers.get("content-type", "")
                await run_in_threadpool(self._witness.note, request, visit, message["status"], media_type)
            except Retryable:
                return self._refusal(request, 503, UNSEEN)
            if visit.new_cookie and media_type.startswith("text/html"):
                headers.append("set-cookie", self._porter.door_cookie(request, visit.new_cookie))
            return None

        return before


def _path_of(request: Request) -> str:
    """What the desk will answer to. `request.url` is put together with the Host header, which a stranger may write."""
    path: str = request.scope["path"]
    return path


def _has_token(request: Request) -> bool:
    """Whether a program shows something; then no cookie counts."""
    return "authorization" in request.headers


class _Bounded:
    """Takes no more of a body than it should have."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message


Before = Callable[[Message], Awaitable[Response | None]]
"""Looks at the beginning of an answer; may give another one to send instead."""


class _Sending:
    """Adds the headers to whatever is answered; has a look taken first, which may answer something else instead."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = HEADERS | (SECURE_HEADERS if scope["scheme"] == "https" else {})
        self._before: Before | None = None
        self._replaced = False
        self.begun = False

    def look_first(self, before: Before) -> None:
        """From now on."""
        self._before = before

    async def __call__(self, message: Message) -> None:
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            instead = await self._before(message) if self._before else None
            if instead is not None:
                self._replaced = True
                await instead(self._scope, self._receive, self._plainly)
                return
        await self._plainly(message)

    async def _plainly(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(self._headers)
            headers.setdefault("Cache-Control", NO_STORE)
        await self._send(message)
