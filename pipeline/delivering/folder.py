"""The folder channel: a network share, a stick, a folder that another program watches.

A set is written under a hidden temporary name, flushed, read back, and then renamed: the receiver sees all of it or
nothing. Its name comes from the key, so that a second try meets the first one's set (see `place.py`); a set that was
taken away at once has left its counterfoil (see `counterfoils.py`). A folder without our marker is the empty place of a
share that is not connected (see `address.py`).
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.delivering.address import folder_of
from pipeline.delivering.counterfoils import Counterfoil, Counterfoils
from pipeline.delivering.courier import Progress
from pipeline.delivering.disk import Disk, reaching_the_disk
from pipeline.delivering.packing import PackedFile, PackedSet
from pipeline.delivering.place import Place
from pipeline.delivering.reading_back import differences
from pipeline.errors import NeedsPerson, Retryable
from pipeline.store.vault import VaultDamaged
from schemas.disclosure import DeliveryIntent, DeliveryReceipt, Enclosure, ProofRung
from schemas.release import HoldReason

_CHUNK = 1 << 20
_COUNTERFOILS = ".counterfoils"


class FolderCourier:
    """A `Courier` that puts sets into folders below `outgoing`, or on `shares` that the settings allow.

    `counterfoils` is the folder of its own trace, on the practice's own disk; its parent must be there. Without it the trace
    lies within `outgoing`, where it goes away together with a share.

    Its proof is `reached`: every file was read back from the destination and has the hash it should have.
    """

    channel = "folder"

    def __init__(
        self, outgoing: Path, *, counterfoils: Path | None = None, shares: tuple[Path, ...] = (), disk: Disk | None = None
    ) -> None:
        self._outgoing = outgoing
        self._shares = shares
        self._disk = disk or Disk()
        self._counterfoils = Counterfoils(counterfoils or outgoing / _COUNTERFOILS, self._disk)

    def seen(self, intent: DeliveryIntent, packed: PackedSet) -> DeliveryReceipt | None:
        """See `Courier.seen`. Reads every file of a set that is there."""
        with reaching_the_disk():
            place = self._place(intent)
            receipt = self._look(place, intent, packed)
            if receipt:
                self._tidy(place)
            return receipt

    def deliver(
        self, intent: DeliveryIntent, packed: PackedSet, *, at: datetime, progress: Progress | None = None
    ) -> DeliveryReceipt:
        """See `Courier.deliver`. Where two processes try the same key at once, the later one takes over."""
        with reaching_the_disk():
            place = self._place(intent)
            earlier = self.seen(intent, packed)
            if earlier:
                return earlier
            self._sweep(place)
            self._show(self._written(place, packed, progress), place, packed, at)
            shown = self.seen(intent, packed)
            if shown is None:
                raise Retryable("the set vanished from the destination while it was read back")
            return shown

    def written(self, intent: DeliveryIntent) -> tuple[Enclosure, ...]:
        """See `Courier.written`: the counterfoil says it."""
        with reaching_the_disk():
            counterfoil = self._counterfoils.read(intent.key)
        return counterfoil.enclosures if counterfoil else ()

    def bar(self, intent: DeliveryIntent, *, found_out: datetime) -> bool:
        """See `Courier.bar`. Only the try of the counterfoil can be shown, so where there is none, one of no try is written."""
        with reaching_the_disk():
            place = self._place(intent)
            self._sweep(place)
            if self._counterfoils.read(place.key) is None:
                with contextlib.suppress(FileExistsError):  # another try wrote its own just now
                    self._counterfoils.write(place.key, Counterfoil(secrets.token_hex(8), None))
            counterfoil = self._counterfoils.read(place.key)
            if counterfoil is None or place.holds_back(counterfoil):
                raise Retryable("another try of the same delivery is under way")
            if place.final.exists() or place.final.is_symlink():
                return False
            if counterfoil.at and counterfoil.at > found_out:
                raise _taken_away(intent)
            return True

    def _place(self, intent: DeliveryIntent) -> Place:
        return Place(folder_of(intent.address, self._outgoing, self._shares), intent.key)

    def _look(self, place: Place, intent: DeliveryIntent, packed: PackedSet) -> DeliveryReceipt | None:
        """What is there. The order matters: a try may be shown, or given up, by another process while this one looks."""
        counterfoil = self._counterfoils.read(place.key)
        not_shown = counterfoil is None or place.holds_back(counterfoil)
        if place.final.exists() or place.final.is_symlink():
            return self._shown(place, intent, packed)
        if not_shown:
            return None
        if self._counterfoils.read(place.key) != counterfoil:
            raise Retryable("another try of the same delivery is under way")
        raise _taken_away(intent)

    def _shown(self, place: Place, intent: DeliveryIntent, packed: PackedSet) -> DeliveryReceipt:
        """The receipt of the set that is there, if it is still as it was written. Its counterfoil was there before it."""
        counterfoil = self._counterfoils.read(place.key)
        written = (counterfoil.enclosures if counterfoil else ()) or packed.enclosures
        if not packed.holds_the_same_records(written):
            raise _of_other_records(intent)
        found = differences(place.final, written)
        if found:
            raise _altered(intent, found)
        return _receipt(intent, written, counterfoil, place.final)

    def _tidy(self, place: Place) -> None:
        """Clears away what is left of other tries, as far as it goes: the set is there, and that is what counts."""
        with contextlib.suppress(OSError):
            self._sweep(place)

    def _sweep(self, place: Place) -> None:
        """Gives up every other try under this key, and clears away what is left of them."""
        for partial in place.partials():
            with contextlib.suppress(FileNotFoundError):  # another process gave it up, or showed it, just now
                self._disk.rename(partial, place.discard(place.token_of(partial)))
        self._counterfoils.sweep(place.key)
        counterfoil = self._counterfoils.read(place.key)
        if counterfoil and place.gave_up(counterfoil):
            self._counterfoils.void(place.key, counterfoil)
        for discard in place.discards():
            self._remove(discard)

    def _written(self, place: Place, packed: PackedSet, progress: Progress | None) -> Path:
        """The set under a temporary name, complete and read back. What was begun is given up when anything fails."""
        place.folder.mkdir(parents=True, exist_ok=True)
        self._disk.flush_folder(place.folder.parent)
        partial = place.partial(secrets.token_hex(8))
        with self._giving_up_on_failure(partial, place):
            self._disk.make_folder(partial)
            self._write(partial, packed, progress)
            if differences(partial, packed.enclosures):
                raise Retryable("the destination does not give back what was written to it")
        return partial

    def _write(self, partial: Path, packed: PackedSet, progress: Progress | None) -> None:
        folders = {partial}
        done = 0
        for file in packed.files:
            target = partial.joinpath(*file.parts)
            if target.parent not in folders:
                self._disk.make_folder(target.parent)
                folders.add(target.parent)
            for count in self._copy(file, target):
                done += count
                if progress:
                    progress(done, packed.size_bytes)
        for folder in folders:
            self._disk.flush_folder(folder)

    def _copy(self, file: PackedFile, target: Path) -> Iterator[int]:
        """Copies one file; gives the bytes copied, chunk by chunk. Raises VaultDamaged where the source is not the set's."""
        digest = hashlib.sha256()
        with file.source.open("rb") as source, self._disk.create(target) as stream:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                stream.write(chunk)
                yield len(chunk)
            self._disk.flush(stream)
        if digest.hexdigest() != file.sha256:
            raise VaultDamaged(f"the blob {file.sha256} was changed on the disk")

    def _show(self, partial: Path, place: Place, packed: PackedSet, at: datetime) -> None:
        """Renames the set into view. From the counterfoil on, this try is the only one that can be shown."""
        with self._giving_up_on_failure(partial, place):
            try:
                self._counterfoils.write(place.key, Counterfoil(place.token_of(partial), at, packed.enclosures))
            except FileExistsError:
                raise Retryable("another try of the same delivery is under way") from None
            self._disk.rename(partial, place.final)
        self._disk.flush_folder(place.folder)

    @contextlib.contextmanager
    def _giving_up_on_failure(self, partial: Path, place: Place) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with contextlib.suppress(OSError):  # what cannot be cleared away now is cleared away by the next try
                self._give_up(partial, place)
            raise

    def _give_up(self, partial: Path, place: Place) -> None:
        discard = place.discard(place.token_of(partial))
        self._disk.rename(partial, discard)
        counterfoil = self._counterfoils.read(place.key)
        if counterfoil and counterfoil.token == place.token_of(partial):
            self._counterfoils.void(place.key, counterfoil)
        self._remove(discard)

    def _remove(self, folder: Path) -> None:
        """Clears away a folder of ours. Links in it are removed, never followed."""
        with contextlib.suppress(FileNotFoundError):  # another process clears it away as well
            for path in folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    self._remove(path)
                else:
                    self._disk.remove_file(path)
        self._disk.remove_folder(folder)


def _receipt(
    intent: DeliveryIntent, written: Sequence[Enclosure], counterfoil: Counterfoil | None, final: Path
) -> DeliveryReceipt:
    shown_at = counterfoil.at if counterfoil else None
    size_bytes = sum(enclosure.size_bytes for enclosure in written)
    return DeliveryReceipt(
        key=intent.key,
        channel=intent.channel,
        address=intent.address,
        proof=ProofRung.REACHED,
        delivered_at=shown_at or datetime.fromtimestamp(final.stat().st_mtime, UTC),
        enclosures=tuple(written),
        sentence=f"The folder “{final.name}” is at the destination; all {len(written)} files ({size_bytes:,} bytes) "
        "were read back from there and have the SHA-256 they should have.",
    )


def _altered(intent: DeliveryIntent, found: list[str]) -> NeedsPerson:
    return NeedsPerson.because(
        HoldReason.DELIVERY_UNCERTAIN,
        f"A set with this number is already at “{intent.address}”, but it is not as it was sent: {' '.join(found)} "
        "Nothing was written to it.",
        cure="Ask the office whether they got everything and what they changed.",
    )


def _of_other_records(intent: DeliveryIntent) -> NeedsPerson:
    return NeedsPerson.because(
        HoldReason.DELIVERY_UNCERTAIN,
        f"A set with this number is already at “{intent.address}”, but it was made of other records. Nothing was written to it.",
        cure="Look at the set there, and tell whoever looks after ChartRelay.",
    )


def _taken_away(intent: DeliveryIntent) -> NeedsPerson:
    return NeedsPerson.because(
        HoldReason.DELIVERY_UNCERTAIN,
        f"The set was just being shown at “{intent.address}” when the line stopped, and it is not there now: the office may "
        "have taken it.",
        cure="Ask the office whether they have the records. Nothing is sent a second time before that is known.",
    )
