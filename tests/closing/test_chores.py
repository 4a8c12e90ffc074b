"""What is left for the front desk, by the steps of the written procedure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.closing.chores import ChoreKind, chores
from schemas.disclosure import ProofRung
from schemas.release import PathwayName
from tests.closing.making import receipt, release

PROVEN = [ProofRung.REACHED, ProofRung.OPENED, ProofRung.ACKNOWLEDGED]


def listed(proof: ProofRung = ProofRung.REACHED, **fields) -> dict[ChoreKind, str]:
    found = chores(release(**fields), receipt(proof))
    assert len({chore.kind for chore in found}) == len(found)
    return {chore.kind: chore.sentence for chore in found}


def test_a_patient_who_only_wants_a_copy_keeps_their_appointments_and_stays_active():
    assert list(listed(next_appointment="2026-12-01")) == [ChoreKind.LEDGER]


def test_a_patient_who_leaves_has_every_step_of_the_procedure():
    found = listed(leaving=True, reason="We are moving to Oregon", balance="125.50", next_appointment="2026-12-01")
    assert list(found) == [kind for kind in ChoreKind if kind is not ChoreKind.CONFIRM_RECEIPT]


@given(
    leaving=st.booleans(),
    proof=st.sampled_from(ProofRung),
    pathway=st.sampled_from(PathwayName),
    balance=st.sampled_from(["", "0", "12.50", "-3", "$1,200.00", "(4.00)", "nobody knows", "NaN", "inf"]),
    reason=st.sampled_from(["", "moving away", "the doctor was rude", "insurance changed"]),
)
def test_nobody_is_inactivated_unless_they_leave_and_the_set_is_proven_to_have_arrived(leaving, proof, pathway, balance, reason):
    kinds = list(listed(proof, leaving=leaving, pathway=pathway, balance=balance, reason=reason))
    assert (ChoreKind.INACTIVATE in kinds) == (leaving and proof in PROVEN)
    assert (ChoreKind.CONFIRM_RECEIPT in kinds) == (proof not in PROVEN)
    if ChoreKind.INACTIVATE in kinds:
        assert kinds[-1] is ChoreKind.INACTIVATE
    assert kinds == sorted(kinds, key=list(ChoreKind).index)


@pytest.mark.parametrize(("balance", "shown"), [("125.50", "$125.50"), ("$1,200", "$1,200.00"), ("0.01", "$0.01")])
@pytest.mark.parametrize("leaving", [True, False])
def test_a_balance_is_a_task_and_says_that_the_records_did_not_wait_for_it(balance, shown, leaving):
    sentence = listed(balance=balance, leaving=leaving)[ChoreKind.BALANCE]
    assert shown in sentence
    assert "never wait for money" in sentence


@pytest.mark.parametrize("balance", ["-20", "($20.00)"])
def test_a_credit_is_paid_back_to_who_leaves(balance):
    assert "credit of $20.00" in listed(balance=balance, leaving=True)[ChoreKind.BALANCE]
    assert ChoreKind.BALANCE not in listed(balance=balance)


def test_a_balance_that_nobody_knows_is_looked_up():
    assert "Look at the account" in listed(balance="", leaving=True)[ChoreKind.BALANCE]


def test_an_even_account_is_no_task():
    assert ChoreKind.BALANCE not in listed(balance="0.00", leaving=True)


@pytest.mark.parametrize("known", ["", "2026-12-01"])
def test_future_appointments_are_cancelled_and_moved_to_no_list(known):
    sentence = listed(leaving=True, next_appointment=known)[ChoreKind.APPOINTMENTS]
    assert known in sentence
    for word in ("cancel", "quickfill", "ASAP", "unscheduled"):
        assert word in sentence.replace("Cancel", "cancel")


@pytest.mark.parametrize(
    "reason", ["We are moving to Oregon", "relocated for work", "New insurance, need in-network", "too far away"]
)
def test_who_leaves_on_good_terms_is_told_they_are_welcome_back(reason):
    assert ChoreKind.WELCOME_BACK in listed(leaving=True, reason=reason)


@pytest.mark.parametrize(
    "reason", ["", "second opinion", "moving, and I was overcharged", "Unhappy with my crown", "insurance; rude staff"]
)
def test_in_doubt_no_letter_says_welcome_back(reason):
    assert ChoreKind.WELCOME_BACK not in listed(leaving=True, reason=reason)


def test_a_reason_is_passed_on_and_a_missing_one_is_asked_for():
    assert "“the wait is too long”" in listed(leaving=True, reason="the wait is too long")[ChoreKind.REASON]
    assert "Ask for the reason" in listed(leaving=True)[ChoreKind.REASON]


def test_the_family_is_asked_about_by_account():
    assert "G-7" in listed(leaving=True, guarantor_id="G-7")[ChoreKind.FAMILY]


def test_nobody_is_asked_why_a_patient_who_died_left():
    kinds = listed(leaving=True, pathway=PathwayName.DECEASED, reason="moved")
    assert not kinds.keys() & {ChoreKind.REASON, ChoreKind.FAMILY, ChoreKind.WELCOME_BACK}
    assert kinds.keys() >= {ChoreKind.APPOINTMENTS, ChoreKind.INACTIVATE}
