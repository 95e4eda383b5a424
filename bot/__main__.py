"""`python -m bot <command>`: the commands behind the Makefile's targets."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

# Before NumPy: on two cores its threads cost a short product more than they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _run(_: argparse.Namespace) -> int:
    from bot.commands.run import run

    return run()


def _serve(arguments: argparse.Namespace) -> int:
    from bot.serve.loop import run
    from bot.serve.program import ROLES, serve
    from bot.settings import read_settings

    run(serve(read_settings(), arguments.roles or ROLES))
    return 0


def _train(_: argparse.Namespace) -> int:
    from bot.commands.meanings import ensure_meanings
    from bot.commands.model import ensure_model

    ensure_model()
    ensure_meanings()
    return 0


def _load(_: argparse.Namespace) -> int:
    from bot.commands.load import load
    from bot.settings import read_settings

    load(read_settings())
    return 0


def _parse(_: argparse.Namespace) -> int:
    from bot.commands.parse import parse

    return parse()


def _converse(_: argparse.Namespace) -> int:
    from bot.commands.converse import converse

    return converse()


def _evaluate(_: argparse.Namespace) -> int:
    from bot.commands.evaluate import evaluate

    return evaluate()


def _improve(_: argparse.Namespace) -> int:
    from bot.commands.improve import improve
    from bot.settings import read_settings

    return improve(read_settings())


def _coverage(_: argparse.Namespace) -> int:
    from bot.knowledge.coverage import write_page
    from bot.serve.supervisor import say

    say(write_page())
    return 0


def _keys(_: argparse.Namespace) -> int:
    from bot.commands.privacy import rotate_keys
    from bot.database import open_engine
    from bot.serve.supervisor import say
    from bot.settings import read_settings

    settings = read_settings()
    engine = open_engine(settings.database_url)
    try:
        say(rotate_keys(engine, settings.secret_key, settings.folder, settings.environment))
    except ValueError as error:
        say(str(error))
        return 1
    return 0


def _invite(arguments: argparse.Namespace) -> int:
    from bot.database import migrate
    from bot.portal.first import NoSuchAdministrator, first_login, link_again
    from bot.serve.supervisor import say
    from bot.settings import read_settings

    settings = read_settings()
    migrate(settings.database_url)
    if arguments.again:
        try:
            say(f"{settings.public_url}{link_again(settings, arguments.again)}")
        except NoSuchAdministrator:
            say("No open account of an administrator has that mail.")
            return 1
        return 0
    link = first_login(settings)
    say(f"{settings.public_url}{link}" if link else "An administrator can sign in already.")
    return 0


def _setup(arguments: argparse.Namespace) -> int:
    from bot.commands.setup import setup
    from bot.settings import read_environment

    return setup(arguments.vendor, read_environment(), arguments.check)


def _poster(arguments: argparse.Namespace) -> int:
    from bot.poster.poster import CHANNELS, PosterError, Where, way, way_of, write
    from bot.serve.supervisor import say
    from bot.settings import read_environment

    given = {channel: getattr(arguments, channel) for channel in CHANNELS}
    environment = read_environment()
    keeps = environment.get("COMADRE_UNANSWERED") == "on"
    where = Where(arguments.language, arguments.country.upper(), keeps)
    try:
        chosen = [way(channel, address) for channel, address in given.items() if address]
        to = chosen[0] if chosen else way_of(environment)
        say(str(write(arguments.to, to, where)))
    except PosterError as error:
        say(str(error))
        return 1
    return 0


def _hsds(arguments: argparse.Namespace) -> int:
    from bot.commands.exchange import CannotExchange, exchange
    from bot.serve.supervisor import say
    from bot.settings import read_settings

    try:
        say(exchange(read_settings(), arguments.what, arguments.on, write=arguments.write))
    except CannotExchange as error:
        say(str(error))
        return 1
    return 0


def _thief(_: argparse.Namespace) -> int:
    from bot.commands.privacy import write_thief_report
    from bot.database import open_engine
    from bot.serve.supervisor import say
    from bot.settings import read_settings

    settings = read_settings()
    engine = open_engine(settings.database_url)
    to = settings.folder / "thief.md"
    say(str(write_thief_report(engine, settings.secret_key, settings.folder, to,
                               settings.redis_url)))  # fmt: skip
    return 0


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "run": (_run, "start everything on this machine"),
    "serve": (_serve, "one process: gateway, worker and actions, or some of them"),
    "train": (_train, "train the understanding if its inputs have changed"),
    "load": (_load, "migrate the database and load the countries' data"),
    "parse": (_parse, "understanding only: JSON Lines in, JSON Lines out"),
    "converse": (_converse, "whole conversations: JSON Lines in, JSON Lines out"),
    "coverage": (_coverage, "write docs/coverage.md: what is known, how old, and gaps"),
    "invite": (_invite, "a link for the first administrator, or for one who is locked out"),
    "keys": (_keys, "rotate: wrap every person's key with the new COMADRE_SECRET_KEY"),
    "setup": (_setup, "register webhooks and templates at a vendor; --check only looks"),
    "poster": (_poster, "a page to print and hang in a shelter, with the number as a QR code"),
    "hsds": (_hsds, "the directory as an HSDS file, and back: export, import, undo"),
    "thief": (_thief, "write what a thief of this instance would learn"),
    "improve": (_improve, "train with the back office's examples and compare; uses nothing yet"),
    "evaluate": (_evaluate, "score the understanding on the development set"),
}


def parser() -> argparse.ArgumentParser:
    """What the command line may say; the tests hold the documentation against it."""
    parser = argparse.ArgumentParser(prog="comadre", description="Comadre's commands.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, words) in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        if name == "serve":
            command.add_argument("roles", nargs="*", choices=("gateway", "worker", "actions", []))
        if name == "keys":
            command.add_argument("what", choices=("rotate",))
        if name == "invite":
            command.add_argument("--again", metavar="MAIL", help="a new link for an administrator "
                                 "who lost telephone or password: both end")  # fmt: skip
        if name == "setup":
            command.add_argument("vendor", choices=("telegram", "twilio", "meta"))
            command.add_argument("--check", action="store_true", help="change nothing")
        if name == "hsds":
            command.add_argument("what", choices=("export", "import", "undo"))
            command.add_argument("on", metavar="FILE", help=".json or .zip; to undo, the number "
                                 "that the import told")  # fmt: skip
            command.add_argument("--write", action="store_true", help="import it; without, it "
                                 "is only looked at")  # fmt: skip
        if name == "poster":
            _poster_options(command)
    return parser


def _poster_options(command: argparse.ArgumentParser) -> None:
    to = command.add_mutually_exclusive_group()
    to.add_argument("--whatsapp", metavar="NUMBER", help="default: the number in the settings")
    to.add_argument("--sms", metavar="NUMBER")
    to.add_argument("--telegram", metavar="NAME", help="of the bot")
    command.add_argument("--language", choices=("es", "en"), default="es")
    command.add_argument("--country", default="", help="where it hangs: its emergency number")
    command.add_argument("--to", type=Path, default=Path("poster.html"), help=".html or .svg")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    chosen = parser().parse_args(arguments)
    return COMMANDS[chosen.command][0](chosen)


if __name__ == "__main__":
    sys.exit(main())
