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

from schemas.people import Act, Person

FIELD, HEADER = "csrf", "x-csrf-token"
"""Where a form, and where a script, brings the token."""
_VISIT = "chartrelay.visit"
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


def admit(request: Request, visit: Visit) -> None:
    """The guard writes down who this is."""
    request.scope[_VISIT] = visit


def visit_of(request: Request) -> Visit:
    """Who this is; a stranger where the guard has not said."""
    found = request.scope.get(_VISIT)
    return found if isinstance(found, Visit) else Visit()


def person_of(request: Request) -> Person:
    """Who this is. Raises HTTPException 401 for a stranger."""
    person = visit_of(request).person
    if person is None:
        raise HTTPException(401)
    return person


# ---- what a route asks for -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """A dependency of a route: who may come in. With `act` None, whoever has logged in; with `known` False, everybody."""

    act: Act | None = None
    known: bool = True

    async def __call__(self, request: Request) -> Person | None:
        """The person. Raises HTTPException 401 or 403."""
        person = person_of(request) if self.known else visit_of(request).person
        if self.act is not None and not (person and person.may(self.act)):
            raise HTTPException(403, NOT_ALLOWED)
        if request.method != "GET" and not (person and person.machine):
            await _check_token(request)
        return person


def needs(act: Act) -> Need:
    """Only for people who may do this: `Depends(needs(Act.DECIDE))`."""
    return Need(act)


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
