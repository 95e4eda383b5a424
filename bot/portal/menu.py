"""What stands in whose menu. On a telephone only what is needed every week does, in one row; the
rest opens behind "More". A wide screen has room for all, but for an administrator's far ends."""

from __future__ import annotations

from dataclasses import dataclass

Entries = tuple[tuple[str, str], ...]  # addresses, each with the key of its name


@dataclass(frozen=True)
class Menu:
    """Of one role."""

    first: Entries
    rest: Entries = ()  # behind "More" on a telephone
    far: Entries = ()  # behind "More" everywhere


HOME = ("/portal/", "nav_home")
PLACES = ("/portal/services", "nav_services")
TEXTS = ("/portal/statements", "nav_statements")
REPORTS = ("/portal/reports", "nav_reports")
SHEETS = ("/portal/sheets", "nav_sheets")
QUESTIONS = ("/portal/questions", "nav_questions")
TRY = ("/portal/try", "nav_try")
ACCOUNT = ("/portal/account", "nav_account")
FIGURES = ("/portal/figures", "nav_figures")
UNDERSTANDING = ("/portal/understanding", "nav_understanding")
PEOPLE = ("/portal/people", "nav_people")
SETTINGS = ("/portal/settings", "nav_settings")

MENUS = {
    "contributor": Menu((HOME, PLACES, REPORTS), (SHEETS, TRY, ACCOUNT)),
    "editor": Menu((HOME, PLACES, TEXTS), (REPORTS, SHEETS, QUESTIONS, TRY, ACCOUNT)),
    "administrator": Menu(
        (HOME, PLACES, TEXTS), (REPORTS, SHEETS, QUESTIONS, TRY),
        (UNDERSTANDING, PEOPLE, FIGURES, SETTINGS, ACCOUNT),
    ),
    "analyst": Menu((HOME, FIGURES, ACCOUNT)),
}  # fmt: skip
