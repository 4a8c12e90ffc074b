"""How much of anything is too much."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a document may ask of the machine. The defaults fit a practice's largest honest scans."""

    max_bytes: int = 500_000_000
    """Size of the file."""
    max_mail_bytes: int = 75_000_000
    """Size of a mail: unlike the other formats it is held in memory whole. Mail servers stop at 25 to 50 MB."""
    max_pages: int = 200
    """Pages of the document; of a mail, its own and its attachments' together."""
    max_pixels: int = 120_000_000
    """Pixels of one page (a letter page at 1,100 dpi). Pillow's own ceiling of 178,956,970 holds above it."""
    max_nested_mails: int = 3
    """How many mails may lie one within the other."""
