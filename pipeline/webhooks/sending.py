"""Sending notices by HTTP, signed as the Standard Webhooks specification 1.0.0 asks for (standardwebhooks.com).

`webhook-id` is the same at every try, `webhook-timestamp` is the time of the try, `webhook-signature` the HMAC-SHA256 over
both and the body, one for each secret, so that a secret can be exchanged without a gap. No redirect is followed, no answer is
read beyond its status, and a try has one limit for all of it, however slowly the other side speaks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
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

    def __init__(self, store: Store, settings: WebhookSettings, secrets: Sequence[str]) -> None:
        self._store = store
        self._settings = settings
        self._secrets = tuple(secrets)
        self._urls = {endpoint_of(url): url for url in settings.urls}
        self._log = structlog.get_logger()

    def tell(self) -> int:
        """Everything that is due, once; how many tries that were. Raises Retryable when the database is away."""
        notices.feed(self._store, self._settings.urls, self._settings.events)
        due = notices.claim(self._store, self._settings.urls)
        for notice, status in asyncio.run(self._tried(due)).items() if due else ():
            self._settle(notice, status)
        return len(due)

    async def _tried(self, due: Sequence[Notice]) -> Mapping[Notice, str]:
        """All at once, but each endpoint its own one after the other: one that is slow keeps no other waiting."""
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=self._settings.timeout_seconds) as client:
            lines = [
                self._one_by_one(client, [notice for notice in due if notice.endpoint == endpoint])
                for endpoint in {notice.endpoint for notice in due}
            ]
            return {notice: status for line in await asyncio.gather(*lines) for notice, status in line.items()}

    async def _one_by_one(self, client: httpx.AsyncClient, due: Sequence[Notice]) -> dict[Notice, str]:
        """Up to the first that fails for lack of an answer: whoever does not answer now is not asked a hundred times."""
        found: dict[Notice, str] = {}
        for notice in due:
            found[notice] = found_before = await self._status(client, notice)
            if not found_before.isdecimal():
                return found | {later: found_before for later in due if later not in found}
        return found

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
