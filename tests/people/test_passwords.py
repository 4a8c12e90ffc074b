"""Passwords, codes and seals: what needs no database."""

from datetime import UTC, datetime

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters

from pipeline.people import passwords, second_factor
from pipeline.people.sealing import Seal

KEY = "a-key-for-tests-that-is-long-enough-to-be-one"
GOOD = ("correct horse battery staple", "Regenschirm am Dienstag 4", "xK9#mQ2$vL7!pR", "水を飲む 毎朝 六時に 起きて 走る")
BAD = (
    "short",
    "password2026!",
    "Qwertyuiop123",
    "aaaaaaaaaaaaaaaa",
    "123456789012345",
    "MapleStreet2026",
    "anagomez-anagomez",
    "x" * 201,
)


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_of_ones_own_is_good(password: str) -> None:
    assert passwords.weakness(password, "Maple Street Dental", "ana", "Ana Gomez") is None


@pytest.mark.parametrize("password", BAD)
def test_what_is_tried_first_is_no_password(password: str) -> None:
    assert passwords.weakness(password, "Maple Street Dental", "ana", "Ana Gomez")


def test_a_password_is_kept_by_argon2id_at_the_cost_that_owasp_asks_for() -> None:
    kept = passwords.hashed(GOOD[0])
    cost = extract_parameters(kept)
    assert kept.startswith("$argon2id$") and (cost.memory_cost, cost.time_cost, cost.parallelism) >= (19_456, 2, 1)
    assert kept != passwords.hashed(GOOD[0])
    assert passwords.fits(GOOD[0], kept) and not passwords.fits(GOOD[1], kept) and not passwords.fits("", kept)


def test_a_password_fits_however_the_keyboard_puts_its_signs_together() -> None:
    assert passwords.fits("cafe\u0301 am Morgen um 6", passwords.hashed("caf\u00e9 am Morgen um 6"))


def test_nothing_fits_where_no_password_is_kept() -> None:
    assert not passwords.fits("nobody's password", None) and not passwords.fits("x", "no hash")


def test_a_cheaper_hash_is_outdated() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not passwords.outdated(passwords.hashed("x"))


AT = datetime(2026, 11, 24, 9, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_one_step_early_or_late(steps: int, taken: bool) -> None:
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(AT, counter_offset=steps)
    assert (second_factor.step_of(secret, f" {code[:3]} {code[3:]} ", AT) is not None) == taken


@pytest.mark.parametrize("code", ["", "000", "abcdef", "１２３４５６", "0" * 400])
def test_what_is_no_code_is_none(code: str) -> None:
    assert second_factor.step_of(second_factor.new_secret(), code, AT) is None


def test_the_picture_holds_the_address_and_runs_nothing() -> None:
    picture = second_factor.qr_code(second_factor.address_of(second_factor.new_secret(), "ana", "Maple Street"))
    assert picture.startswith("<svg") and "style=" not in picture and "script" not in picture


def test_what_is_sealed_comes_back_only_with_the_same_key_and_purpose() -> None:
    sealed = Seal(KEY, "one").close("secret")
    assert "secret" not in sealed and Seal(KEY, "one").open(sealed) == "secret"
    assert Seal(KEY, "two").open(sealed) is None and Seal(KEY + "x", "one").open(sealed) is None
    assert Seal(KEY, "one").open(sealed[:-4] + "AAA=") is None and Seal(KEY, "one").open("") is None
