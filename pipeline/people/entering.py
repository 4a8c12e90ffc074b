"""Coming in: with a password, with a code after it, with a link that works once, or from the practice's own login.

Each of these ends with the secret of a new session, for the cookie. Each try is in the access log, right or wrong. The
slow part, hashing, happens outside of transactions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pipeline.people import accesses, accounts, links, lockout, passwords, second_factor, sessions
from pipeline.people.accesses import Access, by_person
from pipeline.people.accounts import Account
from pipeline.people.faults import PeopleError
from pipeline.people.links import LinkKind
from pipeline.people.oidc import Identity
from pipeline.people.sealing import Seal
from pipeline.people.sessions import Limits, Session, Step
from pipeline.store.store import Store
from pipeline.store.times import stamp
from pipeline.store.unit import Unit
from schemas.people import Role

WRONG = "Login or password is not right."
"""The same words whether there is no such account, its password is another, or it is disabled."""
WRONG_CODE = "This code is not right, or was used already. The app shows a new one every half minute."
DEAD_LINK = "This link does not work (any more). It works once, and not for long; ask whoever gave it to you for a new one."
NOBODY = "(unknown)"
"""In the access log for a login that nobody has: people type their password into the wrong box."""


class TooSoonError(PeopleError):
    """Too many wrong tries: nothing was looked at."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, round(wait.total_seconds()))
        minutes = -(-self.seconds // 60)
        super().__init__(f"Too many tries. Wait {'a minute' if minutes == 1 else f'{minutes} minutes'}, then try again.")


@dataclass(frozen=True)
class Entrance:
    """What coming in needs to know."""

    store: Store
    seal: Seal
    """For the secrets of second factors."""
    limits: Limits
    practice: str

    # ---- with a password ------------------------------------------------------------------------------------------------

    def with_password(self, login: str, password: str, address: str) -> tuple[str, Step]:
        """A new session, and how far it leads. Raises PeopleError for a wrong one, TooSoonError, and Retryable."""
        login = login.strip().lower()[:64]
        self._try(login, address)
        with self.store.reading() as connection:
            account = accounts.by_login(connection, login)
        usable = account is not None and account.disabled_at is None
        right = passwords.fits(password, account.password if account and usable else None)
        with self.store.unit() as unit:
            if right and account:
                lockout.succeeded(unit.connection, login, address)
                self._renew_hash(unit, account, password)
                return self._in(unit, account, address, Step.CODE if account.totp else Step.IN)
            self._write_failure(unit, account.login if account else NOBODY, address, "wrong password")
        raise PeopleError(WRONG)

    def with_code(self, session: Session, code: str, address: str) -> str:
        """The session after the second factor. Raises as `with_password` does."""
        with self.store.reading() as connection:
            account = accounts.by_id(connection, session.person_id)
        if account is None or account.disabled_at or session.step is not Step.CODE:
            raise PeopleError(WRONG)
        counted = f"{account.login}\ncode"
        self._try(counted, address)
        with self.store.unit() as unit:
            if self._code_is_right(unit, account, code):
                lockout.succeeded(unit.connection, counted, address)
                sessions.end(unit.connection, session.hash)
                return self._in(unit, account, address, Step.IN)[0]
            self._write_failure(unit, account.login, address, "wrong code")
        raise PeopleError(WRONG_CODE, "code")

    def _try(self, counted: str, address: str) -> None:
        with self.store.unit() as unit:
            wait = lockout.begin(unit.connection, unit.at, counted, address)
        if wait > timedelta():
            raise TooSoonError(wait)

    def _code_is_right(self, unit: Unit, account: Account, code: str) -> bool:
        secret = self.seal.open(account.totp or "")
        step = second_factor.step_of(secret, code, unit.at) if secret else None
        if second_factor.take(unit.connection, account.id, step):
            return True
        return second_factor.take_recovery_code(unit.connection, unit.at, account.id, code)

    def _renew_hash(self, unit: Unit, account: Account, password: str) -> None:
        if account.password and passwords.outdated(account.password):
            accounts.change(unit.connection, account.id, password=passwords.hashed(password))

    def _in(self, unit: Unit, account: Account, address: str, step: Step, how: str = "password") -> tuple[str, Step]:
        secret = sessions.open_session(
            unit.connection, unit.at, self.limits, person_id=account.id, address=address, step=step, how=how
        )
        if step is Step.IN:
            write = by_person(account.person, act="log in", kind="login", outcome="done", address=address, detail=how)
            accesses.write(unit.connection, unit.at, write)
        return secret, step

    def _write_failure(self, unit: Unit, login: str, address: str, detail: str) -> None:
        failed = Access(login, "log in", "login", "failed", address=address, detail=detail)
        accesses.write(unit.connection, unit.at, failed)

    # ---- with a link ----------------------------------------------------------------------------------------------------

    def set_up(self, link: str, login: str, name: str, password: str, address: str, *, reviews: bool) -> str:
        """The first administrator, who is in at once. Raises PeopleError; then the link still works."""
        self._check(password, login, name)
        kept = passwords.hashed(password)
        roles = {Role.ADMINISTRATOR, *([Role.REVIEWER] if reviews else [])}
        with self.store.unit() as unit:
            found = links.use(unit.connection, unit.at, link)
            if found is None or found.kind is not LinkKind.SET_UP:
                raise PeopleError(DEAD_LINK)
            account = accounts.add(unit.connection, unit.at, login=login, name=name, roles=roles, by="the set-up link")
            return self._with_new_password(unit, account, kept, address, "set up")

    def choose_password(self, link: str, password: str, address: str) -> tuple[str, Step]:
        """Whoever was invited, or has lost the old one, chooses a password. Raises PeopleError; then the link still works.

        A second factor stays asked for: who has the link has not the phone.
        """
        with self.store.reading() as connection:
            found = links.find(connection, self.store.clock.now(), link)
            account = accounts.by_id(connection, found.person_id) if found and found.person_id else None
        if account is None:
            raise PeopleError(DEAD_LINK)
        self._check(password, account.login, account.name)
        kept = passwords.hashed(password)
        with self.store.unit() as unit:
            if links.use(unit.connection, unit.at, link) is None:
                raise PeopleError(DEAD_LINK)
            sessions.end_all(unit.connection, account.id)
            lockout.forgive(unit.connection, account.login)
            step = Step.CODE if account.totp else Step.IN
            return self._with_new_password(unit, account, kept, address, "password chosen", step), step

    def _with_new_password(self, unit: Unit, account: Account, kept: str, address: str, kind: str, step: Step = Step.IN) -> str:
        accounts.change(unit.connection, account.id, password=kept, password_at=stamp(unit.at))
        done = by_person(account.person, act="account", kind=kind, outcome="done", address=address)
        accesses.write(unit.connection, unit.at, done)
        return self._in(unit, account, address, step)[0]

    def _check(self, password: str, *known: str) -> None:
        if weakness := passwords.weakness(password, self.practice, *known):
            raise PeopleError(weakness, "password")

    # ---- one's own account ----------------------------------------------------------------------------------------------

    def change_password(self, account: Account, session: Session, old: str, new: str, address: str) -> None:
        """Another password; everywhere else the person is logged out. Raises as `with_password` does."""
        self.prove(account, old, address, "old")
        self._check(new, account.login, account.name)
        kept = passwords.hashed(new)
        with self.store.unit() as unit:
            accounts.change(unit.connection, account.id, password=kept, password_at=stamp(unit.at))
            links.forget(unit.connection, account.id)
            sessions.end_all(unit.connection, account.id, but=session.hash)
            self._write(unit, account, "password changed", address)

    def prove(self, account: Account, password: str, address: str, field: str) -> None:
        """That it is still they who sit there. Raises as `with_password` does."""
        self._try(account.login, address)
        right = passwords.fits(password, account.password)
        with self.store.unit() as unit:
            if right:
                lockout.succeeded(unit.connection, account.login, address)
                return
            self._write_failure(unit, account.login, address, "wrong password, logged in already")
        raise PeopleError("This is not your password.", field)

    def offered_factor(self, account: Account) -> str:
        """The secret that is offered for an app: the same until a code proves that it has arrived."""
        if account.totp_new and (secret := self.seal.open(account.totp_new)):
            return secret
        secret = second_factor.new_secret()
        with self.store.unit() as unit:
            accounts.change(unit.connection, account.id, totp_new=self.seal.close(secret))
        return secret

    def confirm_factor(self, account: Account, code: str, address: str) -> list[str]:
        """From now on a code is asked for at login; the recovery codes, shown once. Raises PeopleError, TooSoonError."""
        self._try(f"{account.login}\ncode", address)
        secret = self.seal.open(account.totp_new or "")
        with self.store.unit() as unit:
            step = second_factor.step_of(secret, code, unit.at) if secret else None
            if step is None:
                self._write_failure(unit, account.login, address, "wrong code, enrolling")
            else:
                lockout.succeeded(unit.connection, f"{account.login}\ncode", address)
                accounts.change(unit.connection, account.id, totp=account.totp_new, totp_new=None, totp_step=step)
                self._write(unit, account, "second factor added", address)
                return second_factor.new_recovery_codes(unit.connection, account.id)
        raise PeopleError("This code is not the one that the app shows now. Is the phone's clock right?", "code")

    def drop_factor(self, account: Account, password: str, address: str) -> None:
        """No second factor any more. Raises as `with_password` does."""
        self.prove(account, password, address, "proof")
        with self.store.unit() as unit:
            accounts.change(unit.connection, account.id, totp=None, totp_new=None)
            second_factor.forget_recovery_codes(unit.connection, account.id)
            self._write(unit, account, "second factor removed", address)

    def leave(self, account: Account, session: Session, address: str) -> None:
        """The session is over."""
        with self.store.unit() as unit:
            sessions.end(unit.connection, session.hash)
            write = by_person(account.person, act="log out", kind="logout", outcome="done", address=address)
            accesses.write(unit.connection, unit.at, write)

    def end_elsewhere(self, account: Account, session: Session, address: str) -> None:
        """All other sessions of the person are over."""
        with self.store.unit() as unit:
            sessions.end_all(unit.connection, account.id, but=session.hash)
            self._write(unit, account, "logged out elsewhere", address)

    def _write(self, unit: Unit, account: Account, kind: str, address: str) -> None:
        done = by_person(account.person, act="account", kind=kind, outcome="done", address=address)
        accesses.write(unit.connection, unit.at, done)

    # ---- from the practice's own login ----------------------------------------------------------------------------------

    def with_identity(self, identity: Identity, address: str) -> str:
        """A session for whoever the practice's own login says it is. Raises PeopleError if they may not come in."""
        with self.store.unit() as unit:
            account = self._of(unit, identity)
            if account and account.disabled_at is None and identity.roles:
                return self._in(unit, account, address, Step.IN, how="sso")[0]
            login = account.login if account else NOBODY
            self._write_failure(unit, login, address, "sso: no role" if account or not identity.roles else "sso: login is taken")
        raise PeopleError("Your login is right, but no role at the desk belongs to it. Ask whoever looks after people here.")

    def _of(self, unit: Unit, identity: Identity) -> Account | None:
        """Their account: linked already, made for them and never used, or new. None where it belongs to somebody else."""
        account = accounts.by_subject(unit.connection, identity.subject)
        if not identity.roles:
            return account
        if account is None:
            account = accounts.by_login(unit.connection, identity.login)
            if account and (account.password or account.subject):
                return None  # a name that somebody chose elsewhere does not open an account that has its own way in
            account = account or self._new(unit, identity)
            accounts.change(unit.connection, account.id, subject=identity.subject)
        self._follow(unit, account, identity.roles)
        return accounts.by_id(unit.connection, account.id)

    def _new(self, unit: Unit, identity: Identity) -> Account:
        connection, by = unit.connection, "the practice's login"
        try:
            return accounts.add(connection, unit.at, login=identity.login, name=identity.name, roles=identity.roles, by=by)
        except PeopleError as error:
            if error.field != "name":
                raise
        name = f"{identity.name} ({identity.login})"[-accounts.LONGEST_NAME :]
        return accounts.add(connection, unit.at, login=identity.login, name=name, roles=identity.roles, by=by)

    def _follow(self, unit: Unit, account: Account, roles: Iterable[Role]) -> None:
        """Roles are what the practice's login says at each login."""
        if frozenset(roles) != account.roles:
            accounts.give_roles(unit.connection, account, roles)
            self._write(unit, account, "roles from the practice's login", "")
