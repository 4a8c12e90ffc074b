"""The command `chartrelay`."""

from workers.cli.app import main

__all__ = ["main"]
