"""A small OpenID Connect provider on a real port: discovery, login, tokens, keys. What it answers, a test can spoil."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.desk.serving import listening

CLIENT, SECRET = "chartrelay", "a secret between the two"
Spoil = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class SmallProvider:
    """One person is logged in at it, always the same. `now` is what its clock says."""

    issuer: str
    now: Callable[[], int]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "4711", "preferred_username": "Kim", "name": "Kim Park", "groups": ["records", "x"]}
    )
    spoil: Spoil = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    asked: dict[str, str] = field(default_factory=dict)
    """What the browser was sent with."""
    keys_asked: int = 0

    def claims(self) -> dict[str, Any]:
        """Of an honest ID token."""
        at = self.now()
        said = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": self.asked.get("nonce", "")}
        return self.spoil(said | self.person)

    def token(self) -> str:
        """The ID token, signed."""
        return self.sign(self.claims()) if self.sign else signed(self.claims(), self.key)

    def app(self) -> FastAPI:
        """The same as a web application."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def about() -> dict[str, str]:
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in places.items()}

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            self.asked = dict(request.query_params)
            back = f"{self.asked['redirect_uri']}?code=the-code&state={self.asked['state']}"
            return RedirectResponse(back, status_code=303)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = dict(await request.form())
            challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
            right = (
                form["code"] == "the-code"
                and form["client_secret"] == SECRET
                and form["redirect_uri"] == self.asked["redirect_uri"]
                and challenge.rstrip(b"=").decode() == self.asked["code_challenge"]
                and self.asked["code_challenge_method"] == "S256"
            )
            answer = {"id_token": self.token(), "token_type": "Bearer", "access_token": "unused"}
            return JSONResponse(answer if right else {"error": "invalid_grant"}, status_code=200 if right else 400)

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            self.keys_asked += 1
            return {"keys": [self.key.as_dict(private=False)]}

        return app


def signed(claims: dict[str, Any], key: RSAKey) -> str:
    """With RS256, as most providers do."""
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


class Running:
    """It serves until it is closed."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._socket = listening("127.0.0.1", 0)
        self.provider = SmallProvider(f"http://127.0.0.1:{self._socket.getsockname()[1]}", now)
        self._server = uvicorn.Server(uvicorn.Config(self.provider.app(), log_config=None, lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No answer any more."""
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


def by_the_wall() -> int:
    """Seconds since 1970."""
    return int(time.time())
