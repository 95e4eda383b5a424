"""What the statements answer, encoded once for as long as their files are the same."""

from __future__ import annotations

import time

from bot.knowledge import fingerprint
from bot.knowledge.closeness import PATH
from bot.knowledge.content import read_all
from bot.nlu.meanings import made_with, meanings
from bot.serve.supervisor import say

_NOTE = PATH.with_suffix(".of")


def ensure_meanings() -> None:
    """Encode what is new in the files; half a minute the first time, nothing afterwards.

    Raises DataFileError where a file says what it must not.
    """
    of_files = f"{fingerprint.of_files()} {made_with()}"
    if PATH.exists() and _NOTE.exists() and _NOTE.read_text(encoding="utf-8") == of_files:
        return
    started = time.monotonic()
    statements = [each for country in read_all().values() for each in country.statements]
    texts = [text for each in statements for text in (each.es, each.en)]
    texts += [text for each in statements if each.asked
              for text in (*each.asked.es, *each.asked.en)]  # fmt: skip
    say("Reading what the statements answer …")
    new = meanings(PATH).learn(texts)
    say(f"  {new} sentences in {time.monotonic() - started:.0f} s")
    _NOTE.write_text(of_files, encoding="utf-8")
