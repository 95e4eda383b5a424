"""When the one in trouble is in another country than she: who can be reached from there."""

from __future__ import annotations

from bot.conversation.another import Helped
from bot.conversation.near import fits
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.knowledge.topics import topics


def is_abroad(helped: Helped, turn: Turn, state: State) -> bool:
    """Whether that one is in a country in which she is not."""
    home = state.here or turn.prefix_country
    return helped.at is not None and home is not None and home != helped.at


def reached_from_afar(topic: str, there: State, turn: Turn, world: World) -> FoundService | None:
    """Somebody who helps with `topic` there, with WhatsApp or a whole telephone number."""
    known = topics()[topic]
    for kind in world.service_types(topic):
        for each in world.services(kind, there.but(topic=topic), turn.today, most=None, far=True):
            whole = any(phone.number.startswith("+") for phone in each.phones[:1])
            reached = (whole or each.whatsapp) and not each.is_doubted
            wide = not (each.state or each.town)  # for the whole country
            if reached and wide and each.country == there.country and fits(each, known):
                return each
    return None
