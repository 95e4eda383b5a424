"""The offline twins: what a vendor would post for something that a person does, signed, no network.

Each folder's `twin.py` has `request(settings, address, said)`, the webhook request, and
`answer(request)`, what the vendor's API would say to a message of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Media = Literal["voice", "photo", "document", "sticker"]


@dataclass(frozen=True)
class Said:
    """One thing that a person does: exactly one of text, choice, location and media."""

    message_id: str  # unique; repeated, it is the same message again
    number: int = 0  # the vendor's own sequence, where it has one
    text: str | None = None
    choice: tuple[str, str] | None = None  # payload and title of the tapped option
    location: tuple[float, float] | None = None
    media: Media | None = None
    sent_at: int = 1_780_000_000  # seconds since 1970
