"""A day at the front desk, told through the commands: who asks, what is held, what a person decides, and what leaves."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from schemas.release import HoldReason, StationName
from tests.stories.commands import chartrelay
from tests.stories.front_desk import (
    ADAM,
    FINN,
    INGRID,
    LAKESIDE,
    LAWYERS,
    LENA,
    NORA,
    OWEN,
    PETER,
    RUTH,
    SURGEON,
    TESS,
    VICTOR,
    FrontDesk,
    yesterday,
)
from tests.stories.papers import STATEMENTS, TOWN, Paper, Person, in_a_year, letter_from

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]

QUICKLY = {"CHARTRELAY_INBOX__QUIET_SECONDS": "0.2", "CHARTRELAY_INBOX__RESCAN_SECONDS": "1"}
CHILDREN = (TESS, FINN)


def reasons(found: list[dict[str, str]]) -> set[str]:
    return {finding["reason"] for finding in found}


def words_of(pdf: Path) -> str:
    """The text of a letter, line ends as spaces."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


# ---- a family of four leaves ---------------------------------------------------------------------------------------------


def test_a_family_of_four_leaves_on_one_letter(desk: FrontDesk) -> None:
    """One has signed and goes at once. The children go with their guardian's papers, the husband with a form of his own."""
    desk.drop("family.pdf", Paper([NORA, PETER, TESS, FINN], LAKESIDE, signer=NORA.name, signed_on=yesterday()).pdf())
    done = chartrelay("up", "--once", home=desk.folder.root, environment=QUICKLY)
    assert done.returncode == 0, done.stdout + done.stderr

    states = {request["patient_id"]: request["state"] for request in desk.asks("requests") if request["parent"]}
    assert states == {"P01": "closed", "P02": "held", "P03": "held", "P04": "held"}
    assert len(desk.sets_for(LAKESIDE)) == 1
    [whole] = [request for request in desk.asks("requests") if not request["parent"]]
    assert whole["state"] == "split"

    for child in CHILDREN:
        part = desk.request("family.pdf", child)
        refused = desk.types("decide", part["id"], "accept", "--why", "the mother signed", "--who", "")
        assert refused.status == 1, "whoever lets it go is named"
        desk.decides(part, "identity", "--method", "authority_papers", "--seen", "birth certificate, and the mother's license")
        desk.decides(desk.request("family.pdf", child), "accept", "--why", "the mother signed, and may act for the child")
        part = desk.request("family.pdf", child)
        assert part["state"] == "closed", desk.held(part)

    desk.decides(desk.request("family.pdf", PETER), "accept", "--why", "his wife says so")
    husband = desk.request("family.pdf", PETER)
    assert husband["state"] == "held", "her word lets go what may be let go, and is no signature of his"
    refused = desk.types("decide", husband["id"], "accept", "--why", "she says so again", "--who", "Ana")
    assert refused.status == 1
    assert "Nobody may let that go" in refused.complained

    desk.drop("peter.pdf", Paper([PETER], LAKESIDE, signer=PETER.name, signed_on=yesterday()).pdf())
    desk.lets_the_line_run()
    assert desk.request("peter.pdf")["state"] == "closed"
    desk.decides(desk.request("family.pdf", PETER), "withdraw", "--why", "he has sent a form of his own")
    assert desk.request("family.pdf", PETER)["state"] == "withdrawn"
    assert len(desk.sets_for(LAKESIDE)) == 4
    assert desk.asks("queue") == []


# ---- a specialist asks ---------------------------------------------------------------------------------------------------


def test_a_specialist_gets_the_films_without_the_patients_signature(desk: FrontDesk) -> None:
    asked = Paper([INGRID], SURGEON, records="X-rays", purpose="referral for evaluation", signed=False)
    desk.drop("referral.pdf", asked.pdf())
    desk.lets_the_line_run()

    request = desk.request("referral.pdf")
    assert (request["state"], request["pathway"]) == ("closed", "treatment"), desk.held(request)
    assert request["items"] == 1, "the bitewing, and no notes"
    [manifest] = desk.sets_for(SURGEON)
    assert request["id"].lower() in manifest.name
    assert any("signature: not needed" in line["sentence"] for line in desk.why(request)["By what right"])


# ---- an attorney asks ----------------------------------------------------------------------------------------------------


LACKING = {
    "164.508(c)(1)(ii)": "the practice that may give the records",
    "164.508(c)(1)(iv)": "the purpose",
    "164.508(c)(1)(v)": "the expiration",
    "164.508(c)(1)(vi)": "the date of the signature",
    "164.508(c)(2)(i)": "that it may be revoked",
    "164.508(c)(2)(ii)": "that treatment does not depend on it",
    "164.508(c)(2)(iii)": "that it may be passed on",
}


def test_an_attorneys_letter_is_held_until_its_authorization_is_complete_and_a_person_lets_it_go(
    desk: FrontDesk, tmp_path: Path
) -> None:
    desk.drop("attorney.pdf", Paper([VICTOR], LAWYERS, holder="", purpose="").pdf())
    desk.lets_the_line_run()
    request = desk.request("attorney.pdf")
    assert (request["state"], request["pathway"]) == ("held", "third_party")
    named = " ".join(finding["paragraph"] or "" for finding in desk.held(request))
    assert [what for paragraph, what in LACKING.items() if paragraph not in named] == []
    [expiry] = [finding["number"] for finding in desk.held(request) if "expiration" in finding["sentence"]]
    refused = desk.types("decide", request["id"], "accept", "--finding", str(expiry), "--why", "no hurry", "--who", "Ana")
    assert refused.status == 1
    assert "Nobody may let that go" in refused.complained

    letter = tmp_path / "missing.pdf"
    printed = desk.types("letter", request["id"], "--who", "Ana", "--kind", "missing", "--out", letter)
    assert printed.status == 0, printed.complained
    text = words_of(letter)
    assert VICTOR.name in text
    assert [what for paragraph, what in LACKING.items() if paragraph.partition("(2)(")[0] not in text] == []
    again = desk.types("letter", request["id"], "--who", "Ana", "--out", letter)
    assert again.status == 1, "a letter that is there is not written over"

    complete = Paper(
        [VICTOR],
        LAWYERS,
        purpose="claim after an accident",
        signed_on=yesterday(),
        expires=in_a_year(),
        statements=STATEMENTS,
    )
    desk.drop("attorney again.pdf", complete.pdf())
    desk.lets_the_line_run()
    request = desk.request("attorney again.pdf")
    assert (request["state"], request["pathway"]) == ("held", "third_party")
    assert HoldReason.ELEMENT_MISSING not in reasons(desk.held(request))
    assert desk.sets_for(LAWYERS) == []

    desk.decides(
        request, "identity", "--method", "call_back", "--seen", "the patient, on the number in the chart, says it is his"
    )
    desk.decides(desk.request("attorney again.pdf"), "accept", "--why", "complete, and the patient wants it")
    request = desk.request("attorney again.pdf")
    assert request["state"] == "closed", desk.held(request)
    assert len(desk.sets_for(LAWYERS)) == 1
    [authorized] = [e for e in desk.asks("log", "--event", "authorized") if e["request_id"] == request["id"]]
    assert authorized["actor"] == "Ana"
    assert len(authorized["details"]["decisions"]) == 2


# ---- a mother asks for her son, who is nineteen --------------------------------------------------------------------------


def test_a_mother_cannot_ask_for_her_grown_son_but_he_can(desk: FrontDesk) -> None:
    asked = Paper([ADAM], LAKESIDE, signer=RUTH.name, relationship="mother", signed_on=yesterday())
    desk.drop("from the mother.pdf", asked.pdf())
    desk.lets_the_line_run()
    request = desk.request("from the mother.pdf")
    assert (request["state"], request["patient_id"]) == ("held", ADAM.patient_id)
    assert any(RUTH.name in finding["sentence"] for finding in desk.held(request))
    assert desk.sets_for(LAKESIDE) == []

    desk.drop("from the son.pdf", Paper([ADAM], LAKESIDE, signer=ADAM.name, signed_on=yesterday()).pdf())
    desk.lets_the_line_run()
    assert desk.request("from the son.pdf")["state"] == "closed"
    assert desk.request("from the mother.pdf")["state"] == "held"
    assert len(desk.sets_for(LAKESIDE)) == 1


# ---- somebody else writes a letter ---------------------------------------------------------------------------------------


TO_LAKESIDE = f"to {LAKESIDE.name}, {LAKESIDE.street}, {TOWN}, phone {LAKESIDE.phone}, fax {LAKESIDE.fax}."


def test_a_letter_that_the_patient_has_signed_goes(desk: FrontDesk) -> None:
    home = (LENA.name, LENA.street, TOWN)
    desk.drop("letter.pdf", letter_from(home, LENA, f"Please send my records {TO_LAKESIDE}", LENA.name, [LENA.name]))
    desk.lets_the_line_run()
    assert desk.request("letter.pdf")["state"] == "closed", desk.held(desk.request("letter.pdf"))


@pytest.mark.parametrize(
    ("about", "words", "signed_by", "under"),
    [
        (ADAM, f"Please send my sons records {TO_LAKESIDE}", RUTH.name, [RUTH.name, "Mother of the patient"]),
        (PETER, f"Please send my husband records {TO_LAKESIDE}", NORA.name, [NORA.name]),
        (INGRID, f"Please send all my patient records {TO_LAKESIDE}", "Linda Park", ["Linda Park", "Office Manager"]),
        (INGRID, f"Please forward my client records {TO_LAKESIDE}", "Marla Voss", ["Marla Voss", "Caregiver"]),
    ],
    ids=["mother", "wife", "office manager", "caregiver"],
)
def test_a_letter_that_somebody_else_has_signed_waits_for_a_person(
    desk: FrontDesk, about: Person, words: str, signed_by: str, under: list[str]
) -> None:
    desk.drop("letter.pdf", letter_from((signed_by, "1 Elder Road", TOWN), about, words, signed_by, under))
    desk.lets_the_line_run()
    request = desk.request("letter.pdf")
    assert request["state"] == "held", f"{request['patient']} has not signed, and the copy went to {request['destination']}"
    assert desk.sets_for(LAKESIDE) == []


# ---- a permission is taken back ------------------------------------------------------------------------------------------


def test_a_permission_that_is_taken_back_stops_the_copy_wherever_it_is_on_the_line(desk: FrontDesk) -> None:
    """The chart has been gathered already when the patient calls. Nothing leaves, until he has signed anew."""
    desk.drop("owen.pdf", Paper([OWEN], LAKESIDE, signed_on=yesterday()).pdf())
    desk.lets_the_line_run((StationName.READ, StationName.MATCH, StationName.GATHER))
    request = desk.request("owen.pdf")
    assert request["state"] == "gathered"

    [revoked] = desk.asks("revoke", OWEN.patient_id, "--who", "Ana", "--how", "call", "--words", "He has changed his mind")
    assert [one["id"] for one in revoked["requests"]] == [request["id"]]
    assert revoked["requests"][0]["sentence"] == "is stopped; nothing of it leaves"
    desk.lets_the_line_run()
    request = desk.request("owen.pdf")
    assert request["state"] == "held"
    assert reasons(request["held"]) == {HoldReason.REVOKED}
    assert desk.sets_for(LAKESIDE) == []
    assert any("took the permission back" in line["sentence"] for line in desk.why(request)["Held and decided"])
    [entry] = desk.asks("log", "--event", "revoked")
    assert (entry["actor"], entry["patient_id"]) == ("Ana", OWEN.patient_id)
    assert desk.asks("log", "--event", "delivered") == []

    in_vain = desk.types("decide", request["id"], "try_again", "--who", "Ana")
    assert in_vain.status == 0
    desk.lets_the_line_run()
    assert desk.request("owen.pdf")["state"] == "held", "it stands until it is lifted"

    lifted = desk.types("lift", str(revoked["revocation"]), "--who", "Ana", "--why", "he was here and wants it after all")
    assert lifted.status == 0, lifted.complained
    assert desk.types("lift", str(revoked["revocation"]), "--who", "Ana", "--why", "once more").status == 1
    assert desk.request("owen.pdf")["state"] == "held", "lifting sends nothing by itself"
    desk.decides(desk.request("owen.pdf"), "try_again")
    assert desk.request("owen.pdf")["state"] == "closed"
    assert len(desk.sets_for(LAKESIDE)) == 1
    assert [e["event"] for e in desk.asks("log") if e["event"] in ("revoked", "lifted", "delivered")] == [
        "revoked",
        "lifted",
        "delivered",
    ]


# ---- the same again ------------------------------------------------------------------------------------------------------


def test_the_same_request_again_shows_the_earlier_one_and_goes_after_a_word(desk: FrontDesk) -> None:
    desk.drop("lena.pdf", Paper([LENA], LAKESIDE, signed_on=yesterday()).pdf())
    desk.lets_the_line_run()
    first = desk.request("lena.pdf")
    assert first["state"] == "closed"

    desk.drop("lena by fax.pdf", Paper([LENA], LAKESIDE, signed_on=yesterday(), number="2").pdf())
    desk.lets_the_line_run()
    second = desk.request("lena by fax.pdf")
    assert second["state"] == "held"
    [finding] = desk.held(second)
    assert finding["reason"] == HoldReason.ASKED_BEFORE
    assert first["id"] in finding["sentence"]
    assert len(desk.sets_for(LAKESIDE)) == 1

    silent = desk.types("decide", second["id"], "accept", "--who", "Ana")
    assert silent.status == 1, "whoever accepts says why"
    desk.decides(second, "accept", "--why", "the first set was lost there")
    second = desk.request("lena by fax.pdf")
    assert second["state"] == "closed"
    assert len(desk.sets_for(LAKESIDE)) == 2
    told = [line["sentence"] for line in desk.why(second)["Released"]]
    assert any(first["id"] in sentence for sentence in told)


# ---- why did it leave? ---------------------------------------------------------------------------------------------------


def test_why_tells_the_whole_reasoning_of_a_delivered_request(desk: FrontDesk) -> None:
    desk.drop("lena.pdf", Paper([LENA], LAKESIDE, signed_on=yesterday(), expires=in_a_year(), statements=STATEMENTS).pdf())
    desk.lets_the_line_run()
    request = desk.request("lena.pdf")
    assert (request["state"], request["pathway"]) == ("closed", "authorization"), desk.held(request)

    told = desk.why(request)
    assert list(told) == ["Arrived", "Read", "Whose records", "To whom", "By what right", "Until when", "Released", "Sent"]
    assert f"patient.name: {LENA.name}" in {line["sentence"] for line in told["Read"]}
    [chosen, *evidence] = told["Whose records"]
    assert chosen["sentence"].startswith(f"{LENA.name}, born 09/08/1993")
    assert {line["sign"] for line in evidence} <= {"for", "neither"}
    assert any(LENA.phone in line["source"] for line in evidence)
    assert LAKESIDE.name in told["To whom"][0]["sentence"]
    [pathway, *elements] = told["By what right"]
    assert pathway["sentence"].startswith("Authorization.")
    assert [element["sentence"] for element in elements if element["sign"] == "against"] == []
    assert all("45 CFR 164." in element["source"] for element in elements)
    assert {"164.508(c)(1)(v)", "164.508(c)(2)(iii)"} <= {
        source.strip() for element in elements for source in element["source"].replace("45 CFR", "").split(";")
    }
    [identity] = [line for line in told["Released"] if line["sentence"].startswith("Identity:")]
    assert "birth date" in identity["sentence"]
    assert "reached" in told["Sent"][0]["source"]
    assert desk.types("why", "R-999999").status == 1
    in_words = desk.types("why", request["id"].lower())
    assert in_words.status == 0
    assert "By what right" in in_words.printed


@pytest.mark.parametrize("person", [RUTH], ids=lambda person: person.first)
def test_a_revocation_of_a_patient_without_requests_is_recorded_all_the_same(desk: FrontDesk, person: Person) -> None:
    [revoked] = desk.asks("revoke", person.patient_id, "--who", "Ana")
    assert revoked["requests"] == []
    assert [row["patient_id"] for row in desk.asks("revocations")] == [person.patient_id]
    desk.drop("ruth.pdf", Paper([person], LAKESIDE, signed_on=yesterday()).pdf())
    desk.lets_the_line_run()
    assert reasons(desk.request("ruth.pdf")["held"]) == {HoldReason.REVOKED}
