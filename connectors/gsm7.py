"""The letters of an SMS: what fits into GSM-7, how to fold the rest, how many parts it takes.

One letter outside GSM-7 turns the whole SMS into UCS-2 and makes it more than twice as expensive.
Source: 3GPP TS 23.038 (alphabet) and 23.040 (parts), as in twilio.com/docs/glossary/what-is-gsm-7-character-encoding,
read 2026-11-22.
"""  # noqa: E501

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape goes before each: they cost two
GSM7 = BASIC | EXTENSION

_SPECIAL = {
    "\t": " ", "\r\n": "\n", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n",
    "‘": "'", "’": "'", "‚": "'", "‹": "'", "›": "'", "´": "'", "`": "'", "ʻ": "'", "ʼ": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "•": "-", "·": "-", "‣": "-", "−": "-", "×": "x", "→": "-", "ł": "l", "Ł": "L",
    "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⁄": "/",
    "đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "OE", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "µ": "u",
}  # fmt: skip
_BY_CATEGORY = {"Zs": " ", "Zl": "\n", "Zp": "\n", "Pd": "-", "Pi": '"', "Pf": '"'}


def fold(text: str) -> str:
    """`text` in GSM-7 where that costs no meaning: á→a (but ñ, é, ü, ¿, ¡ stay), no emoji.

    Only letters and digits of another script are left as they are.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    folded = "".join(map(_fold_character, text))
    folded = re.sub(r"[ ]{2,}", " ", folded)
    return re.sub(r"[ ]+\n", "\n", folded).strip()


@lru_cache(maxsize=4_096)
def _fold_character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in GSM7:
        return "" if character == "\f" else character
    if "\u0300" <= character <= "\u036f" or "\ufe00" <= character <= "\ufe0f":
        return ""  # an accent that no letter takes; the colour of an emoji that is gone
    category = unicodedata.category(character)
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    letters = unicodedata.normalize("NFKD", character)
    plain = "".join(_SPECIAL.get(c, c) for c in letters if not unicodedata.combining(c))
    if plain and all(c in BASIC for c in plain):
        return plain
    return character if category[0] in "LN" or category in ("Mc", "Mn") else ""


def is_gsm7(text: str) -> bool:
    """Whether the text needs no UCS-2."""
    return GSM7.issuperset(text)


def segments(text: str) -> int:
    """How many parts the SMS takes, and is paid for; 0 for an empty text.

    A character of two units (extension, emoji) is never divided between two parts.
    """
    if is_gsm7(text):
        return _parts([2 if c in EXTENSION else 1 for c in text], single=160, part=153)
    return _parts([2 if ord(c) > 0xFFFF else 1 for c in text], single=70, part=67)


def _parts(costs: list[int], single: int, part: int) -> int:
    if sum(costs) <= single:
        return 1 if costs else 0
    count, used = 1, 0
    for cost in costs:
        if used + cost > part:
            count, used = count + 1, 0
        used += cost
    return count
