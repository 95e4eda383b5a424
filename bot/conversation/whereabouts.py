"""For which country this turn asks: where she is, or another place that came up.

A conversation holds where she *is* (`here`; her number guesses it until she says so), where she is
from, and the last other place that came up (`marks.there`): a relative's, the one that she left,
her goal. What a message names decides; where it names nothing its signs do, the strongest first:

1. She says that she is there ("estoy en", "llegué a"): that is where she is, whatever else is said.
2. She gives a plan up, or stays: she is where she was.
3. "allá", "over there", "in my country": the other place. "Here" beside it only says from where she
   asks ("desde acá"); of two such words the last one counts.
4. "aquí", "and me", "can I bring her": where she is.
5. No sign: what goes on with the matter stays with the country of the turn before, a matter of her
   own goes back to where she is.

Quoted threats and "if I get to …" never move her, and neither does a name that several countries
have (bot/conversation/signs.py). Who was sent back is not where her number is from.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.facets import FAMILY
from bot.conversation.marks import Marks
from bot.conversation.on_the_topic import SURE, goes_on
from bot.conversation.signs import HERE, THERE
from bot.conversation.state import ALARMS, LEAVING, PLACE_ONLY, SHORT, UNCLEAR, State, Turn
from bot.conversation.whose_law import SPONSORS
from bot.directory.towns import border_countries, town_on_side

_DEPORTS = ("US", "CA")  # a number from there is kept after a deportation
_THERE = frozenset((THERE, "left_child"))
_TO_HERE = frozenset((HERE, "me", "to_her", "hers"))
_WORK = ("ask_unpaid_wages", "ask_labour_rights", "ask_domestic_work", "ask_maternity_at_work")
_OF_A_CHILD = "ask_child_abuse"
_HURT = (_OF_A_CHILD, "ask_domestic_violence", "ask_sexual_violence", "ask_protection_order",
         "ask_trafficking_exploitation", "ask_safe_shelter", *ALARMS)  # fmt: skip
_ONLINE = "ask_digital_violence"
_BORN = ("ask_birth_registration", "ask_identity_documents", "ask_consulate")
_REASONS = ("ask_asylum", "ask_threats_extortion", "ask_return_home", "ask_detention_deportation")


def settled(turn: Turn, before: State, marks: Marks, served: frozenset[str]
            ) -> tuple[Turn, State, Marks]:  # fmt: skip
    """The turn and the state before it, as the country that it asks for makes them."""
    if turn.tapped or turn.forgotten:
        return turn, before, replace(marks, theirs=False)
    turn, before, marks = _without_the_number(turn, before, marks)
    turn = _at_home(turn, before)
    turn = _put_over(_arrived(turn, before))
    home = _home(turn, before, served)
    if turn.intent == "inform_location" and turn.here and not turn.cues.asks:
        turn = _only_told(turn)
    if turn.nationality in served and turn.nationality != turn.country:
        return _asked_there(turn, str(turn.nationality)), before, replace(marks, theirs=True)
    if _only_comes_up_in_danger(turn, before):
        hers = turn.here or before.here
        at = _back(before, hers) if hers else before
        return _dropped(turn), at, replace(marks, theirs=False)
    if _is_a_childs_danger(turn, before, marks):
        return _stays_with_the_child(turn), before, marks
    if turn.mine or turn.here == turn.country is not None:
        return turn, before, replace(marks, theirs=False)
    if "stays" in turn.signs and THERE not in turn.signs and home and _is_a_plan(turn, home):
        return _dropped(turn), _back(before, home), replace(marks, theirs=False)
    if _is_a_reason(turn, home):
        return _dropped(turn), _back(before, str(home)), replace(marks, theirs=False)
    if home is not None and _says_nothing_of_here(turn, before, home):
        return _dropped(turn), _back(before, home), replace(marks, theirs=False)
    if turn.past and _only_tells(turn, before):
        here = replace(turn, country=before.here, city=before.city, destination=None)
        return here, _back(before, str(before.here)), replace(marks, theirs=False)
    if turn.country is not None or turn.destination is not None:
        return _of_the_named(turn, before, marks, home)
    there = _there(turn, before, marks, home) or _sponsors(turn, before, marks, home)
    there = there or _works_there(turn, before, marks, home, served)
    if there is not None:
        return _asked_there(turn, there), before, replace(marks, theirs=True)
    if home is None and marks.theirs and HERE in turn.signs and before.country == marks.there:
        return turn, before.but(country=None, city=None), replace(marks, theirs=False)
    own = "herself" in turn.signs or "i_myself" in turn.another.signs
    hurt = turn.intent in (*_HURT, _ONLINE) and own
    if home is None and hurt and before.topic in FAMILY and before.country:
        # A father in New Jersey tells nothing of where she is.
        return turn, before.but(country=None, city=None), replace(marks, theirs=False)
    if home is None or before.country in (None, home):
        return turn, before, replace(marks, theirs=False)
    if hurt:
        # "He wants more photos of me", after her father in New Jersey: it happens where she is.
        return turn, _back(before, home), replace(marks, theirs=False)
    at_home = "home" in turn.signs and home == (turn.origin or before.origin)
    if at_home or not turn.signs.isdisjoint(_TO_HERE) or not _goes_on_there(turn, before, marks):
        return turn, _back(before, home), replace(marks, theirs=False)
    return (replace(turn, for_other=True) if marks.theirs else turn), before, marks


def noted(turn: Turn, before: State, after: State, marks: Marks) -> Marks:
    """The marks after it: the last other place, and whether the answer was for one."""
    here = after.here
    other = [each for each in turn.mentioned if each != here]
    if here is None and marks.there is not None and not marks.lost:
        here = turn.prefix_country  # she may be there, so it takes no other place's stead
        other = [each for each in other if each != here]
    if before.here not in (None, after.here):
        other.insert(0, str(before.here))  # where she was
    moved = turn.cues.other and turn.country == after.country not in (before.country, after.here)
    theirs = marks.theirs or (moved and before.country is not None and after.here is not None)
    there = other[-1] if other else marks.there if marks.there != here else None
    return replace(marks, there=there, theirs=theirs, lost=marks.lost and after.here is None)


def _home(turn: Turn, before: State, served: frozenset[str]) -> str | None:
    """Where she is: said, or guessed by her number."""
    guess = turn.prefix_country if turn.prefix_country in served else None
    return before.here or (guess if guess not in turn.not_in else None)


def _without_the_number(turn: Turn, before: State, marks: Marks) -> tuple[Turn, State, Marks]:
    """She was sent back, or has left the country of her number: it guesses nothing any more."""
    if before.here is not None or turn.prefix_country is None:
        return turn, before, marks
    number, origin = turn.prefix_country, turn.origin or before.origin
    sent = "deported" in turn.signs and number in _DEPORTS and number != origin
    left = "abroad" in turn.signs and number == origin
    if not (marks.lost or sent or left):
        return turn, before, marks
    if before.country == number:
        before = before.but(country=None, city=None)
    return replace(turn, prefix_country=None), before, replace(marks, lost=True)


def _at_home(turn: Turn, before: State) -> Turn:
    """ "I am in my village, El Progreso": who is at home is where she is from."""
    origin = turn.origin or before.origin
    if turn.country is None and HERE in turn.signs and before.here is None and turn.clue == origin:
        return replace(turn, country=origin, here=origin, mine=origin is not None)
    if "native" in turn.signs and turn.mine and origin is None:
        return replace(turn, origin=turn.country)
    if "own_home" not in turn.signs or origin is None or turn.country not in (None, origin):
        return turn
    return replace(turn, country=origin, here=origin, mine=True)


def _there(turn: Turn, before: State, marks: Marks, home: str | None) -> str | None:
    """The other place that she asks about; None where she asks about none."""
    away = before.country if before.country != home else None
    origin = turn.origin or before.origin
    known = [*reversed(turn.mentioned), marks.there, away, origin]
    going_home = "return" in turn.signs or turn.intent == "ask_return_home" == before.topic
    if going_home and not turn.mentioned:
        known.insert(0, origin)
    told = "told_home" in turn.signs
    own = (not turn.signs.isdisjoint({"home", "if_return"}) and not told) or (
        "from_here" in turn.signs and turn.origin is not None
    )
    if own and origin not in (None, home):
        return origin
    if told or _is_the_town(turn, before, home):
        return None
    if not turn.signs.isdisjoint(_THERE) or ("outside" in turn.signs and home == origin):
        return next((each for each in known if each not in (None, home)), None)
    return None


def _is_the_town(turn: Turn, before: State, home: str | None) -> bool:
    """ "How do I get there", after a place in a town of where she is was asked for."""
    listed = bool(before.listed) and before.city is not None and before.country == home
    return listed and THERE in turn.signs and not turn.mentioned and turn.words <= SHORT + 3


def _sponsors(turn: Turn, before: State, marks: Marks, home: str | None) -> str | None:
    """Where a petition runs that was spoken of, when she asks on: with whoever asks for her."""
    on = turn.intent in FAMILY and before.topic in FAMILY and turn.signs.isdisjoint(_TO_HERE)
    on = on or "sponsored" in turn.signs
    return marks.there if on and marks.there in SPONSORS and home not in SPONSORS else None


def _works_there(turn: Turn, before: State, marks: Marks, home: str | None,
                 served: frozenset[str]) -> str | None:  # fmt: skip
    """Whoever is back in a country that we do not serve is owed her pay where she worked; a last
    pay is owed where she was spoken of last."""
    if turn.intent not in _WORK or not turn.signs.isdisjoint(_TO_HERE) or marks.there not in served:
        return None
    last = "last_pay" in turn.signs and before.country == marks.there
    return marks.there if last or home not in (None, *served) else None


def _is_a_reason(turn: Turn, home: str | None) -> bool:
    """ "When they send me back there they kill me": why she stays, and nothing asked of there."""
    return "harm_back" in turn.signs and turn.intent in _REASONS and home is not None


def _arrived(turn: Turn, before: State) -> Turn:
    """ "I am here already", after the country to which she was to go: she is in it."""
    goal = before.country
    if "arrived" not in turn.signs or turn.country or goal in (None, before.here):
        return turn
    return replace(turn, country=goal, here=goal, mine=True)


def _put_over(turn: Turn) -> Turn:
    """ "They deported me through Nogales": she is on the other side of it."""
    if "deported" not in turn.signs or turn.country not in _DEPORTS or turn.city is None:
        return turn
    side = next((each for each in border_countries(turn.city) if each not in _DEPORTS), None)
    if side is None:
        return turn
    town = town_on_side(turn.city, side)
    return replace(turn, country=side, here=side, city=town, mine=True)


def _is_a_childs_danger(turn: Turn, before: State, marks: Marks) -> bool:
    """It is a child elsewhere who is hurt; where she is herself she only tells, if she does."""
    child = before.topic == _OF_A_CHILD and marks.there is not None
    there = before.country == marks.there != before.here
    hers = turn.mine if turn.country else turn.signs.isdisjoint({HERE, "me", "to_her"})
    return child and there and hers and turn.country != before.country


def _only_comes_up_in_danger(turn: Turn, before: State) -> bool:
    """ "Don't tell my mother in Baní", "I saw the one who killed my brother in Progreso": she is
    told of violence where she is, and asks nothing of the other place."""
    child = _OF_A_CHILD in (turn.intent, before.topic)
    if child or turn.country is None or turn.intent not in _HURT:
        return False
    if turn.cues.asks or turn.cues.other:
        return False
    if (
        (turn.helped and turn.helped.now)
        or turn.destination
        or THERE in turn.signs
        or turn.cues.follow
    ):
        return False
    told_here = turn.here is not None and turn.here != turn.country
    kin = "others" in turn.signs and turn.intent not in ALARMS and not turn.mine
    known = before.topic in _HURT and before.here not in (None, turn.country)
    return told_here or (kin and known and turn.here is None)


def _stays_with_the_child(turn: Turn) -> Turn:
    """Where she is is noted; the law and the numbers are those of where the child is."""
    cues = replace(turn.cues, other=True, present=False)
    here = turn.country or turn.here
    return replace(_dropped(turn), here=here, mine=False, for_other=True, cues=cues)


def _says_nothing_of_here(turn: Turn, before: State, home: str) -> bool:
    """Whether the place of the message is one where her own law does not lie: whence a child of
    hers is to come, where somebody was born, where she was for years, where a child is sent."""
    if turn.country in (None, home) or turn.mine or turn.nationality is not None:
        return False
    signs = turn.signs
    if "to_her" in signs and (turn.intent != LEAVING or before.topic in _HURT):
        return turn.cues.other or turn.for_other
    if LEAVING in (turn.intent, before.topic) and "sends_child" in signs:
        return THERE not in signs
    of_birth = turn.intent in _BORN and before.topic in (None, *_BORN)
    if "born_there" in signs and not (of_birth or turn.cues.asks):
        return True
    return turn.past and before.here is None and "deported" not in signs and not turn.cues.asks


def _only_told(turn: Turn) -> Turn:
    """ "I am in Chicago, she is in Cobán": nothing is asked of there."""
    if turn.here == turn.country or not turn.signs.isdisjoint({THERE, "home"}):
        return turn
    cues = replace(turn.cues, other=False)
    return replace(turn, country=turn.here, city=None, mine=True, cues=cues)


def _only_tells(turn: Turn, before: State) -> bool:
    """ "I lived nine years in Virginia": she has told where she is, and asks nothing of there."""
    known = before.here is not None and before.here != turn.country
    told = turn.intent in (*PLACE_ONLY, "ask_return_home") or HERE in turn.signs
    return known and not turn.cues.asks and told


def _is_a_plan(turn: Turn, home: str) -> bool:
    """Whether the place of the message, if there is one, is where she does not go."""
    return turn.country in (None, home, turn.destination)


def _of_the_named(turn: Turn, before: State, marks: Marks, home: str | None
                  ) -> tuple[Turn, State, Marks]:  # fmt: skip
    """A place is named: it is asked about, unless it is somebody else's and she says "here"."""
    asks_here = HERE in turn.signs and turn.cues.other and "from_here" not in turn.signs
    if asks_here and turn.intent not in FAMILY and home not in (None, turn.country):
        return _dropped(turn), _back(before, str(home)), replace(marks, theirs=False)
    asks_there = THERE in turn.signs and turn.country not in (None, home)
    if asks_there:
        turn = replace(turn, there=True, cues=replace(turn.cues, other=True, present=False))
    return turn, before, replace(marks, theirs=asks_there)


def _asked_there(turn: Turn, country: str) -> Turn:
    """As if she had named the country, and that she is not in it."""
    cues = replace(turn.cues, other=True, present=False)
    return replace(turn, country=country, there=True, for_other=True, cues=cues)


def _dropped(turn: Turn) -> Turn:
    """As if she had not named the place."""
    return replace(turn, country=None, city=None, destination=None)


def _back(before: State, home: str) -> State:
    return before if before.country == home else before.but(country=home, city=None)


def _goes_on_there(turn: Turn, before: State, marks: Marks) -> bool:
    """Whether a message without a sign is one more on the place that was spoken of."""
    cues = turn.cues
    if cues.follow or cues.listed or cues.ordinal or cues.number or turn.hint:
        return True
    if turn.words <= SHORT and (turn.intent in UNCLEAR or "same" in turn.signs):
        return True
    hers = "herself" in turn.signs
    if marks.theirs and "others" in turn.signs and not hers:
        return True
    other_matter = turn.intent != before.topic and turn.confidence >= SURE
    return goes_on(turn) and not (hers and (other_matter or "others" not in turn.signs))
