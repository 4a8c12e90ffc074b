"""The inbox: which files in it are finished scans, how they are taken, and how one is given back.

Nothing in this room decides anything about a request. The scan of the folder is the truth (`inbox`, `stability`); events
only say when to look (`hints`); a file leaves the inbox by being finished or returned, never otherwise (`taking`,
`returning`).
"""

from pipeline.intake.dropping import NotTaken, hand_in
from pipeline.intake.hints import Hints
from pipeline.intake.inbox import Candidate, LeftAlone, Unsafe, candidates, left_alone, open_inside
from pipeline.intake.returning import return_file
from pipeline.intake.rules import Rule
from pipeline.intake.stability import StabilityTracker
from pipeline.intake.taking import Changed, finish, leftovers, mark_of, original_name, put_back, withdraw

__all__ = [
    "Candidate",
    "Changed",
    "Hints",
    "LeftAlone",
    "NotTaken",
    "Rule",
    "StabilityTracker",
    "Unsafe",
    "candidates",
    "finish",
    "hand_in",
    "left_alone",
    "leftovers",
    "mark_of",
    "open_inside",
    "original_name",
    "put_back",
    "return_file",
    "withdraw",
]
