"""The search that the erasure is checked with: what lies there in any form is found."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from sqlalchemy import Engine, text

from bot.privacy import scan
from bot.privacy.scan import Finding, Needles, as_bytes, forms, in_database, in_file, in_folder

HERS = "Ñandú/canaria + 7"


def needles(*sought: str | bytes) -> Needles:
    return Needles({"hers": sought})


@pytest.mark.parametrize("written", [
    HERS.encode(), HERS.lower().encode(), HERS.upper().encode(), HERS.encode("utf-16-le"),
    json.dumps(HERS).encode(), json.dumps(HERS, ensure_ascii=False).encode(),
    quote(HERS).encode(), quote_plus(HERS).encode(),
    HERS.encode().hex().encode(), HERS.encode().hex().upper().encode(),
    *(base64.b64encode(b"x" * n + HERS.encode() + b"y" * m) for n in range(3) for m in range(3)),
    *(base64.urlsafe_b64encode(b"x" * n + HERS.encode() + b"y" * 2) for n in range(3)),
], ids=repr)  # fmt: skip
def test_her_words_are_found_in_whatever_way_a_library_writes_them(written: bytes) -> None:
    assert needles(HERS).found_in(b"before" + written + b"after") == {"hers"}


@pytest.mark.parametrize("length", [7, 8, 9, 20, 21])
@pytest.mark.parametrize("ahead", range(3))
@pytest.mark.parametrize("behind", range(3))
def test_a_key_is_found_wherever_in_a_base64_text_it_begins_and_ends(
    length: int, ahead: int, behind: int
) -> None:
    key = bytes(range(200, 200 + length))
    whole = b"a" * ahead + key + b"z" * behind

    assert needles(key).found_in(base64.b64encode(whole)) == {"hers"}


def test_a_form_holds_no_letter_that_depends_on_what_stands_beside_it() -> None:
    for length in range(8, 12):
        key = bytes(range(200, 200 + length))
        beside = [
            base64.b64encode(before * ahead + key + after * behind)
            for before in (b"\0", b"\xff") for after in (b"\0", b"\xff")
            for ahead in range(3) for behind in range(1, 4)
        ]  # fmt: skip

        assert all(any(form in each for form in forms(key)) for each in beside)


def test_a_short_key_is_found_where_its_base64_stands_alone() -> None:
    assert needles(b"\xfb\xff\xbe\xfb\xff\xbe").found_in(b"key=+/++/++ ") == set()
    assert needles(b"\xfb\xff\xbe\xfb\xff\xbe").found_in(b"key=+/+++/++ ") == {"hers"}
    assert needles(b"\xfb\xff\xbe\xfb\xff\xbe").found_in(b"key=-_---_-- ") == {"hers"}


@pytest.mark.parametrize(
    ("sought", "there"), [("canariañ1", "canariañ2"), ("1ñcanaria", "2ñcanaria")]
)
def test_a_word_that_is_nearly_hers_is_not_hers(sought: str, there: str) -> None:
    assert needles(sought).found_in(json.dumps(there).encode()) == set()


def test_what_is_too_short_to_be_told_from_chance_is_not_looked_for() -> None:
    assert needles("abcde").found_in(b"abcde abcde") == set()
    assert needles("abcdef").found_in(b"abcdef") == {"hers"}
    assert needles(b"\x00\x01").found_in(base64.b64encode(b"\x00\x01" * 9)) == set()


@pytest.mark.parametrize("data", [b"", b"a", b"abcde", b"abcdefg"[1:]])
def test_where_there_is_nearly_nothing_nothing_is_found(data: bytes) -> None:
    assert needles("abcdefg").found_in(data) == set()


def test_each_kind_is_told_and_one_form_may_be_of_several() -> None:
    sought = Needles({"name": ["Xiomara"], "town": ["Choloma", "Xiomara"], "number": ["99823341"]})

    assert sought.found_in(b"... Xiomara") == {"name", "town"}
    assert sought.found_in(b"Choloma 99823341") == {"town", "number"}


def test_the_quick_search_finds_what_a_slow_one_finds() -> None:
    chance = random.Random(3)  # noqa: S311
    for _ in range(300):
        sought = [bytes(chance.choices(b"ab", k=chance.randint(6, 9))) for _ in range(2)]
        data = bytes(chance.choices(b"ab", k=chance.randint(0, 40)))
        slowly = any(each in data for each in sought)

        assert bool(needles(*sought).found_in(data)) == slowly


def test_what_lies_across_two_pieces_of_a_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "CHUNK", 16)
    monkeypatch.setattr(scan, "OVERLAP", 8)
    for ahead in range(40):
        path = tmp_path / "file"
        path.write_bytes(b"." * ahead + b"canaria" + b"." * (40 - ahead))

        assert in_file(path, needles("canaria")) == {"hers"}


def test_every_file_is_read_and_its_name_as_well(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "application.log").write_text("hola canaria")
    (tmp_path / "canaria.txt").write_text("nothing")
    (tmp_path / "other").write_text("nothing")

    assert in_folder(tmp_path, needles("canaria")) == {
        Finding("log/application.log", "hers"), Finding("(a file's name)", "hers"),
    }  # fmt: skip


def test_a_link_leads_out_of_the_folder_and_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("hola canaria")
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")

    assert in_folder(folder, needles("canaria")) == set()


def test_every_column_of_every_table_is_read_whoever_made_it(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text('CREATE TABLE "of others" (a TEXT, b BLOB, c TEXT)'))
        connection.execute(
            text('INSERT INTO "of others" VALUES (:a, :b, NULL)'),
            {"a": "hola canaria", "b": b"\x00canaria\x00"},
        )

    assert in_database(sqlite_engine, needles("canaria")) == {
        Finding("of others.a", "hers"), Finding("of others.b", "hers"),
    }  # fmt: skip


def test_two_values_beside_each_other_are_not_read_as_one(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE TABLE parts (a TEXT)"))
        connection.execute(text("INSERT INTO parts VALUES ('cana'), ('ria')"))

    assert in_database(sqlite_engine, needles("canaria")) == set()


@pytest.mark.parametrize(("value", "read"), [
    (b"\xff\x00", b"\xff\x00"), (memoryview(b"\xff\x00"), b"\xff\x00"), (7, b"7"),
    ({"a": "Ñandú"}, '{"a": "Ñandú"}'.encode()), (["Ñandú"], '["Ñandú"]'.encode()),
    ("a\ud800", b"a?"),
])  # fmt: skip
def test_a_value_of_any_kind_is_read_as_bytes(value: object, read: bytes) -> None:
    assert as_bytes(value) == read
