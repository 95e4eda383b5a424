"""What deploy/ promises, as far as it can be held against the project without a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.__main__ import COMMANDS
from bot.commands.setup import VENDORS
from bot.improving.room import PROGRAM_MB, TRAINING_MB
from bot.paths import ROOT
from bot.settings import read_environment, read_settings
from connectors.steps import Trouble

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
CONTAINERFILES = (DEPLOY / "Containerfile", DEPLOY / "backup" / "Containerfile")
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.name != ".env"
         and "secrets" not in path.parts]  # fmt: skip
UNITS = sorted((DEPLOY / "systemd").glob("comadre*"))


def test_the_database_logs_no_row_and_lets_its_journal_go_wherever_it_is_installed() -> None:
    given = SERVICES["database"]["command"][1:]
    kubernetes = (DEPLOY / "kubernetes" / "database.yml").read_text(encoding="utf-8")
    pods = [part["spec"]["template"]["spec"] for part in yaml.safe_load_all(kubernetes)
            if part["kind"] == "StatefulSet"]  # fmt: skip
    by_hand = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")

    assert "log_error_verbosity=terse" in given
    assert pods[0]["containers"][0]["args"] == given
    assert f"for set in {' '.join(given[1::2])}\n" in by_hand


def test_only_the_proxy_publishes_ports_and_faces_the_outside() -> None:
    assert {name for name, each in SERVICES.items() if "ports" in each} == {"caddy"}
    assert {name for name, each in SERVICES.items() if "outside" in each.get("networks", ())} == {
        "caddy"
    }
    assert COMPOSE["networks"]["inside"]["internal"] is True
    # The program listens on loopback, in the proxy's network.
    assert SERVICES["app"]["network_mode"] == "service:caddy"
    assert not any("COMADRE_HOST" in path.read_text(encoding="utf-8") for path in FILES)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_container_is_closed_limited_and_comes_back(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["mem_limit"] == service["memswap_limit"]  # no swap


def test_a_training_fits_beside_the_program_in_every_limit_that_is_shipped() -> None:
    """With 2 GB the kernel ended it each time, half an hour after the tap."""
    unit = (DEPLOY / "systemd" / "comadre.service").read_text(encoding="utf-8")
    in_unit = re.search(r"^MemoryMax=(\d+)M$", unit, re.M)
    in_container = re.fullmatch(r"(\d+)m", SERVICES["app"]["mem_limit"])
    assert in_unit
    assert in_container

    for limit in (in_unit, in_container):
        assert int(limit[1]) > 1.1 * (PROGRAM_MB + TRAINING_MB)


def test_a_model_that_was_trained_outlives_its_container() -> None:
    folder = "/var/lib/comadre/understanding"
    assert f"understanding:{folder}" in SERVICES["app"]["volumes"]
    assert "understanding" in COMPOSE["volumes"]
    # A new volume takes its owner from the image.
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.search(rf"install -d -o comadre -g comadre -m 0700 .*{folder}$", image, re.M)


def test_images_bear_a_version() -> None:
    named = [each["image"] for each in SERVICES.values()]
    for path in CONTAINERFILES:
        named += re.findall(r"^FROM (\S+)", path.read_text(encoding="utf-8"), re.M)

    assert len(named) >= 8
    for image in named:
        tag = image.rpartition("/")[2].partition(":")[2]
        assert tag
        assert "latest" not in tag, image


def test_the_backup_has_the_programs_of_the_databases_own_version() -> None:
    built_from = re.findall(r"^FROM (\S+)", CONTAINERFILES[1].read_text(encoding="utf-8"), re.M)

    assert built_from == [SERVICES["database"]["image"]]


def test_files_and_volumes_that_are_named_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists(), volume
        build = service.get("build")
        assert build is None or (DEPLOY / build["context"] / build["dockerfile"]).exists()
        for secret in service.get("secrets", ()):
            assert (secret["source"] if isinstance(secret, dict) else secret) in COMPOSE["secrets"]


@pytest.mark.parametrize("path", CONTAINERFILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_the_image_copies_exists_and_is_let_in(path: Path) -> None:
    context = ROOT if path.parent == DEPLOY else path.parent
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", path.read_text(encoding="utf-8"), re.M)
        for word in line.split()
        if not word.startswith("--")
    ]
    let_in = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()

    assert copied
    for name in copied:
        assert (context / name).exists(), name
        assert context != ROOT or f"!{name}" in let_in, name
    assert all(name.startswith(("!", "**/", "#")) or name == "*" for name in let_in)


def test_docker_and_podman_leave_the_same_out() -> None:
    theirs = (ROOT / ".containerignore").read_bytes()

    assert (DEPLOY / "Containerfile.dockerignore").read_bytes() == theirs


def test_the_image_runs_as_nobody_special_and_knows_whether_it_is_ready() -> None:
    words = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

    assert re.findall(r"^USER (\S+)", words, re.M)[-1] == "10001:10001"
    assert "http://127.0.0.1:8000/readyz" in words.partition("HEALTHCHECK")[2]


def test_no_address_of_a_registry_of_packages_and_no_secret_stands_in_a_file() -> None:
    for path in FILES:
        words = path.read_text(encoding="utf-8")
        assert not re.search(r"index-url|INDEX_URL|pypi|mirror", words), path.name
        assert not re.search(r"(KEY|TOKEN|SECRET|PASSWORD)=[\w.-]{8,}", words), path.name
    for path in CONTAINERFILES:
        assert not re.search(r"://(?!127\.0\.0\.1)", path.read_text(encoding="utf-8")), path
    assert "/secrets/" in (DEPLOY / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_settings_that_are_named_are_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    page = ROOT / "docs" / "deploy.md"
    named = {
        name
        for path in [*FILES, page]
        for name in re.findall(r"\b(?:COMADRE|TWILIO|TELEGRAM|WHATSAPP)_[A-Z_]+",
                               path.read_text(encoding="utf-8"))
    }  # fmt: skip

    assert "COMADRE_SECRET_KEY" in named
    assert {name for name in named if f"`{name}`" not in documented} == set()


def _new_secrets(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    script = folder / "new-secrets"
    shutil.copy(DEPLOY / "new-secrets", script)
    return subprocess.run(  # noqa: S603  # our own script
        [str(script), *words], capture_output=True, text=True, check=False, timeout=30
    )


def test_new_secrets_are_settings_that_the_program_takes(tmp_path: Path) -> None:
    done = _new_secrets(tmp_path, "https://comadre.example.org", "age1qqqq")

    assert done.returncode == 0, done.stderr
    lines = read_environment(tmp_path / "secrets" / "comadre.env").items()
    found = {name: value for name, value in lines if name not in os.environ}
    settings = read_settings({**found, "COMADRE_PRODUCTION": "1"}, tmp_path)
    password = (tmp_path / "secrets" / "database-password").read_text(encoding="utf-8")
    assert len(settings.secret_key) == 64
    assert settings.database_url == f"postgresql://comadre:{password}@database/comadre"
    assert settings.redis_url.startswith("redis://:")
    assert {"database", "memory"} <= set(SERVICES)
    for secret in COMPOSE["secrets"].values():
        assert (tmp_path / secret["file"]).is_file(), secret
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".env").read_text(encoding="utf-8").startswith("COMADRE_PUBLIC_URL=https:")


def test_new_secrets_leave_a_line_for_all_that_setting_up_asks_for(tmp_path: Path) -> None:
    _new_secrets(tmp_path, "https://comadre.example.org", "age1qqqq")
    words = (tmp_path / "secrets" / "comadre.env").read_text(encoding="utf-8")
    lines = set(re.findall(r"^#(\w+)=$", words, re.M))

    asked = set()
    for vendor in ("telegram", "twilio", "meta"):
        with pytest.raises(Trouble) as trouble:
            list(VENDORS[vendor]({}, True))
        asked |= set(re.findall(r"\b(?:TWILIO|TELEGRAM|WHATSAPP)_\w+", str(trouble.value)))
    assert "WHATSAPP_APP_ID" in asked
    assert asked <= lines


def test_new_secrets_never_take_the_place_of_old_ones(tmp_path: Path) -> None:
    words = ("https://comadre.example.org", "age1qqqq")
    _new_secrets(tmp_path, *words)
    before = (tmp_path / "secrets" / "comadre.env").read_bytes()

    assert _new_secrets(tmp_path, *words).returncode == 1
    assert _new_secrets(tmp_path, "http://plain.example.org", "age1qqqq").returncode == 2
    assert (tmp_path / "secrets" / "comadre.env").read_bytes() == before


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("systemd-analyze is not installed")
    for path in UNITS:  # with programs that are there
        words = path.read_text(encoding="utf-8").replace("/opt/comadre", str(ROOT))
        words = words.replace("/usr/bin/docker", "/bin/true").replace(
            "docker.service", "basic.target"
        )
        (tmp_path / path.name).write_text(words, encoding="utf-8")

    done = subprocess.run(  # noqa: S603
        [tool, "verify", f"./{unit.name}"], cwd=tmp_path, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip

    # It also looks at units of this machine's own, which are none of our business.
    said = [line for line in done.stderr.splitlines() if "comadre" in line]
    assert not said


def test_the_unit_of_the_program_is_hardened() -> None:
    words = (DEPLOY / "systemd" / "comadre.service").read_text(encoding="utf-8").splitlines()

    for line in (
        "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "MemoryMax=3584M",
        "MemorySwapMax=0", "OOMPolicy=continue", "LimitCORE=0", "CapabilityBoundingSet=",
        "User=comadre",
    ):  # fmt: skip
        assert line in words


def test_no_secret_of_a_server_stands_in_an_environment() -> None:
    unit = (DEPLOY / "systemd" / "comadre.service").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    handed = "LoadCredential=comadre.env:/etc/comadre/comadre.env"

    assert handed in unit.splitlines()
    assert "EnvironmentFile" not in unit
    assert f"-p {handed}" in page  # the function for commands by hand
    assert "EnvironmentFile" not in page
    said = {name for each in SERVICES.values() for name in each.get("environment", {})}
    assert {name for name in said if re.search("SECRET|TOKEN|PASSWORD|_URL$", name)} == {
        "COMADRE_PUBLIC_URL", "POSTGRES_PASSWORD_FILE", "PGPASSWORD_FILE"
    }  # fmt: skip


def test_the_page_names_only_what_exists() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", page)
    named = set(re.findall(r"\bdeploy/(?!secrets|\.env)[\w./-]*\w", page))
    commands = set(re.findall(r"(?:python -m |\n|`)bot (\w+)", page))

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    assert len(named) >= 5
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert commands == {"invite", "keys", "setup"}
    assert commands <= set(COMMANDS)
    assert set(re.findall(r"bot setup (\w+)", page)) <= set(VENDORS)
    for name in re.findall(
        r"docker compose (?:exec|stop|restart|logs|run --rm) (?:-T )?(\w+)", page
    ):
        assert name in SERVICES
