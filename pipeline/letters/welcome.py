"""“You are always welcome back”: step 7 of the practice's procedure.

It says nothing of why somebody left, where they went, or what is still open. For whom it fits, `pipeline/closing/chores.py`
knows: only for those who leave for a reason that is nobody's fault.
"""

from __future__ import annotations

from pipeline.letters.matter import Draft
from pipeline.letters.model import CannotWrite, Letter, Paragraph


def welcome(draft: Draft) -> Letter:
    """The letter. Raises CannotWrite where it is not certain who the patient is."""
    words = draft.words(draft.texts.welcome)
    if not draft.matter.certain:
        raise CannotWrite("This letter is for a patient of the practice: first make sure who that is.")
    blocks = (Paragraph(words.opening), Paragraph(draft.fill(words.door)), Paragraph(words.help))
    return draft.letter(words.title, blocks, sincerely=words.warmly)
