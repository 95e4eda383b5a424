"""For whom she writes, and where that one is: from a message, kept until she says otherwise."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.another import DESPAIR, HURT, SOMEONE, Another, Helped, known_as
from bot.conversation.state import ALARMS, NEAR_OR_STRUCK, ORDERS, SHORT, Turn
from bot.conversation.world import World

_PLAIN = 0.6  # from here on another matter is one
_FEW = 4  # words that tell something
PARTNERS = ("husband", "partner", "ex")
_VIOLENT = (*ALARMS[:1], "ask_domestic_violence", "ask_safe_shelter", "ask_protection_order",
            "ask_sexual_violence", "ask_threats_extortion",
            "ask_trafficking_exploitation")  # fmt: skip
_DAUGHTER, _GROWN = "daughter", "grown_daughter"
SAYS = ("says_so", "for_whom")
ASKS = ("what_to_say", "may_call", "can_help")  # in this order


def settled(turn: Turn, before: Helped | None, home: str | None) -> Helped | None:
    """For whom she writes, after this message; None: for herself."""
    if turn.tapped:
        return before and replace(before, now=False)
    read = turn.another
    signs = read.signs
    if signs & {"herself", "for_me", "killed", "threatened"} or "herself" in turn.cues.tells:
        return None
    if turn.is_child or takes_her_along(turn):
        return None
    if _is_her_own_alarm(turn) and not _is_of_the_one_afar(turn, before, home):
        return None
    told = signs & {HURT, DESPAIR, *SAYS}
    own = "i_myself" in signs and not signs & set(ASKS) and read.who is None
    if own and turn.intent in _VIOLENT and not told:
        return None  # "mine is the same": of herself, whomever she wrote for before
    if before is not None and before.matter is None and _is_of_others(read, before, turn):
        return None
    if not told and read.who and before is None:
        return _lives_elsewhere(turn, home)
    who = read.who if told else None
    if who is not None and not _is_grown(turn, who):
        who = None
    if who in PARTNERS and DESPAIR not in signs and "me" in signs:
        who = None  # "my partner takes my money": done by him
    if before is not None and who is not None and "their_kin" in signs and not signs & {*SAYS}:
        who = before.who  # "better I send her to her mother"
    if who is None and ("says_so" in signs or _is_somebodys(turn)):
        who = before.who if before else SOMEONE
    if who is None:
        return before and _goes_on(turn, before, home)
    same = before is not None and (before.who == who or who == SOMEONE)
    at = _where(turn, home) or (before.at if before and same else None)
    matter = DESPAIR if DESPAIR in signs else HURT if HURT in signs else None
    if matter is None and before is not None:
        matter = before.matter
    return Helped(who, at, matter, now=True)


def _lives_elsewhere(turn: Turn, home: str | None) -> Helped | None:
    """Somebody of hers of whom she tells the country, another than her own: nothing has happened
    there yet, and it is where what happens to her next, happens."""
    who = turn.another.who
    if who == _DAUGHTER and "at_work" in turn.cues.tells:
        who = _GROWN  # who works in a house far away is no small child
    beside = turn.mine or "with_hers" in turn.another.signs
    if who is None or known_as(who).child or known_as(who).he or beside:
        return None
    at = _where(turn, home)
    hurt = HURT if turn.intent in _VIOLENT else None
    return Helped(who, at, hurt, now=hurt is not None) if at not in (None, home) else None


def _is_of_others(read: Another, before: Helped, turn: Turn) -> bool:
    """Whether somebody else is spoken of than the one who lives elsewhere."""
    other = read.who is not None and read.who not in (before.who, *PARTNERS)
    return other or "child_hurt" in read.signs or (turn.here is not None and turn.mine)


def _is_plainly_hers(turn: Turn) -> bool:
    """Whether it happens to her: "me" that no message of the other one brings."""
    return "i_myself" in turn.another.signs or bool(turn.cues.present and turn.mine)


def _is_somebodys(turn: Turn) -> bool:
    """ "Her husband beat her": somebody whom she does not name, and nothing near herself."""
    cues = turn.cues
    near = cues.threat or cues.unsafe or not cues.tells.isdisjoint(NEAR_OR_STRUCK)
    return {HURT, "of_hers"} <= turn.another.signs and not near


def takes_her_along(turn: Turn) -> bool:
    """A man wants to die and to kill her or the children, or hers is armed or near: her danger."""
    signs, cues = turn.another.signs, turn.cues
    if DESPAIR not in signs:
        return False
    if "with_us" in signs:
        return True
    near = cues.threat or cues.unsafe or not cues.tells.isdisjoint(NEAR_OR_STRUCK)
    return "my_man" in signs and (near or bool(signs & {"with_kids", "armed"}))


def _is_her_own_alarm(turn: Turn) -> bool:
    """An alarm that says nothing of another one is her own, whomever she wrote for before."""
    signs = turn.another.signs
    if turn.intent not in ALARMS or not (turn.forced or turn.confidence >= crisis.LIKELY):
        return False
    if signs & {HURT if turn.intent == ALARMS[0] else DESPAIR, *SAYS, *ASKS, "done"}:
        return False
    return "them" not in signs or "i_say" in signs


def _is_grown(turn: Turn, who: str) -> bool:
    """A child's matter is told of elsewhere, unless it is about dying, or a partner does it."""
    signs = turn.another.signs
    if who == "ex":
        return DESPAIR in signs
    goes_along = "roof" in turn.cues.tells  # "where can she go with the children"
    child = known_as(who).child or ("child_hurt" in signs and not goes_along)
    return not child or DESPAIR in signs or "by_partner" in signs


def _goes_on(turn: Turn, before: Helped, home: str | None) -> Helped:
    """The same one; a place that is told alone is where that one is."""
    told = turn.only_place or turn.intent == "inform_location" or turn.words <= SHORT
    hers = told and "i_am" not in turn.another.signs and turn.country != turn.origin
    signs = turn.another.signs
    at = turn.country if hers and (not known_as(before.who).near or turn.country != home) else None
    if told and "i_am" in signs and turn.here:
        at = _where(turn, home)  # "I'm in Houston, she is in Choluteca"
    matter = DESPAIR if DESPAIR in signs else before.matter or (HURT if HURT in signs else None)
    now = bool(signs & {HURT, DESPAIR, *ASKS, "the_number"}) or at is not None
    if _is_of_the_one_afar(turn, before, home):
        matter, now = matter or HURT, True
    now = now or _tells_on(turn, before)
    return Helped(before.who, at or before.at, matter, now=now)


def _tells_on(turn: Turn, before: Helped) -> bool:
    """ "She lives by the stadium", "she writes to me at night": nothing of herself and no
    other matter that is plain, so it is on that one."""
    signs = turn.another.signs
    own = bool(signs & {"i_myself", "i_am"}) or turn.intent in ORDERS
    own = own or (turn.intent not in _VIOLENT and turn.confidence >= _PLAIN)
    if "address" in turn.cues.tells:
        own = "i_am" in signs  # "I have the address"
    few = turn.words < _FEW or turn.cues.thanks or turn.cues.bye
    return before.matter == HURT and not (own or few)


def _is_of_the_one_afar(turn: Turn, before: Helped | None, home: str | None) -> bool:
    """Violence, told of a third one, after somebody of hers in another country was spoken of."""
    if before is None or before.at in (None, home) or turn.intent not in _VIOLENT:
        return False
    alarmed = before.matter is not None or turn.intent not in ALARMS
    return alarmed and "of_a_her" in turn.another.signs and not _is_plainly_hers(turn)


def _where(turn: Turn, home: str | None) -> str | None:
    """The country in the message that is not where she says that she herself is."""
    own = turn.here if turn.here else (turn.country if turn.mine else None)
    named = [turn.country, *reversed(turn.mentioned)]
    other = next((each for each in named if each and each not in (own, turn.origin)), None)
    if other is None and turn.country and turn.country == turn.origin != home:
        return turn.country if not turn.city else None
    return other


def there(turn: Turn, home: str | None, world: World) -> Turn:
    """A message on that one, in another country: asked for there, and she is not there."""
    helped, at = turn.helped, None
    if helped is not None and (helped.now or _stays_sensitive(turn, helped, world)):
        at = helped.at
    elif "which_number" in turn.another.signs and not (turn.mine or turn.cues.present):
        at = turn.country
    if at in (None, home) or at not in world.served or turn.country not in (None, at, turn.here):
        return turn
    cues = replace(turn.cues, other=True, present=False)
    here = turn.here if turn.here != at else None
    return replace(turn, country=at, here=here, there=True, for_other=True, mine=False, cues=cues)


def _stays_sensitive(turn: Turn, helped: Helped, world: World) -> bool:
    """Whether it is likely more on that one: of violence again, and nothing of herself."""
    hers = bool(turn.another.signs & {"i_am", "i_myself"})
    return helped.matter is not None and world.is_sensitive(turn.intent) and not hers
