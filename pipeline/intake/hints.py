"""Hints that something happened in the inbox. They only wake the watcher early; the scan of the folder is the truth.

This is the only file that knows watchdog.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from pipeline.intake.shares import on_network_share

# Not: opened and closed without writing. Looking at a file would be a hint to look at it again.
_TELLING: list[type[FileSystemEvent]] = [FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileClosedEvent]
_SETTLE_SECONDS = 0.1  # events come in bursts; one burst is one hint
_POLL_SECONDS = 2.0
_STOP_SECONDS = 5.0


class Hints:
    """Watches one folder, not what lies deeper. Use it in a `with`, or close it."""

    def __init__(self, folder: Path, polling: bool | None = None) -> None:
        """`polling`: look every two seconds instead of asking the system for events; None chooses that for network
        shares. Never raises for a folder that cannot be watched: then there are no hints until it can be."""
        self._folder = folder
        self._polling = on_network_share(folder) if polling is None else polling
        self._bell = threading.Event()
        self._closing = threading.Event()
        self._observer: BaseObserver | None = None
        self._observe()

    @property
    def polling(self) -> bool:
        """Whether the folder is polled; also true once the system had no events to give (its limit is reached)."""
        return self._polling

    def wait(self, timeout: float) -> bool:
        """Waits for a hint, at most `timeout` seconds; tells whether there was one. After `close`, returns at once."""
        if not self._observing():
            self._observe()
        hinted = self._bell.wait(timeout)
        if hinted:
            self._closing.wait(min(_SETTLE_SECONDS, timeout))
            if not self._closing.is_set():
                self._bell.clear()
        return hinted

    def wake(self) -> None:
        """Ends a `wait` in another thread, as a hint would."""
        self._bell.set()

    def close(self) -> None:
        """Stops watching, and ends a `wait`. May be called twice."""
        self._closing.set()
        self._bell.set()
        self._dismiss()

    def __enter__(self) -> Hints:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _observing(self) -> bool:
        """Watchdog stops without a word when the folder vanishes."""
        return self._observer is not None and any(emitter.is_alive() for emitter in self._observer.emitters)

    def _observe(self) -> None:
        self._dismiss()
        if self._closing.is_set() or not self._folder.is_dir():
            return
        if not self._polling:
            self._observer = _started(Observer(), self._folder, self._bell)
            # No events to be had, as when the user's limit of inotify watches is reached: look ourselves.
            self._polling = self._observer is None
        if self._polling:
            self._observer = _started(PollingObserver(timeout=_POLL_SECONDS), self._folder, self._bell)

    def _dismiss(self) -> None:
        observer, self._observer = self._observer, None
        if observer is not None:
            _stop(observer)


class _Ringer(FileSystemEventHandler):
    def __init__(self, bell: threading.Event) -> None:
        self._bell = bell

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._bell.set()


def _started(observer: BaseObserver, folder: Path, bell: threading.Event) -> BaseObserver | None:
    """The observer, watching; or None if it cannot."""
    try:
        observer.schedule(_Ringer(bell), str(folder), recursive=False, event_filter=_TELLING)
        observer.start()
    except OSError:
        _stop(observer)
        return None
    return observer


def _stop(observer: BaseObserver) -> None:
    observer.stop()
    with contextlib.suppress(RuntimeError):  # it never started
        observer.join(_STOP_SECONDS)
