"""`newsletter check` says in words what is ready and what is not."""

import json
import os
import pwd
from pathlib import Path

import pytest

from newsletter.config import Settings
from tests.conftest import Cli


def test_a_fresh_installation_hears_what_to_set_before_it_goes_public(
    cli: Cli, settings: Settings
) -> None:
    said = cli("check")
    assert said.code == 0
    assert "site.url is http://127.0.0.1:8000: links in mails work on this machine only" in said.out
    assert "reachable, writable, its tables are this program's" in said.out
    assert settings.folder.exists()


def test_a_missing_database_is_a_trouble_with_its_cure(cli: Cli, settings: Settings) -> None:
    file = settings.folder / "newsletter.db"
    file.unlink()
    assert "`newsletter db upgrade` creates it" in trouble_of(cli)
    (settings.folder / ".sending").mkdir()
    (settings.folder / ".sending" / "audio-2025-07-11.fence").touch()
    assert "bring its backup back: `newsletter restore FILE`" in trouble_of(cli)
    settings.folder.joinpath("newsletter.toml").write_text(
        settings.folder.joinpath("newsletter.toml").read_text()
        + f'\n[database]\nurl = "sqlite:///{settings.folder}/gone/mount/n.db"\n'
    )
    assert f"there is no folder {settings.folder}/gone; look at database.url" in trouble_of(cli)


def give_away(place: Path, monkeypatch: pytest.MonkeyPatch, owner: str = "nobody") -> None:
    """Somebody's, while root types."""
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    else:
        os.chown(place, int(owner) if owner.isdecimal() else pwd.getpwnam(owner).pw_uid, -1)


@pytest.mark.parametrize("name", ["newsletter.toml", "newsletter.db", "state"])
def test_root_makes_nothing_beside_what_is_another_users(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (settings.folder / "state").mkdir()
    cli("config", "set", "sending.state_dir", str(settings.folder / "state"))
    give_away(settings.folder / name, monkeypatch)
    before = sorted(settings.folder.iterdir())
    for command in ("check", "db upgrade", "run"):
        said = cli(*command.split())
        assert said.code == 2
        assert "who could not write what root makes there" in said.err
        assert f"`sudo -u {settings.folder.joinpath(name).owner()} /" in said.err
        assert f"newsletter {command}`" in said.err
    assert sorted(settings.folder.iterdir()) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_begins_in_another_users_folder_with_a_word_and_in_an_unknown_ones_without(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a container is of a user whom it does not know."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    give_away(folder, monkeypatch)
    said = cli("check", "--config", str(folder / "newsletter.toml"))
    assert f"{folder} is the user nobody's; what root makes there is root's" in said.err
    give_away(folder, monkeypatch, "65533")
    assert "the user" not in cli("check", "--config", str(folder / "newsletter.toml")).err


def test_a_state_folder_that_cannot_be_written_is_trouble_in_one_line(
    cli: Cli, settings: Settings
) -> None:
    (settings.folder / "newsletter.toml").write_text(
        (settings.folder / "newsletter.toml").read_text() + '\n[sending]\nstate_dir = "/proc/x"\n'
    )
    assert "no issue can be sent; sending.state_dir must be one that can" in trouble_of(cli)


def trouble_of(cli: Cli) -> str:
    """The one trouble that `check` names."""
    said = cli("check", "--json")
    assert said.code == 1
    (trouble,) = [each for each in json.loads(said.out) if each["level"] == "trouble"]
    return str(trouble["text"])


def with_templates(settings: Settings, name: str, text: str) -> None:
    file = settings.folder / "mine" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    toml = settings.folder / "newsletter.toml"
    toml.write_text(toml.read_text() + '\n[templates]\ndir = "mine"\n')


@pytest.mark.slow
def test_templates_of_ones_own_are_tried_on_a_real_day(cli: Cli, settings: Settings) -> None:
    with_templates(settings, "email/issue/subject.txt", "{{ digest.day }}")
    said = cli("check")
    assert said.code == 0
    assert f"1 of {settings.folder}/mine replace ours" in " ".join(said.out.split())


@pytest.mark.slow
def test_a_template_that_replaces_nothing_is_pointed_at(cli: Cli, settings: Settings) -> None:
    with_templates(settings, "email/issue/subjct.txt", "{{ digest.day }}")
    told = " ".join(cli("check").out.split())
    assert "replaces none of ours; did you mean 'email/issue/subject.txt'?" in told


def test_a_broken_template_is_trouble_before_anybody_is_mailed(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    with_templates(settings, "email/issue/paper.html", "<p>\n{{ papre }}</p>")
    assert cli("check").code == 1
    said = cli("run")
    assert said.code == 1
    assert "email/issue/paper.html:2: 'papre' is undefined" in said.err
    account = json.loads(cli("deliveries", "status", "--json").out)
    assert account["pending"] == account["audience"] == len(readers)
