"""From values to pages: the templates, their filters, and the answer that tells a browser when nothing is new."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline.clock import Clock
from pipeline.desk import standing, words
from pipeline.desk.door import csrf_field, own_page, visit_of
from schemas.people import Act, Role


def for_programs(path: str) -> bool:
    """What programs ask for: a token opens it, and they are told no in JSON."""
    return path.startswith(("/api/", "/metrics", "/healthz")) or path.endswith((".json", ".csv", ".pdf"))


class Showing:
    """Renders the templates. Everything that comes from a scan or a chart is escaped: autoescaping is never off."""

    def __init__(self, clock: Clock, practice: str, *, idle_seconds: int = 0, sso: str = "") -> None:
        """`sso` is what the practice's own login is called, if it has one."""
        self._templates = Environment(
            loader=PackageLoader("pipeline.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            capital=words.capital,
            exact=words.exact,
            full_day=words.full_day,
            long_day=words.long_day,
            moment=lambda at: words.moment(at, clock.today()),
            pretty=lambda value: json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True),
            proof=words.proof,
            size=words.size,
            told=words.told_by,
        )
        self._templates.globals.update(
            count=words.count,
            due_in_words=lambda due: words.due_in_words(due, clock.today()),
            choice_label=words.choice_label,
            field_label=words.field_label,
            identity_ways=words.IDENTITY_WAYS,
            pathways=words.PATHWAYS,
            practice=practice,
            idle_seconds=idle_seconds,
            sso=sso,
            roles=tuple(Role),
            role_words=words.ROLES,
            reasons=words.REASONS,
            steps=standing.STEPS,
        )

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """The page; or 304 without one where the browser has the very same on its screen."""
        visit = visit_of(request)
        person = visit.person
        of_the_visit = {
            "person": person,
            "may": lambda act: person is not None and person.may(Act(act)),
            "csrf": lambda: csrf_field(visit),
            "csrf_token": visit.csrf,
        }
        html = self._templates.get_template(template).render(path=request.scope["path"], **of_the_visit, **values)
        etag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
        if status == 200 and request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return HTMLResponse(html, status_code=status, headers={"ETag": etag})

    def refusal(self, request: Request, status: int, sentence: str) -> Response:
        """A page, or JSON for programs, that says no and why; to a stranger, the way in."""
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "60"} if status == 429 else {}
        if for_programs(request.scope["path"]):
            return JSONResponse({"detail": sentence}, status_code=status, headers=headers)
        if status == 401:
            response = self.page(request, "login.html", status=status, **at_the_door(_asked_for(request), asked=sentence))
        else:
            response = self.page(request, "refusal.html", status=status, code=status, sentence=sentence)
        response.headers.update(headers)
        return response


def at_the_door(to: str, *, asked: str = "", login: str = "", trouble: str = "") -> dict[str, Any]:
    """What the page with the login form shows. `to` is where it leads."""
    return {"to": to, "asked": asked if to != "/" else "", "login": login, "trouble": trouble}


def _asked_for(request: Request) -> str:
    """The page that a stranger wanted to see, to go there after logging in."""
    if request.method != "GET" or request.scope["path"].startswith("/login"):
        return "/"
    query = request.scope["query_string"].decode("latin-1")
    return own_page(request.scope["path"] + (f"?{query}" if query else ""))
