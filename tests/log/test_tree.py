"""The Merkle tree is that of RFC 9162, and whoever has a proof and a head needs nothing else.

The rules of the RFC stand here once more, in their recursive form and from its text alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from pipeline.log import building, tree
from pipeline.log.chain import Note, verify
from pipeline.log.heads import Head, HeadError, Proof, faults, proof, read, read_any, signed_head, written, written_together
from pipeline.log.signing import LogKeyError, PublicKey, Signer, signer
from pipeline.store.store import Store
from pipeline.store.tables import log, log_days, log_found, log_tree, log_words
from schemas.disclosure import LogEvent
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401
from tests.log.test_chain import without_guard

KEY = Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))


def mth(entries: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1: the hash of a list of entries."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = largest_power_below(len(entries))
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1: the inclusion proof of entry m."""
    if len(entries) == 1:
        return []
    k = largest_power_below(len(entries))
    return [*path(m, entries[:k]), mth(entries[k:])] if m < k else [*path(m - k, entries[k:]), mth(entries[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def write(store: Store, count: int = 1) -> None:
    with store.unit() as unit:
        unit.log(None, [Note(LogEvent.DECIDED, f"Ana {n}", details={"é": [n, None]}) for n in range(count)])


def entries_of(store: Store) -> list[bytes]:
    """What a leaf is made of, by the words of docs/log.md."""
    with store.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(log).order_by(log.c.seq)).mappings()]
    return [
        json.dumps(
            {k: v for k, v in row.items() if k != "hash"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        for row in rows
    ]


def head_of(store: Store, key: Signer = KEY) -> Head:
    with store.reading() as connection:
        return signed_head(connection, key, store.clock.now())


def prove(store: Store, seq: int, head: Head) -> Proof:
    with store.reading() as connection:
        return proof(connection, seq, head)


# ---- the tree ------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 130), st.data())
def test_root_and_proof_are_those_of_the_rfc(size: int, data: st.DataObject) -> None:
    entries = [str(n).encode() for n in range(size)]
    growing = tree.Growing()
    for entry in entries:
        list(growing.add(entry))
    assert growing.root() == mth(entries)
    index = data.draw(st.integers(0, size - 1))
    assert tree.root_by_proof(tree.leaf(entries[index]), index, size, path(index, entries)) == mth(entries)
    wrong = data.draw(st.integers(0, size + 3).filter(lambda n: n != index))
    assert tree.root_by_proof(tree.leaf(entries[index]), wrong, size, path(index, entries)) != mth(entries)


def test_an_empty_log_has_the_root_of_an_empty_list(sqlite_store: Store) -> None:
    assert head_of(sqlite_store).root == mth([]).hex()


def test_the_kept_tree_proves_every_entry_at_every_length(store: Store) -> None:
    for count in (1, 2, 1, 7, 4):
        write(store, count)
        entries = entries_of(store)
        assert head_of(store).root == mth(entries).hex()
    for size in (1, 2, 7, 8, 15):
        for index in range(size):
            with store.reading() as connection:
                assert tree.inclusion(connection, index, size) == path(index, entries[:size])
                assert tree.root(connection, size) == mth(entries[:size])


def test_writers_at_the_same_time_make_one_tree(store: Store) -> None:
    start = threading.Barrier(4)

    def writer() -> None:
        start.wait()
        for _ in range(5):
            write(store, 2)

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = entries_of(store)
    assert len(entries) == 40
    assert head_of(store).root == mth(entries).hex()
    with store.reading() as connection:
        assert verify(connection).whole
        assert connection.scalar(select(log_words.c.entries).where(log_words.c.word == "by:ana")) == 40


def test_an_entry_that_is_taken_back_leaves_nothing_in_the_tree(store: Store) -> None:
    write(store, 3)
    with pytest.raises(ZeroDivisionError), store.unit() as unit:
        unit.log(None, [Note(LogEvent.HELD, "match")])
        raise ZeroDivisionError
    write(store)
    assert head_of(store).root == mth(entries_of(store)).hex()


def test_what_is_made_from_an_old_log_is_what_growing_makes(store: Store) -> None:
    for _ in range(5):
        write(store, 2)

    def made() -> list[list[tuple[Any, ...]]]:
        words = select(log_words.c.word, log_found.c.seq).join_from(log_found, log_words, log_words.c.id == log_found.c.word)
        tables = (select(log_tree), select(log_days), words, select(log_words.c.word, log_words.c.entries))
        with store.reading() as connection:
            return [sorted(tuple(row) for row in connection.execute(table)) for table in tables]

    before = made()
    with store.unit() as unit:
        building.build(unit.connection)
    assert made() == before


# ---- verifying -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        update(log_tree).where(log_tree.c.level == 2).values(hash=bytes(32)),
        delete(log_tree).where(log_tree.c.level == 2),
    ],
)
def test_a_tree_that_is_not_the_logs_is_found_and_can_be_made_anew(store: Store, attack: Any) -> None:
    write(store, 4)
    with store.unit() as unit:
        unit.connection.execute(attack)
    with store.reading() as connection:
        assert "`chartrelay log rebuild`" in verify(connection).sentence
    with store.unit() as unit:
        building.build(unit.connection)
    with store.reading() as connection:
        assert verify(connection).whole


def test_a_kept_head_shows_that_the_log_was_cut_or_replaced(store: Store) -> None:
    write(store, 3)
    head = head_of(store)
    write(store, 2)
    with store.reading() as connection:
        assert verify(connection, kept=head).whole
    without_guard(store, "DELETE FROM log WHERE seq >= 3")
    with store.unit() as unit:
        building.build(unit.connection)
    with store.reading() as connection:
        assert verify(connection).whole, "by itself it cannot be told"
        assert "shortened" in verify(connection, kept=head).sentence
    write(store, 2)
    with store.reading() as connection:
        assert verify(connection).whole
        assert "replaced" in verify(connection, kept=head).sentence


# ---- proofs ----------------------------------------------------------------------------------------------------------------


def test_a_proof_is_checked_by_the_rfc_alone(store: Store) -> None:
    write(store, 11)
    for seq in (1, 6, 8, 11):
        body = json.loads(written(prove(store, seq, head_of(store))))
        entry, head = body["entry"], body["head"]
        covered = {name: value for name, value in entry.items() if name != "hash"}
        data = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(data).hexdigest() == entry["hash"]
        assert (
            by_the_rfc(data, entry["seq"] - 1, head["size"], [bytes.fromhex(part) for part in body["path"]]).hex() == head["root"]
        )
        signed = {name: head[name] for name in ("size", "root", "chain", "at", "key")}
        said = b"chartrelay log head 1\n" + json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["public_key"])).verify(bytes.fromhex(head["signature"]), said)


def by_the_rfc(data: bytes, fn: int, size: int, proof_: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2, step by step."""
    sn, r = size - 1, hashlib.sha256(b"\x00" + data).digest()
    for p in proof_:
        assert sn != 0
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            if not fn & 1:
                while True:
                    fn, sn = fn >> 1, sn >> 1
                    if fn & 1 or fn == 0:
                        break
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return r


def changed(**parts: Any) -> Callable[[dict[str, Any]], None]:
    return lambda body: body["entry"].update(parts)


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        (changed(actor="Ben"), "was changed"),
        (changed(seq=2), "not in the log"),
        (changed(more="x"), "has not the parts"),
        (lambda body: body["path"].pop(), "not in the log"),
        (lambda body: body["path"].append("00" * 32), "not in the log"),
        (lambda body: body["head"].update(size=12), "signature"),
        (lambda body: body["head"].update(root="00" * 32), "signature"),
        (lambda body: body["head"].update(at="2020-01-01T00:00:00.000Z"), "signature"),
        (lambda body: body["head"].update(key="0" * 16), "names another key"),
    ],
)
def test_a_forged_proof_does_not_hold(sqlite_store: Store, forgery: Callable[[dict[str, Any]], None], said: str) -> None:
    write(sqlite_store, 11)
    body = json.loads(written(prove(sqlite_store, 5, head_of(sqlite_store))))
    assert faults(read(Proof, json.dumps(body)), KEY.public) == []
    forgery(body)
    assert any(said in fault for fault in faults(read(Proof, json.dumps(body))))


def test_a_proof_by_another_key_holds_only_for_who_trusts_that_key(sqlite_store: Store) -> None:
    write(sqlite_store)
    other = Signer(Ed25519PrivateKey.generate())
    found = prove(sqlite_store, 1, head_of(sqlite_store, other))
    assert faults(found) == []
    assert "another key" in faults(found, KEY.public)[0]


def test_only_what_is_there_is_proven(sqlite_store: Store) -> None:
    write(sqlite_store, 2)
    head = head_of(sqlite_store)
    write(sqlite_store)
    for seq in (0, 3, 4):
        with pytest.raises(HeadError):
            prove(sqlite_store, seq, head)


def test_files_are_told_apart(sqlite_store: Store) -> None:
    write(sqlite_store, 2)
    head = head_of(sqlite_store)
    proofs = [prove(sqlite_store, 1, head), prove(sqlite_store, 2, head)]
    assert read_any(written(head)) == head
    assert read_any(written(proofs[0])) == proofs[:1]
    assert read_any(written_together(proofs)) == proofs
    for text_ in ("", "[]", "{}", '{"kind": "chartrelay log head"}', "[1]"):
        with pytest.raises(HeadError):
            read_any(text_)


# ---- the key ---------------------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first, start = signer(tmp_path).public, tmp_path / "log.key"
    assert signer(tmp_path).public == first
    assert stat.S_IMODE(start.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["log.key"]


def test_makers_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    keys, start = [], threading.Barrier(8)

    def maker() -> None:
        start.wait()
        keys.append(signer(tmp_path).public)

    threads = [threading.Thread(target=maker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1 and len(keys) == 8


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "log.key").write_text("nonsense")
    with pytest.raises(LogKeyError, match="backup"):
        signer(tmp_path)
    assert (tmp_path / "log.key").read_text() == "nonsense"


def test_the_public_key_is_read_in_both_forms_and_nothing_else() -> None:
    assert PublicKey.read(KEY.public.hex + "\n") == KEY.public == PublicKey.read(KEY.public.pem())
    for wrong in ("", "ab", "zz" * 32, KEY.public.pem()[:40], base64.b64encode(bytes(32)).decode()):
        with pytest.raises(LogKeyError):
            PublicKey.read(wrong)


def test_the_signature_is_that_of_ed25519() -> None:
    """RFC 8032, 7.1, test 1."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    known = Signer(Ed25519PrivateKey.from_private_bytes(seed))
    assert known.public.hex == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert known.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(known.public.raw).verify(known.sign(b""), b"x")
    assert not known.public.signed(known.sign(b""), b"x")


def test_the_log_of_a_former_version_gets_its_tree_and_its_words(sqlite_store: Store) -> None:
    from pipeline.store.database import migrate

    write(sqlite_store, 5)
    expected = head_of(sqlite_store).root
    with sqlite_store.unit() as unit:
        for table in (log_found, log_words, log_days, log_tree):
            unit.connection.execute(text(f"DROP TABLE {table.name}"))
        unit.connection.execute(text("DROP INDEX ix_log_request_id_seq"))
        unit.connection.execute(text("CREATE INDEX ix_log_request_id ON log (request_id)"))
        unit.connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    migrate(sqlite_store.engine, to="0006")
    assert head_of(sqlite_store).root == expected
