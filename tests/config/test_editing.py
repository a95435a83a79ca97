"""`newsletter config set` and `unset`: one value changes, and everything around it stays."""

import difflib
import io
import stat
import sys
from pathlib import Path

import pytest

from newsletter import config, scaffold
from newsletter.config import Settings
from tests.conftest import Cli

SECOND = '\n[[newsletters]]\nslug = "two"  # mine\ntitle = "Two"\ncategories = ["hep-th"]\n'


@pytest.fixture
def file(settings: Settings) -> Path:
    """The demo's, as somebody has written more into it."""
    file = settings.folder / "newsletter.toml"
    text = file.read_text("utf-8").replace('language = "zh"', 'language = "zh"  # "en", "zh"')
    database = '[database]\nurl = "sqlite:///newsletter.db"\n\n[[newsletters]]'
    text = text.replace("[[newsletters]]", database)
    file.write_text(f'{text}# use = "smtp"\n\n# [sending]\n# per_second = 10\n', "utf-8")
    return file


def changed(before: str, file: Path) -> list[str]:
    """The lines that went and came."""
    after = file.read_text("utf-8")
    return [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]


@pytest.mark.parametrize(
    ("key", "value", "lines"),
    [
        ("site.name", "Papers & More", ['- name = "Audio & Signals"', '+ name = "Papers & More"']),
        ("site.name", "2026", ['- name = "Audio & Signals"', '+ name = "2026"']),
        ("site.verp", "yes", ["+ verp = true"]),
        ("database.url", "sqlite:///o.db", ["- url =", '+ url = "sqlite:///o.db"']),
        ("transport.port", "465", ["+ port = 465"]),
        ("newsletters.title", "语音", ['- title = "音频"', '+ title = "语音"']),
        ("newsletters.audio.language", "EN", ["- language", '+ language = "EN"  # "en", "zh"']),
        (
            "newsletters.0.categories",
            "cs.SD, cs.CL",
            ["- categories", '+ categories = ["cs.SD", "cs.CL"]'],
        ),
        ("sending.per_hour", "100", ["+ ", "+ [sending]", "+ per_hour = 100"]),
        ("sending.per_domain", '{"gmail.com" = 5}', ["+ ", "+ [sending]", "+ per_domain = {"]),
        ("look.accent", "#004488", ["+ ", "+ [look]", '+ accent = "#004488"']),
    ],
)
def test_one_value_changes_and_nothing_around_it(
    cli: Cli, file: Path, key: str, value: str, lines: list[str]
) -> None:
    before = file.read_text("utf-8")
    said = cli("config", "set", key, value)
    assert (said.code, said.out) == (0, f"{key} is set in {file}.\n")
    found = [line for line in changed(before, file) if line[0] != "?"]
    assert len(found) == len(lines)
    for line, begins in zip(found, lines, strict=True):
        assert line.startswith(begins)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    config.load(file, {})


def test_a_new_value_stands_with_its_table_and_not_behind_comments_on_others(
    cli: Cli, file: Path
) -> None:
    assert cli("config", "set", "transport.host", "smtp.example.org").code == 0
    assert 'use = "files"\nhost = "smtp.example.org"\n# use = "smtp"\n' in file.read_text()


def test_one_of_several_newsletters_is_named_by_its_slug(cli: Cli, file: Path) -> None:
    file.write_text(file.read_text("utf-8") + SECOND, encoding="utf-8")
    assert cli("config", "set", "newsletters.two.title", "Second").code == 0
    assert 'slug = "two"  # mine\ntitle = "Second"\n' in file.read_text("utf-8")
    said = cli("config", "set", "newsletters.title", "Which")
    assert (said.code, "newsletters.SLUG.title, by one of the slugs audio, two" in said.err) == (
        2,
        True,
    )
    said = cli("config", "set", "newsletters.sound.title", "Which")
    assert (said.code, "no newsletter 'sound' here; known: audio, two" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("set", "site.nmae", "x"), "there is no setting 'site.nmae'; did you mean 'site.name'?"),
        (("set", "per_hour", "3"), ".per_hour'?"),
        (("set", "notify.mail_to", "a@b.example"), "did you mean 'notify.NAME.mail_to'?"),
        (("set", "sending.per_hour", "many"), "sending.per_hour: input should be a valid integer"),
        (("set", "newsletters.categories", "cs.SDD"), "did you mean 'cs.SD'?"),
        (("set", "site.url", "papers"), "site.url: is no web address"),
        (("set", "site.name"), "give a value: newsletter config set site.name VALUE"),
        (("unset", "alarm.mail_to"), "does not set 'alarm.mail_to'"),
        (("unset", "site.secret_keys"), "the setting 'site.secret_keys' is missing"),
        (("set", "newsletters.audio.slug", "sound"), "`newsletter rename audio sound`"),
        (("unset", "newsletters.audio.categories"), "newsletters.0.categories' is missing"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(
    cli: Cli, file: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = file.read_text("utf-8")
    said = cli("config", *arguments)
    assert said.code == 2
    assert told in said.err
    assert file.read_text("utf-8") == before
    assert not file.with_suffix(".env").exists()
    assert not list(file.parent.glob(".*.part"))


def test_a_value_taken_out_is_as_it_is_by_itself(cli: Cli, file: Path) -> None:
    before = file.read_text("utf-8")
    assert cli("config", "unset", "site.postal_address").code == 0
    (line,) = changed(before, file)
    assert line.startswith("- postal_address = ")
    assert config.load(file, {}).site.postal_address == ""


def test_a_secret_goes_to_a_file_of_its_owners_and_out_of_the_configuration(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(
        file.read_text("utf-8").replace("# [sending]", 'password = "old"\n# [sending]', 1)
    )
    monkeypatch.setattr(sys, "stdin", io.StringIO("it's new\n"))
    said = cli("config", "set", "transport.password")
    secrets = file.with_suffix(".env")
    assert said.out == f"transport.password is set in {secrets}.\n"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert "it's new" not in file.read_text("utf-8")
    assert 'password = "old"' not in file.read_text("utf-8")
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__USERNAME", "ada")
    assert config.load(file, {}).transport.password.get_secret_value() == "it's new"
    assert cli("config", "set", "transport.password", "third").code == 0
    assert secrets.read_text() == "NEWSLETTER_TRANSPORT__PASSWORD=third\n"
    assert cli("config", "unset", "transport.password").code == 0
    assert secrets.read_text() == ""


def test_what_the_environment_says_is_told_to_count(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SITE__NAME", "From outside")
    said = cli("config", "set", "site.name", "Mine")
    assert said.code == 0
    assert "NEWSLETTER_SITE__NAME in the environment is what counts for site.name" in said.err
    assert config.load(file, {}).site.name == "Mine"


def test_one_of_several_named_tables_is_changed_or_begun(cli: Cli, file: Path) -> None:
    webhook = '[notify.crm]\nmail_to = "a@b.example"\n'
    file.write_text(f"{file.read_text('utf-8')}\n{webhook}", encoding="utf-8")
    assert cli("config", "set", "notify.crm.mail_to", "c@d.example").code == 0
    assert cli("config", "set", "notify.desk.mail_to", "e@f.example").code == 0
    notify = config.load(file, {}).notify
    assert {name: target.mail_to for name, target in notify.items()} == {
        "crm": "c@d.example",
        "desk": "e@f.example",
    }
    assert cli("config", "unset", "notify.desk.mail_to").code == 2  # a target needs one


def test_a_broken_value_can_be_mended(cli: Cli, file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace('use = "files"', 'port = 0\nuse = "files"', 1))
    assert cli("run").code == 2
    assert cli("config", "set", "transport.port", "25").code == 0
    assert config.load(file, {}).transport.port == 25


def test_every_setting_of_the_file_that_init_writes_can_be_set_to_what_it_is(
    cli: Cli, file: Path
) -> None:
    before = file.read_text("utf-8")
    for name in ("name", "sender", "slug", "title"):
        where = "newsletters.audio" if name in {"slug", "title"} else "site"
        value = getattr(scaffold.DEMO, name)
        assert cli("config", "set", f"{where}.{name}", value).code == 0
    assert file.read_text("utf-8") == before
