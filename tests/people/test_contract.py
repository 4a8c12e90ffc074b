"""What is kept of people, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from pipeline.clock import HandClock
from pipeline.people import accesses, accounts, links, lockout, second_factor, sessions, tokens
from pipeline.people.accesses import Access, AccessQuestion
from pipeline.people.accounts import Account
from pipeline.people.administering import Administration
from pipeline.people.faults import PeopleError
from pipeline.people.links import LinkKind, set_up_link
from pipeline.people.sealing import fingerprint
from pipeline.people.sessions import Limits, Step
from pipeline.store import tables
from pipeline.store.store import Store
from schemas.people import Role
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401

LIMITS = Limits(idle=timedelta(minutes=15), whole=timedelta(hours=12))
HERE, THERE = "192.168.1.5", "203.0.113.9"


def somebody(store: Store, login: str = "ana", *roles: Role) -> Account:
    with store.unit() as unit:
        name = f"{login.title()} Gomez"
        return accounts.add(unit.connection, unit.at, login=login, name=name, roles=roles or [Role.REVIEWER], by="a test")


def with_password(store: Store, account: Account) -> None:
    with store.unit() as unit:
        accounts.change(unit.connection, account.id, password="hashed")


def test_an_account_comes_back_as_it_was_made(store: Store) -> None:
    made = somebody(store, "ana", Role.REVIEWER, Role.INTAKE)
    with store.reading() as connection:
        assert accounts.by_login(connection, " ANA ") == made == accounts.by_id(connection, made.id)
    assert made.person.roles == {Role.REVIEWER, Role.INTAKE} and made.person.name == "Ana Gomez"
    assert not made.can_log_in


@pytest.mark.parametrize(
    ("login", "name", "field"),
    [
        ("ana", "Somebody else", "login"),
        ("anna", "ana GOMEZ", "name"),
        ("A na", "X", "login"),
        ("x", "X", "login"),
        ("bo", " ", "name"),
    ],
)
def test_nobody_can_be_taken_for_somebody_else(store: Store, login: str, name: str, field: str) -> None:
    somebody(store)
    with pytest.raises(PeopleError) as caught, store.unit() as unit:
        accounts.add(unit.connection, unit.at, login=login, name=name, roles=[Role.INTAKE], by="a test")
    assert caught.value.field == field


def test_the_last_administrator_can_neither_be_disabled_nor_lose_the_role(store: Store) -> None:
    first, second = somebody(store, "ana", Role.ADMINISTRATOR), somebody(store, "bo", Role.ADMINISTRATOR)
    with_password(store, first)
    who = Administration(store, "a test")
    for step in (lambda: who.disable("ana"), lambda: who.give_roles("ana", [Role.REVIEWER])):
        with pytest.raises(PeopleError, match="There must be an administrator"):
            step()
    with_password(store, second)
    who.disable("ana")
    assert not who.enable("ana").can_log_in


def test_a_role_that_this_version_does_not_know_gives_no_right() -> None:
    assert accounts.roles_in("reviewer wizard") == {Role.REVIEWER}


# ---- links -----------------------------------------------------------------------------------------------------------------


def test_a_link_works_once(store: Store) -> None:
    account = somebody(store)
    with store.unit() as unit:
        secret = links.make(unit.connection, unit.at, LinkKind.INVITATION, by="a test", person_id=account.id)
        assert links.find(unit.connection, unit.at, secret) is not None
        assert links.use(unit.connection, unit.at, secret) is not None
        assert links.find(unit.connection, unit.at, secret) is None
        assert links.use(unit.connection, unit.at, secret) is None
        assert secret not in str(unit.connection.execute(select(tables.links)).all())


def test_of_two_who_use_a_link_at_one_moment_one_is_told_no(store: Store) -> None:
    account, used = somebody(store), []
    with store.unit() as unit:
        secret = links.make(unit.connection, unit.at, LinkKind.INVITATION, by="a test", person_id=account.id)

    def use() -> None:
        with store.unit() as unit:
            used.append(links.use(unit.connection, unit.at, secret) is not None)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(used) == [False, False, False, True]


def test_a_link_ends_and_dies_with_a_newer_one_and_with_its_account(store: Store, clock: HandClock) -> None:
    account = somebody(store)
    who = Administration(store, "a test")
    _, first = who.reset("ana")
    _, second = who.reset("ana")

    def works(secret: str) -> bool:
        with store.reading() as connection:
            return links.find(connection, clock.now(), secret) is not None

    assert not works(first) and works(second)
    clock.turn(24 * 3600)
    assert not works(second)
    _, third = who.reset("ana")
    with_password(store, somebody(store, "bo", Role.ADMINISTRATOR))
    who.disable(account.login)
    assert not works(third)


def test_there_is_a_set_up_link_until_an_administrator_can_log_in(store: Store) -> None:
    first = set_up_link(store)
    second = set_up_link(store)
    assert first and second and first != second
    with store.reading() as connection:
        assert links.find(connection, store.clock.now(), first) is None
    with_password(store, somebody(store, "ana", Role.ADMINISTRATOR))
    assert set_up_link(store) is None
    with store.reading() as connection:
        assert links.find(connection, store.clock.now(), second) is None


# ---- sessions --------------------------------------------------------------------------------------------------------------


def session(store: Store, account: Account, step: Step = Step.IN) -> str:
    with store.unit() as unit:
        return sessions.open_session(unit.connection, unit.at, LIMITS, person_id=account.id, address=HERE, step=step)


def alive(store: Store, secret: str) -> bool:
    with store.reading() as connection:
        return sessions.find(connection, store.clock.now(), LIMITS, secret) is not None


def test_a_session_is_found_by_its_secret_alone_and_kept_as_a_hash(store: Store) -> None:
    account = somebody(store)
    secret = session(store, account)
    assert alive(store, secret) and not alive(store, fingerprint(secret)) and not alive(store, "")
    with store.reading() as connection:
        assert secret not in str(connection.execute(select(tables.sessions)).all())


def test_a_session_ends_by_idleness_by_age_and_by_hand(store: Store, clock: HandClock) -> None:
    account = somebody(store)
    idle, ended, other, kept = (session(store, account) for _ in range(4))
    with store.unit() as unit:
        sessions.end(unit.connection, fingerprint(ended))
        assert sessions.end_all(unit.connection, account.id, but=fingerprint(kept)) == 2
    assert [alive(store, one) for one in (idle, ended, other, kept)] == [False, False, False, True]
    clock.turn(15 * 60)
    assert not alive(store, kept)


def test_between_password_and_code_a_session_lasts_five_minutes(store: Store, clock: HandClock) -> None:
    half = session(store, somebody(store), Step.CODE)
    clock.turn(299)
    assert alive(store, half)
    clock.turn(1)
    assert not alive(store, half)


# ---- second factor ---------------------------------------------------------------------------------------------------------


def test_a_step_of_time_is_taken_once_and_no_earlier_one_after_it(store: Store) -> None:
    account = somebody(store)
    with store.unit() as unit:
        taken = [second_factor.take(unit.connection, account.id, step) for step in (100, 100, 99, None, 101)]
    assert taken == [True, False, False, False, True]


def test_a_recovery_code_works_once_for_its_owner(store: Store) -> None:
    ana, bo = somebody(store), somebody(store, "bo")
    with store.unit() as unit:
        codes = second_factor.new_recovery_codes(unit.connection, ana.id)
        assert len(set(codes)) == 10
        take = second_factor.take_recovery_code
        assert not take(unit.connection, unit.at, bo.id, codes[0])
        assert take(unit.connection, unit.at, ana.id, codes[0].lower().replace("-", " "))
        assert not take(unit.connection, unit.at, ana.id, codes[0])
        assert second_factor.recovery_codes_left(unit.connection, ana.id) == 9
        second_factor.new_recovery_codes(unit.connection, ana.id)
        assert not take(unit.connection, unit.at, ana.id, codes[1])


# ---- tokens ----------------------------------------------------------------------------------------------------------------


def test_a_token_opens_until_it_ends_or_is_revoked(store: Store, clock: HandClock) -> None:
    who = Administration(store, "a test")
    first, second = who.add_token("one", [Role.AUDITOR], 1), who.add_token("two", [Role.INTAKE], 30)

    def shown(secret: str) -> object:
        with store.reading() as connection:
            return tokens.bearer(connection, clock.now(), secret)

    program = shown(first)
    assert program.login == "token:one" and program.roles == {Role.AUDITOR} and program.machine  # type: ignore[attr-defined]
    assert shown(first[:-1]) is None and shown(fingerprint(first)) is None
    clock.turn(24 * 3600)
    assert shown(first) is None and shown(second) is not None
    who.revoke_token("two")
    assert shown(second) is None
    with pytest.raises(PeopleError):
        who.revoke_token("two")


def test_no_token_looks_after_people_and_no_name_is_used_again(store: Store) -> None:
    who = Administration(store, "a test")
    who.add_token("one", [Role.AUDITOR], 1)
    for name, roles in (("one", [Role.AUDITOR]), ("two", [Role.ADMINISTRATOR]), ("three", []), ("No Name", [Role.AUDITOR])):
        with pytest.raises(PeopleError):
            who.add_token(name, roles, 1)


# ---- lock-out --------------------------------------------------------------------------------------------------------------


def tried(store: Store, login: str, address: str) -> float:
    """Seconds to wait, of one more try."""
    with store.unit() as unit:
        return lockout.begin(unit.connection, unit.at, login, address).total_seconds()


def test_pauses_begin_after_five_tries_and_double(store: Store, clock: HandClock) -> None:
    assert [tried(store, "ana", HERE) for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(7):
        waits.append(tried(store, "ana", HERE))
        clock.turn(waits[-1])
        assert tried(store, "ana", HERE) == 0
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_a_guesser_locks_nobody_else_out(store: Store) -> None:
    """Not the same person elsewhere, and not the colleagues at the same address."""
    for _ in range(6):
        tried(store, "ana", THERE)
    assert tried(store, "ana", THERE) > 0
    assert tried(store, "ana", HERE) == 0
    assert tried(store, "bo", THERE) == 0


def test_one_password_tried_on_many_logins_is_stopped_by_the_address(store: Store) -> None:
    waits = [tried(store, f"login{n}", THERE) for n in range(40)]
    assert waits[29] == 0 and waits[30] > 0
    assert tried(store, "ana", HERE) == 0


def test_colleagues_who_log_in_at_the_same_address_are_no_wrong_tries(store: Store) -> None:
    for number in range(80):
        assert tried(store, f"login{number}", HERE) == 0
        with store.unit() as unit:
            lockout.succeeded(unit.connection, f"login{number}", HERE)


def test_guessing_from_many_places_is_stopped_but_not_where_the_person_got_in_before(store: Store) -> None:
    with store.unit() as unit:
        accesses.write(unit.connection, unit.at, Access("ana", "log in", "login", "done", address=HERE))
    waits = [tried(store, "ana", f"198.51.100.{n}") for n in range(25)]
    assert waits[19] == 0 and waits[20] > 0
    assert tried(store, "ana", HERE) == 0


def test_of_many_tries_at_one_moment_no_more_than_five_are_made(store: Store) -> None:
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(tried(store, "ana", HERE))) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [0] * 5 + [30] * 4


def test_the_right_password_begins_the_count_anew(store: Store) -> None:
    for _ in range(4):
        tried(store, "ana", HERE)
    with store.unit() as unit:
        lockout.succeeded(unit.connection, "ana", HERE)
    assert [tried(store, "ana", HERE) for _ in range(5)] == [0] * 5


def test_wrong_tries_are_forgotten_over_night(store: Store, clock: HandClock) -> None:
    for _ in range(5):
        tried(store, "ana", HERE)
    clock.turn(12 * 3600 + 1)
    assert [tried(store, "ana", HERE) for _ in range(5)] == [0] * 5


# ---- access log ------------------------------------------------------------------------------------------------------------


def test_the_access_log_finds_out_whose_request_it_was(store: Store) -> None:
    with store.unit() as unit:
        request_id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")
        unit.connection.execute(tables.requests.update().values(patient_id="1182", patient="Margaret Oyelaran"))
        accesses.write(unit.connection, unit.at, Access("ana", "see_requests", "request page", "shown", request_id=request_id))
        accesses.write(unit.connection, unit.at, Access("bo", "see_board", "board", "shown"))
    with store.reading() as connection:
        for question in (AccessQuestion(patient="1182"), AccessQuestion(patient="oyel"), AccessQuestion(person="an")):
            (found,) = accesses.ask(connection, question)
            assert (found.login, found.patient_id, found.request_id) == ("ana", "1182", request_id)
        day = store.clock.now().astimezone().date()
        assert accesses.count(connection, AccessQuestion(since=day, until=day)) == 2
        assert accesses.count(connection, AccessQuestion(until=day - timedelta(days=1))) == 0
        assert accesses.count(connection, AccessQuestion(patient="%")) == 0


@pytest.mark.parametrize("statement", ["UPDATE accesses SET login = 'bo'", "DELETE FROM accesses"])
def test_the_database_refuses_to_change_the_access_log(store: Store, statement: str) -> None:
    with store.unit() as unit:
        accesses.write(unit.connection, unit.at, Access("ana", "see_board", "board", "shown"))
    with pytest.raises(DatabaseError, match="only grows"), store.engine.begin() as connection:
        connection.execute(text(statement))
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.accesses)) == 1


def test_whoever_changed_somebodys_rights_is_in_the_access_log(store: Store) -> None:
    who = Administration(store, "kim", address=HERE)
    who.add("ana", "Ana Gomez", [Role.INTAKE])
    who.give_roles("ana", [Role.REVIEWER])
    with store.reading() as connection:
        found = accesses.ask(connection, AccessQuestion(person="kim"))
    assert [(one.kind, one.detail, one.address) for one in found] == [
        ("roles changed", "ana: intake → reviewer", HERE),
        ("person added", "ana: intake", HERE),
    ]
