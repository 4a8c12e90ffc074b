"""What each letter says, and when it is not written."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from pipeline.letters import Callee, CannotWrite, Language, LetterKind, NothingToTell, letter
from pipeline.letters.model import Bullet, Point
from schemas.release import HoldReason, OfficeKind
from tests.letters.making import ANA, FIRM, NOT_SIGNED, PRACTICE, REVOCATION, TWELVE, enough, fee_of, found, matter, said

CALLED = "(207) 555-0142 (Records, extension 4)"


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.CALL])
def test_every_letter_says_its_day_our_number_and_whom_to_call(kind: LetterKind) -> None:
    words = said(kind, enough(kind))
    for part in ("November 24, 2026", "R-000012", "November 19, 2026", CALLED, "Dear Ana Whitefeather:", "Harbor Lane Dental"):
        assert part in words, part


def test_no_letter_is_written_where_nobody_could_be_called() -> None:
    silent = PRACTICE.model_copy(update={"phone": "", "email": ""})
    with pytest.raises(CannotWrite, match=r"practice\.phone"):
        letter(LetterKind.MISSING, enough(LetterKind.MISSING, practice=silent))
    by_mail = said(LetterKind.MISSING, enough(LetterKind.MISSING, practice=PRACTICE.model_copy(update={"phone": ""})))
    assert "write to us at records@harborlane.example" in by_mail


# ---- what is missing -----------------------------------------------------------------------------------------------------


def test_what_is_missing_is_a_numbered_point_each_with_its_paragraph_behind_it() -> None:
    written = letter(LetterKind.MISSING, matter(findings=TWELVE))
    points = [block for block in written.blocks if isinstance(block, Point)]
    assert [point.number for point in points] == list(range(1, 13))
    assert written.title == "Twelve things before we can help"
    assert points[8].what == "We could not find a signature."
    assert points[8].source == "45 CFR 164.508(c)(1)(vi); 164.524(c)(3)(ii)"


def test_it_says_that_nothing_was_sent_and_until_when_the_request_waits() -> None:
    words = said(LetterKind.MISSING, matter(findings=(NOT_SIGNED,)))
    assert "Nothing has been sent" in words
    assert "until December 24, 2026" in words
    assert "until January 8, 2027" in said(LetterKind.MISSING, matter(findings=(NOT_SIGNED,), until=date(2027, 1, 8)))
    with pytest.raises(CannotWrite, match="day after"):
        letter(LetterKind.MISSING, matter(findings=(NOT_SIGNED,), until=date(2026, 11, 24)))


def test_nobody_is_told_that_nothing_was_sent_where_something_may_have_been() -> None:
    with pytest.raises(CannotWrite, match="may have left"):
        letter(LetterKind.MISSING, matter(findings=(NOT_SIGNED,), nothing_left=False))
    with pytest.raises(CannotWrite, match="may have left"):
        letter(LetterKind.DENIAL, matter(because=("no_permission",), rejected=True, nothing_left=False))


def test_where_only_the_practice_can_mend_it_there_is_no_letter() -> None:
    for reason in (HoldReason.CHART_INCOMPLETE, HoldReason.COPY_FAULTY, HoldReason.SYSTEM_FAULT, HoldReason.DESTINATION_DIFFERS):
        with pytest.raises(NothingToTell, match="this office"):
            letter(LetterKind.MISSING, matter(findings=(found(reason),)))


def test_an_attorney_is_addressed_as_one_and_asked_to_have_it_signed() -> None:
    words = said(LetterKind.MISSING, matter(findings=(NOT_SIGNED,), to=FIRM))
    assert "Dear Counsel:" in words
    assert "have it signed and dated by hand, by the person whose records you ask for" in words
    assert "Attn: Ms. Okafor" in words


@pytest.mark.parametrize(
    ("kind", "greeting"),
    [
        (OfficeKind.INSURER, "To the claims department:"),
        (OfficeKind.COURT, "To the clerk of the court:"),
        (OfficeKind.OTHER, "To whom it may concern:"),
    ],
)
def test_other_third_parties_are_addressed_as_what_they_are(kind: OfficeKind, greeting: str) -> None:
    to = FIRM.__class__("Somebody", FIRM.party, kind)
    assert letter(LetterKind.MISSING, matter(findings=(NOT_SIGNED,), to=to)).greeting == greeting


def test_it_is_there_in_spanish() -> None:
    words = said(LetterKind.MISSING, matter(findings=(NOT_SIGNED, found(HoldReason.NO_PATIENT))), Language.ES)
    for part in (
        "Faltan dos cosas",
        "Estimado(a) Ana Whitefeather:",
        "No se ha enviado nada",
        "24 de diciembre de 2026",
        "llámenos al",
    ):
        assert part in words, part


# ---- denial --------------------------------------------------------------------------------------------------------------


def test_a_denial_says_why_what_else_is_given_and_how_to_complain() -> None:
    words = said(LetterKind.DENIAL, enough(LetterKind.DENIAL))
    for part in (
        "We cannot give you the notes of two visits.",
        "life or safety in danger",
        "45 CFR 164.524(a)(3)(i)",
        "Everything else that you asked for is yours",
        "To us.",
        CALLED,
        "https://www.hhs.gov/ocr/complaints",
        "200 Independence Avenue SW",
        "180 days",
    ):
        assert part in words, part


@pytest.mark.parametrize(("ground", "reviewed"), [("danger", True), ("representative", True), ("psychotherapy", False)])
def test_a_review_is_offered_where_the_rule_knows_one(ground: str, reviewed: bool) -> None:
    words = said(LetterKind.DENIAL, enough(LetterKind.DENIAL, because=(ground,)))
    assert ("looked at again" in words) is reviewed


def test_a_request_that_is_turned_away_may_be_made_again() -> None:
    words = said(LetterKind.DENIAL, matter(because=("no_permission",), rejected=True))
    assert "nothing has been sent" in words
    assert "You can send a new request at any time." in words
    assert "Everything else" not in words


def test_a_request_turned_away_for_what_was_missing_says_what_that_was() -> None:
    internal = found(HoldReason.CHART_INCOMPLETE)
    words = said(LetterKind.DENIAL, matter(rejected=True, findings=(NOT_SIGNED, internal), reason="Ana said so."))
    assert "does not give us the permission" in words
    assert "We could not find a signature." in words
    assert "Ana said so" not in words


def test_a_request_turned_away_for_another_reason_gives_it_in_the_words_of_whoever_decided() -> None:
    words = said(LetterKind.DENIAL, matter(rejected=True, findings=(found(HoldReason.NO_PATIENT),), reason="Asked twice."))
    assert "Asked twice." in words
    assert "does not give us the permission" not in words


def test_a_request_is_turned_away_before_the_letter_says_so() -> None:
    with pytest.raises(CannotWrite, match="decide R-000012 reject"):
        letter(LetterKind.DENIAL, matter(because=("no_permission",)))
    assert "We cannot give you the ledger." in said(LetterKind.DENIAL, matter(because=("no_permission",), what="the ledger"))


def test_a_denial_needs_a_ground_that_there_is() -> None:
    for changes in ({}, {"because": ("we would rather not",)}, {"reason": "We would rather not."}, {"rejected": True}):
        with pytest.raises(CannotWrite, match="psychotherapy"):
            letter(LetterKind.DENIAL, matter(certain=True, **changes))


def test_nobody_unknown_and_no_third_party_hears_which_records_there_are() -> None:
    for changes in ({"certain": False}, {"to": FIRM}):
        with pytest.raises(CannotWrite, match="there are records"):
            letter(LetterKind.DENIAL, enough(LetterKind.DENIAL, **changes))
    for kind in (LetterKind.FEE, LetterKind.WELCOME):
        with pytest.raises(CannotWrite, match="who"):
            letter(kind, enough(kind, certain=False))


# ---- extension -----------------------------------------------------------------------------------------------------------


def test_an_extension_gives_the_reasons_and_the_day() -> None:
    words = said(LetterKind.EXTENSION, enough(LetterKind.EXTENSION, reason="Our scanner is being repaired."))
    for part in ("December 19, 2026", "January 15, 2027", "kept in another place", "Our scanner is being repaired.", "only time"):
        assert part in words, part
    assert "45 CFR 164.524(b)(2)(iii)" in words


def test_an_extension_is_thirty_days_at_most_and_told_within_the_first_thirty() -> None:
    received = date(2026, 11, 19)
    letter(
        LetterKind.EXTENSION, enough(LetterKind.EXTENSION, until=received + timedelta(days=60), day=received + timedelta(days=30))
    )
    for changes in (
        {"until": received + timedelta(days=61)},
        {"until": received + timedelta(days=30)},
        {"until": None},
        {"day": received + timedelta(days=31)},
        {"because": ()},
        {"because": ("because",)},
    ):
        with pytest.raises(CannotWrite):
            letter(LetterKind.EXTENSION, enough(LetterKind.EXTENSION, **changes))


def test_a_state_that_gives_less_time_counts_from_its_own_day() -> None:
    words = said(LetterKind.EXTENSION, enough(LetterKind.EXTENSION, due=date(2026, 12, 4), until=date(2026, 12, 18)))
    assert "due by December 4, 2026" in words


# ---- fee, revocation, welcome --------------------------------------------------------------------------------------------


def test_a_fee_is_told_item_by_item() -> None:
    words = said(LetterKind.FEE, enough(LetterKind.FEE))
    for part in ("Pages 1 to 25 25 $0.25 $6.25", "Postage 1 $2.15 $2.15", "Total $8.40", "never for finding", "does not hold"):
        assert part in words, part
    free = said(LetterKind.FEE, enough(LetterKind.FEE, fee=fee_of(("copy of the records, no charge", 1, "0.00"))))
    assert "The copy costs you nothing" in free
    with pytest.raises(CannotWrite, match="worked out"):
        letter(LetterKind.FEE, enough(LetterKind.FEE, fee=None))


def test_a_revocation_is_confirmed_from_its_day_on_and_cannot_call_back_what_left() -> None:
    words = said(LetterKind.REVOKED, enough(LetterKind.REVOKED))
    for part in ("in writing", "November 20, 2026", "No copy leaves our office", "we cannot call it back"):
        assert part in words, part
    limited = REVOCATION.model_copy(update={"office_id": "O-12"})
    assert "the office that you named" in said(LetterKind.REVOKED, enough(LetterKind.REVOKED, revocation=limited))
    spanish = said(LetterKind.REVOKED, enough(LetterKind.REVOKED), Language.ES)
    assert "20 de noviembre de 2026" in spanish
    assert "no podemos hacerla regresar" in spanish


def test_the_welcome_letter_says_nothing_of_why_they_left() -> None:
    words = said(LetterKind.WELCOME, enough(LetterKind.WELCOME, reason="unhappy", findings=TWELVE))
    assert "You are always welcome back" in words
    assert not re.search(r"unhappy|balance|missing|CFR", words)


def test_a_letter_that_a_language_does_not_have_is_refused_in_a_sentence() -> None:
    with pytest.raises(CannotWrite, match=r"“fee”.*\(es\)"):
        letter(LetterKind.FEE, enough(LetterKind.FEE), Language.ES)


# ---- the slip ------------------------------------------------------------------------------------------------------------


def test_the_slip_says_whom_to_call_on_which_number_of_ours_and_what_to_ask() -> None:
    words = said(LetterKind.CALL, enough(LetterKind.CALL))
    for part in (ANA.name, "(207) 555-0177", "What are your full name", "chartrelay decide R-000012", "For the office only"):
        assert part in words, part


@pytest.mark.parametrize("reason", [HoldReason.DESTINATION_UNKNOWN, HoldReason.DESTINATION_DIFFERS])
def test_an_office_is_called_about_where_the_copy_goes(reason: HoldReason) -> None:
    about = matter(findings=(found(reason),), patient=Callee(ANA.name, "(207) 555-0177"))
    assert "Look it up yourself" in said(LetterKind.CALL, about)
    known = said(LetterKind.CALL, enough(LetterKind.CALL, findings=about.findings, office=Callee("Bayside", "(207) 555-0150")))
    assert "(207) 555-0150" in known
    assert "Do you expect records from us" in known
    assert "0177" not in known


def test_an_office_is_asked_whether_a_set_arrived() -> None:
    about = matter(findings=(found(HoldReason.DELIVERY_UNCERTAIN),), office=Callee("Bayside", "(207) 555-0150"))
    assert "Did a set of records from us arrive?" in said(LetterKind.CALL, about)


def test_where_nobody_could_help_there_is_no_slip() -> None:
    with pytest.raises(NothingToTell, match="a call would not help"):
        letter(LetterKind.CALL, matter(findings=(found(HoldReason.CHART_INCOMPLETE),)))


def test_nobody_is_called_where_it_is_not_known_who_is_meant() -> None:
    words = said(LetterKind.CALL, matter(findings=(found(HoldReason.SEVERAL_PATIENTS),)))
    assert "nobody is certain yet" in words
    assert "We have no number." in words


def test_the_slip_asks_a_few_things() -> None:
    written = letter(LetterKind.CALL, matter(findings=TWELVE))
    assert len([block for block in written.blocks if isinstance(block, Bullet)]) == 3
