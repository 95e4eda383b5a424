"""Whoever follows the documentation finds what it names: commands, files, links, its site."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.__main__ import COMMANDS, main, parser
from bot.directory.countries import country_name
from bot.knowledge.schema import COUNTRY_CODES
from bot.paths import ROOT
from bot.safety.numbers import first_number
from tests.project.documents import Document, documents

PAGES = documents()
TARGETS = set(
    re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
)
_BOT = re.compile(r"(?:-m |^|[;&|(] ?)bot(?= |$)((?: [\w./<>+@-]+)*)")
_MODULE = re.compile(r"python -m ((?!bot\b(?!\.)|pip\b)[\w.]+)((?: [\w./:<>=-]+)*)")
TRANSLATED = {
    "mujeres": "women", "organizaciones": "organisations", "administracion": "administrators",
    "servidor": "server",
}  # fmt: skip


def said(pattern: re.Pattern[str]) -> list[tuple[Document, re.Match[str]]]:
    return [
        (page, found) for page in PAGES for code in page.code for found in pattern.finditer(code)
    ]


def test_every_make_target_that_is_named_exists() -> None:
    named = {(page.name, found[1]) for page, found in said(
        re.compile(r"(?:^|[;&|] ?)(?:\w+=\S+ )*make (?:-s )?([a-z-]+)"))}  # fmt: skip

    assert len({target for _, target in named}) >= 8
    assert {each for each in named if each[1] not in TARGETS} == set()
    for target in sorted({target for _, target in named}):
        done = subprocess.run(  # noqa: S603  # only told what it would do
            ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False  # noqa: S607
        )  # fmt: skip
        assert done.returncode == 0, f"{target}: {done.stderr}"


def _bot_commands() -> Iterator[tuple[str, list[str]]]:
    for page, found in said(_BOT):
        words = found[1].split()
        if words and not re.search("[<…]", found[1]):
            yield page.name, words


def test_every_command_of_ours_is_one_that_the_program_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried, refused = set(), []
    for name, words in _bot_commands():
        tried.add(words[0])
        if len(words) == 1 and words[0] in COMMANDS:
            continue  # named in a sentence, without what belongs to it
        try:
            parser().parse_args(words)
        except SystemExit:
            refused.append(f"{name}: bot {' '.join(words)}: {capsys.readouterr().err[-120:]}")

    assert refused == []
    assert tried >= {"coverage", "invite", "keys", "load", "poster", "serve", "setup", "thief"}


def test_what_is_said_of_a_command_in_its_help_can_be_shown() -> None:
    choices = next(
        each.choices for each in parser()._actions if isinstance(each, argparse._SubParsersAction)
    )

    assert set(choices) == set(COMMANDS)
    assert all(command.format_help() for command in choices.values())


def test_every_other_program_that_is_named_exists_with_its_options() -> None:
    named = said(_MODULE)

    assert len(named) > 10
    for page, found in named:
        name, words = found[1], found[2].split()
        spec = importlib.util.find_spec(name)
        assert spec is not None, f"{page.name}: python -m {name}"
        if name.startswith(("bench", "connectors")):
            own = f"{name}.{words[0]}" if words and words[0].isalpha() else name
            source = _source(own if (ROOT / f"{own.replace('.', '/')}.py").exists() else name)
            for option in (word for word in words if word.startswith("--")):
                assert f'"{option.split("=")[0]}"' in source, f"{page.name}: {name} {option}"


def _source(name: str) -> str:
    path = ROOT / name.replace(".", "/")
    path = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    return path.read_text(encoding="utf-8")


def test_every_file_that_is_named_is_there() -> None:
    named = {(page.name, path) for page in PAGES for path in page.files}

    assert len(named) > 100
    assert sorted(each for each in named if not (ROOT / each[1]).exists()) == []


def test_posters_are_made_as_the_pages_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [words for _, words in _bot_commands() if words[0] == "poster" and len(words) > 1]

    assert len(commands) >= 4
    for words in commands:
        if "--whatsapp" not in words:
            monkeypatch.setenv("TWILIO_WHATSAPP_FROM", "+50222220000")
        to = words[words.index("--to") + 1]
        assert main([*words, "--to", Path(to).name]) == 0
        assert (tmp_path / Path(to).name).stat().st_size > 5_000


def test_small_programs_in_the_pages_run() -> None:
    lines = {code for page in PAGES for code in page.code if code.startswith(".venv/bin/python -c")}

    assert lines
    for line in lines:
        done = subprocess.run(  # noqa: S603  # the page's own line
            shlex.split(line), cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_every_link_leads_to_a_file_and_to_what_it_names_in_it() -> None:
    links = [(page.name, *link) for page in PAGES for link in page.links]

    assert len(links) > 100
    assert [
        (name, str(path), part) for name, path, part in links if not _is_there(path, part)
    ] == []


def _is_there(path: Path, part: str) -> bool:
    there = path.resolve()
    if not there.exists() or not part:
        return there.exists()
    if there.suffix == ".py":
        return f"def {part}(" in there.read_text(encoding="utf-8")
    return there.suffix != ".md" or part in Document(there).headings


def test_pages_for_women_and_the_network_say_the_same_in_both_languages() -> None:
    assert {p.stem for p in (ROOT / "docs" / "es").glob("*.md")} == set(TRANSLATED)
    assert {p.stem for p in (ROOT / "docs" / "en").glob("*.md")} == set(TRANSLATED.values())
    for spanish, english in TRANSLATED.items():
        es, en = (Document(ROOT / "docs" / code / f"{name}.md")
                  for code, name in (("es", spanish), ("en", english)))  # fmt: skip
        for shape in (r"^(#+) ", r"^(\|)", r"^(\d\.|-) ", r"\]\((?:\.\./)?([a-z/-]+\.md)"):
            kinds = [re.findall(shape, page.text, re.M) for page in (es, en)]
            if "md" in shape:  # the same pages, but for the translated ones
                kinds = [
                    [TRANSLATED.get(Path(k).stem, Path(k).stem) for k in each] for each in kinds
                ]
            assert kinds[0] == kinds[1], f"{es.name}, {en.name}: {shape}"


@pytest.mark.parametrize(("page", "language"), [("es/mujeres.md", "es"), ("en/women.md", "en")])
def test_the_page_for_women_has_the_number_of_every_country(page: str, language: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    first = re.sub(r"\s+", " ", text).partition("## ")[0]
    told: dict[str, str] = {}
    for names, number in re.findall(r"([^*]+?)\*\*(\d+)\*\*", first):
        told |= {name: number for name in _names(language).values() if name in names}

    assert told == {name: first_number("danger", code) for code, name in _names(language).items()}


def _names(language: str) -> dict[str, str]:
    return {code: str(country_name(code, language)) for code in COUNTRY_CODES}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does; a warning ends it."""
    to = tmp_path_factory.mktemp("site")
    done = subprocess.run(  # noqa: S603
        [str(ROOT / ".venv" / "bin" / "mkdocs"), "build", "--strict", "-d", str(to)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return to


def test_the_site_has_every_page_and_takes_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))

    assert len(pages) >= 38
    for path in pages:
        words = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)\b[^>]*?\bsrc=[\"']?([^\"'\s>]+)", words)
        loaded += [
            href
            for tag in re.findall(r"<link\b[^>]*>", words)
            if not re.search(r"rel=[\"']?(?:canonical|next|prev|alternate)", tag)
            for href in re.findall(r"href=[\"']?([^\"'\s>]+)", tag)
        ]
        assert [each for each in loaded if re.match(r"(https?:)?//", each)] == [], path
        assert "default-src &#39;self&#39;" in words or "default-src 'self'" in words, path
    for path in site.rglob("*.css"):
        imported = re.findall(r"@import[^;]*|url\(\s*[\"']?https?:", path.read_text("utf-8"))
        assert not imported, path


@pytest.mark.parametrize("page", ["es/mujeres", "en/women", "deploy"])
def test_a_page_says_which_language_it_is_in(site: Path, page: str) -> None:
    language = "es" if page.startswith("es") else "en"

    assert f'<html lang="{language}"' in (site / f"{page}.html").read_text(encoding="utf-8")


def test_a_link_out_of_the_documents_becomes_the_name_of_the_file(site: Path) -> None:
    threats = (site / "security" / "threat-model.html").read_text(encoding="utf-8")
    deploy = (site / "deploy.html").read_text(encoding="utf-8")

    assert "tests/privacy/test_sweep.py::test_nothing_of_anybody_is_left_anywhere" in threats
    assert 'href="vendors/telegram.html"' in deploy


def test_a_public_host_runs_what_our_own_integration_runs_and_hooks_fetch_nothing() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    steps = workflow["jobs"]["all"]["steps"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))

    assert steps[-1]["run"] == ".ci/run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert [each["repo"] for each in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert (hook["language"], hook["entry"].split("/")[0]) == ("system", ".venv")
        for path in re.findall(r"tests/\S+", hook["entry"]):
            assert (ROOT / path).exists(), path
