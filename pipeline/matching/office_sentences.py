"""What the clerk is told about a destination that could not be taken, and what would settle it.

None of these findings may be accepted away: without a destination nothing leaves. They are settled by a person who names the
office after calling it back on a number that does not come from the request, by a correction of what was read, or by the
directory.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.matching.directory import Directory
from pipeline.matching.listings import Listing, about_a_known_office, number_of_a_known_office
from pipeline.matching.office_comparisons import WEAKLY_CONTRADICTS_FROM, Answer, OfficeComparison, label
from pipeline.matching.registry import Registry
from schemas.reading import ReadField
from schemas.release import Destination, Finding, HoldReason

WHERE_TO = "45 CFR 164.524(c)(3)(ii)"
"""A patient's directive clearly identifies the person and where to send the copy."""
VERIFY = "45 CFR 164.514(h)(1)"
"""Before a disclosure, the identity of the person is verified."""
FORM_AND_MANNER = "45 CFR 164.524(c)(2) and (3)(i)"
MOST_NAMED = 4


def name_unread(name: ReadField | None) -> Finding:
    """No name at all."""
    sentence = "It could not be read to whom the copy is to go."
    cure = "Look at the scan for the receiving office; if it is not there, ask the requester."
    return _finding("name_unread", HoldReason.UNREADABLE, sentence, cure, WHERE_TO, name)


def nothing_says_where(name: ReadField, office: Destination, registry: Registry | None) -> Finding:
    """A name of the directory, and nothing else."""
    sentence = (
        f"The request names {name.value}, but no address, phone, fax or e-mail could be read surely. "
        "Other offices may have that name."
    )
    cure = f"{_call(office, registry)}, and ask whether it expects these records; or ask the requester for the address."
    return _finding("nothing_says_where", HoldReason.UNREADABLE, sentence, cure, WHERE_TO, name)


def unknown(name: ReadField, listing: Listing, directory: Directory) -> Finding:
    """Nobody in the directory."""
    sentence = f"The directory has no office like {name.value}.{listing.sentence()}"
    return _finding("unknown", HoldReason.DESTINATION_UNKNOWN, sentence, listing.cure(directory), VERIFY, name)


def not_trusted(office: Destination, name: ReadField | None, registry: Registry | None) -> Finding:
    """In the directory, but nobody has confirmed it yet."""
    sentence = f"{office.name} is in the directory, but not yet trusted."
    cure = f"{_call(office, registry)}; when the address is confirmed, set trusted to yes in directory.csv."
    return _finding("not_trusted", HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, name)


def several(name: ReadField, found: Sequence[OfficeComparison[Destination]]) -> Finding:
    """Two rows that both fit: two branches, two rows of one office, one doctor in two offices."""
    offices = "; ".join(
        f"{c.office.name}, {c.office.street or c.office.city or c.office.office_id} ({c.office.office_id})"
        for c in found[:MOST_NAMED]
    )
    more = f"; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    sentence = f"More than one office in the directory may be meant by {name.value}: {offices}{more}."
    cure = "Ask the requester which of them."
    return _finding("several", HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, name)


def elsewhere(name: ReadField, found: Sequence[OfficeComparison[Destination]], listing: Listing) -> Finding:
    """Offices of that name, but none of them there."""
    place = "but none at the place on the request" if any(c.differences for c in found) else "and the request does not say which"
    sentence = f"The directory has {len(found)} offices called like {name.value}, {place}.{listing.sentence()}"
    cure = "Ask the requester which one is meant; add the office to directory.csv if it is another."
    return _finding("elsewhere", HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, name)


def other_name(name: ReadField, found: OfficeComparison[Destination], listing: Listing, registry: Registry | None) -> Finding:
    """A number or an address of one office under the name of another."""
    shared = " and ".join(label(what) for what in ("phone", "fax", "email", "street") if what in found.agreeing)
    sentence = (
        f"The request says {name.value}; with this {shared} the directory has {found.office.name}."
        f"{listing.sentence() if listing.named else ''}"
    )
    cure = f"{_call(found.office, registry)}, and ask who works there and whether they expect these records."
    return _finding("other_name", HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, name)


def too_little(name: ReadField, found: OfficeComparison[Destination], registry: Registry | None) -> Finding:
    """Only what many offices share agrees."""
    shared = " and ".join(label(what) for what in ("zip", "city") if what in found.agreeing)
    sentence = (
        f"{name.value} on the request may be {found.office.name} in the directory, but only the {shared} says so, "
        "and another office may have that too."
    )
    cure = f"{_call(found.office, registry)}, and ask whether it is meant."
    return _finding("too_little", HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, name)


def differs(office: Destination, difference: Answer, registry: Registry | None) -> Finding:
    """Known, but different: what was read, and what is known."""
    what, read, known = label(difference.what), difference.read.value, difference.known
    sentence = f"The {what} on the request ({read}) is not the one the directory has for {office.name} ({known})."
    if difference.nearly:
        sentence += " They are nearly the same, so it may be misread: look at the scan."
    elif difference.read.confidence < WEAKLY_CONTRADICTS_FROM:
        sentence += " It was hard to read: look at the scan."
    sentence += about_a_known_office(difference, office, registry)
    cure = f"{_call(office, registry)} (not on the request), and ask which is right; correct directory.csv if it has changed."
    return _finding("differs", HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, difference.read)


def to_the_patient(name: ReadField) -> Finding:
    """The patient asks for themself."""
    sentence = f"The copy is asked for by {name.value} for themself; the directory has no way to send to a patient."
    cure = "Hand it over in person after seeing an ID; or confirm the address with the patient and add a row to directory.csv."
    return _finding("to_the_patient", HoldReason.DESTINATION_UNKNOWN, sentence, cure, FORM_AND_MANNER, name)


def gone(office_id: str) -> Finding:
    """A person confirmed a row that is not there, or not any more."""
    sentence = f"The destination was confirmed as {office_id}, but the directory has no such office."
    cure = "Put the office back into directory.csv, or decide on another destination."
    return _finding("gone", HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, None)


def called_the_request(office: Destination, called: str, place: ReadField, registry: Registry | None) -> Finding:
    """Who answers a number that stands on the request is whoever wrote the request."""
    sentence = f"{office.name} was confirmed by calling {called}, which stands on the request and not in the directory."
    cure = f"{_call(office, registry)} (not on the request), and decide again."
    return _finding("called_the_request", HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, place)


def changed_since(office: Destination, called: str) -> Finding:
    """The call back was about another number, address or name than the directory has by now."""
    sentence = f"The directory's entry of {office.name} was changed after it was confirmed by calling {called}."
    cure = "Look at its entry in directory.csv; if it is right, call the office back again, and choose the destination anew."
    return _finding("changed_since", HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, None)


def _call(office: Destination, registry: Registry | None) -> str:
    """Whom to call back: always a number that was known before."""
    if office.phone:
        return f"Call {office.name} on {office.phone}, the number in the directory"
    if listed := number_of_a_known_office(office, registry):
        return f"Call {office.name} on {listed}, the number in the NPI registry"
    return f"Find a phone number of {office.name} that does not come from the request, and call"


def _finding(rule: str, reason: HoldReason, sentence: str, cure: str, paragraph: str, place: ReadField | None) -> Finding:
    return Finding(
        reason=reason,
        rule=f"destinations.{rule}",
        acceptable=False,
        sentence=sentence,
        cure=cure,
        paragraph=paragraph,
        page=place.page if place else None,
        box=place.box if place else None,
    )
