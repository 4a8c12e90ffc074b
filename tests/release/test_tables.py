"""The tables of the rules say what they must say, and the policy is explained setting by setting."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipeline.release.elements import RULES
from pipeline.release.explaining import always_a_person, leaves_alone
from pipeline.release.needs import ELEMENTS, Needs, needs
from pipeline.release.policy import Policy, explained
from pipeline.release.wordlists import word_lists
from schemas.reading import SensitiveClass
from schemas.release import PathwayName


def test_every_pathway_speaks_of_every_element_and_has_its_source() -> None:
    assert set(needs()) == set(PathwayName)
    assert tuple(RULES) == ELEMENTS
    assert all(each.source and each.paragraph for each in needs().values())


def test_a_pathway_that_forgets_an_element_is_refused() -> None:
    with pytest.raises(ValidationError, match="each element is either needed, or it is said why not"):
        Needs(says="x", paragraph="x", needs=("signature",), not_needed={}, source="x")


def test_every_class_of_protected_records_has_its_paragraph_and_cure() -> None:
    assert set(word_lists().protected) == set(SensitiveClass)
    assert all(each.paragraph and each.cure for each in word_lists().protected.values())


def test_every_setting_of_the_policy_is_explained_with_what_the_machine_then_does() -> None:
    told = explained(Policy())
    assert [each.setting for each in told] == list(Policy.model_fields)
    assert all(each.means.endswith(".") and each.alone.endswith(".") for each in told)
    assert not any(each.changed for each in told)


def test_a_setting_that_differs_is_marked() -> None:
    changed = {each.setting: each.alone for each in explained(Policy(families="hold", same_again_days=30)) if each.changed}
    assert changed == {
        "families": "All of them are held.",
        "same_again_days": "A second copy to the same place within 30 days is held.",
    }


def test_what_leaves_alone_follows_the_policy() -> None:
    def sentences(policy: Policy) -> str:
        return " ".join(told.sentence for told in leaves_alone(policy))

    assert "a trusted specialist asks for" in sentences(Policy())
    assert "treatment" not in sentences(Policy(treatment_without_signature="never"))
    assert "A complete authorization" in sentences(Policy(require_authorization=True))


def test_what_always_goes_to_a_person_is_the_same_under_any_policy_and_has_paragraphs() -> None:
    assert all(told.paragraph for told in always_a_person())
    assert len(always_a_person()) > len([each for each in needs().values() if each.person])
