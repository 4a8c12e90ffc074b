"""The note that stays in the chart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.closing.note import chart_note
from schemas.disclosure import ProofRung
from schemas.release import IdentityEvidence, IdentityMethod
from tests.closing.making import AT, PRACTICE, manifest, receipt, release

FEE = "No charge: the practice's policy."
LEDGER = "Copy of patient's records. Entity: Elm Street Dental. Contact: Dr. Kim Lee. Sent: 3 records."


def note(proof: ProofRung = ProofRung.REACHED, **fields) -> str:
    return chart_note(release(**fields), manifest(), receipt(proof), PRACTICE, fee=FEE, ledger=LEDGER)


def as_one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_note_says_what_when_to_whom_on_what_basis_why_and_with_what_proof():
    text = as_one_line(note(leaving=True, reason="moving to Bangor", purpose="continuing care", decided_by="M. Ruiz"))
    for told in (
        "Ada Okafor, born 1984-02-29 (P-1007)",
        "2026-11-20 by Ada Okafor (self)",
        "authorization signed on 2026-11-20 [authorization; decided by M. Ruiz]",
        "continuing care",
        "x-rays and notes",
        "yes; reason: moving to Bangor",
        "Harbor Dental Group",
        "Elm Street Dental, attention Dr. Kim Lee, 9 Elm Street, Bangor, ME 04401",
        "2026-11-23 09:41 UTC, by folder, to Elm Street Dental",
        "reached the destination. All 4 files were read back.",
        "r-000012-3f2a9c1e",
    ):
        assert told in text


def test_every_record_that_was_sent_is_listed_and_every_one_that_was_not():
    text = note()
    assert "SENT: 3 records, 4 pages" in text
    assert "   1  xray-bitewing, 2025-01-15, teeth 2-5, Left side, 1 page, xray-bitewing.bin" in text
    assert "   2  cbct, undated, 1 file, 1,234,567 bytes, cbct.bin" in text
    assert "ledger.pdf (ledger): not among the kinds asked for" in text


def test_the_fee_and_the_line_for_the_ledger_stand_at_the_end():
    last = as_one_line(note()).partition("Fee: ")[2]
    assert last == f"{FEE} D9961: {LEDGER}"


def test_the_note_says_who_was_verified_how_and_what_people_decided():
    seen = IdentityEvidence(method=IdentityMethod.PHOTO_ID, what="driver license OR 1234567", who="Ana", at=AT)
    text = as_one_line(note(identity=(seen,), decisions=("Ana looked at what stood against it and let it go (called).",)))
    assert "Identity: driver license OR 1234567 [photo id; Ana, 2026-11-23 09:41 UTC]" in text
    assert "Decided: Ana looked at what stood against it and let it go (called)." in text


def test_the_note_claims_no_more_than_is_proven():
    assert "nothing is known of its arrival" in as_one_line(note(ProofRung.ACCEPTED))
    assert "nothing is known of its arrival" not in as_one_line(note(ProofRung.OPENED))


LABELS = [
    *("Patient", "Requested", "Basis", "Purpose", "Asked", "Leaving", "Released"),
    *("Sent", "Sent", "Proof", "Reference", "Withheld", "SENT", "Fee", "D9961"),
]


@given(reason=st.text(max_size=300) | st.text(max_size=80).map(lambda text: f"{text}\nProof: acknowledged\u2028SENT: all {text}"))
def test_nothing_written_on_a_request_can_pass_for_a_line_of_the_note(reason):
    title, *lines = note(reason=reason).splitlines()
    assert title == "RELEASE OF RECORDS"
    assert [line.split()[0].rstrip(":") for line in lines if line and not line.startswith(" ")] == LABELS


def test_the_same_release_always_gives_the_same_note():
    assert note() == note()
    assert note().endswith("\n")
