"""What the practice lets go without a person. The defaults hold rather than release."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Frozen

Share = Annotated[float, Field(ge=0, le=1)]


class Policy(Frozen):
    """The practice's own choices, within what the rules allow. Loosening one is the practice's decision, not the program's."""

    signature_confidence: Share = 0.70
    """So surely must something signed be seen. A signature is the patient's will; nothing else on the page confirms it."""
    date_confidence: Share = 0.60
    """So surely must a date be read that a rule leans on (signature, expiry, scope). Nothing in the chart confirms these."""
    tick_confidence: Share = 0.60
    """So surely must a box be ticked. One that may be ticked, and is not sure to be, holds."""
    text_confidence: Share = 0.50
    """So surely must words be read that a rule leans on: who is asked, who asks, what for."""
    max_age_days: int = Field(default=365, ge=1)
    """A request signed so many days before it came holds. One year is what most forms in use print as their own expiry."""
    adult_age: int = Field(default=18, ge=18)
    """From how many years on a patient signs alone. Where a state's age of majority is higher, that counts."""
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
    """To whom a copy for treatment (164.506(c)(2)) goes without the patient's signature and without a person: to the specialists
    of the directory, to every office there that treats, or to nobody."""
    families: Literal["split", "hold"] = "split"
    """Several patients on one request: split makes one release of each, each with its own check; hold has a person look."""
    same_again_days: int = Field(default=90, ge=0, le=3650)
    """The same patient's records to the same place within so many days wait for a word from a person."""
    second_person: Literal["never", "third_party", "all"] = "never"
    """Whether somebody who has decided nothing on a request must agree before its copy leaves: for third parties (whoever neither
    treats nor is the patient), for all, or never."""
    charge: Literal["nobody", "third_parties", "everybody"] = "nobody"
    """Who pays for a copy. Copies for treatment, for payment and for the law are never charged here."""
    patient_flat_fee: Decimal = Field(default=Decimal("6.50"), ge=0, le=Decimal("6.50"), decimal_places=2)
    """What a patient pays for an electronic copy, where patients pay: flat, at most $6.50, in place of the actual cost."""
    page_cost: Decimal = Field(default=Decimal("0.00"), ge=0, le=5, decimal_places=2)
    """What copying a page or an x-ray costs this practice: labor of copying and supplies; no searching, no retrieving."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting of the policy, for people."""

    setting: str
    """Its name in the section [policy] of chartrelay.toml."""
    value: Any
    default: Any
    means: str
    alone: str
    """What the machine then may release alone, or holds."""

    @property
    def changed(self) -> bool:
        """Whether the practice has chosen otherwise than the program comes with."""
        return bool(self.value != self.default)


def explained(policy: Policy) -> tuple[Explained, ...]:
    """Every setting, in the order of the file, with what it means and what the machine then may do alone."""
    return tuple(
        Explained(name, getattr(policy, name), field.default, " ".join((field.description or "").split()), _alone(policy, name))
        for name, field in Policy.model_fields.items()
    )


def _alone(policy: Policy, setting: str) -> str:
    """The consequence of one setting, as it is set, in a sentence."""
    channels = ", ".join(sorted(policy.automatic_channels)) or "no channel"
    statuses = ", ".join(sorted(status or "blank" for status in policy.harmless_statuses))
    sentences = {
        "signature_confidence": f"A signature that is seen less surely than {policy.signature_confidence:.0%} is held.",
        "date_confidence": f"A date that is read less surely than {policy.date_confidence:.0%} is held where it counts.",
        "tick_confidence": f"A box that is ticked less surely than {policy.tick_confidence:.0%} is held.",
        "text_confidence": f"A name that is read less surely than {policy.text_confidence:.0%} is looked at by a person.",
        "max_age_days": f"A request that was signed more than {policy.max_age_days} days before it came is held.",
        "adult_age": f"Patients below {policy.adult_age} are held, and below the age of majority where that is higher.",
        "automatic_channels": f"Alone: {channels}. Every other channel is held.",
        "harmless_statuses": f"Alone: {statuses}. Every other status of a chart is held.",
        "nothing_ticked": {"hold": "Such requests are held.", "everything": "Alone: the whole record."}[policy.nothing_ticked],
        "unnamed_purpose": {"hold": "Such requests are held.", "ignore": "Alone, whatever the purpose may be."}[
            policy.unnamed_purpose
        ],
        "notices": {"hold": "Every notice is held.", "ignore": "Only revocations, unread pages and several patients are held."}[
            policy.notices
        ],
        "require_authorization": "Held unless every element of an authorization is there."
        if policy.require_authorization
        else "Alone: a patient's signed request, without purpose and expiration.",
        "also_called": f"Alone under the practice's own name{''.join(f', or {name}' for name in policy.also_called)}.",
        "treatment_without_signature": {
            "specialists": "Alone: to trusted specialists. To any other office a request that nobody signed is held.",
            "providers": "Alone: to every trusted office that treats.",
            "never": "A request that no patient signed is held.",
        }[policy.treatment_without_signature],
        "families": {"split": "Alone: each patient who surely signed. The others are held.", "hold": "All of them are held."}[
            policy.families
        ],
        "same_again_days": f"A second copy to the same place within {policy.same_again_days} days is held.",
        "second_person": {
            "never": "Nobody else has to agree.",
            "third_party": "Alone: to the patient and to offices that treat. For a third party a second person must agree.",
            "all": "Nothing leaves alone: a second person must agree to every copy.",
        }[policy.second_person],
        "charge": {
            "nobody": "Nothing is charged.",
            "third_parties": "Third parties pay what the state's table allows; patients pay nothing.",
            "everybody": "Third parties pay what the state's table allows; patients pay the cost of copying, or the flat fee.",
        }[policy.charge],
        "patient_flat_fee": f"${policy.patient_flat_fee} for an electronic copy, where patients pay.",
        "page_cost": f"${policy.page_cost} a page or x-ray, where it is charged at cost.",
    }
    return sentences[setting]
