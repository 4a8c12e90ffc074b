"""Debian's Chromium, driven by Playwright: nothing is downloaded, and nothing of what a browser does besides."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

from tests.servers.processes import ServerUnavailableError

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
"""The same names as in tools/setup/system.sh."""
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> Path:
    """The browser: the one that CHROMIUM names, or the first that is found. Raises ServerUnavailableError."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (found := shutil.which(name)):
            return Path(found)
    raise ServerUnavailableError("no Chromium: apt-get install chromium fonts-dejavu-core")


def start(playwright: Playwright, *flags: str) -> Browser:
    """A browser without a window, with a profile of its own that goes when it ends. Raises ServerUnavailableError.

    Root may not use Chromium's sandbox; everybody else keeps it.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        return playwright.chromium.launch(
            executable_path=program(), args=[*QUIET, *(["--no-sandbox"] if is_root else []), *flags]
        )
    except Error as error:
        raise ServerUnavailableError(f"{program()} does not start: {error}") from error
