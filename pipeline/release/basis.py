"""The sentence by which a copy leaves, and who asked for it: what the log, the cover sheet and the chart note quote."""

from __future__ import annotations

from pipeline.release.asking import another
from pipeline.release.case import Case, as_written
from pipeline.release.needs import needs_of
from schemas.reading import FieldName
from schemas.release import Destination, PathwayName, Patient, Requester


def basis_of(case: Case, patient: Patient, destination: Destination) -> str:
    """Why the copy may leave, in one sentence."""
    needs = needs_of(case.pathway)
    trusted = "has and trusts" if destination.trusted else "has, and that was called back"
    return (
        f"By {needs.says} ({needs.paragraph}): {patient.name} ({as_written(patient.date_of_birth)}), "
        f"{_who(case, destination)}, {_when(case)}, to {destination.name} at the address that the directory {trusted}."
    )


def requester_of(case: Case, patient: Patient, destination: Destination) -> Requester:
    """Who asks, as the page says and a person has seen."""
    name, relation = case.reading.value(FieldName.REQUESTER_NAME), case.reading.value(FieldName.REQUESTER_RELATIONSHIP)
    if case.pathway is PathwayName.TREATMENT:
        return Requester(name=name if name and another(case) else destination.name, relationship="provider")
    if not another(case):
        return Requester(name=patient.name)
    return Requester(name=name or "not named", relationship=relation or "not stated")


def _who(case: Case, destination: Destination) -> str:
    if case.pathway is PathwayName.TREATMENT:
        return f"asked for by {another(case) or destination.name} for treatment"
    if asks := another(case):
        return f"asked for by {asks}"
    if case.pathway in (PathwayName.PAYMENT, PathwayName.LEGAL_PROCESS):
        return f"asked for by {destination.name}"
    return "an adult asking for their own records"


def _when(case: Case) -> str:
    signed = case.date_of(FieldName.SIGNATURE_DATE)
    if not needs_of(case.pathway).asks_for("signature") or not case.surely_signed:
        return f"received on {as_written(case.received_on)}"
    if signed.day and signed.sure:
        return f"signed on {as_written(case.requested_on)}"
    return f"signed, undated, received on {as_written(case.received_on)}"
