"""The process that tells others what happens: requests that are held, sets that were delivered."""

from __future__ import annotations

import threading

import structlog

from pipeline.errors import Retryable
from pipeline.webhooks.notices import register
from pipeline.webhooks.secret import secrets_of
from pipeline.webhooks.sending import Teller
from workers.wiring import House

LOOK_SECONDS = 1.0
"""How soon something is told; the database is asked so often."""


def teller_of(house: House) -> Teller:
    """Whoever tells the endpoints of the settings. Raises SettingsError."""
    settings = house.settings.webhooks
    secrets = secrets_of(settings, house.folder.root)
    register(house.store, settings.urls)
    return Teller(house.store, settings, secrets)


def serve_webhooks(house: House, stopping: threading.Event) -> None:
    """Tells what happens until `stopping` is set. Raises SettingsError."""
    log = structlog.get_logger()
    teller = teller_of(house)
    log.info("at work", stations=["webhooks"])
    while not stopping.wait(LOOK_SECONDS):
        try:
            while teller.tell() and not stopping.is_set():
                pass
        except Retryable as error:
            log.warning("the webhooks wait", why=str(error))
    log.info("went home", stations=["webhooks"])
