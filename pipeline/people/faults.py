"""What goes wrong between people and their accounts, as sentences for them."""

from __future__ import annotations

from pipeline.errors import Error


class PeopleError(Error):
    """It cannot be done like that. The text says why and what now; `field` names the answer that is not right."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
