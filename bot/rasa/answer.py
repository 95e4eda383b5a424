"""Whether an answer of the action server is as Rasa wants it: by Rasa's own schema, compiled once.

Rasa compiles and checks it anew for every answer (80 ms), and holds each event against the schemas
of all kinds of events: here against those of its own kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

KIND = "ofItsKind"


def fits(_action: Any, answer: dict[str, Any]) -> bool:
    """In place of RemoteAction's own check; raises ValidationError where it does not."""
    _validator().validate(answer)
    return True


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
