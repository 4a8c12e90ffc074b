"""Signed heads and proofs: what an auditor takes away, and can check without the practice's database.

A head says how long the log is and which hash stands for all of it, and is signed. Whoever keeps one elsewhere can tell
later whether the log still holds everything that it held then. A proof is one entry, a head, and the few hashes that lead
from the one to the other. The format is explained in docs/log.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError
from sqlalchemy import Connection, select

from pipeline.errors import Error
from pipeline.log import tree
from pipeline.log.chain import GENESIS
from pipeline.log.rows import COLUMNS, covered, hash_of
from pipeline.log.signing import PublicKey, Signer
from pipeline.store.tables import log
from pipeline.store.times import stamp
from schemas.base import Frozen, JsonDict, Sha256, Version1

CONTEXT = b"chartrelay log head 1\n"
"""Goes before what is signed, so that no signature of a head can pass for one of something else."""

M = TypeVar("M", bound=Frozen)


class HeadError(Error):
    """A head or a proof cannot be made or read. The text says why."""


class Head(Frozen):
    """How long the log is, and what it holds: signed."""

    kind: Literal["chartrelay log head"] = "chartrelay log head"
    version: Version1 = 1
    size: Annotated[int, Field(ge=0, description="how many entries")]
    root: Annotated[Sha256, Field(description="of the Merkle tree over them")]
    chain: Annotated[Sha256, Field(description="the last entry's own hash; zeros where there is none")]
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT[\d:.]+Z$", description="when it was signed")]
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", description="the first 16 digits of the SHA-256 of the public key")]
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]

    def fault(self, key: PublicKey | None = None) -> str:
        """What is wrong with its signature; empty where it holds. With `key`, it must be this one's."""
        by = PublicKey(bytes.fromhex(self.public_key))
        if key is not None and key != by:
            return f"The head was signed with another key ({by.name}), not with {key.name}."
        if by.name != self.key:
            return "The head names another key than the one it carries."
        if not by.signed(bytes.fromhex(self.signature), self.signed_bytes()):
            return "The signature of the head does not hold: it was changed, or signed by somebody else."
        return ""

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return _signed_bytes(self.size, self.root, self.chain, self.at, self.key)


class Proof(Frozen):
    """One entry of the log, and what proves that it is there."""

    kind: Literal["chartrelay log proof"] = "chartrelay log proof"
    version: Version1 = 1
    entry: Annotated[JsonDict, Field(description="the row as it is kept, `hash` included; `details` is text")]
    path: Annotated[tuple[Sha256, ...], Field(description="the hashes beside the way from the leaf to the root")]
    head: Head


def signed_head(connection: Connection, signer: Signer, at: datetime) -> Head:
    """The head of the log as it is. Raises HeadError where the tree does not fit the log."""
    last = connection.execute(select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)).first()
    size, chain = (last.seq, last.hash) if last else (0, GENESIS)
    try:
        root = tree.root(connection, size).hex()
    except tree.NodeMissing as missing:
        raise HeadError(f"{missing} Look at `chartrelay log verify`.") from None
    by, moment = signer.public, stamp(at)
    signature = signer.sign(_signed_bytes(size, root, chain, moment, by.name)).hex()
    return Head(size=size, root=root, chain=chain, at=moment, key=by.name, public_key=by.hex, signature=signature)


def proof(connection: Connection, seq: int, head: Head) -> Proof:
    """The proof that the entry is in the log of this head. Raises HeadError."""
    row = connection.execute(select(*COLUMNS).where(log.c.seq == seq)).mappings().first()
    if row is None:
        raise HeadError(f"The log has no entry {seq}.")
    try:
        path = tree.inclusion(connection, seq - 1, head.size)
    except tree.NodeMissing as missing:
        raise HeadError(f"{missing} Look at `chartrelay log verify`.") from None
    return Proof(entry=dict(row), path=tuple(part.hex() for part in path), head=head)


def faults(proof: Proof, key: PublicKey | None = None) -> list[str]:
    """What is wrong with a proof, a sentence each; empty where it holds. Needs nothing but the proof (and a key to trust)."""
    entry, found = proof.entry, [fault] if (fault := proof.head.fault(key)) else []
    if set(entry) != {column.name for column in COLUMNS} or not isinstance(entry["seq"], int):
        return [*found, "The entry has not the parts that an entry of the log has."]
    if hash_of(entry) != entry["hash"]:
        found.append(f"Entry {entry['seq']} was changed: its hash is another one.")
    path = [bytes.fromhex(part) for part in proof.path]
    root = tree.root_by_proof(tree.leaf(covered(entry)), entry["seq"] - 1, proof.head.size, path)
    if root is None or root.hex() != proof.head.root:
        found.append(f"Entry {entry['seq']} is not in the log that the head stands for.")
    return found


def written(what: Head | Proof) -> str:
    """As it goes into a file."""
    return json.dumps(what.model_dump(mode="json"), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def written_together(proofs: Sequence[Proof]) -> str:
    """Several proofs in one file: a JSON list."""
    return json.dumps([one.model_dump(mode="json") for one in proofs], indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_any(text: str) -> Head | list[Proof]:
    """What is in the file: a head, or one proof or several. Raises HeadError."""
    try:
        body = json.loads(text)
    except ValueError:
        raise HeadError("This is neither a head nor a proof: it is no JSON.") from None
    if isinstance(body, dict) and body.get("kind") == Head.model_fields["kind"].default:
        return read(Head, text)
    several = body if isinstance(body, list) and body else [body]
    return [read(Proof, json.dumps(one)) for one in several]


def read(model: type[M], text: str | bytes) -> M:
    """The head or proof from a file. Raises HeadError."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise HeadError(f"This is no {model.model_fields['kind'].default}: {where}: {first['msg']}.") from None


def _signed_bytes(size: int, root: str, chain: str, at: str, key: str) -> bytes:
    body: dict[str, Any] = {"size": size, "root": root, "chain": chain, "at": at, "key": key}
    return CONTEXT + json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
