"""The National Provider Identifier: ten digits, the last of which checks the others (45 CFR 162.406)."""

from __future__ import annotations

NPI_DIGITS = 10
CARD_ISSUER = "80840"
"""The number is checked as that of a card: health applications (80) in the United States (840) come before it."""


def is_npi(text: str) -> bool:
    """Whether it is ten digits, begins with 1 or 2, and its check digit is right (Luhn, over 80840 and the number)."""
    if len(text) != NPI_DIGITS or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    digits = [int(digit) for digit in reversed(CARD_ISSUER + text)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
