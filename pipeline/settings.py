"""The settings of a practice: one typed object, from chartrelay.toml and the environment.

`CHARTRELAY_LINE__BROKER=amqp://…` in the environment is `broker` in the section [line] of the file, and wins over it; a
command's own option wins over both. Passwords belong into the environment. A wrong setting stops every command at its
start, with the key, the value and what would be right.
"""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from pipeline.documents import Limits
from pipeline.errors import SettingsError
from pipeline.release.policy import Policy
from schemas.people import Role
from schemas.release import Practice

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SECRET_KEYS = frozenset({"line.broker", "line.database", "desk.oidc.client_secret", "webhooks.secret", "webhooks.urls"})
"""Settings that may hold a password: their values are never shown."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class LineSettings(_Section):
    """How the stations are linked."""

    broker: str = "embedded"
    """`embedded`, or the URL of a RabbitMQ server: amqp://user:password@host:5672/vhost, amqps:// with TLS."""
    database: str = "sqlite"
    """`sqlite`, or the URL of a PostgreSQL database: postgresql://user:password@host/name."""
    lease_seconds: Annotated[float, Field(gt=0.2, le=3600)] = 15.0
    """Embedded queue: how long after the death of a worker its message comes again."""
    delivery_limit: Annotated[int, Field(ge=1, le=100)] = 6
    """How often a message may bring a worker down before its request is held for a person."""
    tries: Annotated[int, Field(ge=1, le=100)] = 8
    """How often work that failed for a passing reason is tried before the request is held for a person."""
    first_pause_seconds: Annotated[float, Field(gt=0)] = 5.0
    """The pause before the second try; it doubles from there."""
    longest_pause_seconds: Annotated[float, Field(gt=0)] = 600.0


class InboxSettings(_Section):
    """What is taken from the inbox, and when."""

    quiet_seconds: Annotated[float, Field(ge=0, le=3600)] = 2.0
    """A file is taken when its size and time have not changed for so long."""
    rescan_seconds: Annotated[float, Field(gt=0, le=3600)] = 10.0
    """The folder is looked through at least this often, whether anything was heard or not."""
    polling: bool | None = None
    """Look for changes by polling: true on network shares; left out, ChartRelay finds out."""
    max_pages: Annotated[int, Field(ge=1)] = 200
    max_pixels: Annotated[int, Field(ge=1)] = 120_000_000
    """Of one page."""
    max_megabytes: Annotated[float, Field(gt=0)] = 100

    @property
    def limits(self) -> Limits:
        """The same for whoever opens documents."""
        return Limits(max_bytes=int(self.max_megabytes * 1_000_000), max_pages=self.max_pages, max_pixels=self.max_pixels)


class ReadingSettings(_Section):
    """How the reader uses the machine."""

    processes: Annotated[int, Field(ge=1, le=64)] | None = None
    """Readers that `chartrelay up` starts; left out: one for every two processors."""
    attempt_seconds: Annotated[float, Field(ge=10)] = 1200
    """A reader that has been at one request for so long is hung and is replaced."""


def is_safe_place(address: str) -> bool:
    """Whether what is said there stays between the two: TLS, or this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


class OidcSettings(_Section):
    """The practice's own login, where it has one (OpenID Connect)."""

    issuer: str = ""
    """Its address, such as https://login.maplestreet.example; empty: there is none."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    """Belongs into the environment: CHARTRELAY_DESK__OIDC__CLIENT_SECRET."""
    label: str = "the practice's login"
    """What the button says after “Log in with”."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    claim: str = "groups"
    """The claim of the ID token that lists a person's groups."""
    roles: dict[str, Role] = {}
    """The role that belongs to each group; whoever is in none of them does not get in."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.issuer and not is_safe_place(self.issuer):
            raise ValueError("issuer must begin with https://")
        if self.issuer and not (self.client_id and self.roles):
            raise ValueError("issuer needs client_id and roles beside it")
        return self


class DeskSettings(_Section):
    """The web page."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8471
    names: tuple[str, ...] = ()
    """Further names by which people call this machine in the browser, such as desk.maplestreet.example."""
    claim_minutes: Annotated[float, Field(ge=1, le=480)] = 30
    """Whoever claims a held request keeps it for so long, unless they let it go or log off."""
    address: str = ""
    """How people reach the desk, such as https://desk.maplestreet.example; left out: http, the host and the port."""
    proxies: tuple[str, ...] = ()
    """Addresses of proxies before the desk whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    idle_minutes: Annotated[float, Field(ge=1, le=480)] = 15
    """Whoever does nothing for so long is logged off."""
    session_hours: Annotated[float, Field(gt=0, le=24)] = 12
    """And in any case after so long."""
    second_factor: Literal["optional", "required"] = "optional"
    """`required`: whoever logs in with a password must set up a second factor first."""
    oidc: OidcSettings = OidcSettings()

    @property
    def idle(self) -> timedelta:
        """`idle_minutes`, as a time."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def url(self) -> str:
        """Where the desk is, for links: without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        shown = "localhost" if self.host in ("", "0.0.0.0", "::") else host  # noqa: S104 -- looked for, not listened on
        return self.address.rstrip("/") or f"http://{shown}:{self.port}"


class WebhookSettings(_Section):
    """Programs elsewhere that are told what happens."""

    urls: tuple[str, ...] = ()
    """Where to: https://…, or http:// on this very machine. Empty: nobody is told anything."""
    secret: SecretStr = SecretStr("")
    """What notices are signed with, whsec_…; two with a space between while one is exchanged for the other. Belongs into the
    environment: CHARTRELAY_WEBHOOKS__SECRET."""
    secret_file: str = ""
    """Or the file that holds it, named from the practice's folder on."""
    events: tuple[Literal["request.held", "request.delivered"], ...] = ("request.held", "request.delivered")
    """What is told."""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """A try that takes longer has failed."""
    tries: Annotated[int, Field(ge=1, le=100)] = 20
    """So many, then a notice is given up, and `chartrelay webhooks` shows it."""
    first_pause_seconds: Annotated[float, Field(gt=0)] = 5.0
    """The pause before the second try; it doubles from there."""
    longest_pause_seconds: Annotated[float, Field(gt=0)] = 3600.0

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not all(is_safe_place(url) and "@" not in urlsplit(url).netloc for url in self.urls):
            raise ValueError("urls must begin with https:// and hold no password")
        if self.urls and not (self.secret.get_secret_value() or self.secret_file):
            raise ValueError("urls needs secret or secret_file beside it: nobody could tell a notice from a lie")
        return self


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="CHARTRELAY_", env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    practice: Practice
    line: LineSettings = LineSettings()
    inbox: InboxSettings = InboxSettings()
    reading: ReadingSettings = ReadingSettings()
    desk: DeskSettings = DeskSettings()
    policy: Policy = Policy()
    webhooks: WebhookSettings = WebhookSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A command's option, then the environment, then the file."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=settings_cls.model_config.get("toml_file")),
        )


def load(file: Path, **options: Any) -> Settings:
    """The settings of the file, the environment and the options (`line={"broker": …}`).

    Raises SettingsError for a file that cannot be read, is no TOML, or holds anything that is not right.
    """

    if not file.is_file():
        raise SettingsError(f"{file} is not there; make a practice folder with: chartrelay init {file.parent}")

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return FromFile(**options)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is no TOML: {error}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is no TOML: it must be saved as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        lines = [_sentence(fault["loc"], fault["msg"], fault["type"], fault["input"]) for fault in error.errors()]
        raise SettingsError(f"{file} (or the environment) has a setting that is not right:\n" + "\n".join(lines)) from None


def _sentence(place: tuple[int | str, ...], message: str, kind: str, value: object) -> str:
    key = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        return f"  {key}: there is no such setting; there are {', '.join(_beside(place))}"
    if kind == "missing":
        return f"  {key}: is missing and must be set"
    right = "input should be true or false" if kind == "bool_parsing" else message[0].lower() + message[1:]
    return f"  {key} = {'(not shown)' if _may_be_secret(key, value) else repr(value)}: {right}"


def _may_be_secret(key: str, value: object) -> bool:
    """Whether the value could hold a password: a setting that may, its whole section, or an address with a name in it."""
    named = any(secret == key or secret.startswith(f"{key}.") or key.startswith(f"{secret}.") for secret in SECRET_KEYS)
    return named or "@" in str(value)


def _beside(place: tuple[int | str, ...]) -> list[str]:
    """The settings that there are where this one was looked for."""
    section: type[BaseModel] = Settings
    for part in place[:-1]:
        inner = section.model_fields[str(part)].annotation
        assert isinstance(inner, type) and issubclass(inner, BaseModel)  # noqa: S101 -- nothing else refuses extra members
        section = inner
    return list(section.model_fields)


def reader_processes(settings: Settings) -> int:
    """How many readers `up` starts."""
    return settings.reading.processes or max(1, (os.cpu_count() or 2) // 2)
