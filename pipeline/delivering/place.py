"""The names that belong to one key in one folder of the folder channel.

    Records KEY            the set, as the receiver sees it
    .partial.KEY.TOKEN     a try that is being written; TOKEN differs for each try, so that two never mix
    .discard.KEY.TOKEN     a try that was given up; renaming it away first keeps a slow process from still showing it

Keys have no dots (see `DeliveryIntent.key`), so that no key's names begin another's.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.delivering.counterfoils import Counterfoil


class Place:
    """Where the set of one key is, will be, or was being written."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.key = key
        self.final = folder / f"Records {key}"

    def partial(self, token: str) -> Path:
        """The set of one try while it is written."""
        return self.folder / f".partial.{self.key}.{token}"

    def discard(self, token: str) -> Path:
        """The set of one try that was given up."""
        return self.folder / f".discard.{self.key}.{token}"

    def partials(self) -> list[Path]:
        """All tries under this key that are being written, or that broke off."""
        return sorted(self.folder.glob(f".partial.{self.key}.*"))

    def discards(self) -> list[Path]:
        """All tries under this key that were given up and not cleared away yet."""
        return sorted(self.folder.glob(f".discard.{self.key}.*"))

    def token_of(self, path: Path) -> str:
        """Which try a partial or discard is."""
        return path.name.rpartition(".")[2]

    def gave_up(self, counterfoil: Counterfoil) -> bool:
        """Whether the try of this counterfoil can never be shown any more."""
        return self.discard(counterfoil.token).exists()

    def holds_back(self, counterfoil: Counterfoil) -> bool:
        """Whether the try of this counterfoil has not been shown: its set still has a hidden name."""
        return self.partial(counterfoil.token).exists() or self.gave_up(counterfoil)
