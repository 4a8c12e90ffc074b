"""deliver: the set changes hands, once.

In two hops, so that a crash leaves a trace: the intent is committed first and comes back to this station as a message;
then the courier hands the set over under the intent's key, and the receipt is committed. Killed in between, the next
attempt asks the destination what it has under that key.
"""

from __future__ import annotations

import contextlib

from pipeline.delivering.courier import Courier
from pipeline.delivering.packing import PackedSet, pack
from pipeline.errors import NeedsPerson, Retryable
from pipeline.log.chain import Note
from pipeline.release.accounting import is_accountable
from pipeline.store.store import RequestRow
from pipeline.store.times import parse, stamp
from pipeline.store.unit import Shown
from schemas.base import JsonDict
from schemas.decision import Decision, DecisionKind, told
from schemas.disclosure import DeliveryIntent, DeliveryReceipt, LogEvent, ProofRung
from schemas.messages import CopyVerified, DeliveryIntended, RecordSetDelivered
from schemas.record_set import Copy, Manifest
from schemas.release import Destination, HoldReason, Patient, Release
from workers.bench import Bench
from workers.permitted import begin_handing_over
from workers.station import Done

IDENTITY = ("last_name", "first_name", "middle_name", "date_of_birth", "status")
"""What of a patient's entry must not have changed between the decision and the handing over."""


def deliver(message: CopyVerified | DeliveryIntended, bench: Bench) -> Done:
    """Writes down the intent; when that comes back, hands over."""
    return hand_over(message, bench) if isinstance(message, DeliveryIntended) else intend(message, bench)


def intend(message: CopyVerified, bench: Bench) -> Done:
    """What is about to go where, under which key. The key follows from the message, so it is the same at every attempt."""
    release = bench.fact(Release, message.request_id, message.release)
    _courier(release.destination, bench)
    intent = DeliveryIntent(
        key=f"{message.request_id.lower()}-{message.id.hex[:16]}",
        channel=release.destination.channel,
        address=release.destination.address,
        intended_at=message.occurred_at,
    )
    event = DeliveryIntended.after(
        message,
        bench.clock.now(),
        release=message.release,
        manifest=message.manifest,
        copied=message.copied,
        report=message.report,
        intent=intent.sha256(),
    )
    return Done(
        (event,),
        facts=(intent,),
        notes=(_intended(release, intent),),
    )


def hand_over(message: DeliveryIntended, bench: Bench) -> Done:
    """Hands the set over, unless the destination has it already. Holds where the directory has changed its mind."""
    release = bench.fact(Release, message.request_id, message.release)
    manifest = bench.fact(Manifest, message.request_id, message.manifest)
    copied = bench.fact(Copy, message.request_id, message.copied)
    intent = bench.fact(DeliveryIntent, message.request_id, message.intent)
    courier = _courier(release.destination, bench)
    packed = pack(release, manifest, copied, bench.settings.practice, bench.vault, intent.key)
    word = _word(message.request_id, intent, bench)
    if word and word.what is DecisionKind.NOT_ARRIVED and courier.bar(intent, found_out=word.at):
        return _again(message, release, intent, word, bench)
    receipt = _found(courier, intent, packed, word, bench.request(message.request_id))
    if receipt is None:
        _still_trusted(release.destination, bench)
        _still_the_patient(release.patient, bench)
        _not_expired(release, bench)
        begin_handing_over(release, bench)
        receipt = courier.deliver(intent, packed, at=bench.clock.now())
    event = RecordSetDelivered.after(
        message,
        bench.clock.now(),
        release=message.release,
        manifest=message.manifest,
        receipt=receipt.sha256(),
        proof=receipt.proof,
    )
    shown = Shown(proof=receipt.proof.value, delivered_at=stamp(receipt.delivered_at))
    return Done((event,), facts=(receipt,), shown=shown, notes=(_disclosure(release, manifest, receipt, intent),))


# ---- what a person has found out -------------------------------------------------------------------------------------------


def _word(request_id: str, intent: DeliveryIntent, bench: Bench) -> Decision | None:
    """What a person has found out of this very try; None where nobody was asked."""
    said = (one for one in reversed(bench.store.decisions(request_id)) if one.what in _FOUND_OUT)
    return next((one for one in said if one.about_key == intent.key), None)


_FOUND_OUT = (DecisionKind.ARRIVED, DecisionKind.NOT_ARRIVED)


def _found(
    courier: Courier, intent: DeliveryIntent, packed: PackedSet, word: Decision | None, request: RequestRow
) -> DeliveryReceipt | None:
    """What the destination shows; or, where it shows nothing and a person has found out that the set arrived, their word."""
    if word is None or word.what is not DecisionKind.ARRIVED:
        return courier.seen(intent, packed)
    with contextlib.suppress(NeedsPerson, Retryable):
        if receipt := courier.seen(intent, packed):
            return receipt
    return DeliveryReceipt(
        key=intent.key,
        channel=intent.channel,
        address=intent.address,
        proof=ProofRung.REACHED,
        delivered_at=parse(request.handing_over_at) if request.handing_over_at else intent.intended_at,
        enclosures=courier.written(intent) or packed.enclosures,
        sentence=f"Nothing was read back. {told(word)}",
        told_by=word.who,
    )


def _again(message: DeliveryIntended, release: Release, intent: DeliveryIntent, word: Decision, bench: Bench) -> Done:
    """The same set once more, under a key of its own: under the first nothing can be shown any more."""
    first, _, number = intent.key.partition(AGAIN)
    follows = DeliveryIntent(
        key=f"{first}{AGAIN}{int(number or 1) + 1}",
        channel=intent.channel,
        address=intent.address,
        intended_at=word.at,
        follows=intent.key,
    )
    named = message.model_dump(include={"release", "manifest", "copied", "report"})
    event = DeliveryIntended.after(message, bench.clock.now(), **named, intent=follows.sha256())
    return Done((event,), facts=(follows,), notes=(_intended(release, follows, told(word)),))


AGAIN = "-again-"
"""In the key of a repeat, before its number: the office sees in the name of the set that it is one."""


# ---- the last looks --------------------------------------------------------------------------------------------------------


def _courier(destination: Destination, bench: Bench) -> Courier:
    courier = bench.couriers.get(destination.channel)
    if courier is None:
        raise NeedsPerson.because(
            HoldReason.DESTINATION_REFUSED,
            f"{destination.name} is to get its copies by “{destination.channel}”, which is not set up here.",
            cure=f"Change its channel in directory.csv (set up: {', '.join(sorted(bench.couriers))}), withdraw this request, "
            "and drop the scan again.",
        )
    return courier


def _still_trusted(destination: Destination, bench: Bench) -> None:
    """The directory is asked once more at the last moment: hours may lie between the decision and the handing over."""
    if destination not in bench.directory.current().offices:
        raise NeedsPerson.because(
            HoldReason.DESTINATION_DIFFERS,
            f"The entry of {destination.name} in the directory was changed after this release was decided.",
            cure="Look at its entry in directory.csv; withdraw this request and drop the scan again if the new entry is right.",
        )


def _still_the_patient(patient: Patient, bench: Bench) -> None:
    """The chart is asked once more, too: whether this is still the same living person under this number."""
    now = bench.roster.current().by_id(patient.patient_id)
    if now is None or any(getattr(now, part) != getattr(patient, part) for part in IDENTITY):
        raise NeedsPerson.because(
            HoldReason.PATIENT_DIFFERS,
            f"The roster's entry of {patient.name} was changed after this release was decided.",
            cure="Look at the patient in the roster; withdraw this request and drop the scan again if the new entry is right.",
        )


def _not_expired(release: Release, bench: Bench) -> None:
    """164.508(b)(2)(i): not after its last day, and a request may have waited for a person since it was decided."""
    if release.expires and release.expires < bench.clock.today():
        raise NeedsPerson.because(
            HoldReason.ELEMENT_MISSING,
            f"The permission expired on {release.expires:%m/%d/%Y}, while the request waited.",
            cure="Ask the patient for a new request, and withdraw this one.",
        )


def _intended(release: Release, intent: DeliveryIntent, because: str = "") -> Note:
    details: JsonDict = {"channel": intent.channel, "address": intent.address, "key": intent.key}
    if intent.follows:
        details |= {"follows": intent.follows, "because": because}
    return _note(LogEvent.INTENDED, release, details)


def _disclosure(release: Release, manifest: Manifest, receipt: DeliveryReceipt, intent: DeliveryIntent) -> Note:
    items = [
        {
            "number": i.number,
            "file": i.file,
            "kind": i.kind.value,
            "date": i.date.isoformat() if i.date else None,
            "pages": i.pages,
            "sha256": i.sha256,
        }
        for i in manifest.items
    ]
    details: JsonDict = {
        "pathway": release.pathway.value,
        "basis": release.basis,
        "purpose": release.purpose or "at the request of the individual",
        "decided_by": release.decided_by,
        "recipient_address": ", ".join(
            p
            for p in (release.destination.street, release.destination.city, release.destination.state, release.destination.zip)
            if p
        ),
        "channel": receipt.channel,
        "address": receipt.address,
        "key": receipt.key,
        "proof": receipt.proof.value,
        "seen": receipt.sentence,
        "items": items,
        "pages": manifest.pages,
        "withheld": [{"file": w.file, "kind": w.kind.value, "pages": w.pages, "why": w.why} for w in manifest.withheld],
        "enclosures": [{"name": e.name, "sha256": e.sha256, "size_bytes": e.size_bytes} for e in receipt.enclosures],
        "manifest": manifest.sha256(),
    }
    if receipt.told_by:
        details["told_by"] = receipt.told_by
    if intent.follows:
        details["follows"] = intent.follows
    return _note(LogEvent.DELIVERED, release, details, accountable=is_accountable(release.pathway))


def _note(event: LogEvent, release: Release, details: JsonDict, *, accountable: bool = False) -> Note:
    return Note(
        event,
        "deliver",
        patient_id=release.patient.patient_id,
        patient=release.patient.name,
        recipient=release.destination.name,
        accountable=accountable,
        details=details,
    )
