"""Finds the rule for a message among those that name its intent; Rasa's RulePolicy tries them all.

It also looks for rules that hold for the very words of a message, where there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

UNSET = "should_not_be_set"  # in a rule: whatever it may be, it must not be there
_Named = tuple[str | None, str | None]  # action and intent; None: a rule that names none


def install() -> None:
    """In this process, before it loads a model."""
    from rasa.core.policies.rule_policy import RulePolicy

    plain = RulePolicy._find_action_from_rules

    def find(policy: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        by_words = use_text_for_last_user_input and not tracker.active_loop_name
        if by_words and _all_name_intents(_by_name(policy, policy.lookup["rules"])):
            return None, None, False
        return plain(policy, tracker, domain, use_text_for_last_user_input)

    RulePolicy._find_action_from_rules = find
    RulePolicy._get_possible_keys = possible


def possible(policy: Any, lookup: Mapping[str, str], states: list[Any]) -> set[str]:
    """The rules that fit the states, in place of RulePolicy's own."""
    action, intent = _named(states[-1]) if states else (None, None)
    rules = _by_name(policy, lookup)
    found = {rule for a in {action, None} for i in {intent, None} for rule in rules.get((a, i), ())}
    for turns_ago, state in enumerate(reversed(states)):
        found = {rule for rule in found if policy._is_rule_applicable(rule, turns_ago, state)}
    return found


def _by_name(policy: Any, lookup: Mapping[str, str]) -> dict[_Named, list[str]]:
    """The rules by what their last state names, sorted anew only where they are others."""
    of, rules = policy.__dict__.get("by_name", (None, {}))
    if of is not lookup:
        rules = indexed(lookup, policy._rule_key_to_state)
        policy.by_name = (lookup, rules)
    return rules


def indexed(lookup: Iterable[str], states_of: Any) -> dict[_Named, list[str]]:
    """The rules by what their last state names."""
    rules = defaultdict(list)
    for rule in lookup:
        rules[_named(states_of(rule)[-1])].append(rule)
    return dict(rules)


def _all_name_intents(rules: Iterable[_Named]) -> bool:
    return all(intent is not None for _, intent in rules)


def _named(state: Mapping[str, Any]) -> _Named:
    # Without an action before it, it is a conversation's beginning, of which Rasa asks no more.
    action = state.get("prev_action", {}).get("action_name")
    intent = state.get("user", {}).get("intent") if action else None
    return (None if action in ("", UNSET) else action), (None if intent in ("", UNSET) else intent)
