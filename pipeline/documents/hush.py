"""Keeps the decoders from logging: what they complain about, they quote, and what they quote is a patient's document."""

from __future__ import annotations

import logging

_TALKATIVE = ("pdfminer", "pdfplumber", "pikepdf", "pypdfium2", "PIL")


def hush_decoders() -> None:
    """Lets nothing that these libraries log through, not even as an error; their faults reach us as exceptions."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
