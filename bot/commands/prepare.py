"""What `make run` does before everything else, in a process that ends with it: whoever supervises
for weeks shall not keep the libraries and the files of all countries in memory.

`python -m bot.commands.prepare` prints the path of the back office to stdout.
"""

from __future__ import annotations

import os
import sys

from bot.commands.load import load
from bot.commands.meanings import ensure_meanings
from bot.commands.run import back_office
from bot.processes import die_with_parent
from bot.serve.supervisor import say
from bot.settings import SettingError, read_settings


def main() -> int:
    """What statements answer, the database; the exit code."""
    parent = os.getppid()
    die_with_parent()
    if os.getppid() != parent:  # it went before we could ask for that
        return 1
    try:
        settings = read_settings()
        ensure_meanings()
        load(settings)
        print(back_office(settings), flush=True)
    except SettingError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
