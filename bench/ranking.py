"""Learns in which order statements answer (data/ranking.yml) from conversations with labels.

`python -m bench ranking`: reads data/talks, lets the trained model and the conversation's own rules
read every turn after what was spoken of before it, learns the matrix (turning.py) and the weights,
prints how often the first, one of two, one of three is what the readers marked (talks held out),
and writes data/ranking.yml and data/ranking.npz. Six minutes on two cores.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.registry import DECIDERS
from actions.turn import read_turn
from bench.turning import Query, Texts, learn
from bot.commands.meanings import ensure_meanings
from bot.commands.model import RASA_PYTHON, ensure_model
from bot.conversation.reread import reread
from bot.conversation.state import State, Turn
from bot.conversation.world import World, signs_of
from bot.database import migrate, open_engine
from bot.knowledge import ranking
from bot.knowledge.closeness import Closeness, closeness, forget
from bot.knowledge.load import load_all
from bot.knowledge.models import Statement
from bot.knowledge.ranking import FEATURES, MATRIX, PATH, features
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.nlu.meanings import WIDTH
from bot.paths import DATA, ROOT
from bot.serve.supervisor import rasa_environment, say

TALKS = DATA / "talks" / "answered.jsonl"
FOLDS, STEPS, RATE, SHRINK = 5, 250, 0.08, 1e-3
EPOCHS, REPEATED = 2, 6  # of the matrix; how often a labelled turn counts beside a question
ALSO = 0.35  # what would do as well, beside what answers
LAST = 2


@dataclass(frozen=True)
class Asked:
    """One labelled turn: its candidates' features, and how well each of them answers."""

    talk: str
    ids: tuple[str, ...]
    rows: Any  # (candidates, FEATURES)
    worth: Any  # (candidates,)
    topic: str
    intents: tuple[str, ...]


def read_talks(path: Path = TALKS) -> list[dict[str, Any]]:
    """Every turn, in order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def parsed(model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the understanding makes of each text, as the actions would get it."""
    done = subprocess.run(  # noqa: S603  # our own command
        [str(RASA_PYTHON), "-m", "bot.rasa.parse", str(model), "whole"], cwd=ROOT, check=True,
        env=rasa_environment(ROOT, 0, 0, "", ""), stdout=subprocess.PIPE, text=True,
        encoding="utf-8", input="".join(json.dumps({"text": text}) + "\n" for text in texts),
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def turns(talks: Sequence[dict[str, Any]], world: World) -> Iterator[tuple[dict[str, Any], Turn]]:
    """Each turn that something answers, read after what the readers say was spoken of before."""
    messages = parsed(ensure_model(), [row["text"] for row in talks])
    talk, before, told = "", "", []
    for row, message in zip(talks, messages, strict=True):
        if row["talk"] != talk:
            talk, before, told = row["talk"], "", []
        if row["kind"] != "small" and message.get("meaning"):
            state = State(language=message.get("language") or "es", country=row["country"] or None,
                          topic=before or None, told=tuple(told))  # fmt: skip
            message["metadata"] = {"now": datetime.now(UTC).isoformat(),
                                   "typed": len(row["text"].split())}  # fmt: skip
            turn = read_turn(message, state.as_slots())
            _, settled = reread(DECIDERS["action_answer_topic"], turn, state, world)
            yield {**row, "before": before, "told": list(told)}, settled
        if row["kind"] != "small" and world.is_topic(row["topic"]):
            before = row["topic"]
        told += row.get("facts", [])[:1]


def asked(read: Sequence[tuple[dict[str, Any], Turn]], session: Session) -> list[Asked]:
    """The features of every turn that some statement answers."""
    found = []
    told_now = set(session.scalars(select(Statement.id).where(Statement.status == "published")))
    for row, turn in read:
        worth = {**dict.fromkeys(row.get("also", []), ALSO),
                 **dict.fromkeys(row.get("facts", []), 1.0)}  # fmt: skip
        ids: list[str] = []
        intents: list[str] = []
        rows = []
        last = _near(session, row["country"] or REGIONAL).told(row["told"][-LAST:])
        for country in dict.fromkeys((row["country"] or REGIONAL, REGIONAL)):
            near = _near(session, country)
            chosen = [i for i, each in enumerate(near.ids) if each in told_now]
            rows.append(features(near, turn.asked, signs_of(turn, turn.intent), last)[chosen])
            ids += [near.ids[i] for i in chosen]
            intents += [near.intents[i] for i in chosen]
        gain = np.array([worth.get(each, 0.0) for each in ids], dtype=np.float32)
        if gain.max() == 1.0:
            found.append(Asked(row["talk"], tuple(ids), np.concatenate(rows), gain,
                               row["topic"], tuple(intents)))  # fmt: skip
    return found


def _near(session: Session, country: str) -> Closeness:
    near = closeness(session, country)
    if near.missing:
        raise SystemExit(f"{country}: not all of its texts are encoded")
    return near


def queries(read: Sequence[tuple[dict[str, Any], Turn]], session: Session
            ) -> tuple[Texts, list[Query], list[Query]]:  # fmt: skip
    """All texts, each question on a statement as a message, and the labelled turns."""
    vectors, owners, countries = [], [], []
    for country in (*COUNTRY_CODES, REGIONAL):
        units, ids = _near(session, country).vectors()
        vectors.append(units)
        owners += ids
        countries += [country] * len(ids)
    number = {each: i for i, each in enumerate(dict.fromkeys(owners))}
    where = np.array(countries)
    texts = Texts(
        np.concatenate(vectors), np.array([number[each] for each in owners]),
        {code: np.flatnonzero((where == code) | (where == REGIONAL))
         for code in (*COUNTRY_CODES, REGIONAL)},
    )  # fmt: skip
    own = [Query(texts.vectors[i], countries[i], (number[owner],), i)
           for i, owner in enumerate(owners)]  # fmt: skip
    hers = [
        Query(turn.asked.vectors[0], row["country"] or REGIONAL,
              tuple(number[each] for each in row["facts"] if each in number))
        for row, turn in read
    ]  # fmt: skip
    return texts, own, hers


def use(matrix: Any, path: Path) -> None:
    """From here on vectors are turned by this one, kept in `path`."""
    np.savez_compressed(path, change=(matrix - np.eye(len(matrix))).astype(np.float16))
    ranking.MATRIX = path
    ranking.matrix.cache_clear()
    ranking.is_usable.cache_clear()
    forget()


def turned(
    read: Sequence[tuple[dict[str, Any], Turn]], session: Session, path: Path
) -> list[Asked]:
    """The turns' features, each half under a matrix learnt from the other; the one in use
    afterwards is learnt from all."""
    use(np.eye(WIDTH), path)
    texts, own, hers = queries(read, session)
    talks = sorted({row["talk"] for row, _ in read})
    half = {talk: number % 2 for number, talk in enumerate(talks)}
    found: list[Asked] = []
    for part in (0, 1, None):
        seen = [query for query, (row, _) in zip(hers, read, strict=True)
                if half[row["talk"]] != part and query.answers]  # fmt: skip
        say(f"  learning from {len(own)} questions and {len(seen)} turns …")
        use(learn(texts, [*own, *seen * REPEATED], EPOCHS), path)
        if part is not None:
            found += asked([each for each in read if half[each[0]["talk"]] == part], session)
    return found


def fit(cases: Sequence[Asked]) -> Any:
    """`(FEATURES,)`: the weights under which what answers is likeliest, by Adam's steps."""
    rows = np.concatenate([case.rows for case in cases])
    scale = rows.std(axis=0) + 1e-6
    rows = (rows - rows.mean(axis=0)) / scale
    goal = np.concatenate([case.worth / case.worth.sum() for case in cases])
    sizes = np.array([len(case.worth) for case in cases])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    weights = np.zeros(rows.shape[1], dtype=np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for _ in range(STEPS):
        score = rows @ weights
        score = np.exp(score - np.repeat(np.maximum.reduceat(score, starts), sizes))
        likely = score / np.repeat(np.add.reduceat(score, starts), sizes)
        slope = rows.T @ (likely - goal) / len(cases) + SHRINK * weights
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights - RATE * first / (np.sqrt(second) + 1e-8)
    return weights / scale


def judged(cases: Sequence[Asked], weights: Any) -> Counter[str]:
    """How often what answers stands first, among two, among three; and under which topic."""
    found: Counter[str] = Counter()
    for case in cases:
        order = np.argsort(-(case.rows @ weights))[:3]
        right = [bool(case.worth[i] == 1.0) for i in order]
        found.update(turns=1, first=right[0], of_two=any(right[:2]), of_three=any(right),
                     first_or_also=bool(case.worth[order[0]] > 0),
                     topic=case.intents[order[0]] == case.topic)  # fmt: skip
    return found


def held_out(cases: Sequence[Asked]) -> Counter[str]:
    """The same, every talk judged by weights that have not seen it."""
    talks = sorted({case.talk for case in cases})
    random.Random(1).shuffle(talks)  # noqa: S311  # a fixed order, no secret
    fold = {talk: number % FOLDS for number, talk in enumerate(talks)}
    found: Counter[str] = Counter()
    for part in range(FOLDS):
        weights = fit([case for case in cases if fold[case.talk] != part])
        found += judged([case for case in cases if fold[case.talk] == part], weights)
    return found


def main() -> None:
    """Fit, tell, write."""
    ensure_meanings()
    with tempfile.TemporaryDirectory(prefix="comadre-ranking-") as folder:
        url = f"sqlite:///{folder}/comadre.db"
        migrate(url)
        engine = open_engine(url)
        load_all(engine)
        say("Reading the conversations …")
        read = [each for each in turns(read_talks(), World(engine)) if each[0].get("facts")]
        with Session(engine) as session:
            cases = turned(read, session, Path(folder) / MATRIX.name)
        engine.dispose()
        learnt = (Path(folder) / MATRIX.name).read_bytes()
    found = held_out(cases)
    total = found.pop("turns")
    for name, count in found.items():
        say(f"  {name}: {100 * count / total:.1f} % of {total}")
    lines = [f"  {json.dumps(name)}: {weight:.4f}"
             for name, weight in zip(FEATURES, fit(cases), strict=True)]  # fmt: skip
    head = "# Written by `python -m bench ranking`; what each one is: bot/knowledge/ranking.py."
    MATRIX.write_bytes(learnt)
    PATH.write_text("\n".join([head, "weights:", *lines, ""]), encoding="utf-8")
    say(f"Written: {PATH.relative_to(ROOT)}")
