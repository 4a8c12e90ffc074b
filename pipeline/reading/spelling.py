"""Which spelling of a misread name the ink speaks for: an n or a u, an R or an L, as the words of the country have it.

A word that no list knows, or that hardly anybody bears, is compared with known words like it. The recogniser says how likely
each spelling is in the picture, the lists say how often it occurs; a word wins only if the recogniser itself could well have read
it. So nothing is invented: a list chooses between readings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.reading.engines import Engine, Picture
from pipeline.reading.fields import FoundValue
from pipeline.reading.values import Value
from pipeline.reading.vocabulary import OFFICES, SHORTEST, Vocabulary, vocabulary_of

TRUST = 0.6
"""How much a list weighs against the ink."""
UNLIKELIEST = 6.0
"""Natural logarithm: a spelling that the recogniser finds so much less likely than its own was not read."""
LEAST_GAIN = 1.0
"""By so much a spelling must be better than what was read."""
MOST = 24
"""Spellings of one word that are compared at most."""
CHOSEN = 0.9
"""Quality of a value with a word that was chosen."""
CHOSEN_AT_MOST = 0.59
"""The most that is believed of it: too little for a name that fits the chart only nearly (`matching.patients.Floors.name`)."""
USUAL_ENOUGH = math.log(1e-5)
"""Logarithm: a word that occurs so often is not doubted."""
ALIKE = 0.65
"""Likeness from which a word of another look is the same word."""
_WORD = re.compile(r"[^\W\d][^\s,.]*[^\W_]")


@dataclass(frozen=True)
class Look:
    """One row of a value as one of the looks sees it."""

    crop: Picture
    text: str


def respelt(found: FoundValue, looks: Sequence[Look], engine: Engine) -> FoundValue:
    """The value with its misread words spelt as the ink and the lists together have it. Raises EngineError."""
    vocabulary = vocabulary_of(found.name)
    if vocabulary is None or found.printed or not looks:
        return found
    text = _mended(found.value.text, vocabulary, of_office=found.name in OFFICES)
    for word in _WORD.findall(text):
        if vocabulary.weight(word) < USUAL_ENOUGH and _is_word(word):
            better = _likeliest(word, looks, vocabulary, engine)
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", better, text, count=1)
    if text == found.value.text:
        return found
    return replace(found, value=Value(text, CHOSEN * found.value.quality), most=min(found.most, CHOSEN_AT_MOST))


def _mended(text: str, vocabulary: Vocabulary, *, of_office: bool) -> str:
    """With pieces put together that only a gap of the hand parts: TIM OTHY, W ONG. One of them is no word, the whole is."""
    words = text.split(" ")
    for at in range(len(words) - 1, 0, -1):
        first, second = words[at - 1 : at + 1]
        initial = of_office and at == 1 and len(first) == 1 and first.isupper()  # a person's would be a name of its own
        stray = any(len(w) >= SHORTEST and not vocabulary.knows(w) for w in (first, second))
        if (first + second).isalpha() and (initial or stray) and vocabulary.knows(first + second):
            words[at - 1 : at + 1] = [first + (second if first.isupper() and second.isupper() else second.lower())]
    return " ".join(words)


def _is_word(word: str) -> bool:
    """Whether it has letters enough to be told from other words, and is not half a number."""
    return sum(c.isalpha() for c in word) >= SHORTEST and sum(c.isdigit() for c in word) < 2


def _likeliest(word: str, looks: Sequence[Look], vocabulary: Vocabulary, engine: Engine) -> str:
    """The spelling of a word that ink and list together speak for most."""
    places = [(look, place) for look in looks if (place := _same_word(word, look.text))]
    if not places:
        return word
    read = {word, *(place for _look, place in places)}
    known = {near for each in read for near in vocabulary.like(each)}
    far = {near: min(Levenshtein.distance(near, each.lower()) for each in read) for near in known}
    near = sorted(known, key=lambda w: (3 * far[w] - vocabulary.weight(w), w))[:MOST]
    spellings = list(dict.fromkeys([word, *(_in_style_of(word, w) for w in near)]))
    ink = np.zeros(len(spellings))
    for look, place in places:
        whole = [look.text.replace(place, spelling, 1) for spelling in spellings]
        ink += np.array(engine.likelihood(look.crop, whole)) * [max(1, len(text)) for text in whole] / len(places)
    total = ink + TRUST * np.array([vocabulary.weight(s) for s in spellings])
    total[ink < ink.max() - UNLIKELIEST] = -np.inf
    best = int(total.argmax())
    return spellings[best] if not total[best] <= total[0] + LEAST_GAIN else word


def _same_word(word: str, text: str) -> str:
    """The part of another look's text that is most like a word; empty where none is. Looks may join words."""
    likely = max(_WORD.findall(text), key=lambda w: Levenshtein.normalized_similarity(w.lower(), word.lower()), default="")
    if Levenshtein.normalized_similarity(likely.lower(), word.lower()) >= ALIKE:
        return likely
    joined = fuzz.partial_ratio_alignment(word, text, score_cutoff=100 * ALIKE) if len(text) > len(word) else None
    return text[joined.dest_start : joined.dest_end] if joined else ""


def _in_style_of(word: str, spelling: str) -> str:
    """A known word in capitals, or with small letters, as the one that was read."""
    if word.isupper():
        return spelling.upper()
    inner = {n for n, c in enumerate(word) if c.isupper()} if len(word) == len(spelling) else set()
    return "".join(c.upper() if n == 0 or n in inner else c for n, c in enumerate(spelling))
