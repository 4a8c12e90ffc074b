"""A person's decision, as a message like any other: the line goes on from there.

Four sorts. *Rulings* settle what the machine could not: which patient, which office, what the page says, what a person has
looked at and lets go; the request is then matched anew, with everything that people have ruled, and either goes on or is held
for what still stands against it; one that is several is split (`splitting.py`). *What was found out* says whether a set has
arrived (`arrived.py`). *Try again* repeats the step that held. *Ends* withdraw or reject the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid5

from pipeline.log.chain import Note
from pipeline.matching.places import number_of
from pipeline.release.deadlines import extended
from pipeline.reviewing.arrived import say
from pipeline.reviewing.corrections import corrected, normalised
from pipeline.reviewing.ground import (
    DECISIONS,
    NotPossible,
    held,
    not_left,
    note,
    open_hold,
    understood,
    understood_or_none,
)
from pipeline.reviewing.holds import SECOND_PERSON, Hold
from pipeline.reviewing.splitting import cut_up
from pipeline.store.permissions import overtaken
from pipeline.store.states import AFTER, FINAL, State
from pipeline.store.store import RequestRow, Store
from pipeline.store.times import parse
from pipeline.store.unit import Conflict, Shown, Unit
from schemas.base import JsonDict, kind_of
from schemas.decision import Decision, DecisionKind, Rulings
from schemas.disclosure import LogEvent
from schemas.messages import (
    CopyMade,
    CopyVerified,
    DecisionMade,
    DeliveryIntended,
    Event,
    RecordSetDelivered,
    RecordSetGathered,
    ReleaseAuthorized,
    RequestRead,
    RequestReceived,
)
from schemas.reading import Reading
from schemas.release import Match, StationName

ANEW = (ReleaseAuthorized, RecordSetGathered, CopyMade)
"""Held at one of these, a request is gathered anew when it is tried again."""

JUDGED = (*ANEW, CopyVerified, DeliveryIntended)
"""Held at one of these, a request was let go and has not left."""

RULINGS = frozenset({
    DecisionKind.CORRECT, DecisionKind.PATIENT, DecisionKind.DESTINATION, DecisionKind.PATHWAY, DecisionKind.ACCEPT,
    DecisionKind.IDENTITY, DecisionKind.SECOND, DecisionKind.ASK_SECOND, DecisionKind.SPLIT,
})  # fmt: skip
"""Decisions that the matching station takes into account: the request is matched anew."""


def decide(
    store: Store,
    request_id: str,
    what: DecisionKind,
    *,
    who: str,
    why: str = "",
    state: str = "",
    hold: int | None = None,
    **details: Any,
) -> Unit:
    """Writes the decision down and sets the line in motion; gives the unit whose messages may be published at once.

    `details` are the other members of a `Decision`; `state` is the practice's, in two letters, for the time it may take. An
    acceptance without keys accepts every finding of the open hold that a person may accept. `hold` is the entry of the queue
    that the person has seen: on any other, nothing is decided.

    Raises NotPossible for a request that is unknown, ended, not held, being handed over or delivered, or that somebody else
    has decided upon at the same moment; for a decision that nobody takes, since the log names a person for each; and for one
    that says nothing, or waives what no person may waive.
    """
    if not who.strip():
        raise NotPossible("A decision needs the name of the person who takes it: say who.")
    request = store.request(request_id)
    if request is None:
        raise NotPossible(f"There is no request {request_id}.")
    if request.state in FINAL:
        raise NotPossible(f"{request_id} is {request.state} already.")
    decision = Decision(what=what, who=who, why=why, at=store.clock.now(), **details)
    act = _act(decision, state)
    try:
        with store.unit() as unit:
            _must_still_be_open(unit, request, hold)
            act(unit, request, decision)
    except Conflict:
        raise NotPossible(f"{request_id} was changed at this very moment; look at it again.") from None
    return unit


def _act(decision: Decision, state: str) -> Act:
    if decision.parts:
        return cut_up
    return _rule if decision.what in RULINGS else _OTHERS.get(decision.what) or partial(_extend, state=state)


# ---- rulings -------------------------------------------------------------------------------------------------------------


def _rule(unit: Unit, request: RequestRow, decision: Decision) -> None:
    """Settles the hold by the ruling, and lets the matching station judge the whole of it again."""
    hold = held(unit, request)
    message = not_left(hold)
    if isinstance(message, RequestReceived):
        raise NotPossible(f"{request.id} has not been read yet: it can be tried again, cut into parts, withdrawn or rejected.")
    decision, before = _about(unit, request, _complete(decision, hold)), Rulings.of(unit.decisions(request.id))
    if decision.what is DecisionKind.SECOND:
        decision = _seconded(decision, hold, before)
    reading = _latest_reading(unit, request)
    changes = _changes(decision, reading, before, request)
    unit.keep(request.id, [decision])
    unit.settle(request.id, decision.sha256())
    if decision.what is DecisionKind.SPLIT:
        unit.void(request.id)  # its parts ask for the same, and this one never will
    if decision.corrections:
        unit.teach(request.id)
    _match_anew(unit, request, hold, message, decision)
    unit.log(request.id, [note(decision, changes)])


def _match_anew(unit: Unit, request: RequestRow, hold: Hold, message: Event, decision: Decision) -> None:
    reading = _latest_reading(unit, request)
    again = RequestRead(
        id=uuid5(DECISIONS, f"{request.id}/{hold.id}/match"),
        request_id=request.id,
        occurred_at=decision.at,
        cause=message.id,
        reading=reading.sha256(),
        pages=max(reading.pages, 1),
    )
    unit.change(request.id, request.revision, station=StationName.MATCH, state=AFTER[kind_of(RequestRead)])
    unit.send_to(StationName.MATCH, again)


def _complete(decision: Decision, hold: Hold) -> Decision:
    """The decision with everything that its kind needs. Raises NotPossible where something is missing or may not be."""
    match decision.what:
        case DecisionKind.ACCEPT:
            return decision.model_copy(update={"accepts": _accepted(decision, hold)})
        case DecisionKind.CORRECT if not decision.corrections and not decision.ticks and decision.signed is None:
            raise NotPossible("Say what the page says: a field and its value, whether a box is ticked, or whether it is signed.")
        case DecisionKind.CORRECT:
            return decision.model_copy(update={"corrections": normalised(decision.corrections)})
        case DecisionKind.PATIENT if not decision.patient_id:
            raise NotPossible("Say which patient: the number in the roster.")
        case DecisionKind.DESTINATION if not decision.office_id or not decision.called:
            raise NotPossible("Say which office of the directory it is, and which number was called back.")
        case DecisionKind.DESTINATION if number_of(decision.called) is None:
            raise NotPossible("Say which number was called back, with its area code, such as (541) 555-0100.")
        case DecisionKind.PATHWAY if decision.pathway is None:
            raise NotPossible("Say which pathway.")
        case DecisionKind.IDENTITY if decision.identity is None:
            raise NotPossible("Say what was seen, and how.")
        case DecisionKind.SPLIT if len(set(decision.patients)) < 2 or len(set(decision.patients)) < len(decision.patients):
            raise NotPossible("Name every patient whose records are asked for, two or more, each with the birth date; or pages.")
        case DecisionKind.SPLIT | DecisionKind.ASK_SECOND if not decision.why.strip():
            raise NotPossible("Say why: it goes into the delivery log.")
        case _:
            return decision


def _seconded(decision: Decision, hold: Hold, before: Rulings) -> Decision:
    """The decision with what is agreed to. The second cannot be the first, and is asked once nothing else stands against it."""
    asked = next((f for f in hold.findings if f.rule == SECOND_PERSON), None)
    if asked is None:
        raise NotPossible(f"{hold.request_id} does not wait for a second person.")
    if before.has_decided(decision.who):
        raise NotPossible(f"{decision.who} has decided on {hold.request_id} already: the second person must be somebody else.")
    return decision.model_copy(update={"accepts": (asked.key,)})


def _about(unit: Unit, request: RequestRow, decision: Decision) -> Decision:
    """The decision with the patient and the office that were before the person, where it counts for these alone."""
    if decision.what not in (DecisionKind.ACCEPT, DecisionKind.IDENTITY):
        return decision
    seen = unit.latest(Match, request.id)
    patient, office = (seen.patient, seen.destination) if seen else (None, None)
    about = {"about_patient": patient.patient_id if patient else "", "about_office": office.office_id if office else ""}
    return decision.model_copy(update=about)


def _accepted(decision: Decision, hold: Hold) -> tuple[str, ...]:
    """The keys of what is accepted. No person may waive what the law asks for; and whoever accepts says why."""
    if not decision.why.strip():
        raise NotPossible("Say why the copy may leave all the same.")
    wanted = decision.accepts or tuple(f.key for f in hold.findings if f.acceptable)
    by_key = {f.key: f for f in hold.findings}
    unknown = [key for key in wanted if key not in by_key]
    if unknown:
        raise NotPossible(f"{hold.request_id} is not held for that any more; look at it again.")
    refused = [by_key[key] for key in wanted if not by_key[key].acceptable]
    if refused or not wanted:
        first = refused[0] if refused else hold.findings[0]
        raise NotPossible(f"Nobody may let that go: {first.sentence}{f' {first.cure}' if first.cure else ''}")
    return wanted


def _changes(decision: Decision, reading: Reading, before: Rulings, request: RequestRow) -> list[JsonDict]:
    """What the decision changes, each with the old value and the new one, for the log; empty for what was not there."""
    as_it_was = corrected(reading, before)
    changes = [(name.value, as_it_was.value(name), value) for name, value in decision.corrections.items()]
    for choice, ticked in decision.ticks.items():
        changes.append((choice.value, _ticked(choice.value in as_it_was.checked()), _ticked(ticked)))
    if decision.signed is not None:
        changes.append(("signature", _signed(as_it_was.signature.present), _signed(decision.signed)))
    if decision.patient_id:
        changes.append(("patient", before.patient_id or request.patient_id, decision.patient_id))
    if decision.office_id:
        changes.append(("destination", before.office_id or request.office_id, decision.office_id))
    if decision.pathway:
        changes.append(("pathway", before.pathway.value if before.pathway else None, decision.pathway.value))
    return [{"field": field, "old": old or "", "new": new} for field, old, new in changes]


def _ticked(ticked: bool) -> str:
    return "ticked" if ticked else "not ticked"


def _signed(present: bool | None) -> str:
    return {True: "signed", False: "not signed", None: "not certain"}[present]


def _latest_reading(unit: Unit, request: RequestRow) -> Reading:
    reading = unit.latest(Reading, request.id)
    if reading is None:
        raise NotPossible(f"{request.id} has not been read yet.")
    return reading


# ---- try again -----------------------------------------------------------------------------------------------------------


def _try_again(unit: Unit, request: RequestRow, decision: Decision) -> None:
    hold = open_hold(unit, request.id)
    if hold is None:
        raise NotPossible(f"{request.id} is not held; there is nothing to try again.")
    message = understood(hold)
    sha256 = decision.sha256()
    unit.keep(request.id, [decision])
    unit.settle(request.id, sha256)
    event: Event
    if isinstance(message, JUDGED) and not request.handing_over_at and overtaken(unit.connection, request.id):
        # Whoever let the later one go was shown this one; whoever tries this one again has to see the later one, too.
        _match_anew(unit, request, hold, message, decision)
        unit.log(request.id, [note(decision)])
        return
    if isinstance(message, ANEW):
        # The chart may have been mended since: what was gathered and copied from it is gathered and copied anew.
        station = StationName.GATHER
        anew = uuid5(DECISIONS, f"{request.id}/{hold.id}/anew")
        event = ReleaseAuthorized(
            id=anew, request_id=request.id, occurred_at=decision.at, cause=message.id, release=message.release
        )
        state = AFTER[kind_of(ReleaseAuthorized)]
    else:
        station = hold.station
        again = uuid5(DECISIONS, f"{request.id}/{hold.id}")
        event = DecisionMade(
            id=again, request_id=request.id, occurred_at=decision.at, cause=message.id, station=station, decision=sha256
        )
        state = AFTER[kind_of(type(message))]
    unit.change(request.id, request.revision, station=station, state=state)
    unit.send_to(station, event)
    unit.log(request.id, [note(decision)])


# ---- ends ----------------------------------------------------------------------------------------------------------------


def _withdraw(unit: Unit, request: RequestRow, decision: Decision) -> None:
    _end(unit, request, decision, State.WITHDRAWN, LogEvent.WITHDRAWN)


def _reject(unit: Unit, request: RequestRow, decision: Decision) -> None:
    """164.524(d): a denial is in writing, with its basis; so it needs a reason."""
    if not decision.why.strip():
        raise NotPossible("Say why it is rejected: the requester is told in writing.")
    _end(unit, request, decision, State.REJECTED, LogEvent.REJECTED)


def _end(unit: Unit, request: RequestRow, decision: Decision, state: State, event: LogEvent) -> None:
    hold = open_hold(unit, request.id)
    at = understood_or_none(hold) if hold else None
    if request.delivered_at or isinstance(at, RecordSetDelivered):
        raise NotPossible(f"{request.id} was delivered: it is too late to withdraw it.")
    # A message of another version says nothing of how far the request had come; the row does.
    uncertain = bool(request.handing_over_at) or isinstance(at, DeliveryIntended)
    if request.state in (State.DELIVERING, State.DELIVERED):
        raise NotPossible(f"{request.id} is {request.state}: it is too late to withdraw it.")
    unit.keep(request.id, [decision])
    unit.settle(request.id, decision.sha256())
    unit.change(request.id, request.revision, station=hold.station if hold else StationName.WATCH, state=state)
    if not uncertain:
        unit.void(request.id)
    said = "It is not known whether the set had arrived." if uncertain else "Nothing was sent."
    ended = Note(event, decision.who, patient=request.patient, details={"sentence": said, "uncertain": uncertain})
    unit.log(request.id, [note(decision), ended])


# ---- more time -----------------------------------------------------------------------------------------------------------


def _extend(unit: Unit, request: RequestRow, decision: Decision, *, state: str) -> None:
    """164.524(b)(2)(iii): once, by 30 days at most, and only if the requester is told in writing within the first 30, why and
    until when."""
    if decision.until is None or not decision.why.strip():
        raise NotPossible("Say until when, and why: the requester is told both in writing.")
    received = parse(request.received_at).astimezone().date()
    already = any(one.what is DecisionKind.EXTEND for one in unit.decisions(request.id))
    due = extended(received, _day(unit), decision.until, state, extended_before=already)
    unit.keep(request.id, [decision])
    unit.change(request.id, request.revision, station=StationName(request.station), shown=Shown(due=due.date.isoformat()))
    unit.log(request.id, [note(decision)])


def _day(unit: Unit) -> date:
    return unit.at.astimezone().date()


Act = Callable[[Unit, RequestRow, Decision], None]
"""What a decision changes, within its transaction."""

_OTHERS: dict[DecisionKind, Act] = {
    DecisionKind.TRY_AGAIN: _try_again,
    DecisionKind.WITHDRAW: _withdraw,
    DecisionKind.REJECT: _reject,
    DecisionKind.ARRIVED: say,
    DecisionKind.NOT_ARRIVED: say,
}


# ---- holds ---------------------------------------------------------------------------------------------------------------


def _must_still_be_open(unit: Unit, request: RequestRow, seen: int | None) -> None:
    """A page that was opened before somebody else decided shows what is not so any more."""
    if seen is None:
        return
    hold = open_hold(unit, request.id)
    if hold is None or hold.id != seen:
        raise NotPossible(f"Somebody decided on {request.id} in the meantime. This is how it stands now.")


def numbered(findings: Iterable[Any], numbers: Iterable[int]) -> tuple[str, ...]:
    """The keys of the findings with these numbers, counted from 1 as the queue shows them. Raises NotPossible."""
    listed = list(findings)
    wrong = [n for n in numbers if not 1 <= n <= len(listed)]
    if wrong:
        raise NotPossible(f"There is no finding {wrong[0]}: there {'is' if len(listed) == 1 else 'are'} {len(listed)}.")
    return tuple(listed[n - 1].key for n in numbers)
