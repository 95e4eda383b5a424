"""What all pages share: the parts they use, the visit they answer, how a page is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.conversation.world import World
from bot.directory.found import told_as
from bot.directory.hsds_words import name_of_country, service_type_name
from bot.directory.words import date_in_words
from bot.improving.workshop import Workshop
from bot.portal import audit
from bot.portal.accounts import Accounts
from bot.portal.long_work import Works
from bot.portal.menu import MENUS
from bot.portal.person import Person
from bot.portal.secrets import Secrets
from bot.portal.set_here import prices_now
from bot.portal.sms_price import Cost, Prices, cost, list_prices
from bot.portal.words import tell, texts
from bot.unanswered.looking import Looking
from connectors.turns import Assistant

HOME = Path(__file__).parent
ONCE = timedelta(minutes=15)  # as long as a door stays closed (attempts.py)
Post = Callable[[str, str], None]  # to that mail, what happened
HEADERS = {  # beside those of everything (bot/privacy/shield.py)
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}


def whole_number(text: str) -> int | None:
    """A number of a row or a page, as somebody may have written it into an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class Refused(Exception):
    """Not hers to see or do: 403, or 404 where nothing is there."""

    def __init__(self, status: int = 403, key: str = "refused", **values: object) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


@cache
def templates() -> Environment:
    """All pages, each read at its first use."""
    return Environment(
        loader=FileSystemLoader(HOME / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@dataclass
class Site:
    """Made once per process."""

    engine: Engine
    secrets: Secrets
    world: World
    clock: Callable[[], datetime]
    public_url: str
    questions: Looking | None = None  # where unanswered questions are wanted
    workshop: Workshop | None = None  # where `make run` trains and changes models
    sends_mail: bool = False  # whether organisations are reminded by themselves, says the server
    assistant: Assistant | None = None  # whom the back office may try
    post: Post | None = None  # by which whoever has an account is told of it
    sms_prices: Prices = field(default_factory=list_prices)  # as the server says
    works: Works = field(default_factory=Works)
    shown_settings: Sequence[Any] = ()  # blocks of settings_page.py, for administrators
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.engine, self.secrets)

    @property
    def is_secure(self) -> bool:
        """Whether cookies travel over TLS alone."""
        return self.public_url.startswith("https:")


@dataclass(frozen=True)
class File:
    """What was chosen to be sent along."""

    name: str
    data: bytes


@dataclass
class Visit:
    """One request of somebody to one page."""

    site: Site
    path: str
    method: str
    language: str
    cookie: str  # that form tokens belong to
    signed: Person | None
    address: str = ""
    agent: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)  # of the path
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, list[str]] = field(default_factory=dict)  # fields that may come repeatedly
    files: Mapping[str, File] = field(default_factory=dict)
    is_whole: bool = True
    session: str = ""  # the hash of her session's token
    after: list[Callable[[], None]] = field(default_factory=list)  # once the answer has left

    @property
    def person(self) -> Person:
        """Who is signed in; pages for everybody must not ask."""
        if self.signed is None:
            raise Refused(403)
        return self.signed

    @property
    def engine(self) -> Engine:
        return self.site.engine

    @property
    def now(self) -> datetime:
        return self.site.clock()

    @property
    def today(self) -> date:
        return self.now.date()

    def say(self, key: str, **values: object) -> str:
        """A text in her language."""
        return tell(key, self.language, **values)

    def note(self, action: str, subject: str = "") -> None:
        """Into the audit."""
        audit.note(self.engine, self.now, self.signed, action, subject)

    def later(self, act: Callable[[], None]) -> None:
        """Once the answer has left: it neither waits for that nor tells by its time of it."""
        self.after.append(act)

    def note_failure(self, action: str, subject: str) -> None:
        """Into the audit, later, and once in a while."""
        self.later(
            partial(audit.note_once, self.engine, self.now, self.signed, action, subject, ONCE)
        )

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """The template drawn."""
        language = self.language
        prices = cache(partial(prices_now, self.engine, self.site.sms_prices))  # if they are shown

        def sms_cost(country: str, parts: int) -> Cost:
            return cost(prices(), country, parts, language)

        drawn = templates().get_template(template).render(
            t=self.say, lang=language, person=self.signed if self.is_whole else None,
            path=self.path, csrf=self.site.secrets.form_token(self.cookie),
            done=self.query.get("done", ""), known_done=texts(), menus=MENUS,
            country_name=partial(_in, name_of_country, language),
            type_name=partial(_in, service_type_name, language), told_as=told_as,
            sms_cost=sms_cost,
            day=partial(_day, language), **values,
        )  # fmt: skip
        return HTMLResponse(drawn, status_code=status, headers=HEADERS)

    def page_of(self, total: int, size: int) -> tuple[int, int]:
        """Which page of a list is asked for, and how many there are."""
        number, pages = whole_number(self.query.get("page", "")), max(1, -(-total // size))
        return min(max(number or 1, 1), pages), pages

    def go(self, path: str, done: str = "", **more: str) -> Response:
        """To another page, which says what was done; `more` for it to know of what."""
        joint = "&" if "?" in path else "?"
        said = {"done": done, **{name: each for name, each in more.items() if each}}
        return RedirectResponse(
            f"{path}{joint}{urlencode(said)}" if done else path, status_code=303
        )


def _in(names: Callable[[str], Any], language: str, code: str) -> str:
    return str(names(code).get(language))


def _day(language: str, when: date | datetime | str | None) -> str:
    """`12 de marzo de 2026`, `marzo de 2026` where only the month is known."""
    if when is None:
        return "—"
    text = when if isinstance(when, str) else when.strftime("%Y-%m-%d")
    words = date_in_words(text[:7]).get(language)
    if len(text) < 10:
        return words
    number = int(text[8:10])
    return f"{number} {words}" if language == "en" else f"{number} de {words}"
