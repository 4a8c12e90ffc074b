"""A small office whose line really runs, with its desk: for decisions that must come true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from pipeline.desk.app import Desk, make_app
from schemas.people import Role
from tests.desk.conftest import Browser, logged_in
from tests.desk.morning import CARDS, KEY
from tests.workers.small import SmallOffice


class DeskOffice(SmallOffice):
    """The office, and people at its desk."""

    def desk(self) -> Desk:
        """What the application is made of."""
        house = self.house
        return Desk(
            store=self.store,
            vault=house.bench.vault,
            folder=self.folder,
            settings=house.settings,
            stations=CARDS,
            depths=house.broker.depths,
            key=KEY,
            publish=house.outbox.publish,
        )

    def somebody(self, *roles: Role) -> Browser:
        """At the desk, as a reviewer if nothing else is said."""
        return logged_in(make_app(self.desk()), self, frozenset(roles or (Role.REVIEWER,)))

    def fill_in(self, browser: Browser, request_id: str, way: str, **fields: Any) -> Response:
        """Opens the page of a request and sends one of its forms, with what the page has hidden in it."""
        shown = browser.get(f"/requests/{request_id}").text
        hold = re.search(r'name="hold" value="(\d*)"', shown)
        hidden = dict(re.findall(r'name="(was\.[\w.]+)" value="([^"]*)"', shown)) if way == "correct" else {}
        data = {"way": way, "hold": hold[1] if hold else "", **hidden, **fields}
        return browser.post(f"/requests/{request_id}/decide", data=data)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[DeskOffice]:
    """An office of twelve patients."""
    made = DeskOffice(tmp_path)
    yield made
    made.close()
