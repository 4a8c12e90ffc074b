"""Looking after people: each step is in the access log with who took it, at the desk or on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pipeline.people import accesses, accounts, links, lockout, second_factor, sessions, tokens
from pipeline.people.accesses import Access
from pipeline.people.accounts import Account
from pipeline.people.links import LinkKind
from pipeline.store.store import Store
from pipeline.store.unit import Unit
from schemas.people import Person, Role


@dataclass(frozen=True)
class Administration:
    """What somebody may do who looks after people."""

    store: Store
    by: str
    """Their login; on the command line, that of the machine."""
    person_id: int | None = None
    address: str = ""

    @classmethod
    def of(cls, store: Store, person: Person, address: str) -> Administration:
        """Somebody at the desk."""
        return cls(store, person.login, person.id, address)

    def add(self, login: str, name: str, roles: Iterable[Role]) -> tuple[Account, str]:
        """A new account, and the secret of the link with which the person chooses a password. Raises PeopleError."""
        with self.store.unit() as unit:
            account = accounts.add(unit.connection, unit.at, login=login, name=name, roles=roles, by=self.by)
            self._write(unit, "person added", f"{account.login}: {_listed(account.roles)}")
            return account, self._link(unit, account, LinkKind.INVITATION)

    def reset(self, login: str) -> tuple[Account, str]:
        """Password and second factor are gone, sessions are over; the link is for a new password. Raises PeopleError."""
        with self.store.unit() as unit:
            account = accounts.named(unit.connection, login)
            gone = {"password": None, "totp": None, "totp_new": None}
            accounts.change(unit.connection, account.id, **gone)
            second_factor.forget_recovery_codes(unit.connection, account.id)
            sessions.end_all(unit.connection, account.id)
            lockout.forgive(unit.connection, account.login)
            self._write(unit, "person reset", account.login)
            return account, self._link(unit, account, LinkKind.RESET)

    def give_roles(self, login: str, roles: Iterable[Role]) -> Account:
        """Exactly these from now on; they log in anew. Raises PeopleError."""
        with self.store.unit() as unit:
            account = accounts.named(unit.connection, login)
            accounts.give_roles(unit.connection, account, roles)
            sessions.end_all(unit.connection, account.id)
            changed = accounts.named(unit.connection, login)
            self._write(unit, "roles changed", f"{account.login}: {_listed(account.roles)} → {_listed(changed.roles)}")
            return changed

    def disable(self, login: str) -> Account:
        """No way in, at once. Raises PeopleError."""
        with self.store.unit() as unit:
            account = accounts.named(unit.connection, login)
            accounts.disable(unit.connection, account, unit.at)
            sessions.end_all(unit.connection, account.id)
            links.forget(unit.connection, account.id)
            self._write(unit, "person disabled", account.login)
            return account

    def enable(self, login: str) -> Account:
        """In again, as before. Raises PeopleError."""
        with self.store.unit() as unit:
            account = accounts.named(unit.connection, login)
            accounts.enable(unit.connection, account)
            self._write(unit, "person enabled", account.login)
            return account

    def end_sessions(self, login: str) -> int:
        """They are logged out everywhere; how many sessions that were. Raises PeopleError."""
        with self.store.unit() as unit:
            account = accounts.named(unit.connection, login)
            ended = sessions.end_all(unit.connection, account.id)
            self._write(unit, "sessions ended", account.login)
            return ended

    def add_token(self, name: str, roles: Iterable[Role], days: int) -> str:
        """The secret of a new token. Raises PeopleError."""
        wanted = frozenset(roles)
        with self.store.unit() as unit:
            ends_at = unit.at + timedelta(days=days)
            secret = tokens.add(unit.connection, unit.at, name=name, roles=wanted, ends_at=ends_at, by=self.by)
            self._write(unit, "token added", f"{name}: {_listed(wanted)}, {days} days")
            return secret

    def revoke_token(self, name: str) -> None:
        """It opens nothing any more. Raises PeopleError."""
        with self.store.unit() as unit:
            tokens.revoke(unit.connection, unit.at, name)
            self._write(unit, "token revoked", name)

    def _link(self, unit: Unit, account: Account, kind: LinkKind) -> str:
        return links.make(unit.connection, unit.at, kind, by=self.by, person_id=account.id)

    def _write(self, unit: Unit, kind: str, detail: str) -> None:
        access = Access(self.by, "administer", kind, "done", self.person_id, address=self.address, detail=detail)
        accesses.write(unit.connection, unit.at, access)


def _listed(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles))
