"""Work that is interrupted at any of its steps: by a power cut, or by somebody else who does something just then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from pipeline.store.store import Store
from pipeline.store.unit import Unit

T = TypeVar("T")
Seam = tuple[Any, str]
"""A module or class, and the name of a function in it: before and after each call is a step."""


class PowerCut(BaseException):
    """The machine is off from one moment to the next; nobody catches this."""


class Steps:
    """The steps of some work, counted; at one of them, something else can be made to happen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seams: Sequence[Seam]) -> None:
        """Transactions are steps besides `seams`: when one has begun, before it commits, and after."""
        self.names: list[str] = []
        """The steps of the last block, up to the one at which something happened."""
        self.happened = False
        """Whether the last block came to that step."""
        self._at = 0
        self._act: Callable[[], object] = lambda: None
        self._off = self._committing = False
        self._within = True
        for place, name in seams:
            monkeypatch.setattr(place, name, self._around(name, getattr(place, name)))
        monkeypatch.setattr(Store, "unit", self._around_unit(Store.unit))

    @contextmanager
    def power_cut_at(self, step: int) -> Iterator[None]:
        """Within the block the power fails at this step, if it comes to it: no later step is done, and the block ends."""
        try:
            with self.at(step, self._cut_power):
                yield
        except PowerCut:
            pass
        finally:
            self._off = False

    @contextmanager
    def at(self, step: int, act: Callable[[], object], *, within_transactions: bool = True) -> Iterator[None]:
        """Within the block `act` is done at this step, if it comes to it. Steps that `act` takes do not count.

        Without `within_transactions`, steps of an open transaction do not count either: `act` would wait for its end.
        """
        self.names, self._at, self._act, self.happened = [], step, act, False
        self._within = within_transactions
        try:
            yield
        finally:
            self._at = 0

    def _cut_power(self) -> None:
        self._off = True
        raise PowerCut

    def _step(self, name: str) -> None:
        if self._off:
            raise PowerCut
        if not self._at or (self._committing and not self._within):
            return
        self.names.append(name)
        if len(self.names) == self._at:
            self._at, self.happened = 0, True
            self._act()

    def _around(self, name: str, act: Callable[..., T]) -> Callable[..., T]:
        def stepped(*given: Any, **named: Any) -> T:
            self._step(f"before {name}")
            done = act(*given, **named)
            self._step(f"after {name}")
            return done

        return stepped

    def _around_unit(self, unit: Callable[[Store], Any]) -> Callable[[Store], Any]:
        @contextmanager
        def stepped(store: Store) -> Iterator[Unit]:
            with unit(store) as opened:
                self._committing = True
                try:
                    self._step("begun")
                    yield opened
                    self._step("before commit")
                finally:
                    self._committing = False
            self._step("after commit")

        return stepped
