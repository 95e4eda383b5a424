"""People who exist only to be looked for: each word and number of theirs is nobody else's."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.privacy.keys import Keys
from bot.privacy.scan import Needles
from tests.privacy.meant import meaning_of

CHANNELS = ("telegram", "whatsapp", "twilio", "twilio-whatsapp", "web")
LETTERS = "bcdfghjklmnpqrstvwxz"
# Read by tests/privacy/rasa_stand_in.py, but for "boom", which breaks our own turn.
PATHS = (
    "asylum", "violence", "service", "wrong", "crash", "boom", "garbage", "slow", "emergency",
    "location", "voice", "tap", "long", "huge", "number", "helper", "held", "doubt",
)  # fmt: skip
LAST_WORDS = ("", "borra todo", "salir", "ALTO", "¿quién es este número? soy el marido", "")


@dataclass(frozen=True)
class Canary:
    """One woman."""

    number: int
    channel: str  # one of CHANNELS
    address: str
    name: str
    place: str
    sentence: str
    location: tuple[float, float]
    ids: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The channel's folder."""
        return self.channel.partition("-")[0]

    def words(self, path: str) -> str:
        """All of her in one message, that takes the path."""
        said = (
            f"Me llamo {self.name}, mi número es {self.digits}, estoy en {self.place}. "
            f"{self.sentence} {{{path}}}"
        )
        who = f"{self.name}, {self.digits}, en {self.place}"
        return {
            "emergency": f"ayuda me va a matar, {who}",
            "long": f"{said} " * 40, "huge": f"{said} " * 90,
            # For somebody else, whose name and number she tells.
            "helper": f"a mi hermana le pega el marido, {who}. {self.sentence} {{helper}}",
            "held": f"a mi primo lo tienen secuestrado y piden dinero, {who} {{held}}",
            "doubt": f"no te creo, ¿de dónde lo sacaste, {self.name}? {{doubt}}",
        }.get(path, said)  # fmt: skip

    @property
    def meaning(self) -> str:
        """For what her sentence means: as the understanding hands it on, found nowhere either."""
        return meaning_of(self.sentence)

    @property
    def digits(self) -> str:
        """Her address without what is around it."""
        return self.address.removeprefix("whatsapp:").removeprefix("+")

    def pseudonym(self, keys: Keys) -> str:
        """Hers under these keys."""
        return keys.pseudonym(self.folder, self.address)


def canaries(count: int, seed: int = 7) -> list[Canary]:
    """`count` women over all channels."""
    chance = random.Random(seed)  # noqa: S311  # repeatable

    def word(length: int) -> str:
        return "".join(chance.choice(LETTERS) for _ in range(length))

    found = []
    for number in range(count):
        channel = CHANNELS[number % len(CHANNELS)]
        digits = f"503{chance.randrange(10_000_000, 99_999_999)}"
        address = {
            "telegram": f"9{digits}", "whatsapp": digits, "twilio": f"+{digits}",
            "twilio-whatsapp": f"whatsapp:+{digits}", "web": f"session-{word(16)}",
        }[channel]  # fmt: skip
        found.append(
            Canary(
                number, channel, address, f"Ñandú{word(9)}", f"Aldea {word(10)}",
                f"dijo «{word(8)} {word(9)}» y se fue",
                (14.0 + chance.randrange(10**7) / 10**7, -91.0 - chance.randrange(10**7) / 10**7),
            )
        )  # fmt: skip
    return found


def needles(people: Sequence[Canary], keys: Keys, vendor_ids: Sequence[str] = (),
            wrapped: Sequence[bytes] = ()) -> Needles:  # fmt: skip
    """Everything by which any of them could be found; `wrapped`: their keys, as they are kept."""
    return Needles({
        "key": wrapped,
        "number": [each.digits for each in people],
        "name": [each.name for each in people],
        "place": [each.place for each in people],
        "sentence": [each.sentence for each in people],
        "meaning": [each.meaning[:44] for each in people],
        "coordinates": [f"{value:.7f}".rstrip("0") for p in people for value in p.location],
        "pseudonym": [each.pseudonym(keys) for each in people],
        "vendor's id": [each for each in (*vendor_ids, *(i for p in people for i in p.ids))
                        if len(each) > 9],
    })  # fmt: skip
