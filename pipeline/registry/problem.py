"""What is wrong with a file that was to be imported."""

from __future__ import annotations

from pipeline.errors import Error


class RegistryProblem(Error):
    """The file cannot be imported. The text says what is wrong with it and what would be right; nothing was changed."""

    def __init__(self, file: str, what: str, *, line: int | None = None) -> None:
        self.line = line
        place = f", line {line:,}" if line else ""
        super().__init__(f"{file}{place}: {what} Nothing was changed.")
