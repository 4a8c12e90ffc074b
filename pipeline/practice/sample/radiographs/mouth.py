"""The state of one patient's teeth, so that all their films and charts show the same mouth."""

from __future__ import annotations

import random
from typing import NamedTuple


class Mouth(NamedTuple):
    """Teeth by universal number and what was done to them."""

    missing: frozenset[int]
    fillings: frozenset[int]
    crowns: frozenset[int]
    root_canals: frozenset[int]
    implants: frozenset[int]
    bone_loss: float
    """How far the bone stands below where it should, in millimetres."""

    def present(self, teeth: list[int]) -> list[int]:
        """Of these, the teeth that are there, an implant counting as one."""
        return [tooth for tooth in teeth if tooth not in self.missing]


_WISDOM = (1, 16, 17, 32)
_BACK = (2, 3, 4, 5, 12, 13, 14, 15, 18, 19, 20, 21, 28, 29, 30, 31)
_MOLARS = (3, 14, 19, 30)


def mouth_of(age: int, chance: random.Random) -> Mouth:
    """A mouth as it may be at this age."""
    wear = max(0, min(age, 80) - 15) / 65
    crowns = frozenset(chance.sample(_BACK, round(wear * 3)))
    root_canals = frozenset(tooth for tooth in sorted(crowns) if chance.random() < 0.6)
    fillings = frozenset(chance.sample(_BACK, min(8, 2 + round(wear * 5)))) - crowns
    missing = frozenset(tooth for tooth in _WISDOM if chance.random() < 0.75 or age < 18)
    implants = frozenset({chance.choice(_MOLARS)}) - crowns if age > 45 and chance.random() < 0.6 else frozenset()
    return Mouth(missing, fillings - implants, crowns, root_canals, implants, bone_loss=0.3 + wear * 2.2)
