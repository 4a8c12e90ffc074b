"""The porter: knows people by their cookies and programs by their tokens, and gives the cookies out."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk import key as desk_key
from pipeline.desk.door import Visit, csrf_token
from pipeline.desk.given import Desk
from pipeline.people import accounts, sessions, tokens
from pipeline.people.entering import Entrance
from pipeline.people.oidc import Provider
from pipeline.people.sealing import fresh
from pipeline.people.sessions import Limits, Session, Step
from schemas.people import Person

SSO_BACK = "/login/sso/back"


class Porter:
    """Everything that the guard and the pages at the door share."""

    def __init__(self, desk: Desk) -> None:
        settings = desk.settings.desk
        self.store = desk.store
        self.limits = Limits(settings.idle, timedelta(hours=settings.session_hours))
        self.entrance = Entrance(desk.store, desk_key.factor_seal(desk.key), self.limits, desk.settings.practice.name)
        self.flow_seal = desk_key.flow_seal(desk.key)
        self.provider: Provider | None = None
        if settings.oidc.issuer:
            self.provider = Provider(settings.oidc, settings.url + SSO_BACK, desk.store.clock)
        self.wants_factor = settings.second_factor == "required"
        self._key = desk.key

    # ---- who is it? -----------------------------------------------------------------------------------------------------

    def by_token(self, secret: str) -> Person | None:
        """The program that shows this token. Raises Retryable."""
        with self.store.reading() as connection:
            return tokens.bearer(connection, self.store.clock.now(), secret)

    def by_cookie(self, request: Request) -> Visit:
        """The person whose browser it is; a stranger where there is none. Raises Retryable."""
        secret = request.cookies.get(self.cookie(request), "")
        if not secret:
            known = request.cookies.get(self.cookie(request) + "_door", "")
            new = "" if known else fresh()
            return Visit(csrf=self._csrf(known or new), new_cookie=new)
        with self.store.reading() as connection:
            session = sessions.find(connection, self.store.clock.now(), self.limits, secret)
            account = accounts.by_id(connection, session.person_id) if session else None
        if session is None or account is None or account.disabled_at is not None:
            return Visit(csrf=self._csrf(secret))
        if session.step is not Step.IN:
            return Visit(csrf=self._csrf(secret), session=session, account=account)
        must_enrol = self.wants_factor and session.how == "password" and account.totp is None
        return Visit(account.person, self._csrf(secret), session, account, must_enrol=must_enrol)

    def seen(self, session: Session) -> None:
        """They are there. Raises Retryable."""
        sessions.seen(self.store, session)

    def _csrf(self, secret: str) -> str:
        return csrf_token(self._key, secret)

    # ---- cookies --------------------------------------------------------------------------------------------------------

    def cookie(self, request: Request) -> str:
        """The name of the cookie of a session."""
        return desk_key.cookie_name(self._key, secure=_secure(request))

    def give(self, request: Request, response: Response, secret: str) -> Response:
        """The cookie of a session: for this browser, until it is closed; no script reads it, and no other page sends it."""
        name = self.cookie(request)
        response.set_cookie(name, secret, httponly=True, samesite="strict", secure=_secure(request), path="/")
        return response

    def take(self, request: Request, response: Response) -> Response:
        """The cookie is to be forgotten, with whatever the browser has kept of our pictures."""
        response.delete_cookie(self.cookie(request), httponly=True, samesite="strict", secure=_secure(request), path="/")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def door_cookie(self, request: Request, secret: str) -> str:
        """The header that gives a stranger something to tie the token of a form to. Another cookie than that of sessions: who
        comes by a link from elsewhere shows no strict cookie, and must not lose their session for it.
        """
        response = Response()
        name = self.cookie(request) + "_door"
        response.set_cookie(name, secret, httponly=True, samesite="strict", secure=_secure(request), path="/")
        return response.headers["set-cookie"]

    def flow_cookie(self, request: Request) -> str:
        """The name of the cookie of a login under way. It must come along when the browser is sent back: SameSite=Lax."""
        return f"{self.cookie(request)}_sso"

    def remember(self, request: Request, response: Response, sealed: str) -> Response:
        """Where the browser goes for now, and must come back from."""
        name, seconds = self.flow_cookie(request), FLOW_SECONDS
        response.set_cookie(name, sealed, max_age=seconds, httponly=True, samesite="lax", secure=_secure(request), path="/")
        return response

    def forget(self, request: Request, response: Response) -> Response:
        """It came back, or never will: one way there is good for one way back."""
        response.delete_cookie(self.flow_cookie(request), httponly=True, samesite="lax", secure=_secure(request), path="/")
        return response


FLOW_SECONDS = 600


def _secure(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")
