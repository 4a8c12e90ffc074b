"""Who is at the desk, what they may do, and whether it was really they who asked for it.

For whoever adds a page:

    @router.get("/things")
    def things(request: Request, person: Annotated[Person, Depends(needs(Act.SEE_QUEUE))]) -> Response: ...

    @router.post("/things/{name}", dependencies=[Depends(needs(Act.DECIDE))])
    def change(...) -> Response: ...

Every route needs exactly one such word (`needs(act)`, `anyone` or `stranger`); a desk with a route that has none does not
start. Nothing but GET and POST gets through the guard, and every POST must bring the token of its session: as the form
field `csrf`, which `{{ csrf() }}` writes, or as the header `X-CSRF-Token`, whose value is in `<meta name="csrf-token">`.
In every template, `person` is who looks (None at the door) and `may("decide")` whether they may.

What a route shows goes into the access log under the name of its act, or under `kind`: `needs(Act.SEE_REQUESTS, "request
page")`. The request comes from `{request_id}` in the address; what else there is to tell, `about(request, …)` tells.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from markupsafe import Markup
from starlette.requests import Request

from pipeline.people.accounts import Account
from pipeline.people.sessions import Session
from schemas.people import Act, Person

FIELD, HEADER = "csrf", "x-csrf-token"
"""Where a form, and where a script, brings the token."""
LIVE = "x-desk-live"
"""A page that looks by itself whether there is news: nobody has to sit before it."""
_VISIT, _TRACE = "chartrelay.visit", "chartrelay.trace"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NOT_FROM_HERE = "This did not come from a page of the desk. Go back, open the page again, and try once more."
NOT_ALLOWED = "Your role does not allow this. Whoever looks after people at the desk can change that."


@dataclass(frozen=True)
class Visit:
    """One request's visitor, as the guard has found out."""

    person: Person | None = None
    """None: nobody has logged in."""
    csrf: str = ""
    """What a form of this session must bring."""
    session: Session | None = None
    """Also where the second factor is still asked for."""
    account: Account | None = None
    new_cookie: str = ""
    """For a stranger who has none yet: a form at the door needs a session, too."""
    must_enrol: bool = False
    """The practice wants a second factor, and this person has none yet."""


@dataclass
class Trace:
    """What the access log will say of a request, as far as its route knows."""

    need: Need | None = None
    request_id: str | None = None
    patient_id: str | None = None
    detail: str = ""


def admit(request: Request, visit: Visit) -> None:
    """The guard writes down who this is."""
    request.scope[_VISIT] = visit
    request.scope[_TRACE] = Trace()


def visit_of(request: Request) -> Visit:
    """Who this is; a stranger where the guard has not said."""
    found = request.scope.get(_VISIT)
    return found if isinstance(found, Visit) else Visit()


def trace_of(request: Request) -> Trace:
    """What the access log will say of this request."""
    found = request.scope.get(_TRACE)
    return found if isinstance(found, Trace) else Trace()


def about(request: Request, *, request_id: str | None = None, patient_id: str | None = None, detail: str = "") -> None:
    """A route tells the access log whose data it shows, where its address does not say so."""
    trace = trace_of(request)
    trace.request_id = request_id or trace.request_id
    trace.patient_id = patient_id or trace.patient_id
    trace.detail = detail or trace.detail


def person_of(request: Request) -> Person:
    """Who this is. Raises HTTPException 401 for a stranger."""
    person = visit_of(request).person
    if person is None:
        raise HTTPException(401)
    return person


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else ""


def own_page(to: str) -> str:
    """The page to go to after logging in: one of ours, whatever the address said."""
    plain = to.replace("\\", "/")
    return to if plain.startswith("/") and not plain.startswith("//") and to.isprintable() else "/"


# ---- what a route asks for -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """A dependency of a route: who may come in. With `act` None, whoever has logged in; with `known` False, everybody."""

    act: Act | None = None
    known: bool = True
    kind: str = ""

    @property
    def called(self) -> str:
        """What the access log calls it: `request page`, or what the act is called."""
        return self.kind or (self.act.value.removeprefix("see_").replace("_", " ") if self.act else "")

    async def __call__(self, request: Request) -> Person | None:
        """The person. Raises HTTPException 401 or 403."""
        trace = trace_of(request)
        trace.need, trace.request_id = self, request.path_params.get("request_id")
        person = person_of(request) if self.known else visit_of(request).person
        if self.act is not None and not (person and person.may(self.act)):
            raise HTTPException(403, NOT_ALLOWED)
        if request.method != "GET" and not (person and person.machine):
            await _check_token(request)
        return person


def needs(act: Act, kind: str = "") -> Need:
    """Only for people who may do this: `Depends(needs(Act.DECIDE))`. `kind` is what the access log calls it."""
    return Need(act, kind=kind)


anyone = Need()
"""For everybody who has logged in, whatever their role."""
stranger = Need(known=False)
"""For everybody: only at the door itself, where people log in."""


class UndecidedError(Exception):
    """A route does not say who may come in, or says it twice. The desk must not start like that."""


def decided(app: FastAPI) -> dict[tuple[str, str], Need]:
    """Every route of the desk, as method and path, with what it asks for. Raises UndecidedError."""
    found: dict[tuple[str, str], Need] = {}
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        wanted = set(_needs_in(context.dependant))
        if len(wanted) != 1:
            raise UndecidedError(f"{context.path} asks for {len(wanted)} of needs(act), anyone and stranger; one is right")
        found |= {(method, str(context.path)): next(iter(wanted)) for method in context.methods or ()}
    return found


def _needs_in(dependant: Dependant) -> Iterator[Need]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Need):
            yield inner.call
        yield from _needs_in(inner)


# ---- was it they who asked? ------------------------------------------------------------------------------------------------


def csrf_token(secret: str, session: str) -> str:
    """The token that belongs to a session: whoever has not got its cookie cannot make it, and it does not tell the cookie."""
    return hmac.new(secret.encode(), b"forms of " + session.encode(), hashlib.sha256).hexdigest()


def csrf_field(visit: Visit) -> Markup:
    """The hidden field for a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, visit.csrf)


def from_our_own_page(request: Request) -> bool:
    """Whether the browser says that one of our own pages sent this; True where it says nothing, as programs and old browsers."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or _named(urlsplit(origin).netloc) == _named(request.headers.get("host", ""))


def _named(place: str) -> str:
    """Name and port; a port that goes without saying is left out. Empty is nobody's name."""
    return place.lower().removesuffix(":443").removesuffix(":80") or "?"


async def _check_token(request: Request) -> None:
    """Raises HTTPException 403 unless the request brings the token of its own session."""
    wanted, brought = visit_of(request).csrf, request.headers.get(HEADER)
    if brought is None and request.headers.get("content-type", "").partition(";")[0].strip().lower() in FORMS:
        field = (await request.form()).get(FIELD)
        brought = field if isinstance(field, str) else None
    if not wanted or not hmac.compare_digest((brought or "").encode(), wanted.encode()):
        raise HTTPException(403, NOT_FROM_HERE)
