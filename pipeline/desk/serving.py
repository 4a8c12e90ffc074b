"""The desk on the network: uvicorn, started and stopped by whoever runs the line."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Protocol

import uvicorn
from starlette.types import ASGIApp

from pipeline.errors import Error


class Stopping(Protocol):
    """Tells that it is time to stop: an Event of `threading` or `multiprocessing`."""

    def is_set(self) -> bool:
        """Whether it is."""
        ...


class AddressError(Error):
    """The desk's address is taken, not allowed, or none of this machine. The text says what to change."""


def serve(app: ASGIApp, host: str, port: int, stopping: Stopping, opened: Callable[[int], None] | None = None) -> None:
    """Answers requests until `stopping` is set. Calls `opened` with the port once connections are taken (port 0: any free one).

    Raises AddressError. Logs no requests: addresses may hold the key or a patient's name. Leaves signals to the caller.
    """
    with listening(host, port) as door:
        if opened:
            opened(door.getsockname()[1])
        config = uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
            lifespan="off",
        )
        _Server(config, stopping).run(sockets=[door])


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections at this address. Raises AddressError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AddressError(
            f"The desk cannot be opened at {host}:{port} ({reason}); set desk.host or desk.port to others."
        ) from error


class _Server(uvicorn.Server):
    """Looks ten times a second whether to stop."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def on_tick(self, counter: int) -> bool:
        """True ends the serving."""
        return self._stopping.is_set() or await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: whoever runs the line hears them and sets `stopping`."""
        yield
