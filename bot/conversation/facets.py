"""One side of a topic that was answered: what it costs, how long it takes, which papers."""

from __future__ import annotations

from collections.abc import Callable

from bot.conversation.compose import Decision, decide
from bot.conversation.shown import one_line
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic, place_name, source_line
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Option

FAMILY = ("ask_family_reunification", "ask_family_reunification_documents",
          "ask_family_reunification_cost_time")  # fmt: skip
_OWN_TOPIC = {"cost": "ask_family_reunification_cost_time",
              "time": "ask_family_reunification_cost_time",
              "papers": "ask_family_reunification_documents"}  # fmt: skip


def facet(side: str) -> Callable[[Turn, State, World], Decision | None]:
    """The follow-up for one side; None where no topic was answered."""

    def answer(turn: Turn, state: State, world: World) -> Decision | None:
        if not state.topic or not world.is_topic(state.topic):
            return None
        if state.topic in FAMILY:
            return answer_topic(turn.about(_OWN_TOPIC[side]), state, world)
        return _of_topic(side, state.topic, turn, state, world)

    return answer


def _of_topic(side: str, topic: str, turn: Turn, state: State, world: World) -> Decision:
    language = state.language
    place = place_name(state, world)
    found, citation = world.statements(topic, side, state, turn.today)
    helper = world.helper(topic, state, turn.today)
    number = [world.emergency_line("violence", state) + "."] if world.is_sensitive(topic) else []
    reach = one_line(helper, language) if helper else ""
    options = (Option(say("option_more", language), "/ask_repeat_or_more"),
               Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip
    if not found:
        text = (say(f"unknown_{side}", language, country=place, service=reach) if reach
                else say("unknown_nobody", language))  # fmt: skip
        return decide([*number, text], state.but(pending=None), topic, options, "no answer")
    known = all(each.id in state.told for each in found)
    heading = say("as_told", language) if known else say("answer_for", language, country=place)
    lines = [*number, heading]
    lines += [each.text.get(language) for each in found]
    lines.append(source_line(citation, language))
    if reach:
        lines.append(say("next_step", language, service=reach))
    told = tuple(dict.fromkeys((*state.told, *(each.id for each in found))))
    ids = [each.id for each in found]
    return decide(lines, state.but(told=told, pending=None), topic, options, records=ids)
