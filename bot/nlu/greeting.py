"""What comes after "good evening madam," or "I am in Tapachula,".

Neither is a reason to overhear what follows.
"""

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


# "estoy en San José Costa Rica, ...": where she is, up to the first sign, and what she then says.
_IS_THERE = re.compile(
    r"^(?:(?:yo|i|we|nosotr[ao]s|ahora|ahorita|now|ya|hola|hi|hello)[\s,.!]+)*"
    r"(?:estoy|estoi|toy|stoy|ando|vivo|bivo|estamos|vivimos|llegue|im|am|are|live|living|staying)\b"
    r"(?: \w+){0,2}? (?:en|a|aqui en|aca en|in|at|near|cerca de) (?:[\w.'-]+ ?){1,5}?"
    r"(?:[,.;:!\n]+ ?|(?<= )(?:y|pero|and|but) )"
)


def after_place(text: str) -> str | None:
    """The rest of `text` after she has told where she is; None where she tells nothing more."""
    plain = strip_accents(clean(text))
    rest = _IS_THERE.sub("", plain, count=1)
    return rest if rest != plain and len(rest.split()) >= LEAST else None


def after_greeting(text: str) -> str | None:
    """The rest of `text`; None where there is no greeting before it, or next to nothing after."""
    plain = strip_accents(clean(text))
    rest = _GREETS.sub("", plain, count=1)
    return rest if rest != plain and len(rest.split()) >= LEAST else None
