"""Learns in which order statements answer (data/ranking.yml) from conversations with labels.

`python -m bench ranking`: reads data/talks, lets the trained model and the conversation's own rules
read every turn after what was spoken of before it, learns the layers (turning.py) and the weights,
prints how often the first, one of two, one of three is what the readers marked, and how well the
chance of an answer fits (talks held out), and writes data/ranking.yml and data/answering.npz. Half
an hour on two busy cores.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.registry import DECIDERS
from actions.turn import read_turn
from bench import chances
from bench.chances import Seen
from bench.turning import NEVER, Case, Segments, Stock, learn
from bot.commands.meanings import ensure_meanings
from bot.commands.model import RASA_PYTHON, ensure_model
from bot.conversation.reread import reread
from bot.conversation.state import State, Turn
from bot.conversation.world import World, signs_of
from bot.database import migrate, open_engine
from bot.knowledge.closeness import Closeness, closeness
from bot.knowledge.load import load_all
from bot.knowledge.models import Statement
from bot.knowledge.ranking import FEATURES, PATH, features
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.nlu.answering import PATH as ANSWERING
from bot.nlu.answering import Layers, write
from bot.nlu.encoder import ManyProcesses, UniversalSentenceEncoder
from bot.nlu.meanings import parts
from bot.nlu.normalise import clean
from bot.paths import DATA, ROOT
from bot.serve.supervisor import rasa_environment, say

TALKS = DATA / "talks" / "answered.jsonl"
FOLDS, STEPS, RATE, SHRINK = 5, 250, 0.08, 1e-3
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
    words: int


@dataclass(frozen=True)
class Labelled:
    """A turn of a talk: its matter, how many words it has, and what answers it."""

    talk: str
    topic: str
    words: int
    case: Case

    @property
    def is_answered(self) -> bool:
        """What the layers and weights are learnt from."""
        return bool(self.case.goal.max() >= 1.0)


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
    """Each turn on a matter, read after what the readers say was spoken of before."""
    messages = parsed(ensure_model(), [row["text"] for row in talks])
    talk, before = "", ""
    told: list[str] = []
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
            heard = parts(message.get("spelt") or row["text"])
            yield {**row, "before": before, "told": list(told), "parts": heard}, settled
        if row["kind"] != "small" and world.is_topic(row["topic"]):
            before = row["topic"]
        told += row.get("facts", [])[:1]


@dataclass(frozen=True)
class Country:
    """A country's statements and the region's, in one order, and the texts of them."""

    ids: tuple[str, ...]
    intents: tuple[str, ...]
    stock: Stock


def country_of(session: Session, code: str, pooled: dict[str, Any]) -> Country:
    """What may be told there; `pooled` has what every text starts from."""
    ids: list[str] = []
    intents: list[str] = []
    texts, owners, of_asked = [], [], []
    for each in dict.fromkeys((code, REGIONAL)):
        for row in _near(session, each).rows:
            said = [row.es, row.en]
            questions = [text for several in (row.asked or {}).values() for text in several]
            texts += said + questions
            owners += [len(ids)] * (len(said) + len(questions))
            of_asked += [False] * len(said) + [True] * len(questions)
            ids.append(row.id)
            intents.append(row.intent)
    stock = Stock(np.stack([pooled[text] for text in texts]), np.array(owners),
                  np.array(of_asked), len(ids))  # fmt: skip
    return Country(tuple(ids), tuple(intents), stock)


def every_text(session: Session) -> list[str]:
    """What statements say and are asked for."""
    return [text for code in (*COUNTRY_CODES, REGIONAL) for row in _near(session, code).rows
            for text in (row.es, row.en, *(t for several in (row.asked or {}).values()
                                            for t in several))]  # fmt: skip


def labelled(read: Sequence[tuple[dict[str, Any], Turn]], session: Session,
             countries: dict[str, Country], pooled: dict[str, Any]
             ) -> list[Labelled]:  # fmt: skip
    """Every turn in a country that is served."""
    told_now = set(session.scalars(select(Statement.id).where(Statement.status == "published")))
    found = []
    for row, turn in read:
        worth = {**dict.fromkeys(row.get("also", []), ALSO),
                 **dict.fromkeys(row.get("facts", []), 1.0)}  # fmt: skip
        code = row["country"] or REGIONAL
        if code not in countries:
            continue  # her question is on a country that is not served
        there = countries[code]
        last = _near(session, code).told(row["told"][-LAST:])
        signs = signs_of(turn, turn.intent, _topics(session, row["told"], code))
        rows = np.concatenate([features(_near(session, each), turn.asked, signs, last)
                               for each in dict.fromkeys((code, REGIONAL))])  # fmt: skip
        may = np.array([0.0 if each in told_now else NEVER for each in there.ids], np.float32)
        gain = np.array([worth.get(each, 0.0) for each in there.ids], np.float32) * (may == 0)
        parts = np.stack([pooled[part] for part in row["parts"]])
        case = Case(code, parts, rows.astype(np.float32), may, gain)
        found.append(Labelled(row["talk"], row["topic"], signs.words, case))
    return found


def _topics(session: Session, ids: Sequence[str], country: str) -> dict[str, str]:
    """By id: the topic of each that she was told of there or of the region."""
    rows = session.execute(
        select(Statement.id, Statement.intent).where(
            Statement.id.in_(ids), Statement.country.in_((country, REGIONAL))
        )
    )
    return {key: topic for key, topic in rows}


def _near(session: Session, country: str) -> Closeness:
    near = closeness(session, country)
    if near.missing:
        raise SystemExit(f"{country}: not all of its texts are encoded")
    return near


def turned(cases: Sequence[Case], countries: dict[str, Country], layers: Layers) -> list[Case]:
    """The cases with the closeness that these layers tell."""
    found = list(cases)
    for code in sorted({case.country for case in cases}):
        stock = countries[code].stock
        segments = Segments.of(stock, np.arange(len(stock.asked)))
        vectors = layers.vectors(stock.pooled[segments.rows])
        for place, case in enumerate(cases):
            if case.country != code:
                continue
            _, questions, text = segments.closest(layers.vectors(case.pooled) @ vectors.T)
            rows = case.rows.copy()
            rows[:, FEATURES.index("questions, turned")] = questions.max(axis=0)
            rows[:, FEATURES.index("text, turned")] = text.max(axis=0)
            found[place] = replace(case, rows=rows)
    return found


def for_learning(case: Case) -> Case:
    """Without the closeness that is learnt, and its marks as shares."""
    rows = case.rows.copy()
    rows[:, [FEATURES.index(name) for name in FEATURES if "turned" in name]] = 0
    return replace(case, rows=rows, goal=case.goal / case.goal.sum())


def as_asked(turn: Labelled, case: Case, there: Country) -> Asked:
    """What the weights are fitted to: the statements that may be told."""
    may = np.flatnonzero(case.may == 0)
    return Asked(turn.talk, tuple(there.ids[i] for i in may), case.rows[may], case.goal[may],
                 turn.topic, tuple(there.intents[i] for i in may), turn.words)  # fmt: skip


def learnt(found: Sequence[Labelled], countries: dict[str, Country],
           published: Layers) -> tuple[list[Asked], Layers]:  # fmt: skip
    """The turns, each half seen by layers learnt from the other; and layers learnt from all."""
    stocks = {code: each.stock for code, each in countries.items()}
    talks = sorted({turn.talk for turn in found})
    half = {talk: number % 2 for number, talk in enumerate(talks)}
    cases: list[Asked] = []
    for part in (0, 1, None):
        seen = [for_learning(turn.case) for turn in found
                if turn.is_answered and half[turn.talk] != part]  # fmt: skip
        say(f"  learning from {len(seen)} turns and what statements are asked for …")
        layers = learn(published, stocks, seen)
        if part is None:
            return cases, layers
        own = [turn for turn in found if half[turn.talk] == part]
        for turn, case in zip(
            own, turned([turn.case for turn in own], countries, layers), strict=True
        ):
            cases.append(as_asked(turn, case, countries[case.country]))
    raise AssertionError("the last part is None")


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


def held_out(cases: Sequence[Asked]) -> tuple[Counter[str], list[Seen], list[int]]:
    """The same, every talk judged by weights that have not seen it; and every turn, also those that
    nothing answers, as these weights order its statements, with the part that it belongs to."""
    talks = sorted({case.talk for case in cases})
    random.Random(1).shuffle(talks)  # noqa: S311  # a fixed order, no secret
    fold = {talk: number % FOLDS for number, talk in enumerate(talks)}
    found: Counter[str] = Counter()
    seen, parts = [], []
    for part in range(FOLDS):
        weights = fit([case for case in cases if case.worth.max() >= 1 and fold[case.talk] != part])
        own = [case for case in cases if fold[case.talk] == part]
        found += judged([case for case in own if case.worth.max() >= 1], weights)
        seen += [Seen.of(each.rows, each.rows @ weights, each.worth, each.words) for each in own]
        parts += [part] * len(own)
    return found, seen, parts


def write_weights(cases: Sequence[Asked]) -> None:
    """Fit them, tell how good they are, write data/ranking.yml."""
    held, seen, parts = held_out(cases)
    total = held.pop("turns")
    for name, count in held.items():
        say(f"  {name}: {100 * count / total:.1f} % of {total}")
    for line in chances.told(seen, parts):
        say(line)
    weights = fit([case for case in cases if case.worth.max() >= 1])
    of_order = [f"  {json.dumps(name)}: {weight:.4f}"
                for name, weight in zip(FEATURES, weights, strict=True)]  # fmt: skip
    head = ("# Written by `python -m bench ranking`; what each one is: bot/knowledge/ranking.py,"
            " chance.py.")  # fmt: skip
    of_chance = chances.lines(chances.fit(seen))
    PATH.write_text("\n".join([head, "weights:", *of_order, "answers:", *of_chance, ""]),
                    encoding="utf-8")  # fmt: skip


def main(_: Sequence[str] = ()) -> None:
    """Fit, tell, write."""
    ensure_meanings()
    with tempfile.TemporaryDirectory(prefix="comadre-ranking-") as folder:
        url = f"sqlite:///{folder}/comadre.db"
        migrate(url)
        engine = open_engine(url)
        load_all(engine)
        say("Reading the conversations …")
        read = list(turns(read_talks(), World(engine)))
        with Session(engine) as session:
            texts = list(dict.fromkeys(
                [*every_text(session), *(part for row, _ in read for part in row["parts"])]
            ))  # fmt: skip
            pooled = dict(zip(texts, ManyProcesses().pooled([clean(each) for each in texts]),
                              strict=True))  # fmt: skip
            countries = {code: country_of(session, code, pooled)
                         for code in (*COUNTRY_CODES, REGIONAL)}  # fmt: skip
            found = labelled(read, session, countries, pooled)
        engine.dispose()
    published = UniversalSentenceEncoder().published
    cases, layers = learnt(found, countries, published)
    write(layers, published)
    write_weights(cases)
    say(f"Written: {PATH.relative_to(ROOT)}, {ANSWERING.relative_to(ROOT)}")
