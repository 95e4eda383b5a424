"""For the vectors of a message: numbers that are one woman's alone, in both environments."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256


def meaning_of(sentence: str) -> str:
    """1,024 numbers of one byte, as the understanding hands them on."""
    return b64encode(sha256(sentence.encode()).digest() * 32).decode()
