"""What docs/deploy.md shows is what the program writes, and systemd and nginx take it."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from newsletter import config, systemd
from newsletter.cli.main import cli as commands
from newsletter.config import Settings
from newsletter.database import db
from tests.certificates import needs_openssl
from tests.conftest import Cli

PAGE = Path(__file__).parents[1] / "docs" / "deploy.md"
CONFIG = Path("/srv/newsletter/newsletter.toml")
COMMAND = ["/srv/newsletter/venv/bin/newsletter"]


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


def test_the_cluster_in_containers_has_two_of_all_and_a_memory_for_each(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as it can be told without containers: its commands, settings, volumes and order."""
    described = yaml.safe_load((PAGE.parents[1] / "compose.cluster.yaml").read_text("utf-8"))
    services = described["services"]
    assert services.keys() == {
        *("upgrade", "worker1", "worker2", "web1", "web2", "pgbouncer", "database")
    }
    memories = []
    for name in ("worker1", "worker2", "web1", "web2", "upgrade"):
        program, *words = services[name].get("command", ["newsletter", "serve"])
        assert program == "newsletter"
        assert words[0] in commands.commands
        address = services[name]["environment"]["NEWSLETTER_DATABASE__URL"]
        address = re.sub(r"\$\{.*?\}", "secret", address)
        monkeypatch.setenv("NEWSLETTER_DATABASE__URL", address)
        url = config.load(settings.folder / "newsletter.toml").database.url
        opened = db.connect(url, settings.folder).engine
        behind = "database" if name == "upgrade" else "pgbouncer"
        assert (opened.url.host, opened.dialect.driver) == (behind, "psycopg")
        assert services[name]["volumes"][-1] == "./newsletter.toml:/data/newsletter.toml:ro"
        memories += [line.split(":")[0] for line in services[name]["volumes"][:-1]]
        assert services[name]["depends_on"].keys() <= services.keys()
    assert len(set(memories)) == len(memories) == 4
    assert {*memories, "postgresql"} == described["volumes"].keys()
    assert services["pgbouncer"]["environment"]["POOL_MODE"] == "transaction"


@needs_openssl
def test_the_first_steps_of_the_cluster_let_its_containers_read_the_configuration(
    tmp_path: Path,
) -> None:
    """As the image's user, in the group that the compose file gives it, and as nobody else."""
    page = PAGE.with_name("scale.md").read_text("utf-8")
    (steps,) = re.findall(r"(?ms)^```\n(newsletter init .*?)^docker compose", page)
    program = tmp_path / "bin" / "newsletter"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m newsletter "$@"\n')
    program.chmod(0o755)
    folder = tmp_path / "cluster"
    folder.mkdir()
    path = f"{program.parent}:{os.environ['PATH']}"
    subprocess.run(  # noqa: S603 - what the page says
        ["/bin/sh", "-ec", steps], cwd=folder, env={**os.environ, "PATH": path}, check=True
    )
    values = dict(line.split("=") for line in (folder / ".env").read_text().splitlines())
    assert values.keys() == {"POSTGRES_PASSWORD", "CONFIGURATION_GROUP"}
    image = (PAGE.parents[1] / "Dockerfile").read_text()
    (user,) = re.findall(r"^USER (\d+)$", image, re.MULTILINE)
    described = yaml.safe_load((PAGE.parents[1] / "compose.cluster.yaml").read_text("utf-8"))
    for service in described["services"].values():
        mounted = [line.split(":")[0] for line in service.get("volumes", ())]
        if "./newsletter.toml" in mounted:
            assert "user" not in service
            groups = [re.sub(r"\$\{(\w+).*", r"\1", group) for group in service["group_add"]]
            assert groups == ["CONFIGURATION_GROUP"]
    about = (folder / "newsletter.toml").stat()
    assert about.st_gid == int(values["CONFIGURATION_GROUP"])
    assert about.st_uid != int(user)
    assert about.st_mode & 0o777 == 0o640
    for name in (".env", "newsletter.env"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_the_page_shows_the_units_that_init_writes() -> None:
    shown = {name: systemd.unit(name, CONFIG, COMMAND) for name in systemd.UNITS}
    (block,) = blocks("ini")
    assert block == "\n".join(f"# {name}\n{shown[name]}" for name in list(shown)[:3])


@pytest.mark.usefixtures("settings")
def test_units_are_written_for_the_configuration_that_is_there_and_never_over_others(
    cli: Cli, tmp_path: Path
) -> None:
    said = cli("init", "--systemd", "units")
    assert said.code == 0
    assert {file.name for file in (tmp_path / "units").iterdir()} == set(systemd.UNITS)
    text = (tmp_path / "units" / "newsletter-run.service").read_text()
    assert f"Environment=NEWSLETTER_CONFIG={tmp_path / 'newsletter.toml'}\n" in text
    again = cli("init", "--systemd", "units")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_units_and_a_new_configuration_come_together(cli: Cli, tmp_path: Path) -> None:
    assert cli("init", "--systemd", "units", "--category", "cs.SD").code == 0
    assert (tmp_path / "newsletter.toml").exists()
    assert (tmp_path / "units" / "newsletter.service").exists()


def test_a_path_that_a_unit_cannot_hold_is_refused_in_words(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "my papers"
    folder.mkdir()
    file = str(folder / "newsletter.toml")
    assert cli("init", "--config", file).code == 0
    said = cli("init", "--systemd", "units", "--config", file)
    assert (said.code, "cannot stand in a unit" in said.err) == (2, True)


def test_a_home_is_not_hidden_from_what_lives_in_it() -> None:
    at_home = systemd.unit("newsletter.service", Path("/home/ada/n/newsletter.toml"), COMMAND)
    assert "ProtectHome=read-only\n" in at_home
    assert "ReadWritePaths=/home/ada/n\n" in at_home
    assert "User=ada\n" in at_home


def test_units_may_write_wherever_the_configuration_says(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "n").mkdir()
    (tmp_path / "data").mkdir()
    file = str(tmp_path / "n" / "newsletter.toml")
    assert cli("init", "--url", "", "--reader", "ada@lab.example", "--config", file).code == 0
    for key, value in {
        "SENDING__STATE_DIR": tmp_path / "state",
        "TRANSPORT__DIRECTORY": "../out",
        "FEEDBACK__MAILDIR": "/var/mail/papers",
        "DATABASE__URL": f"sqlite:///{tmp_path}/data/papers.db",
    }.items():
        monkeypatch.setenv(f"NEWSLETTER_{key}", str(value))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    said = cli("init", "--systemd", "units", "--config", file)
    assert f"Make {tmp_path / 'state'} first, for the user newsletter" in said.out
    assert not (tmp_path / "units" / "newsletter.service").exists(), "nobody else reads it"
    text = (tmp_path / "units" / "newsletter-run.service").read_text()
    folders = [tmp_path / "n", "/var/mail/papers", tmp_path / "data", tmp_path / "out"]
    (line,) = re.findall("ReadWritePaths=(.*)", text)
    assert set(line.split(" ")) == {*map(str, folders), str(tmp_path / "state")}
    assert f"ExecStart={sys.executable} -m newsletter run\n" in text


def test_systemd_takes_the_units(settings: Settings, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    program = tmp_path / "newsletter"
    program.touch(mode=0o755)
    file = tmp_path / "newsletter.toml"
    files = systemd.write_units(tmp_path / "units", settings, file, [str(program)])
    done = subprocess.run(  # noqa: S603
        [verify, "verify", "--man=no", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "newsletter" in line]
    assert (done.returncode, told) == (0, [])
