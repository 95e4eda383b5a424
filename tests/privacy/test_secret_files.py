"""Secrets come from files that a vault, systemd, Docker or Kubernetes hands out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.run import Ways
from bot.paths import ROOT
from bot.settings import SettingError, read_environment, read_settings

SECRET = "of-a-vault-" * 4
NOTHING = Path("/nowhere/.env")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A process whose environment says nothing of ours."""
    for name in [each for each in os.environ if each.startswith(("COMADRE_", "CREDENTIALS_"))]:
        monkeypatch.delenv(name)
    return monkeypatch


def test_the_root_secret_is_read_from_the_file_that_is_named(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "root").write_text(f"{SECRET}\n", encoding="utf-8")
    alone.setenv("COMADRE_PRODUCTION", "1")
    alone.setenv("COMADRE_SECRET_KEY_FILE", str(tmp_path / "root"))

    assert read_settings(read_environment(NOTHING), tmp_path).secret_key == SECRET.encode()


def test_systemd_hands_the_whole_file_over_and_the_environment_holds_none_of_it(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "comadre.env").write_text(
        f"# secret\nCOMADRE_SECRET_KEY={SECRET}\nTELEGRAM_BOT_TOKEN='1:a'\n", encoding="utf-8"
    )
    alone.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    settings = read_settings(read_environment(NOTHING), tmp_path)

    assert settings.secret_key == SECRET.encode()
    assert settings.environment["TELEGRAM_BOT_TOKEN"] == "1:a"  # noqa: S105
    assert SECRET not in str(dict(os.environ))
    assert SECRET not in repr(settings)


def test_a_folder_of_secrets_holds_a_file_for_each_and_other_files_are_none_of_ours(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As Kubernetes mounts them: links into a folder of the day."""
    day = tmp_path / "..2026_11_26"
    day.mkdir()
    for name, value in {"COMADRE_SECRET_KEY": SECRET, "PATH": "/theirs"}.items():
        (day / name).write_text(value, encoding="utf-8")
        (tmp_path / name).symlink_to(day / name)
    alone.setenv("COMADRE_SECRETS_FOLDER", str(tmp_path))

    found = read_environment(NOTHING)

    assert found["COMADRE_SECRET_KEY"] == SECRET
    assert found["PATH"] == os.environ["PATH"]


def test_a_secret_given_twice_is_refused_for_nobody_knows_which_one_counts(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "root").write_text(SECRET, encoding="utf-8")
    alone.setenv("COMADRE_SECRET_KEY", "an older one that was forgotten there")
    alone.setenv("COMADRE_SECRET_KEY_FILE", str(tmp_path / "root"))

    with pytest.raises(SettingError, match="COMADRE_SECRET_KEY: set twice") as refused:
        read_environment(NOTHING)
    assert "forgotten" not in str(refused.value)


def test_a_file_that_is_named_with_nothing_stops_the_start_and_says_so(
    alone: pytest.MonkeyPatch,
) -> None:
    """As a vault leaves it that had nothing to fill in: no other secret is made up."""
    alone.setenv("COMADRE_SECRET_KEY_FILE", "")

    with pytest.raises(SettingError) as refused:
        read_environment(NOTHING)
    assert str(refused.value) == "COMADRE_SECRET_KEY_FILE: expected a file's path, it is empty"


def test_what_the_environment_says_wins_over_a_file_that_dot_env_names(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("of a file", encoding="utf-8")
    (tmp_path / ".env").write_text(
        f"COMADRE_RASA_TOKEN_FILE={tmp_path / 'token'}\n", encoding="utf-8"
    )
    assert read_environment(tmp_path / ".env")["COMADRE_RASA_TOKEN"] == "of a file"  # noqa: S105

    alone.setenv("COMADRE_RASA_TOKEN", "of this run")

    assert read_environment(tmp_path / ".env")["COMADRE_RASA_TOKEN"] == "of this run"  # noqa: S105


def test_what_run_says_to_its_processes_wins_over_files_that_say_the_same(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The token between Rasa and the application is of one run: the application was refused the
    start, for it was set twice."""
    for name, value in {
        "RASA_TOKEN": "of a file",
        "VAR": str(tmp_path),
        "SECRET_KEY": SECRET,
    }.items():
        (tmp_path / name).write_text(value, encoding="utf-8")
        alone.setenv(f"COMADRE_{name}_FILE", str(tmp_path / name))
    ways = Ways(read_settings(read_environment(NOTHING)), 5055, "of this run")

    child = dict(ways.application(5005, tmp_path / "address").environment)

    for name in [each for each in os.environ if each.startswith("COMADRE_")]:
        alone.delenv(name)
    for name, value in child.items():
        alone.setenv(name, value)
    found = read_environment(NOTHING)
    assert found["COMADRE_RASA_TOKEN"] == "of this run"  # noqa: S105
    assert found["COMADRE_VAR"] == str(tmp_path)
    assert found["COMADRE_SECRET_KEY"] == SECRET


@pytest.mark.parametrize("name", ["COMADRE_SECRET_KEY_FILE", "COMADRE_SECRETS_FOLDER"])
def test_a_file_that_is_missing_stops_the_start_with_its_name(
    alone: pytest.MonkeyPatch, name: str
) -> None:
    """No other secret is made up in its place: nobody who wrote before would be known."""
    alone.setenv(name, "/nowhere/secret")

    with pytest.raises(SettingError, match=f"{name}: .*/nowhere/secret"):
        read_environment(NOTHING)


FAR = [
    ("COMADRE_DATABASE_URL", "postgresql://u:p4ss@db.example.org/c", "verify-full"),
    ("COMADRE_DATABASE_URL", "postgresql://u:p4ss@db.example.org/c?sslmode=require", "verify-full"),
    ("COMADRE_DATABASE_URL", "postgresql://u:p4ss@10.0.0.5/c", "verify-full"),
    ("COMADRE_DATABASE_URL", "postgresql:///c?host=db.example.org", "verify-full"),
    ("COMADRE_REDIS_URL", "redis://:p4ss@cache.example.org:6379/0", "rediss"),
    ("COMADRE_RASA_URL", "http://rasa.example.org:5005", "https"),
]
NEAR = [
    ("COMADRE_DATABASE_URL", "postgresql://u:p@database/c"),  # a container beside it
    ("COMADRE_DATABASE_URL", "postgresql:///c?host=/run/postgresql"),
    ("COMADRE_DATABASE_URL", "postgresql://u:p@127.0.0.1:5432/c"),
    ("COMADRE_DATABASE_URL", "postgresql://u:p@[::1]/c"),
    ("COMADRE_DATABASE_URL", "postgresql://u:p@db.example.org/c?sslmode=verify-full"),
    ("COMADRE_REDIS_URL", "redis://:p@memory:6379/0"),
    ("COMADRE_REDIS_URL", "rediss://:p@cache.example.org:6379/0"),
    ("COMADRE_RASA_URL", "http://localhost:5005"),
]


@pytest.mark.parametrize(("name", "value", "advice"), FAR)
def test_what_leaves_the_machine_is_encrypted_to_whom_we_know_or_nothing_starts(
    tmp_path: Path, name: str, value: str, advice: str
) -> None:
    env = {"COMADRE_SECRET_KEY": SECRET, name: value}

    with pytest.raises(SettingError, match=f"{name}: .*{advice}") as refused:
        read_settings({**env, "COMADRE_PRODUCTION": "1"}, tmp_path)
    assert "p4ss" not in str(refused.value)
    assert read_settings(env, tmp_path), "on a laptop one may try"


@pytest.mark.parametrize(("name", "value"), NEAR)
def test_what_stays_on_the_machine_or_is_encrypted_starts(
    tmp_path: Path, name: str, value: str
) -> None:
    env = {"COMADRE_SECRET_KEY": SECRET, "COMADRE_PRODUCTION": "1", name: value}

    assert read_settings(env, tmp_path)


def test_the_started_program_says_so_in_one_line(alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = subprocess.run(  # our own command
        [sys.executable, "-m", "bot", "run"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT),
                          "COMADRE_VAR": str(tmp_path), "COMADRE_SECRET_KEY_FILE": "/nowhere/key"},
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "COMADRE_SECRET_KEY_FILE: cannot read /nowhere/key (No such file or directory)"
    ]
