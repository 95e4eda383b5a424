"""What comes after "good evening madam,": a greeting is no reason to overhear the question."""

from __future__ import annotations

import re

from .normalise import clean, strip_accents

LEAST = 2  # words; one is still the greeting
_GREETS = re.compile(
    r"^(?:(?:ho+la+s?|ola|buen[oa]s?|buen|dias?|tardes?|noches?|saludos?|que tal|klk|wenas|"
    r"disculp\w+|perdon\w*|mire|oiga|oye|amig[ao]s?|seno\w*|sr[a]?|hi+|hello+|hey+|good|morning|"
    r"evening|afternoon|night|day|maam|madam|miss|sir|dear|excuse me|please|greetings|wah gwaan|"
    r"gracias|muchas|thanks|thank you|ok|okay|si|yes|dios|la|le|te|bendiga|bless you|god|bless|ma|"
    r"mama|mami|reina|hermana|madam|po)"
    r"[\s,.;:!?¡¿]+)+"
)


def after_greeting(text: str) -> str | None:
    """The rest of `text`; None where there is no greeting before it, or next to nothing after."""
    plain = strip_accents(clean(text))
    rest = _GREETS.sub("", plain, count=1)
    return rest if rest != plain and len(rest.split()) >= LEAST else None
