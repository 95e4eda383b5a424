"""Training and changing the model while everything runs, with scripts of a few lines for Rasa."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.improving.workshop import Progress, Standing, Trained, Workshop
from bot.rasa_client import RasaClient, rasa_address
from bot.serve import keeper as keeping
from bot.serve.keeper import Keeper, model_at_start
from bot.serve.supervisor import Part, answers, free_port
from bot.settings import Settings
from tests.serve.system import wait_for

# Answers every post with its model's name; nothing where the model is called "dumb".
RASA = """
import http.server, json, sys
name, port = sys.argv[1], int(sys.argv[2])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        said = {"custom": {"replies": [], "acted_on": name, "slots": {}}}
        body = json.dumps([said]).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body)))
        self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
TRAINS = "print('trained')"


@dataclass
class House:
    """A supervisor's parts, and the keeper's hands."""

    folder: Path
    trouble: str | None = None
    now: float = 0.0
    begun: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shop = Workshop(self.folder / "understanding")
        self.shop.put_inputs("inputs")
        first, self.first_url = self.rasa(Path("base"))
        first.start()
        self.keeper = Keeper(
            self.shop, [first], self.shop.folder / "address", self.rasa, self.training,
            self.folder / "base.tar.gz", answers, lambda _: self.trouble, lambda: self.now,
        )  # fmt: skip
        (self.folder / "base.tar.gz").write_bytes(b"base")
        wait_for("Rasa", lambda: answers(self.first_url))

    def rasa(self, model: Path) -> tuple[Part, str]:
        port, name = free_port(), model.name.partition(".")[0]
        self.begun.append(name)
        return self._part(name, RASA, name, str(port)), f"http://127.0.0.1:{port}"

    def training(self) -> Part:
        return self._part("Training", TRAINS)

    def _part(self, name: str, script: str, *more: str) -> Part:
        return Part(name, [sys.executable, "-c", script, *more], {}, self.folder / f"{name}.log")

    def model(self, number: int) -> None:
        self.shop.put_trained(Trained(number, "2026-11-25", "inputs", 0, 0))
        self.shop.model(number).write_bytes(b"model")

    def until(self, what: str, check: object) -> None:
        def step() -> bool:
            self.keeper.tick()
            return bool(check())  # type: ignore[operator]

        wait_for(what, step, 20)

    def settings(self) -> Settings:
        environment = {"COMADRE_RASA_ADDRESS": str(self.keeper.address)}
        return Settings("sqlite://", b"s" * 32, rasa_url=self.first_url, environment=environment)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.keeper.stop()
    for part in made.keeper.parts:
        part.stop()


async def who_answers(house: House) -> str:
    async with httpx.AsyncClient() as client:
        return (await RasaClient(house.settings(), client).ask("p", "hola", {})).acted_on


async def test_no_turn_is_lost_while_another_model_comes_in(house: House) -> None:
    house.model(1)
    house.shop.wish("use", 1)
    answered: set[str] = {await who_answers(house)}
    for _ in range(400):
        house.keeper.tick()
        answered.add(await who_answers(house))  # RasaUnavailable would end the test
        if house.shop.standing.present == 1:
            break

    assert answered <= {"base", "model-1"}
    assert await who_answers(house) == "model-1"
    assert house.shop.standing == Standing(1, 0)
    former = house.keeper.leaving[0][0]
    house.keeper.tick()
    assert former.ended is None  # its last turns may still be going on
    house.now += keeping.LINGER_S
    house.keeper.tick()
    assert former.ended is not None
    assert [part.name for part in house.keeper.parts] == ["model-1"]


async def test_back_to_the_one_before(house: House) -> None:
    house.model(1)
    for number, after in ((1, Standing(1, 0)), (0, Standing(0, 1))):
        house.shop.wish("use", number)
        house.until("the change", lambda after=after: house.shop.standing == after)

    assert await who_answers(house) == "base"
    assert house.shop.model(1).exists()  # kept, to go forward again


async def test_a_model_that_answers_nothing_gets_no_turn(house: House) -> None:
    house.model(1)
    house.trouble = "Rasa runs, but answers nothing"
    house.shop.wish("use", 1)

    house.until("giving up", lambda: house.shop.standing.trouble)

    assert house.shop.standing == Standing(0, None, None, "silent")
    assert await who_answers(house) == "base"
    assert house.keeper.newcomer is None
    assert rasa_address(house.settings()) == house.first_url


def test_a_rasa_that_does_not_start_or_takes_too_long_is_given_up(house: House) -> None:
    house.model(1)
    house.keeper.is_up = lambda _: False
    house.shop.wish("use", 1)
    house.keeper.tick()
    part = house.keeper.newcomer.part if house.keeper.newcomer else None
    assert part
    assert house.shop.standing.wanted == 1

    house.now += keeping.READY_S + 1
    house.keeper.tick()

    assert house.shop.standing.trouble == "silent"
    assert part.ended is not None


def test_a_training_runs_once_at_a_time_and_one_that_was_cut_off_is_told(house: House) -> None:
    house.shop.put_progress(Progress("waiting"))
    house.keeper.tick()
    assert house.shop.progress == Progress("training")
    first = house.keeper.training
    house.keeper.tick()
    assert house.keeper.training in (first, None)

    house.until("the end", lambda: house.keeper.training is None)

    assert house.shop.progress.step == "failed"  # this one said nothing of its end
    assert house.begun == ["base"]


def test_a_training_that_was_asked_for_begins_whatever_else_is_asked_or_just_ends(
    house: House,
) -> None:
    house.shop.put_progress(Progress("training"))
    house.keeper.training = house.training()
    house.keeper.training.start()
    wait_for(
        "the end of it", lambda: house.keeper.training and house.keeper.training.ended is not None
    )
    house.shop.put_progress(Progress("waiting"))
    house.shop.wish("use", 0)

    house.until("the next training", lambda: house.shop.progress == Progress("training"))

    assert house.keeper.training is not None


def test_a_model_of_another_version_of_the_program_is_not_brought_in(house: House) -> None:
    house.model(1)
    house.shop.put_inputs("newer")
    house.shop.wish("use", 1)

    house.keeper.tick()

    assert house.begun == ["base"]


def test_what_cannot_be_used_is_not_begun(house: House) -> None:
    for number in (0, 9):
        house.shop.wish("use", number)
        house.keeper.tick()

    assert house.begun == ["base"]
    assert house.shop.standing == Standing(trouble="silent")


def test_a_full_disk_does_not_end_the_answers(house: House) -> None:
    house.shop.put_progress(Progress("waiting"))
    house.keeper.new_training = lambda: (_ for _ in ()).throw(OSError("no room"))

    house.keeper.tick()

    assert house.keeper.training is None
    assert house.shop.progress.step == "failed"


def no_room(*_: object) -> None:
    raise OSError("no room")


def test_a_rasa_that_cannot_be_begun_is_told(house: House) -> None:
    house.model(1)
    house.keeper.new_rasa = lambda _: (_ for _ in ()).throw(OSError("no room"))
    house.shop.wish("use", 1)

    house.keeper.tick()

    assert house.shop.standing == Standing(trouble="silent")
    assert house.keeper.newcomer is None


def test_what_a_full_disk_kept_from_being_told_is_told_when_there_is_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.model(1)
    house.shop.wish("use", 1)
    with monkeypatch.context() as full:
        full.setattr(Workshop, "put_standing", no_room)
        for _ in range(3):
            house.keeper.tick()
        assert house.keeper.newcomer is None

    house.keeper.tick()

    assert house.shop.standing == Standing(trouble="silent")
    assert house.begun == ["base"]  # nothing was begun of which nobody could be told


async def test_where_the_address_cannot_be_written_the_former_model_goes_on(house: House) -> None:
    house.model(1)
    house.shop.folder.joinpath("address.part").mkdir()  # in the way
    house.shop.wish("use", 1)

    house.until("giving up", lambda: house.shop.standing.trouble)
    for _ in range(3):
        house.keeper.tick()

    assert house.shop.standing == Standing(0, None, None, "silent")
    assert house.keeper.newcomer is None
    assert house.begun == ["base", "model-1"]  # not tried for ever
    assert await who_answers(house) == "base"


async def test_where_the_standing_cannot_be_written_the_address_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.model(1)
    house.shop.wish("use", 1)
    house.until("the trial", lambda: house.keeper.newcomer and house.keeper.newcomer.trial)
    with monkeypatch.context() as full:
        full.setattr(Workshop, "put_standing", no_room)
        house.until("giving up", lambda: house.keeper.newcomer is None)

    assert await who_answers(house) == "base"
    house.keeper.tick()
    assert house.shop.standing == Standing(trouble="silent")


@pytest.mark.parametrize(("inputs", "standing"), [
    ("inputs", Standing(1, 0)), ("newer", Standing(trouble="outdated")),
    ("", Standing(1, 0)),  # COMADRE_MODEL names one for this run: the choice stays
])  # fmt: skip
def test_at_the_start_the_chosen_model_answers_if_it_fits_the_program(
    tmp_path: Path, inputs: str, standing: Standing
) -> None:
    shop = Workshop(tmp_path / "understanding")
    shop.put_trained(Trained(1, "2026-11-25", "inputs", 0, 0))
    shop.model(1).write_bytes(b"model")
    shop.put_standing(Standing(1, 0, 0))
    shop.put_progress(Progress("asking", 90))
    shop.wish("use", 1)

    model = model_at_start(shop, tmp_path / "base", inputs)

    assert model == (shop.model(1) if inputs == "inputs" else tmp_path / "base")
    assert shop.standing == standing
    assert shop.inputs == inputs
    assert (shop.progress.step, shop.take_wish()) == ("failed", None)


def test_half_a_file_is_never_read(tmp_path: Path) -> None:
    shop, wrong = Workshop(tmp_path), []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            found = shop.progress
            if found.step not in ("none", "training"):
                wrong.append(found)

    looker = threading.Thread(target=look)
    looker.start()
    for share in range(100):
        shop.put_progress(Progress("training", share))
    ended.set()
    looker.join()

    assert wrong == []
    (tmp_path / "progress.json").write_text('{"step": "tra', encoding="utf-8")
    assert shop.progress == Progress()
