"""The short orders that she is taught (SALIR, EXIT, STOP), one slip of the finger away.

Only where the order is all that she says: inside a sentence a word of four letters has too many
true neighbours. The words that are no slip, though they look like one, stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.safety.files import Kind, load_orders, load_words
from bot.safety.normalise import Language, Reading, glue
from bot.safety.spelling import is_one_slip

_FEW = 5  # words in a message that may be nothing but an order
_LONGEST = 14  # letters
_MUTES = ("stop", "start")  # a wrong one silences her: one word, and "lto" at most, not "Malto"


@dataclass(frozen=True)
class Order:
    """One order, as `glue` writes it."""

    kind: Kind
    language: Language | None
    glued: str
    letters: str  # double ones too: a letter between them makes them two

    def is_meant_by(self, said: str) -> bool:
        """Whether `said`, glued, is one slip away."""
        return is_one_slip(said, self.glued) or is_one_slip(said, self.letters)


@dataclass(frozen=True)
class Orders:
    """All of them, and what must not be taken for one."""

    all: tuple[Order, ...]
    never: frozenset[str]
    filler: frozenset[str]

    def meant(self, reading: Reading) -> Iterator[Order]:
        """The orders that the whole message may be a slip of, the gravest first."""
        words = self._words(reading)
        said = glue("".join(words))
        exact = [order for order in self.all if order.glued == said]  # "borratodo"
        if exact or said in self.never or not 0 < len(said) <= _LONGEST:
            yield from exact
        else:
            yield from (
                order for order in self.all
                if order.is_meant_by(said) and (order.kind not in _MUTES or (
                    len(words) == 1 and said[:1] in order.glued[:2]))
            )  # fmt: skip

    def _words(self, reading: Reading) -> list[str]:
        """Without filler and repetition: "exti exti porfa!" is "exti"."""
        words = reading.en.replace(".", " ").split()  # English folds nothing but double letters
        if len(words) > _FEW:
            return []
        return list(dict.fromkeys(word for word in words if word not in self.filler))


@cache
def orders() -> Orders:
    """Those of data/safety. Raises SafetyDataError."""
    file = load_orders()
    found: list[Order] = []
    for kind, record in file.orders.items():
        spoken: tuple[tuple[Language | None, list[str]], ...] = (
            ("es", record.es), ("en", record.en), (None, record.any),
        )  # fmt: skip
        for language, texts in spoken:
            found += [Order(kind, language, glue(t), t.replace(" ", "")) for t in texts]
    fillers = load_words().filler
    single = {glue(f) for f in (*fillers.es, *fillers.en, *fillers.any) if " " not in f}
    never = frozenset(glue(word) for word in file.never.split())
    return Orders(tuple(found), never, frozenset(single))
