"""Sending notices by HTTP, signed as the Standard Webhooks specification 1.0.0 asks for (standardwebhooks.com).

`webhook-id` is the same at every try, `webhook-timestamp` is the time of the try, `webhook-signature` the HMAC-SHA256 over
both and the body, one for each secret, so that a secret can be exchanged without a gap. No redirect is followed, no answer is
read beyond its status, and a try has one limit for all of it, however slowly the other side speaks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import structlog
from standardwebhooks.webhooks import Webhook

from pipeline.line.outbox import pause_before
from pipeline.settings import WebhookSettings
from pipeline.store.store import Store
from pipeline.webhooks import notices
from pipeline.webhooks.notices import Notice, endpoint_of

GONE = 410
"""“The endpoint is gone”: it is not tried again (Standard Webhooks, “Deliverability”)."""

ROUND_SECONDS = 30.0
"""So long one endpoint may keep a round of all of them going; with one try more it is well within `notices.CLAIM`."""


def signed(secrets: Sequence[str], notice: Notice, at: datetime) -> dict[str, str]:
    """The headers of one try."""
    signatures = (Webhook(secret).sign(notice.message_id, at, notice.body) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": "ChartRelay",
        "webhook-id": notice.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class Teller:
    """Tells the endpoints of the settings what happens."""

    def __init__(
        self, store: Store, settings: WebhookSettings, secrets: Sequence[str], *, round_seconds: float = ROUND_SECONDS
    ) -> None:
        self._store = store
        self._round_seconds = round_seconds
        self._settings = settings
        self._secrets = tuple(secrets)
        self._urls = {endpoint_of(url): url for url in settings.urls}
        self._log = structlog.get_logger()

    def tell(self) -> int:
        """What is due, once, as far as one round goes; how many tries that were. Raises Retryable when the database is away."""
        notices.feed(self._store, self._settings.urls, self._settings.events)
        due = notices.claim(self._store, self._settings.urls)
        return asyncio.run(self._told(due)) if due else 0

    async def _told(self, due: Sequence[Notice]) -> int:
        """All endpoints at once, but each its own one after the other: one that is slow keeps no other waiting."""
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=self._settings.timeout_seconds) as client:
            endpoints = {notice.endpoint for notice in due}
            lines = [self._one_by_one(client, [one for one in due if one.endpoint == endpoint]) for endpoint in endpoints]
            return sum(await asyncio.gather(*lines))

    async def _one_by_one(self, client: httpx.AsyncClient, due: Sequence[Notice]) -> int:
        """
        Each settled as it is answered, up to the first that has no answer: whoever does not answer now is not asked a hundred
        times. What a slow one leaves of the round is given back, so that the others are asked again meanwhile.
        """
        ends = asyncio.get_running_loop().time() + self._round_seconds
        for position, notice in enumerate(due):
            if position and asyncio.get_running_loop().time() >= ends:
                await asyncio.to_thread(notices.give_back, self._store, due[position:])
                return position
            status = await self._status(client, notice)
            met = due[position : position + 1] if status.isdecimal() else due[position:]
            for one in met:
                await asyncio.to_thread(self._settle, one, status)
            if not status.isdecimal():
                break
        return len(due)

    async def _status(self, client: httpx.AsyncClient, notice: Notice) -> str:
        """The status of the answer, or in a word why there is none."""
        headers = signed(self._secrets, notice, self._store.clock.now())
        url = self._urls[notice.endpoint]
        try:
            async with (
                asyncio.timeout(self._settings.timeout_seconds),
                client.stream("POST", url, content=notice.body.encode(), headers=headers) as answer,
            ):
                return str(answer.status_code)
        except (httpx.TimeoutException, TimeoutError):
            return "no answer in time"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return f"no answer ({type(error).__name__})"

    def _settle(self, notice: Notice, status: str) -> None:
        if status.isdecimal() and 200 <= int(status) < 300:
            notices.told(self._store, notice)
            return
        tries = notice.tries + 1
        last = status == str(GONE) or tries >= self._settings.tries
        notices.failed(self._store, notice, status, None if last else self._pause(tries))
        tell = self._log.warning if last else self._log.info
        tell("a webhook was not taken", why=f"{host_of(self._urls[notice.endpoint])}: {status}", tries=tries)

    def _pause(self, tries: int) -> timedelta:
        first, longest = self._settings.first_pause_seconds, self._settings.longest_pause_seconds
        return pause_before(tries, first=first, longest=longest, jitter=random.random())  # noqa: S311 -- nothing secret about it


def host_of(url: str) -> str:
    """As much of an address as may be shown: its path may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
