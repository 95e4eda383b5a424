"""The simulator's page as a person uses it: types, taps, reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright import sync_api as playwright
from playwright.sync_api import Locator, Page, expect

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--no-first-run",
]  # fmt: skip
PATIENCE_MS = 60_000  # the machine may be busy with something else
expect.set_options(timeout=PATIENCE_MS / 2)
WIDE, NARROW = (1280, 900), (360, 740)


@dataclass
class Chat:
    """One open page."""

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)  # requests that went to another host
    complaints: list[str] = field(default_factory=list)  # the console's errors

    def watch(self) -> None:
        """Note what must not happen."""
        self.page.on(
            "request",
            lambda request: (
                self.foreign.append(request.url)
                if not request.url.startswith(f"{self.url}/") else None
            ),
        )  # fmt: skip
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )

    @property
    def all(self) -> Locator:
        """Everything in the chat."""
        return self.page.locator("#messages li")

    @property
    def replies(self) -> Locator:
        """What the assistant wrote."""
        return self.page.locator("#messages li:not(.mine, .note)")

    @property
    def hers(self) -> Locator:
        """What she wrote."""
        return self.page.locator("#messages li.mine")

    @property
    def choices(self) -> Locator:
        """The buttons of the latest reply."""
        return self.replies.last.locator(".choices button")

    @property
    def options(self) -> Locator:
        """The list that opens from a message."""
        return self.page.get_by_role("dialog")

    def look_like(self, style: str) -> None:
        """Switch to a channel's looks."""
        self.page.check(f"[name=style][value={style}]")

    def speak(self, language: str) -> None:
        """Switch the page's language."""
        self.page.check(f"[name=language][value={language}]")

    def say(self, text: str) -> None:
        """Write, send, and wait for the answer."""
        with self.answer():
            self.page.fill("#text", text)
            self.page.press("#text", "Enter")

    @contextmanager
    def answer(self) -> Iterator[None]:
        """Around whatever asks for an answer: waits until all of it is there."""
        before = self.replies.count()
        yield
        expect(self.replies.nth(before)).to_be_visible(timeout=PATIENCE_MS)
        # The parts of one answer come at once or not at all: quiet means complete.
        count = -1
        while count != self.replies.count():
            count = self.replies.count()
            self.page.wait_for_timeout(400)

    def focused(self) -> str:
        """Id or name and value of what has the keyboard."""
        return str(
            self.page.evaluate(
                "() => { const it = document.activeElement;"
                " return it.id || (it.name ? `${it.name}=${it.value}` : it.textContent); }"
            )
        )


@dataclass
class Browser:
    """Debian's chromium."""

    browser: playwright.Browser

    @classmethod
    @contextmanager
    def open(cls, program: Path) -> Iterator[Browser]:
        """Until the end of the block."""
        with playwright.sync_playwright() as engine:
            browser = engine.chromium.launch(executable_path=program, args=FLAGS)
            yield cls(browser)
            browser.close()

    @contextmanager
    def chat(self, url: str, size: tuple[int, int] = WIDE) -> Iterator[Chat]:
        """A fresh visitor's page."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.set_default_timeout(PATIENCE_MS)
        chat = Chat(context.new_page(), url)
        chat.watch()
        chat.page.goto(f"{url}/")
        yield chat
        context.close()
