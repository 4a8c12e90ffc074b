"""Files that are no request: what cannot be read at all, and comes back with a note."""

from __future__ import annotations

import io
import wave

import numpy as np

from pipeline.practice.sample import hands
from pipeline.practice.sample.desk import Desk, Scan
from pipeline.practice.sample.forms import fillable
from pipeline.practice.sample.summary import Ending, Expected


def encrypted(desk: Desk) -> Scan:
    answers = desk.answers("1020", "lakeside-family-dental", 2, "Moving")
    data = desk.pdf(fillable.draw, hands.COMPUTER, answers, password="open-sesame")  # noqa: S106 -- the point is that nobody has it
    return Scan("scan_0240.pdf", data, Expected(Ending.RETURNED, "locked with a password"))


def voice_message(desk: Desk) -> Scan:
    """A second of dial tone: someone dropped the wrong file."""
    moments = np.arange(8000) / 8000
    tone = (np.sin(2 * np.pi * 350 * moments) + np.sin(2 * np.pi * 440 * moments)) * 6000
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(tone.astype("<i2").tobytes())
    return Scan("voicemail_0412.wav", buffer.getvalue(), Expected(Ending.RETURNED, "a voice message, no document"))
