"""The command line says what is wrong in one line, with the nearest right name."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from newsletter import config
from newsletter.cli.main import cli as group
from newsletter.config import Settings
from newsletter.database.db import Database
from tests.conftest import Cli

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
HEAVY = ("sqlalchemy", "alembic", "premailer", "lxml", "flask", "arxiv", "requests", "pydantic")


def commands(parent: click.Group, *names: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in parent.commands.items():
        found.append((*names, name))
        if isinstance(command, click.Group):
            found += commands(command, *names, name)
    return found


ALL = commands(group)
# Each takes a tenth of a second or more by itself, or with what it brings along.
NEEDED_BY_WORK = (
    *("newsletter.daily_run.daily", "newsletter.rendering.message", "newsletter.tex"),
    *("newsletter.sending.records.ledger", "babel", "cryptography", "jinja2", "lxml", "requests"),
)


def test_the_document_holds_the_help_of_every_command(cli: Cli) -> None:
    """`make docs` writes it anew."""
    parts = [f"# Commands\n\n```\n{cli('--help').out.strip()}\n```\n"]
    for command in ALL:
        said = cli(*command, "--help")
        assert said.code == 0
        parts.append(f"## newsletter {' '.join(command)}\n\n```\n{said.out.strip()}\n```\n")
    document = "\n".join(parts)
    if "WRITE_DOCS" in os.environ:
        DOCUMENT.write_text(document, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == document


def test_help_is_ready_before_anything_heavy_is_imported() -> None:
    """One process asks for all of them; what one imports is said where it first comes."""
    script = (
        "import json, sys; from newsletter.cli.main import _run\n"
        "for command in json.loads(sys.argv[1]):\n"
        "    assert _run([*command, '--help']) == 0\n"
        f"    heavy = [name for name in {HEAVY} if name in sys.modules]\n"
        "    assert not heavy, (command, heavy)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script, json.dumps([(), *ALL])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: ") == 1 + len(ALL)


def test_a_run_with_nothing_to_do_loads_nothing_that_works(cli: Cli, settings: Settings) -> None:
    """So it ends within a second, however many subscribers there are."""
    assert cli("run").code == 0
    script = (
        "import sys; from newsletter.cli.main import _run; assert _run(sys.argv[1:]) == 0;"
        f"print([name for name in {NEEDED_BY_WORK} if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script, "run", "--config", str(settings.folder / "newsletter.toml")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "done already" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("rnu",), "no command 'rnu'; did you mean 'run'?"),
        (("run", "audoi"), "no newsletter 'audoi' here; did you mean 'audio'?"),
        (("run", "--day", "2025-13-01"), "'2025-13-01' is no day; write it like 2025-07-11"),
        (("run", "--dya", "2025-07-11"), "--day"),
        (("subscribers", "add", "ada@"), "'ada@' is no e-mail address"),
        (("subscribers", "show", "nobody@x.example"), "no subscriber nobody@x.example"),
        (("preview", "--as", "nobody@x.example"), "no subscriber nobody@x.example"),
        (("fetch", "--from-file", "nowhere.xml"), "nowhere.xml"),
        (("config", "shwo"), "shwo"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_is_one_line_and_exit_code_2(cli: Cli, args: tuple[str, ...], line: str) -> None:
    said = cli(*args)
    assert said.code == 2
    assert line in said.err
    assert len(said.err.splitlines()) == 1
    assert not said.out


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("args", [("issues", "show"), ("deliveries", "status")])
def test_nothing_yet_is_no_wrong_use_but_one_line_with_what_makes_it(
    cli: Cli, args: tuple[str, ...]
) -> None:
    said = cli(*args)
    assert (said.code, said.out) == (1, "")
    assert said.err == "newsletter: audio has no issue; `newsletter run audio` makes one\n"


def test_an_unknown_setting_is_named_with_the_nearest(cli: Cli, settings: Settings) -> None:
    file = settings.folder / "newsletter.toml"
    file.write_text(file.read_text() + 'directroy = "outbox"\n')
    said = cli("run")
    assert said.code == 2
    assert "unknown setting 'transport.directroy'; did you mean 'directory'?" in said.err


def test_an_unknown_day_is_named_with_the_nearest(cli: Cli, settings: Settings) -> None:
    cli("run")
    said = cli("issues", "export", "--day", "2025-07-12")
    assert said.code == 2
    assert "audio has no issue of 2025-07-12; did you mean '2025-07-11'?" in said.err
    assert settings.newsletters[0].slug == "audio"


def test_an_unknown_address_is_named_with_who_is_surely_meant_and_with_nobody_else(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    assert readers[1] == "reader01@reader.example"
    for typed in (
        "reader1@reader.example",
        "reader31@reader.example",
        "leader01@reader.example",
        "reader01@render.example",
        "reader99@reader.example",
    ):
        said = cli("subscribers", "remove", typed)
        assert (said.code, "did you mean" in said.err) == (2, False), typed
        assert f"`newsletter subscribers list --search={typed[:3]}` looks" in said.err
    for typed in (
        "erader01@reader.example",
        "re.ader01+x@reader.example",
        "reader01@reder.example",
    ):
        assert "did you mean 'reader01@reader.example'?" in cli("subscribers", "show", typed).err
    assert settings.folder.exists()


def test_without_a_configuration_it_says_how_to_make_one(cli: Cli) -> None:
    said = cli("run")
    assert said.code == 2
    assert "no configuration at newsletter.toml; `newsletter init` writes one" in said.err


def test_init_never_overwrites(cli: Cli, tmp_path: Path) -> None:
    assert cli("init", "--category", "CS.sd", "--category", "hep-th").code == 0
    before = (tmp_path / "newsletter.toml").read_text()
    assert 'categories = ["cs.SD", "hep-th"]' in before
    assert cli("init").code == 2
    assert (tmp_path / "newsletter.toml").read_text() == before


@pytest.mark.parametrize("title", ["Speech & Text", "语音 <日报>", 'a "b" \\u0026 c\\'])
def test_what_init_writes_reads_as_it_was_said(cli: Cli, tmp_path: Path, title: str) -> None:
    sender = "Speech & Text <daily@example.org>"
    assert cli("init", "--title", title, "--sender", sender).code == 0
    written = (tmp_path / "newsletter.toml").read_text(encoding="utf-8")
    assert f'sender = "{sender}"' in written
    assert len(written.splitlines()) <= 20
    settings = config.load(tmp_path / "newsletter.toml", {})
    assert (settings.newsletters[0].title, settings.site.sender) == (title, sender)


def test_every_secret_is_its_own(cli: Cli, tmp_path: Path) -> None:
    cli("init", "--config", "a.toml")
    cli("init", "--config", "b.toml")
    secrets = [
        line
        for name in ("a.env", "b.env")
        for line in (tmp_path / name).read_text().splitlines()
        if line.startswith("NEWSLETTER_SITE__SECRET_KEYS=")
    ]
    assert len(set(secrets)) == 2


def test_an_unknown_category_is_refused_before_anything_is_written(
    cli: Cli, tmp_path: Path
) -> None:
    said = cli("init", "--category", "cs.SDD")
    assert said.code == 2
    assert "arXiv has no category 'cs.SDD'; did you mean 'cs.SD'?" in said.err
    assert not (tmp_path / "newsletter.toml").exists()


def test_config_show_hides_secrets_and_shows_what_the_environment_changed(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SITE__NAME", "From outside")
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__PASSWORD", "hunter2")
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", "postgresql://me:hunter3@db.example/news")
    shown = cli("config", "show")
    assert "From outside" in shown.out
    secret = settings.site.secret_keys[0].get_secret_value()
    assert not [word for word in ("hunter2", "hunter3", secret) if word in shown.out]
    assert json.loads(cli("config", "show", "--json").out)["site"]["name"] == "From outside"


def test_a_database_of_another_version_is_refused_with_the_cure(
    cli: Cli, database: Database, settings: Settings
) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    said = cli("run")
    assert said.code == 1
    assert "run `newsletter db upgrade`" in said.err
    assert cli("db", "status").code == 1
    assert settings.folder.exists()


def test_a_missing_database_is_made_by_db_upgrade(cli: Cli, settings: Settings) -> None:
    (settings.folder / "newsletter.db").unlink()
    assert cli("config", "set", "database.url", "sqlite:///a/new/folder.db").code == 0
    said = cli("run")
    assert said.code == 1
    assert "`newsletter db upgrade` creates it" in said.err
    assert not (settings.folder / "a").exists()
    assert cli("db", "upgrade").code == 0
    assert "ready" in cli("db", "status").out
    assert cli("run").code == 0


@pytest.mark.usefixtures("readers")
def test_preview_is_byte_for_byte_what_is_sent(cli: Cli, settings: Settings) -> None:
    cli("run")
    for email in ("reader00", "reader01", "reader02"):
        address = f"{email}@reader.example"
        sent = (settings.folder / "outbox" / f"audio-2025-07-11-{address}.eml").read_bytes()
        cli("preview", "--as", address, "--format", "eml", "--output", "seen.eml")
        assert (settings.folder / "seen.eml").read_bytes() == sent


def test_preview_of_a_day_without_an_issue_keeps_nothing(cli: Cli, settings: Settings) -> None:
    said = cli("preview", "--format", "text")
    assert said.code == 0
    assert "2025年7月11日" in said.out
    assert cli("issues", "list").out == "No issue yet; `newsletter run` makes one.\n"
    assert not (settings.folder / "outbox").exists()


@pytest.mark.parametrize(
    ("command", "empty"),
    [
        ("deliveries status", {}),
        ("deliveries list", []),
        ("deliveries settle --as sent --dry-run", []),
        ("issues list", []),
        ("issues show", {}),
        ("send", []),
    ],
)
@pytest.mark.usefixtures("settings")
def test_before_the_first_issue_a_script_gets_an_empty_answer(
    cli: Cli, command: str, empty: object
) -> None:
    said = cli(*command.split(), "--json")
    assert (said.code, json.loads(said.out)) == (0, empty)


def test_help_shows_the_pages_of_the_documentation_and_commands(cli: Cli) -> None:
    listed = cli("help").out.splitlines()
    pages = {page.stem for page in DOCUMENT.parent.glob("*.md")}
    assert {line.partition(" ")[0] for line in listed if "  " in line} >= pages
    assert cli("help", "delivery").out == (DOCUMENT.parent / "delivery.md").read_text()
    assert cli("help", "deliveries", "settle").out.startswith("Usage: newsletter deliveries settle")
    said = cli("help", "delivry")
    assert (said.code, "did you mean 'delivery'?" in said.err) == (2, True)
    assert "of it speaks `newsletter help health`" in cli("help", "alarm").err


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("resend nobody@reader.example", "no issue"),
        ("subscribers remove nobody@reader.example", "no subscriber nobody@reader.example"),
        ("run nowhere", "no newsletter 'nowhere' here"),
        ("deliveries list --day yesterday", "'yesterday' is no day"),
        ("run --nonsense", "No such option"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_a_script_reads_why_a_command_was_refused(cli: Cli, command: str, why: str) -> None:
    said = cli(*command.split(), "--json")
    assert said.code in {1, 2}
    assert list(json.loads(said.out)) == ["error"]
    assert why in json.loads(said.out)["error"]
    assert said.err == f"newsletter: {json.loads(said.out)['error']}\n"
