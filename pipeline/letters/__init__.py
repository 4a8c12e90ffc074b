"""Letters to whoever asks, from the practice's own data: what is missing, what is denied, what takes longer, what it costs.

    letter(LetterKind.MISSING, matter) -> Letter        what it says
    printed(letter, practice)          -> bytes         a PDF for the printer and the vault

**What a letter may give away.** A letter can reach the wrong hands: the requester may be a stranger who tries his luck, an
address may be old, an envelope is opened by somebody else at the table. Therefore

* it tells nothing that whoever asked has not told us. No birth date, no chart number, nothing of the chart, the roster or the
  directory is in what the writers are handed, but for the addressee's own name and address; and of a finding they look at
  what the program calls it, never at its sentence, which names patients and dates (`telling.py`);
* it does not tell whether somebody is a patient. “We have no such patient”, “two fit” and “the birth date is another” all
  become the same words, “we need to make sure that we have the right person: please call”, and so does “the chart says that
  the patient is a child, or has died”. Since a letter without these words would then say that the patient was found, every
  letter says that it speaks of the paper only, and that a call about the person may still come;
* it names the patient nowhere but in the window, where the patient is the addressee. An attorney who asks for ten people
  knows by the date and our number which request is meant, or calls;
* the paragraphs in small type are those of the point, not of the finding: a paragraph about the deceased tells of a death;
* an address out of the roster is used only where it is beyond doubt who the patient is. A stranger's request must not bring
  out where somebody lives;
* what the law makes us tell (that notes of a certain kind are kept back, what a copy of so many pages costs) confirms that
  there are records. Such a letter is not written until it is certain who the patient is, and not for third parties;
* that a permission was taken back is told to the patient alone; a third party is asked to call.

The call-back slip is for the office alone, and still bears no birth date: the front desk is to hear it, not to read it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.letters.addressee import Addressee, Party, addressee_of, at_home, certain
from pipeline.letters.denial import denial
from pipeline.letters.extension import extension
from pipeline.letters.fee import fee
from pipeline.letters.matter import Callee, Draft, Matter
from pipeline.letters.missing import missing
from pipeline.letters.model import CannotWrite, Language, Letter, LetterKind, NothingToTell
from pipeline.letters.printing import printed
from pipeline.letters.revoked import revoked
from pipeline.letters.slip import slip
from pipeline.letters.texts import texts
from pipeline.letters.welcome import welcome

__all__ = [
    "Addressee",
    "Callee",
    "CannotWrite",
    "Language",
    "Letter",
    "LetterKind",
    "Matter",
    "NothingToTell",
    "Party",
    "addressee_of",
    "at_home",
    "certain",
    "letter",
    "printed",
]

_WRITERS: Mapping[LetterKind, Callable[[Draft], Letter]] = {
    LetterKind.MISSING: missing,
    LetterKind.DENIAL: denial,
    LetterKind.EXTENSION: extension,
    LetterKind.FEE: fee,
    LetterKind.REVOKED: revoked,
    LetterKind.WELCOME: welcome,
    LetterKind.CALL: slip,
}


def letter(kind: LetterKind, matter: Matter, language: Language = Language.EN) -> Letter:
    """The letter of this kind. Raises CannotWrite where something is missing for it, and says what."""
    written = texts(language)
    if not written.reach(matter.practice):
        raise CannotWrite("A letter says whom to call: set practice.phone or practice.email in chartrelay.toml.")
    return _WRITERS[kind](Draft(kind, matter, written, language))
