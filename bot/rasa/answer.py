"""Whether an answer of the action server is as Rasa wants it: by Rasa's own schema, compiled once.

Rasa compiles and checks it anew for every answer (80 ms), and holds each event against the schemas
of all kinds of events: here against those of its own kind. What our own actions answer, slots set
and messages, is seen to fit without the schema; whatever looks otherwise is left to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

KIND = "ofItsKind"
_OF_A_SLOT = {"event", "timestamp", "name", "value"}


def fits(_action: Any, answer: dict[str, Any]) -> bool:
    """In place of RemoteAction's own check; raises ValidationError where it does not."""
    if not _is_plain(answer):
        _validator().validate(answer)
    return True


def _is_plain(answer: Any) -> bool:
    """Slots set and messages, and nothing else: that fits. False says nothing."""
    if type(answer) is not dict or answer.keys() != {"events", "responses"}:
        return False
    events, responses = answer["events"], answer["responses"]
    return (
        type(events) is list
        and all(map(_sets_a_slot, events))
        and type(responses) is list
        and all(type(each) is dict for each in responses)
    )


def _sets_a_slot(event: Any) -> bool:
    return (
        type(event) is dict
        and event.keys() == _OF_A_SLOT
        and event["event"] == "slot"
        and event["timestamp"] is None
        and type(event["name"]) is str
    )


@cache
def _validator() -> Any:
    from jsonschema import validators  # type: ignore[import-untyped]
    from rasa.core.actions.action import RemoteAction

    schema = deepcopy(RemoteAction.action_response_format_spec())
    draft = validators.validator_for(schema)
    draft.check_schema(schema)
    events = schema["properties"]["events"]["items"]
    by_kind = defaultdict(list)
    for each in events.pop("oneOf"):
        by_kind[each["properties"]["event"]["const"]].append(each)
    events[KIND] = dict(by_kind)
    one_of = draft.VALIDATORS["oneOf"]

    def of_its_kind(validator: Any, kinds: Any, event: Any, schema: Any) -> Iterator[Any]:
        name = event.get("event") if isinstance(event, dict) else None
        yield from one_of(validator, kinds.get(str(name), []), event, schema)

    return validators.extend(draft, {KIND: of_its_kind})(schema)
