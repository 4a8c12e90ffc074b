"""What the words of a choice mean: "My entire dental chart" asks for everything, "Contract / ledger" for the bills.

Forms print more wordings than labels.toml can list. The stems of choices.toml say what single words are about; a choice is
known where all that they say is one thing. Words that name two kinds of records, or turn the choice round ("no other
records"), are no kind: a wrong one would let the wrong records go.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.labels import BLANK
from pipeline.reading.text import TextLine, plain
from schemas.reading import Choice

GROUPS = ("scope", "purpose", "delivery")
ENDS = frozenset(BLANK + "□☐☑☒■○●[")
"""Where one of these is read, the words of a choice are over: a blank, or the box of the next one."""
GAP = 1.0
"""Line heights: so far behind the words before, others are not of the same choice."""
FORGIVING = 7
"""Letters: a word of at least so many may have one wrong letter."""
PIECE = 4
"""Letters: of words that an engine ran together the shortest that is looked for."""
PARTS_OF_ALL = frozenset({"xrays", "notes", "history", "dental"})
"""What a whole chart holds, so that "complete chart and x-rays" is still the whole."""
FORMATS = frozenset({"paper", "electronic"})
"""How copies are made: a way of sending them beside it says more."""
ITEM = "item"
LONGEST_HEAD = 8
"""Words at the head of a row besides those that say what it asks for: with more it is a sentence."""
MOST_STRANGE = 4
"""Words that say nothing known: with more of them it is a sentence, and no name of records."""
_EXAMPLES = re.compile(r"(?i)\be\.? ?g\.|\bi\.? ?e\.|\bsuch as\b|\bfor example\b")


@dataclass(frozen=True)
class _Words:
    """choices.toml, with its words cut."""

    stems: dict[str, tuple[tuple[str, tuple[str, ...]], ...]]
    """For each group the kinds and their stems, those of many words first."""
    every: frozenset[str]
    kept: tuple[tuple[str, ...], ...]
    between: frozenset[str]
    including: frozenset[str]
    against: tuple[tuple[str, ...], ...]
    limits: frozenset[str]
    filler: frozenset[str]
    protected: tuple[str, ...]
    """Stems of records that need a permission of their own."""
    single: frozenset[str]
    """Every word of the file that has no star."""
    heads: tuple[tuple[str, tuple[str, ...]], ...]
    """What words before a row of choices say that it is about: a group, or "" for something else, those of many words first."""


@cache
def _words() -> _Words:
    here = Path(__file__).parent
    data = tomllib.loads((here / "choices.toml").read_text(encoding="utf-8"))
    sensitive = tomllib.loads((here / "labels.toml").read_text(encoding="utf-8"))["sensitive"]
    stems = {
        group: tuple(
            sorted(
                ((kind, tuple(stem.split())) for kind, some in data[group].items() for stem in some),
                key=lambda s: (-len(s[1]), -sum(len(w) for w in s[1])),
            )
        )
        for group in GROUPS
    }
    whole, turned = data["whole"], data["not"]
    said = [w for some in stems.values() for _kind, stem in some for w in stem]
    said += [*turned["filler"], *whole["every"], *whole["kept"], *whole["between"]]
    return _Words(
        stems,
        frozenset(w for w in whole["every"] if " " not in w),
        tuple(tuple(w.split()) for w in whole["kept"]),
        frozenset(whole["between"]),
        frozenset(whole["including"]),
        tuple(tuple(w.split()) for w in turned["against"]),
        frozenset(turned["limits"]),
        frozenset(turned["filler"]),
        tuple(stem for some in sensitive.values() for stem in some),
        frozenset(w for w in said if w.isalnum() and len(w) >= PIECE),
        tuple(
            sorted(
                (
                    (group if group in GROUPS else "", tuple(stem.split()))
                    for group, some in data["heads"].items()
                    for stem in some
                ),
                key=lambda s: -len(s[1]),
            )
        ),
    )


def words_of_choice(line: TextLine, at: int, until: float = float("inf")) -> str:
    """The words that begin at letter `at`, as far as they are of one choice; `until`: where the next box begins."""
    last = line.letters[at].right if at < len(line.letters) else 0.0
    end = at
    for end in range(at, len(line.letters)):
        letter = line.letters[end]
        if letter.char in ENDS or letter.left >= until or letter.left - last > GAP * line.rect.height:
            break
        if letter.char != " ":
            last = letter.right
    else:
        end = len(line.letters)
    return line.text[at:end].strip().split("  ")[0]


def meant(words: str, group: str) -> Choice | None:
    """The choice of a group that the words make, its `.item` where they are two things; None if they say nothing known."""
    kind = _kind(words, group) if _strange(words, group) <= MOST_STRANGE else None
    return None if kind is None else Choice(f"{group}.{kind}")


def plainly_meant(words: str, groups: Sequence[str] = GROUPS) -> Choice | None:
    """The choice that the words make, whatever of `groups` they stand under: only one has it, and no word is strange."""
    found = [choice for group in groups if (choice := meant(words, group)) is not None and not _strange(words, group)]
    return found[0] if len(found) == 1 and not found[0].endswith(ITEM) else None


def asked_by(words: str) -> str:
    """What the words at the head of a row of choices ask for, such as "Send by:": a group, or "" where they do not say."""
    tokens, said = _tokens(words), set()
    for group, stem in _words().heads:
        for at in range(len(tokens) - len(stem) + 1):
            if all(map(_is_word, tokens[at : at + len(stem)], stem)):
                said.add(group)
                tokens = tokens[:at] + tokens[at + len(stem) :]
                break
    return said.pop() if len(said) == 1 and len(tokens) <= LONGEST_HEAD else ""


def names_more(choice: Choice, rest: str) -> bool:
    """Whether the words behind those of a known choice name another thing."""
    group, kind = choice.split(".")
    if kind == ITEM or group == "delivery":
        return False
    tokens = _tokens(_outside(_EXAMPLES.split(rest)[0]))
    others = {k for k, *_ in _stems_in(tokens, group)} - {kind}
    return bool(others) and not _against(tokens) and not (kind == "all" and _only_parts(tokens, others))


def is_limited(choice: Choice, rest: str) -> bool:
    """Whether the words behind those of a known choice may take something away from it: "complete record (last 3 years)"."""
    tokens = _tokens(rest)
    including = next((i for i, token in enumerate(tokens) if token in _words().including), len(tokens))
    return choice.startswith("scope.") and (_against(tokens) or (choice is Choice.SCOPE_ALL and _limited(tokens[:including])))


def _kind(words: str, group: str) -> str | None:
    """The one kind that the words name; `item` for several, or none of what they name; None for nothing known."""
    tokens = _tokens(words)
    if not tokens or any(stem in plain(words) for stem in _words().protected if len(stem) > FORGIVING - 2):
        return None
    if _against(tokens):
        return ITEM
    main = _tokens(_outside(words)) or tokens
    if group == "scope" and _whole(main) is None and _whole(tokens) is not None and not list(_stems_in(main, group)):
        main = tokens  # "Records (complete)"
    if group == "scope" and (span := _whole(main)) is not None:
        rest = main[: span[0]] + main[span[1] :]
        others = {kind for kind, *_ in _stems_in(rest, group)} - {"all"}
        return ITEM if _limited(tokens) or (others and not _only_parts(main[span[1] :], others)) else "all"
    found = {kind for kind, *_ in _stems_in(main, group)}
    if not found and main != tokens:
        found = {kind for kind, *_ in _stems_in(tokens, group)}
    if len(found) > 1 and found & FORMATS:
        found -= FORMATS
    if found == {"all"} and _limited(tokens):
        return ITEM
    return found.pop() if len(found) == 1 else ITEM if found else None


def _only_parts(tokens: Sequence[str], others: set[str]) -> bool:
    """Whether what is named beside "everything" is a part of it."""
    return others <= PARTS_OF_ALL or bool(_words().including & set(tokens))


def _outside(words: str) -> str:
    """The words without those in brackets."""
    return re.sub(r"\([^)]*\)?", " ", words)


def _tokens(words: str) -> list[str]:
    """Small words without accents and signs; those that an engine ran together are cut where the file knows both parts."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", words)
    return [part for word in re.split(r"[^\wÀ-ÿ]+", apart) if (w := plain(word)) for part in _cut(w)]


def _cut(word: str) -> list[str]:
    if len(word) < 2 * PIECE or _known(word):
        return [word]
    for at in range(len(word) - PIECE, PIECE - 1, -1):
        if word[:at] in _words().single and _known(word[at:]):
            return [word[:at], word[at:]]
    return [word]


def _known(word: str) -> bool:
    return word in _words().single or any(
        _is_word(word, stem[0]) for some in _words().stems.values() for _kind, stem in some if len(stem) == 1
    )


def _is_word(word: str, stem: str) -> bool:
    """Whether a word is the stem's, with one letter wrong in long ones."""
    if stem == "*":
        return True
    if stem.endswith("*"):
        return word.startswith(stem[:-1]) or (len(stem) > FORGIVING and _nearly(word[: len(stem) - 1], stem[:-1]))
    return word == stem or (len(stem) >= FORGIVING and _nearly(word, stem))


def _nearly(one: str, other: str) -> bool:
    return Levenshtein.distance(one, other, score_cutoff=1) <= 1


def _stems_in(tokens: Sequence[str], group: str) -> Iterator[tuple[str, int, int]]:
    """The kinds that are named, from left to right, with the first word and the one behind the last."""
    at = 0
    while at < len(tokens):
        for kind, stem in _words().stems[group]:
            some = tokens[at : at + len(stem)]
            if len(some) == len(stem) and all(map(_is_word, some, stem)):
                yield kind, at, at + len(stem)
                at += len(stem)
                break
        else:
            at += 1


def _whole(tokens: Sequence[str]) -> tuple[int, int] | None:
    """Where "all my records" or "record, complete" stands: the first word and the one behind the last."""
    w = _words()
    for start, token in enumerate(tokens):
        if token in w.every:
            at = start + 1
            while at < len(tokens) and (tokens[at] in w.between or tokens[at] in w.every) and not _kept(tokens, at):
                at += 1
            if size := _kept(tokens, at):
                return start, at + size
        elif size := _kept(tokens, start):
            at = start + size
            while at < len(tokens) and tokens[at] in w.between:
                at += 1
            if at < len(tokens) and tokens[at] in w.every and not tokens[at + 1 :]:
                return start, at + 1
    return None


def _kept(tokens: Sequence[str], at: int) -> int:
    """How many words at that place name what a practice keeps."""
    return next((len(some) for some in _words().kept if tuple(tokens[at : at + len(some)]) == some), 0)


def _against(tokens: Sequence[str]) -> bool:
    return any(
        tuple(tokens[at : at + len(some)]) == some for some in _words().against for at in range(len(tokens) - len(some) + 1)
    )


def _limited(tokens: Sequence[str]) -> bool:
    return bool(_words().limits & set(tokens))


def _strange(words: str, group: str) -> int:
    """How many words are neither of a stem nor such as choices are joined with."""
    tokens = _tokens(_outside(words))
    named = {i for _kind, start, end in _stems_in(tokens, group) for i in range(start, end)}
    if group == "scope" and (span := _whole(tokens)) is not None:
        named |= set(range(*span))
    return sum(i not in named and t not in _words().filler for i, t in enumerate(tokens))
