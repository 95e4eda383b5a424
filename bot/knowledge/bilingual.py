"""A text in the two languages that every woman can choose between."""

from __future__ import annotations

from typing import NamedTuple


class Bilingual(NamedTuple):
    """The same words in Spanish and English."""

    es: str
    en: str

    def get(self, language: str) -> str:
        """The text in `language`; Spanish for any language but English."""
        return self.en if language == "en" else self.es
