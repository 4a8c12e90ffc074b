"""The practice's own login, by OpenID Connect: authorization code with PKCE, state and nonce.

The answer is believed only if it came back to the browser that was sent away (the flow is sealed into a cookie), and if
the ID token is signed by a key of the issuer, with an algorithm that has a public key, for us, with our nonce, and now
(OpenID Connect Core 1.0, 3.1.3.7). Signatures and claims are checked by joserfc. Where the issuer cannot be reached,
whoever has a password still gets in with it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from pipeline.clock import Clock
from pipeline.people.faults import PeopleError
from pipeline.people.sealing import fresh
from pipeline.settings import OidcSettings, is_safe_place
from schemas.people import Role

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""With a public key, all of them: none and the shared-secret ones would let a stranger sign."""
LEEWAY_SECONDS = 60
TIMEOUT = httpx.Timeout(10)
LARGEST_ANSWER = 1_000_000
NOT_BELIEVED = "The practice's login answered, but its answer cannot be believed. Try again; if it stays like that, tell your IT."
AWAY = "The practice's login cannot be reached just now. Whoever has a password here can log in with it."


@dataclass(frozen=True)
class Flow:
    """One way there and back; sealed into a cookie while the browser is away."""

    state: str
    nonce: str
    verifier: str
    to: str
    """The page that was asked for."""

    def as_text(self) -> str:
        """For the cookie."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Flow:
        """Back from the cookie."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Identity:
    """Who the practice's login says it is."""

    subject: str
    """Issuer and subject: only both together name somebody."""
    login: str
    name: str
    roles: frozenset[Role]


class Provider:
    """An OpenID Connect provider. What it says about itself is asked once, its keys again when one is unknown."""

    def __init__(self, settings: OidcSettings, back: str, clock: Clock, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._back = back
        self._clock = clock
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=True, transport=transport)
        self._lock = threading.Lock()
        self._about: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    def start(self, to: str) -> tuple[str, Flow]:
        """Where to send the browser, and what to remember. Raises PeopleError when the provider is away."""
        flow = Flow(state=fresh(), nonce=fresh(), verifier=fresh(), to=to)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._back,
            "scope": " ".join(self._settings.scopes),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        place = str(self._of_itself()["authorization_endpoint"])
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}", flow

    def finish(self, flow: Flow, code: str) -> Identity:
        """Who came back. Raises PeopleError when the answer cannot be believed, or the provider is away."""
        try:
            claims = self._believed(self._exchanged(flow, code), flow)
        except JoseError as error:
            raise PeopleError(NOT_BELIEVED) from error
        return self._identity(claims)

    def _exchanged(self, flow: Flow, code: str) -> str:
        """The ID token for the code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._settings.client_id,
            "code_verifier": flow.verifier,
        }
        secret = self._settings.client_secret.get_secret_value()
        answer = self._asked(
            "POST", str(self._of_itself()["token_endpoint"]), form | ({"client_secret": secret} if secret else {})
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise PeopleError(NOT_BELIEVED)
        return token

    def _believed(self, token: str, flow: Flow) -> Mapping[str, Any]:
        """The claims. Raises JoseError, PeopleError."""
        try:
            found = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # keys change; only then are they asked for again
            self._keys = None
            found = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        wanted = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            nonce={"essential": True, "value": flow.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        wanted.validate(found.claims)
        audience = found.claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and found.claims.get("azp") != self._settings.client_id:
            raise PeopleError(NOT_BELIEVED)  # 3.1.3.7, 4 and 5: a token for several must say that it was made for us
        return found.claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        """Their name and roles. The login is never believed to be an account's by itself; see `Entrance`."""
        subject = str(claims["sub"])
        login = str(claims.get("preferred_username") or claims.get("email") or subject).strip().lower()[:64]
        groups = claims.get(self._settings.claim, ())
        listed = {groups} if isinstance(groups, str) else {str(group) for group in groups if isinstance(group, str)}
        roles = frozenset(role for group, role in self._settings.roles.items() if group in listed)
        name = str(claims.get("name") or login).strip()[:80]
        return Identity(f"{self._settings.issuer} {subject}", login, name, roles)

    # ---- asking ---------------------------------------------------------------------------------------------------------

    def _of_itself(self) -> Mapping[str, Any]:
        """OpenID Connect Discovery 1.0, 4. What it says about another issuer is not taken."""
        with self._lock:
            if self._about is None:
                about = self._asked("GET", self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if about.get("issuer") != self._settings.issuer or not all(
                    is_safe_place(str(about.get(name))) for name in _PLACES
                ):
                    raise PeopleError(NOT_BELIEVED)
                self._about = about
            return self._about

    def _key_set(self) -> KeySet:
        place = str(self._of_itself()["jwks_uri"])
        with self._lock:
            if self._keys is None:
                try:
                    self._keys = KeySet.import_key_set(self._asked("GET", place))  # type: ignore[arg-type]
                except (KeyError, ValueError, TypeError) as error:
                    raise PeopleError(NOT_BELIEVED) from error
            return self._keys

    def _asked(self, method: str, place: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """A JSON object from there. Raises PeopleError."""
        try:
            with self._client.stream(method, place, data=form, headers={"Accept": "application/json"}) as response:
                body = b""
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        raise PeopleError(NOT_BELIEVED)
        except httpx.HTTPError as error:
            raise PeopleError(AWAY) from error
        try:
            answer = json.loads(body) if response.status_code == 200 else None
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise PeopleError(AWAY if response.status_code >= 500 else NOT_BELIEVED)
        return answer


_PLACES: Sequence[str] = ("authorization_endpoint", "token_endpoint", "jwks_uri")
