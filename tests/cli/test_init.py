"""`newsletter init` on a terminal: it asks, tries, writes everything or nothing."""

import os
import re
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest
from aiosmtpd.smtp import AuthResult

from newsletter import bootstrap, config, scaffold, taxonomy
from newsletter.cli import init as init_module
from newsletter.cli.init import mail as mail_setup
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.subscribers import consent_log, lifecycle
from newsletter.transports.presets import PRESETS
from tests.conftest import NOW, Cli, NewTables
from tests.terminal import Terminal, terminal
from tests.transports.smtp_standins import RealSmtp

Open = Callable[..., AbstractContextManager[Terminal]]
PASSWORD = "Ada's secret"
ANSWERS = scaffold.Answers(
    reader="ada@reader.example",
    title="Sound daily",
    slug="sound-daily",
    categories=["cs.SD"],
    language="en",
    sender="Sound daily <ada@reader.example>",
)


@pytest.fixture
def on_a_terminal(tmp_path: Path, new_tables: NewTables, monkeypatch: pytest.MonkeyPatch) -> Open:
    """`newsletter ARGS` before a person, with arXiv's bundled day; the tables are made already."""
    monkeypatch.setenv("NEWSLETTER_SOURCE__USE", "bundled")
    for name in ("LC_ALL", "LANG"):
        monkeypatch.setenv(name, "C.UTF-8")
    new_tables.write(tmp_path / "newsletter.db")
    return partial(terminal, tmp_path, {})


def let_ada_in(_server: object, _session: object, _envelope: object, _kind: str, data: Any) -> Any:  # noqa: ANN401 - as aiosmtpd calls it
    knows = (data.login, data.password) == (b"ada", PASSWORD.encode())
    return AuthResult(success=knows, handled=False)


def begin(person: Terminal) -> None:
    """Up to how mail leaves."""
    person.answer("Field: ", "cs.SD")
    person.answer("Another field", "")
    person.answer("Its name", "")
    person.answer("Language [1]", "")
    person.answer("Your e-mail", "ada@reader.example")
    person.answer("Readers [1]", "2")
    person.answer("(Enter: later)", "papers.lab.example")
    person.answer("is no web address", "")
    person.wait_for("newsletter config set site.url")


@pytest.mark.slow
def test_a_person_answers_and_has_a_newsletter_that_mails_them(
    on_a_terminal: Open, cli: Cli, tmp_path: Path
) -> None:
    smtp = RealSmtp(auth_require_tls=False, authenticator=let_ada_in)
    with smtp, on_a_terminal("init") as person:
        person.answer("Field: ", "zzzzqq")
        person.answer("arXiv has no field 'zzzzqq'", "sound")
        person.answer("Which?", "7")
        person.answer("take numbers from 1 to 2", "1")
        person.answer("Another field", "")
        person.answer("Its name [Sound daily]", "")
        person.answer("Language [1]", "9")
        person.answer("there is no '9'", "ese")
        person.answer("there is no 'ese'", "中")
        person.answer("Your e-mail", "ada@")
        person.answer("'ada@' is no e-mail address", "ada@reader.example")
        person.answer("Readers [1]", "1")
        person.answer("Mail [1]", "university")
        person.answer("Server", f"127.0.0.1:{smtp.port}")
        person.answer("User name", "ada")
        person.answer("Password", "wrong")
        person.answer("Mails come from [ada@reader.example]", "")
        person.answer("the login is refused: look at transport.username", "1")
        person.answer(
            f"Server, such as smtp.example.edu (or host:port) [127.0.0.1:{smtp.port}]", ""
        )
        person.answer("User name (- where it takes mail without a login) [ada]", "")
        person.answer("Password", PASSWORD)
        person.answer("Mails come from", "")
        person.wait_for("takes the login of ada and mails from ada@reader.example; none was sent")
        assert person.end() == 0
        assert f"file://{tmp_path}/preview.html" in person.text
        assert not smtp.postbox.taken
        assert cli("run").code == 0
        ((sender, recipient, _),) = smtp.postbox.taken
    assert (sender, recipient) == ("ada@reader.example", "ada@reader.example")
    assert PASSWORD not in person.text
    said = (tmp_path / "newsletter.toml").read_text("utf-8")
    assert PASSWORD not in said
    assert len([line for line in said.splitlines() if line and line[0] not in "#["]) <= 15
    assert "secret_keys" not in said
    for name in ("newsletter.toml", "newsletter.env", "preview.html"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert "语" in (tmp_path / "preview.html").read_text("utf-8")
    settings = config.load(None)
    with bootstrap.open_database(settings) as database, database.read() as session:
        ada = lifecycle.get_subscriber(session, "ada@reader.example")
        (entry,) = consent_log.consent_history(session, ada.id)
    assert (entry.act, entry.way) == ("confirmed", "operator")
    assert "given to `newsletter init`" in entry.wording


def test_who_stops_half_way_leaves_nothing_behind(on_a_terminal: Open, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with on_a_terminal("init") as person:
        begin(person)
        person.wait_for("Mail [1]")
        assert person.interrupt() == 1
    assert "newsletter: stopped; nothing was written" in person.text
    assert sorted(tmp_path.iterdir()) == before


@pytest.fixture
def _asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init_module, "_is_to_ask", lambda _context: True)


@pytest.mark.usefixtures("_asked")
def test_what_is_there_is_said_before_anything_is_asked(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").touch()
    said = cli("init")
    assert (said.code, said.out) == (2, "")
    assert "newsletter.toml is there already" in said.err


@pytest.mark.usefixtures("_asked")
def test_a_place_that_cannot_be_written_is_said_before_anything_is_asked(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "here").touch()
    said = cli("init", "--config", "here/newsletter.toml")
    assert (said.code, said.out) == (1, "")
    assert "nothing can be written in" in said.err


@pytest.mark.slow
def test_with_options_nobody_is_asked(on_a_terminal: Open, tmp_path: Path) -> None:
    with on_a_terminal("init", "--category", "cs.SD") as person:
        assert person.end() == 0
    assert 'categories = ["cs.SD"]' in (tmp_path / "newsletter.toml").read_text()
    assert "SECRET_KEYS" in (tmp_path / "newsletter.env").read_text()


def test_every_question_has_an_option(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__PASSWORD", PASSWORD)
    server = ("--transport", "smtp", "--server", "smtp.lab.example:465", "--username", "ada")
    site = ("--url", "https://papers.lab.example", "--postal-address", "1 Road")
    assert cli("init", "--reader", "ada@reader.example", *site, *server).code == 0
    said = (tmp_path / "newsletter.toml").read_text()
    assert PASSWORD not in said
    assert "secret_keys" not in said, "which signs from newsletter.env, as after the questions"
    monkeypatch.delenv("NEWSLETTER_TRANSPORT__PASSWORD")
    settings = config.load(None)
    carrier = settings.transport
    assert (carrier.host, carrier.port, carrier.security) == ("smtp.lab.example", 465, "tls")
    assert carrier.password.get_secret_value() == PASSWORD
    assert settings.site.sender == "arXiv daily <ada@reader.example>"
    assert (settings.site.url, settings.site.postal_address) == (site[1], site[3])
    assert "ada@reader.example" in cli("subscribers", "list").out
    relay = ("init", "--config", "relay/newsletter.toml", "--transport", "smtp", "--username", "-")
    assert cli(*relay, "--server", "r.lab.example:25", "--security", "none").err == ""
    carrier = config.load(tmp_path / "relay" / "newsletter.toml").transport
    assert (carrier.port, carrier.security, carrier.username) == (25, "none", "")
    other = ("init", "--config", "other/newsletter.toml")
    lacks = cli(*other, "--transport", "ses", "--username", "ada")
    assert (lacks.code, "needs --server: Region, such as" in lacks.err) == (2, True)
    gmail = (*other, "--transport", "gmail", "--username", "localhost:2525")
    assert "'localhost:2525' is no e-mail address" in cli(*gmail).err
    knows = cli(*other, "--transport", "gmail", "--server", "x")
    assert (knows.code, "leave --server out" in knows.err) == (2, True)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("answers", "settings"),
    [
        (["relay.lab.example:25", "3", "-"], {"port": 25, "security": "none"}),
        (["relay.lab.example:2526", "tls", "none"], {"port": 2526, "security": "tls"}),
        (["relay.lab.example:2526", "1", "ada", "pw"], {"security": "starttls", "username": "ada"}),
        (["relay.lab.example:465", "-"], {"security": "tls"}),
        (["relay.lab.example", "-"], {"port": 587, "security": "starttls"}),
        (["localhost:2525", "-"], {"port": 2525, "security": "none"}),
    ],
)
def test_a_relay_says_how_it_encrypts_and_may_take_mail_without_a_login(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answers: list[str],
    settings: dict[str, object],
) -> None:
    said = iter(["university", *answers, ""])
    monkeypatch.setattr(click, "prompt", lambda _question, default, **_: next(said) or default)
    monkeypatch.setattr(mail_setup, "_works", lambda *_: True)
    asked = mail_setup.ask_transport(ANSWERS, tmp_path / "newsletter.toml")
    assert settings.items() <= asked.transport.items()
    assert ("username" in asked.transport) == bool(asked.secrets) == ("username" in settings)
    assert not list(said)


def test_what_fails_at_the_end_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise NewsletterError("no")

    monkeypatch.setattr(lifecycle, "add_subscriber", fails)
    with pytest.raises(NewsletterError):
        scaffold.write_answers(tmp_path / "newsletter.toml", ANSWERS, {}, NOW)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_first_look_is_at_the_sample_and_comes_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSLETTER_SOURCE__LISTING_URL", "http://127.0.0.1:1/{category}")
    file = tmp_path / "newsletter.toml"
    settings = scaffold.write_answers(file, ANSWERS, os.environ, NOW)
    init_module.preview_first_mail(settings, ANSWERS.reader)
    said = capsys.readouterr().out
    assert "Here is the day that ships with the program instead" in said
    assert f"file://{tmp_path}/preview.html" in said
    assert "ada@reader.example" in (tmp_path / "preview.html").read_text("utf-8")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_way_of_mail_is_one_that_the_settings_take(
    preset: Any,  # noqa: ANN401 - pytest's
    tmp_path: Path,
) -> None:
    transport = {"use": preset.use}
    if preset.host:
        host = preset.host.format(place="eu-west-1")
        transport |= {"host": host, "port": preset.port, "security": preset.security}
    answers = scaffold.Answers(
        **vars(ANSWERS)
        | {"transport": transport, "sending": preset.sending, "url": "https://x.org"}
    )
    environ = {"NEWSLETTER_SITE__SECRET_KEYS": "k" * 16}
    settings = answers.settings(tmp_path / "newsletter.toml", environ)
    assert settings.transport.use == preset.use
    assert settings.sending.per_hour == preset.sending.get("per_hour")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Speech & Text", "speech-text"),
        ("语音", "cs-sd"),
        ("API", "cs-sd"),
        ("x" * 60, "x" * 40),
    ],
)
def test_a_slug_is_made_of_the_name_or_of_what_is_followed(title: str, slug: str) -> None:
    assert scaffold.slug_of(title, ["cs.SD"]) == slug


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("machine learning", ["cs.LG", "stat.ML"]),
        ("nlp", ["cs.CL"]),
        ("neuroscience", ["q-bio.NC"]),
        ("physics", ["physics"]),
        ("number theory", ["math.NT"]),
        ("quantum comput", ["quant-ph"]),
    ],
)
def test_a_field_is_found_by_what_people_call_it(words: str, first: list[str]) -> None:
    found = taxonomy.search(words)
    assert found[: len(first)] == first


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Robotiks", "; did you mean 'Robotics'?"),
        ("speach", "; did you mean 'Audio and Speech Processing' or "),
        ("quantum fisics", "; did you mean 'Quantum Physics'"),
        ("zzzzqq", "; try other words"),
    ],
)
def test_what_no_field_is_called_names_the_nearest(words: str, line: str) -> None:
    with pytest.raises(WrongUseError, match=re.escape(line)):
        taxonomy.search(words)


def test_secrets_lie_beside_the_configuration_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.toml"
    scaffold.write_answers(file, ANSWERS, {}, NOW)
    assert config.load(file, {}).site.secret_keys
    secrets = file.with_suffix(".env")
    with secrets.open("a") as more:
        more.write("# mine\nNEWSLETTER_TRANSPORT__PASSWORD=a b#c\nNEWSLETTER_SITE__NAME='It''s'\n")
    settings = config.load(file, {})
    assert settings.transport.password.get_secret_value() == "a b#c"
    assert settings.site.name == "Its"
    (tmp_path / "key").write_text("another")
    from_a_file = {"NEWSLETTER_TRANSPORT__PASSWORD_FILE": str(tmp_path / "key")}
    assert config.load(file, from_a_file).transport.password.get_secret_value() == "another"
    secrets.write_text("export X=1\nNEWSLETTER_SITE__NAME\n")
    with pytest.raises(WrongUseError, match=r"newsletter\.env, line 2: write it like NEWSLETTER_"):
        config.load(file, dict(os.environ))
