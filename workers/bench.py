"""The bench: what a station finds laid out for its work. Wired in one place, `workers/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pipeline.clock import Clock
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings
from pipeline.store.facts import StoreDamaged
from pipeline.store.store import RequestRow, Store
from pipeline.store.vault import Vault
from schemas.base import Fact

if TYPE_CHECKING:
    from pipeline.delivering.courier import Courier
    from pipeline.forms.lessons import School
    from pipeline.gathering.source import RecordSource
    from pipeline.matching.directory import DirectoryFile
    from pipeline.matching.registry import Registry
    from pipeline.matching.roster import RosterFile
    from pipeline.reading.reader import Reader

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Bench:
    """Tools and material. Stations read from the store and keep bytes in the vault; they change nothing else."""

    settings: Settings
    folder: PracticeFolder
    clock: Clock
    store: Store
    vault: Vault
    roster: RosterFile
    directory: DirectoryFile
    source: RecordSource
    couriers: Mapping[str, Courier]
    """By channel."""
    reader: Callable[[], Reader]
    """Made when first asked for: only the readers load models."""
    registry: Registry | None = None
    """The public registry of providers, where the practice has loaded one."""
    school: School | None = None
    """Where the reader learns from what people have corrected."""
    row: RequestRow | None = None
    """The request's row as the runner read it when this attempt began."""

    @property
    def begun(self) -> RequestRow:
        """The request's row as it was when this attempt began: what was decided since is not in it. Raises StoreDamaged."""
        if self.row is None:
            raise StoreDamaged("no attempt has begun at this bench")
        return self.row

    def fact(self, model: type[F], request_id: str, sha256: str) -> F:
        """The fact that a message names."""
        return self.store.fact(model, request_id, sha256)

    def request(self, request_id: str) -> RequestRow:
        """The request's row. Raises StoreDamaged if there is none."""
        row = self.store.request(request_id)
        if row is None:
            raise StoreDamaged(f"there is no request {request_id}")
        return row
