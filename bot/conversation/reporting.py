"""She tells us that something is wrong: note it on the very record, and give her another way."""

from __future__ import annotations

from bot.conversation import consulates
from bot.conversation.compose import Decision, decide
from bot.conversation.shown import one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService, has_number
from bot.directory.reports import Filed, report_record
from bot.knowledge.asked import stems
from connectors.contract import Option

BATCH = 3
CHOSEN = "chosen:"  # pending: she picked this one of the list
WHICH = "report:which"  # pending: she is asked which of the list is wrong
# Words by which she tells of a call, as `asked.stems` has hers.
_OF_A_CALL = stems("numero telefono celular contesta responde llamo llamada llame marco marque "
                   "suena timbra number phone answer answers answered call calls called calling "
                   "ring rings ringing rang dial dialed")  # fmt: skip
_PLACES = ("option_first", "option_second", "option_third")


def last_shown(state: State) -> tuple[str, ...]:
    """The services that she saw last: the one that she chose, else the last batch."""
    if (state.pending or "").startswith(CHOSEN):
        return ((state.pending or "").removeprefix(CHOSEN),)
    start = (len(state.listed) - 1) // BATCH * BATCH if state.service_type else 0
    return state.listed[start:]


def one_more_batch(listed: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
    """`listed` and a new batch, which begins where `last_shown` looks for it.

    A service that stood in for a reported one had made the batch before too long.
    """
    return (*listed, *listed[-1:] * (-len(listed) % BATCH), *ids)


def report_outdated(turn: Turn, state: State, world: World) -> Decision:
    """Note the report; where several services were shown, ask which one she means."""
    if turn.tapped and (turn.group or "").isdigit():
        return report_this(int(turn.group or 0), turn, state, world)
    shown = consulates.meant(turn, state, world, last_shown(state))
    if not shown and consulates.speaks_of_one(turn):
        lead = say("consulate_rings", state.language)
        return consulates.of_her_country(turn, state, world, lead=lead) or _of_nothing(state)
    dialled = _with_a_number(shown, turn, world) if is_of_a_number(turn) else shown
    if len(shown) > 1 and not dialled:
        return _none_has_a_number(turn, state, world)
    if len(dialled) > 1:
        return _which(turn, state, world)
    if shown:
        return _report((dialled or shown)[0], turn, state, world)
    if state.told:
        return _report(state.told[-1], turn, state, world)
    return _of_nothing(state)


def is_of_a_number(turn: Turn) -> bool:
    """Whether it is a call that failed, not a place that is closed."""
    return not turn.asked.stems.isdisjoint(_OF_A_CALL) or "no_answer" in turn.cues.tells


def _with_a_number(shown: tuple[str, ...], turn: Turn, world: World) -> tuple[str, ...]:
    found = [world.service(each, turn.today) for each in shown]
    return tuple(each.id for each in found if each is not None and has_number(each))


def _none_has_a_number(turn: Turn, state: State, world: World) -> Decision:
    """It is none of what was listed: one that she can call."""
    language = state.language
    lines = [*world.safe_topic(state), say("reported_other_number", language)]
    if other := _other(turn, state, world):
        lines.append(say("try_instead", language, service=one_line(other, language)))
    only = (Option(say("option_other_topic", language), "/ask_menu"),)
    return decide(lines, state, "report_outdated_information", only, "asked back")


def report_this(position: int, turn: Turn, state: State, world: World) -> Decision:
    """The report on one of the services that were shown; the first is 1."""
    shown = last_shown(state)
    if not 1 <= position <= len(shown):
        return _which(turn, state, world) if shown else _of_nothing(state)
    return _report(shown[position - 1], turn, state, world)


def _which(turn: Turn, state: State, world: World) -> Decision:
    """Thank her, ask which, and do not let her wait for another number."""
    language = state.language
    shown = last_shown(state)
    found = {each: world.service(each, turn.today) for each in shown}
    names = [
        f"{number}. {service.names.get(language)}"
        for number, service in enumerate(found.values(), 1)
        if service is not None
    ]
    lines = [*world.safe_topic(state), f"{say('report_which', language)}\n" + "\n".join(names)]
    if other := _other(turn, state, world):
        lines.append(say("try_instead", language, service=one_line(other, language)))
    options = [
        Option(say(key, language), f'/report_outdated_information{{"group":"{number}"}}')
        for number, key in enumerate(_PLACES[: len(shown)], 1)
    ]
    return decide(lines, state.but(pending=WHICH), "report_outdated_information", options,
                  "asked back", shown)  # fmt: skip


def _report(record_id: str, turn: Turn, state: State, world: World) -> Decision:
    service = world.service(record_id, turn.today)  # as she saw it, before it may be hidden
    filed = report_record(world.engine, record_id, turn.today, world.rule)
    if filed is None:
        return _of_nothing(state)
    language = state.language
    thanks = (
        say("reported", language, name=service.names.get(language))
        if service
        else say("reported_fact", language)
    )
    lines = [*world.safe_topic(state), thanks]
    if service and (number := _next_number(service, filed)):
        lines.append(say("try_number", language, number=number))
        state = state.but(pending=CHOSEN + record_id)
    elif other := _other(turn, state, world, service):
        lines.append(say("try_instead", language, service=one_line(other, language)))
        state = state.but(listed=(*state.listed, other.id), pending=CHOSEN + other.id)
    else:
        lines.append(say("unknown_nobody", language))
        state = state.but(pending=None)
    if service and service.email and "consulate" in service.service_types:
        lines.append(say("consulate_write", language, email=service.email))
    options = (Option(say("option_more_services", language), "/ask_repeat_or_more"),
               Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip
    return decide(lines, state, "report_outdated_information", options, records=(record_id,))


def _of_nothing(state: State) -> Decision:
    only = (Option(say("option_other_topic", state.language), "/ask_menu"),)
    return decide([say("reported_unknown", state.language)], state, "report_outdated_information",
                  only, "asked back")  # fmt: skip


def _next_number(service: FoundService, filed: Filed) -> str | None:
    """Another number of the same service, as people dial it: the one after the reported one."""
    ways = [(each.number, each.display) for each in service.phones]
    if service.whatsapp:
        ways.append((service.whatsapp, f"WhatsApp {service.whatsapp}"))
    numbers = [number for number, _ in ways]
    if filed.number not in numbers:
        return None
    return next((shown for number, shown in ways[numbers.index(filed.number) + 1 :]
                 if number != filed.number), None)  # fmt: skip


def _other(
    turn: Turn, state: State, world: World, rung: FoundService | None = None
) -> FoundService | None:
    """Somebody else who answers: the same kind of service, a help line, or whoever guides. After a
    consulate of hers only what is there for her country."""
    if rung and (found := consulates.instead_of(rung, turn, state, world)):
        return found
    kinds = [state.service_type, *(world.service_types(state.topic) if state.topic else ())]
    for kind in dict.fromkeys([*kinds, "hotline"]):
        for each in _reachable(kind, turn, state, world) if kind else ():
            return each
    helper = world.helper("ask_rights_overview", state, turn.today)
    return helper if helper and helper.id not in state.listed else None


def _reachable(kind: str, turn: Turn, state: State, world: World) -> list[FoundService]:
    """Those of the kind that she has not been given yet, and that have a number."""
    new = world.services(kind, state, turn.today, without=state.listed, most=None)
    # Not to be called for a bed, and shown before every list of refuges.
    urgent = {world.emergency_line(each, state) for each in ("danger", "violence")} | {"911"}
    return [each for each in new if has_number(each) and urgent.isdisjoint(each.phone_displays)]
