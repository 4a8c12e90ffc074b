"""The Merkle tree over the log: one hash for all entries, and a short proof that one entry is among them.

As in RFC 9162, section 2.1: a leaf is SHA-256 of 00 and the entry's bytes, a node SHA-256 of 01 and its two children, so
that neither can be passed off as the other. Kept are the nodes of whole subtrees only: they never change again, an entry
adds two of them on average, and every root and every proof is put together from a few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection, and_, or_, select

from pipeline.store.tables import log_tree

Place: TypeAlias = tuple[int, int]
"""Level and place of a node: (0, 5) is the leaf of entry 6, (1, 2) the node over it and the leaf before it."""
Look: TypeAlias = Callable[[Place], bytes]
"""Gives the hash of a whole subtree. Raises NodeMissing."""
EMPTY = hashlib.sha256().digest()
"""The root of a tree without entries."""


class NodeMissing(LookupError):
    """The tree lacks a node that it must have: it was cut, or is of another log."""


def leaf(data: bytes) -> bytes:
    """The hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two nodes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[Place]:
    """The whole subtrees that a tree of so many entries consists of, the smallest (and rightmost) first."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]


@dataclass
class Growing:
    """The right edge of a tree: enough to add entries and to tell the root, whatever lies to the left."""

    size: int = 0
    edge: dict[Place, bytes] = field(default_factory=dict)
    """The peaks."""

    def add(self, data: bytes) -> Iterator[tuple[Place, bytes]]:
        """Adds an entry's bytes; gives every subtree that is whole now."""
        level, place, digest = 0, self.size, leaf(data)
        yield (level, place), digest
        while place % 2:
            digest = node(self.edge.pop((level, place - 1)), digest)
            level, place = level + 1, place // 2
            yield (level, place), digest
        self.edge[level, place] = digest
        self.size += 1

    def root(self) -> bytes:
        """The hash over all entries."""
        return folded([self.edge[place] for place in peaks(self.size)])


def folded(hashes: Sequence[bytes]) -> bytes:
    """One hash over peaks, given the smallest first."""
    if not hashes:
        return EMPTY
    root = hashes[0]
    for larger in hashes[1:]:
        root = node(larger, root)
    return root


# ---- as it is kept --------------------------------------------------------------------------------------------------------


def growing(connection: Connection, size: int) -> Growing:
    """The right edge of the tree over the first `size` entries. Raises NodeMissing."""
    wanted = peaks(size)
    found = nodes(connection, wanted)
    if missing := [place for place in wanted if place not in found]:
        raise NodeMissing(f"The tree has no node {missing[0]}.")
    return Growing(size, found)


def nodes(connection: Connection, wanted: Iterable[Place]) -> dict[Place, bytes]:
    """The hashes of these nodes; what is not there is left out."""
    these = [and_(log_tree.c.level == level, log_tree.c.place == place) for level, place in wanted]
    if not these:
        return {}
    return {(row.level, row.place): bytes(row.hash) for row in connection.execute(select(log_tree).where(or_(*these)))}


def root(connection: Connection, size: int) -> bytes:
    """The hash over the first `size` entries. Raises NodeMissing."""
    return growing(connection, size).root()


def inclusion(connection: Connection, index: int, size: int) -> list[bytes]:
    """What proves that the leaf `index`, counted from 0, is in the tree over `size` entries: from the leaf upwards.

    Raises NodeMissing.
    """
    if not 0 <= index < size:
        raise NodeMissing(f"Entry {index + 1} is not among {size}.")
    parts = list(_beside(index, 0, size))
    found = nodes(connection, {place for part in parts for place in part})
    try:
        return [folded([found[place] for place in part]) for part in parts]
    except KeyError as missing:
        raise NodeMissing(f"The tree has no node {missing}.") from None


def _beside(index: int, begin: int, end: int) -> Iterator[list[Place]]:
    """The other half at every parting of the range that holds the leaf, the smallest half first."""
    if end - begin == 1:
        return
    middle = begin + (1 << (end - begin - 1).bit_length() - 1)
    if index < middle:
        yield from _beside(index, begin, middle)
        yield _peaks_of(middle, end)
    else:
        yield from _beside(index, middle, end)
        yield _peaks_of(begin, middle)


def _peaks_of(begin: int, end: int) -> list[Place]:
    """The whole subtrees of a range that begins where a subtree of its size may begin, the smallest first."""
    return [(level, (begin >> level) + place) for level, place in peaks(end - begin)]


# ---- as anybody can check it -----------------------------------------------------------------------------------------------


def root_by_proof(digest: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that the path leads to from the leaf (RFC 9162, 2.1.3.2); None where the path is of another length."""
    if not 0 <= index < size:
        return None
    place, last = index, size - 1
    for beside in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            digest = node(beside, digest)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            digest = node(digest, beside)
        place, last = place >> 1, last >> 1
    return digest if last == 0 else None
