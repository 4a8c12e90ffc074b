"""What the practice lets go without a person. The defaults hold rather than release."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from schemas.base import Confidence, Frozen


class Policy(Frozen):
    """The practice's own choices, within what the rules allow. Loosening one is the practice's decision, not the program's."""

    signature_confidence: Confidence = 0.70
    """So surely must something signed be seen. A signature is the patient's will; nothing else on the page confirms it."""
    date_confidence: Confidence = 0.60
    """So surely must a date be read that a rule leans on (signature, expiry, scope). Nothing in the chart confirms these."""
    tick_confidence: Confidence = 0.60
    """So surely must a box be ticked. One that may be ticked, and is not sure to be, holds."""
    text_confidence: Confidence = 0.50
    """So surely must the holder's name be read to say that another practice is asked."""
    max_age_days: int = Field(default=365, ge=1)
    """A request signed longer ago holds. One year is what most forms in use print as their own expiry."""
    adult_age: int = Field(default=18, ge=18)
    """Years. Where a state's age of majority is higher, that counts (`states.toml`)."""
    automatic_channels: frozenset[str] = frozenset({"folder"})
    """The channels that may be used without a person."""
    harmless_statuses: frozenset[str] = frozenset({"", "active", "inactive", "archived", "patient", "current", "former"})
    """A chart with any other status (deceased, deleted, a word nobody expected) goes to a person."""
    nothing_ticked: Literal["hold", "everything"] = "hold"
    """Where neither a box is ticked nor dates are given. Forms differ in what they mean by that (everything, two years, five
    years), and a mark that the reader missed looks the same; so a person looks, unless the practice says otherwise."""
    unnamed_purpose: Literal["hold", "ignore"] = "hold"
    """Where a box for a purpose is ticked that the reader does not know: it may be legal, disability, employment."""
    notices: Literal["hold", "ignore"] = "hold"
    """What the reader met and a person should know. Revocations, unread pages and several patients hold in any case."""
    require_authorization: bool = False
    """Whether this practice asks for a complete authorization (164.508) also where the patient's own directive is enough."""
    also_called: tuple[str, ...] = ()
    """Other names of this practice on forms: its doctors, a former name."""
    treatment_without_signature: Literal["specialists", "providers", "never"] = "specialists"
    """To whom a copy for treatment (164.506(c)(2)) goes without the patient's signature and without a person."""
    families: Literal["split", "hold"] = "split"
    """Several patients on one request: one release each, or a person first."""
    same_again_days: int = Field(default=90, ge=0, le=3650)
    """The same patient's records to the same place within so many days wait for a person."""
    charge: Literal["nobody", "third_parties", "everybody"] = "nobody"
    """Who pays for a copy. Nobody is what ADA Code 1.B.1 comes nearest to."""
    patient_flat_fee: Decimal = Field(default=Decimal("6.50"), ge=0, le=Decimal("6.50"), decimal_places=2)
    """What a patient pays for an electronic copy, where patients pay."""
    page_cost: Decimal = Field(default=Decimal("0.00"), ge=0, le=5, decimal_places=2)
    """What copying a page on paper costs this practice: labor of copying and paper, no looking for it."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting, for people."""

    setting: str
    value: Any
    default: Any
    means: str
    alone: str
    """What the machine then may release alone."""


def explained(policy: Policy) -> tuple[Explained, ...]:
    """Every setting of the policy with what it means."""
    return tuple(
        Explained(name, getattr(policy, name), field.default, field.description or "", "")
        for name, field in Policy.model_fields.items()
    )
