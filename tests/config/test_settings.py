"""The configuration: read, overridden, refused in one line that names the setting."""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from newsletter import config, scaffold
from newsletter.config import NewsletterSettings, Settings
from newsletter.errors import WrongUseError
from newsletter.network.hosts import is_this_machine

KEY = "x" * 15 + "-secret-"
SITE = f'[site]\nsecret_keys = ["{KEY}"]\n'
AUDIO = '[[newsletters]]\nslug = "audio"\ntitle = "音频"\ncategories = ["cs.SD", "eess.AS"]\n'
TEXT = '[[newsletters]]\nslug = "text"\ntitle = "Text"\ncategories = ["cs.CL"]\n'
WHOLE = SITE + AUDIO

_DEFAULTS = """\
## Defaults

What stands where nothing is said. What is not here is empty, or off.

```
"""
Load = Callable[..., Settings]
Refused = Callable[..., str]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str = WHOLE, environ: Mapping[str, str] | None = None) -> Settings:
        file = tmp_path / "newsletter.toml"
        file.write_bytes(text.encode())
        return config.load(file, environ or {})

    return load_text


@pytest.fixture
def refused(load: Load) -> Refused:
    """The line that a configuration is refused with, after where it came from."""

    def line(text: str = WHOLE, environ: Mapping[str, str] | None = None) -> str:
        with pytest.raises(WrongUseError) as error:
            load(text, environ)
        told = str(error.value)
        assert len(told.splitlines()) == 1
        return told.rpartition("newsletter.toml: ")[2]

    return line


def test_what_is_not_said_has_a_good_default(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert (settings.source.use, settings.summarizer.use) == ("arxiv", "extractive")
    assert settings.transport.use == "files"
    assert settings.source.min_interval_s == 3.0
    assert settings.source.page_interval_s == 15.0
    assert settings.newsletters[0].language == "en"
    assert settings.folder == tmp_path


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (WHOLE + '[sight]\nname = "x"', "unknown setting 'sight'; did you mean 'site'?"),
        (SITE + 'nam = "x"\n' + AUDIO, "unknown setting 'site.nam'; did you mean 'name'?"),
        (WHOLE + 'titel = "x"', "unknown setting 'newsletters.0.titel'; did you mean 'title'?"),
        (WHOLE + "[transport]\nqqq = 1", "unknown setting 'transport.qqq'"),
        ('folder = "x"\n' + WHOLE, "unknown setting 'folder'"),
        (AUDIO, "the setting 'site' is missing"),
        ("[site]\n" + AUDIO, "the setting 'site.secret_keys' is missing"),
        (SITE, "the setting 'newsletters' is missing"),
        (SITE + AUDIO.replace("newsletters", "newsletter"), "did you mean 'newsletters'?"),
        (WHOLE.replace("[site]", "[sites]"), "unknown setting 'sites'; did you mean 'site'?"),
        (WHOLE.replace("[site]", "[[site]]"), "site: must be one table"),
        ("newsletters = []\n" + SITE, "newsletters: at least one is needed; each begins with"),
        (SITE + "[newsletters]\nslug = 'a'", "newsletters: at least one is needed; each begins"),
        (WHOLE.replace('"cs.SD"', '"cs.SDD"'), "newsletters.0.categories.0: arXiv has no category"),
        (WHOLE.replace('"cs.SD"', '"cmp-lg"'), "it is 'cs.CL' now"),
        (WHOLE + 'language = "tlh"', "newsletters.0.language: must be one of en, zh, es"),
        (WHOLE + 'detail = "long"', "newsletters.0.detail: input should be 'full', 'brief' or"),
        (WHOLE.replace('"audio"', '"Au dio"'), "newsletters.0.slug: must be 1 to 40 of a-z, 0-9"),
        (
            WHOLE.replace('["cs.SD", "eess.AS"]', "[]"),
            "newsletters.0.categories: at least one is needed",
        ),
        (WHOLE + '[dkim]\nkeys = {"my key" = "k.pem"}', "dkim.keys.my key: is no such name; use"),
        *(
            (WHOLE + f"[{section}]\n{name} = '{place}'", f"{section}.{name}: {words}")
            for section, name, place, words in (
                ("sending", "state_dir", f"/tmp/{'x' * 256}", "has a name of more than 255 bytes"),  # noqa: S108
                ("transport", "directory", "x/" * 2000, "can be no path"),
                ("database", "url", f"sqlite:///{'ö' * 128}.db", "has a name of more than 255"),
                ("database", "url", "sqlite://", "names no file, and nothing would stay; write"),
                ("database", "url", "sqlite:///:memory:", "names no file"),
            )
        ),
        (WHOLE + TEXT.replace("text", "audio"), "two newsletters have the slug 'audio'"),
        (WHOLE + "[source]\nmin_interval_s = -1", "source.min_interval_s: input should be greater"),
        (WHOLE + "[source]\ntimeout_s = nan", "source.timeout_s: "),
        (WHOLE + "[transport]\nport = 70000", "transport.port: input should be less than"),
        (WHOLE + "[transport]\nport = []", "transport.port: input should be a valid integer"),
        (SITE + 'url = "papers.example.org"\n' + AUDIO, "site.url: is no web address; write it"),
        (SITE + AUDIO + '[transport]\nhost = "smtp lab"\n', "transport.host: is no name of a ser"),
        (
            SITE + AUDIO + '[transport]\nhost = " smtp.lab.example:465 "\n',
            "transport.host: says a port, too; write 'smtp.lab.example' here, and 465 as the port",
        ),
        (
            SITE + AUDIO + '[alarm]\nping_url = "me"\n',
            "alarm.ping_url: is no web address; write it",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting_and_the_right_one(
    refused: Refused, text: str, line: str
) -> None:
    assert line in refused(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[site", "cannot be read: "),
        ("x = " + "9" * 5000, "cannot be read: "),
        ("x = " + "[" * 50_000, "cannot be read: "),
    ],
)
def test_a_file_that_is_no_toml_is_one_clear_line(refused: Refused, text: str, words: str) -> None:
    assert words in refused(text)


def test_a_file_that_is_not_there_or_no_text_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(
        WrongUseError, match=r"no configuration at .*; `newsletter init` writes one"
    ):
        config.load(tmp_path / "nowhere.toml", {})
    with pytest.raises(WrongUseError, match="cannot be read: Is a directory"):
        config.load(tmp_path, {})
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongUseError, match="cannot be read: it is not in UTF-8"):
        config.load(tmp_path / "bytes.toml", {})


def test_a_byte_order_mark_is_no_mistake(load: Load) -> None:
    assert load("\ufeff" + WHOLE).newsletters[0].slug == "audio"


@pytest.mark.parametrize(
    "evil", ["A\r\nBcc: x@y.example", "A\nB", "A\u2028B", "A\x85B", "A\x00B", "A\x0bB", "", " \t "]
)
@pytest.mark.parametrize("setting", ["SITE__NAME", "SITE__SENDER", "NEWSLETTERS__0__TITLE"])
def test_nothing_that_reaches_a_header_may_break_its_line(
    refused: Refused, setting: str, evil: str
) -> None:
    text = evil + " <daily@example.org>" if evil.strip() and "SENDER" in setting else evil
    assert refused(environ={f"NEWSLETTER_{setting}": text}).startswith(f"NEWSLETTER_{setting}: ")


@pytest.mark.parametrize("name", ["SITE__NAME", "SITE__POSTAL_ADDRESS"])
def test_bytes_that_are_no_text_are_refused(refused: Refused, name: str) -> None:
    assert f"NEWSLETTER_{name}: " in refused(environ={f"NEWSLETTER_{name}": "caf\udce9"})


def test_names_in_any_script_are_welcome(load: Load) -> None:
    settings = load(SITE + 'name = "音频 & Sprache"\nsender = "音频 <a@b.example>"\n' + AUDIO)
    assert (settings.site.name, settings.newsletters[0].title) == ("音频 & Sprache", "音频")
    assert settings.site.sender_domain == "b.example"


@pytest.mark.parametrize(
    "sender",
    [
        "nobody",
        "a@b.example, c@d.example",
        "Audio, Speech <a@b.example>",
        "A <a b@c.example>",
        "ä@b.example",
        "a@bücher.example",
        "A <a@b.example> x",
        "@b.example",
        "a@",
        "ada@@b.example",
        "a..b@c.example",
        ".a@b.example",
        "a@b..example",
        "a@b-.example",
        "a@b",
        "a@1.2.3.4",
        "a" * 65 + "@b.example",
    ],
)
def test_a_sender_is_one_address_that_any_server_takes(refused: Refused, sender: str) -> None:
    line = refused(environ={"NEWSLETTER_SITE__SENDER": sender})
    assert line.endswith("site.sender: is no sender; write it like 'Name <daily@example.org>'")
    for setting in ("SITE__MAILBOX", "ALARM__MAIL_TO", "NOTIFY__LAB__MAIL_TO"):
        line = refused(environ={f"NEWSLETTER_{setting}": sender})
        assert line.endswith("is no address; write it like 'bounces@example.org'")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x.example",
        "https://",
        "https://x.example/\r\nX: y",
        "https://x.example/a b",
        "https://x.example/>,<",
        "https://x.example:99999",
        "http://[x",
        "https://user:hunter2@x.example",
        "https://x.example/?a=b",
        "https://x.example/#a",
        "https://bücher.example",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("setting", ["SITE__URL", "SOURCE__API_URL", "TRANSPORT__BASE_URL"])
def test_a_web_address_is_plain_and_is_not_repeated_where_it_is_not(
    refused: Refused, setting: str, address: str
) -> None:
    line = refused(environ={f"NEWSLETTER_{setting}": address})
    assert f"{setting.lower().replace('__', '.')}: " in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "address", ["https://x.example/", "https://x.example/{}{categories}", "https://x.example/{0}"]
)
def test_a_feeds_address_has_a_place_for_the_category(refused: Refused, address: str) -> None:
    line = refused(environ={"NEWSLETTER_SOURCE__FEED_URL": address})
    assert line.endswith("source.feed_url: must hold '{categories}' once, where the category goes")


def test_the_environment_overrides_single_settings(load: Load, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}1\n{KEY}2\n")
    settings = load(
        WHOLE + TEXT,
        {
            "NEWSLETTER_SITE__NAME": "Other",
            "NEWSLETTER_SITE__SECRET_KEYS_FILE": str(tmp_path / "key"),
            "NEWSLETTER_TRANSPORT__PORT": "2525",
            "NEWSLETTER_NEWSLETTERS__1__CATEGORIES": "cs.CL, CS.lg,cs.CL",
            "NEWSLETTER_NEWSLETTERS__1__LANGUAGE": "zh-CN",
            "NEWSLETTER_SOURCE__OPTIONS__MIRROR": "near",
            "NEWSLETTER_PORT": "tcp://10.0.0.1:80",
            "NEWSLETTER_CONFIG": "elsewhere.toml",
            "HOME": "/",
        },
    )
    assert settings.site.name == "Other"
    assert [key.get_secret_value() for key in settings.site.secret_keys] == [KEY + "1", KEY + "2"]
    assert settings.transport.port == 2525
    assert settings.newsletters[0].categories == ("cs.SD", "eess.AS")
    assert settings.newsletters[1].categories == ("cs.CL", "cs.LG")
    assert settings.newsletters[1].language == "zh"
    assert settings.source.options == {"mirror": "near"}


def test_a_configuration_can_be_named_by_the_environment(load: Load, tmp_path: Path) -> None:
    load()
    environ = {"NEWSLETTER_CONFIG": str(tmp_path / "newsletter.toml")}
    assert config.load(None, environ).folder == tmp_path
    with pytest.raises(WrongUseError, match=r"no configuration at nowhere\.toml"):
        config.load(None, {"NEWSLETTER_CONFIG": "nowhere.toml"})


def test_without_a_name_it_is_the_one_in_this_folder(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load()
    monkeypatch.chdir(tmp_path)
    assert config.load(None, {"NEWSLETTER_CONFIG": ""}).folder == tmp_path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SITE__NAM", "unknown setting 'site.nam'; did you mean 'name'?"),
        ("SIGHT__NAME", "unknown setting 'sight'; did you mean 'site'?"),
        ("SITE_NAME", "unknown setting; did you mean NEWSLETTER_SITE__NAME?"),
        ("SITE_SECRET_KEYS_FILE", "did you mean NEWSLETTER_SITE__SECRET_KEYS_FILE?"),
        ("SITE__", "write it like NEWSLETTER_SITE__NAME"),
        ("SITE____NAME", "write it like NEWSLETTER_SITE__NAME"),
        ("SITE__NAME__MORE", "there is no such setting"),
        ("NEWSLETTERS__1__TITLE", "there are 1 newsletters, counted from 0"),
        ("NEWSLETTERS__-1__TITLE", "there are 1 newsletters, counted from 0"),
        ("NEWSLETTERS__²__TITLE", "there are 1 newsletters, counted from 0"),
        ("NEWSLETTERS__AUDIO__TITLE", "there are 1 newsletters, counted from 0"),
        ("NEWSLETTERS__0", "there is no such setting"),
        ("TRANSPORT__PORT", "transport.port: input should be a valid integer"),
        ("TRANSPORT__OPTIONS", "transport.options: must be a table"),
        ("SITE__SECRET_KEYS_FILE", "its file cannot be read: No such file or directory"),
    ],
)
def test_a_mistaken_variable_is_named(refused: Refused, name: str, words: str) -> None:
    line = refused(SITE + 'name = "x"\n' + AUDIO, {f"NEWSLETTER_{name}": "nonsense"})
    assert line.startswith(f"NEWSLETTER_{name}: ")
    assert words in line


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NEWSLETTER_TRANSPORT_PASSWORD", "did you mean NEWSLETTER_TRANSPORT__PASSWORD?"),
        ("NEWSLETTER_TRANSPORT_PASWORD_FILE", "mean NEWSLETTER_TRANSPORT__PASSWORD_FILE?"),
        ("newsletter_transport__password", "did you mean NEWSLETTER_TRANSPORT__PASSWORD?"),
        ("NEWSLETER_TRANSPORT__PASSWORD", "did you mean NEWSLETTER_TRANSPORT__PASSWORD?"),
        ("TRANSPORT__PASSWORD", "did you mean NEWSLETTER_TRANSPORT__PASSWORD?"),
        ("NEWSLETTER_PASSWORD", "did you mean NEWSLETTER_TRANSPORT__PASSWORD?"),
        ("NEWSLETTER_NEWSLETTERS_0_TITLE", "mean NEWSLETTER_NEWSLETTERS__0__TITLE?"),
        ("NEWSLETTER_PORT", "NEWSLETTER_PORT: unknown setting; "),
    ],
)
def test_a_slip_in_the_file_of_variables_is_refused_with_its_line(
    load: Load, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "newsletter.env").write_text(f"# NEWSLETTER_X=1\nHTTPS_PROXY=x\n{name}=x\n")
    with pytest.raises(WrongUseError) as error:
        load()
    assert f"newsletter.env, line 3: {name}: " in str(error.value)
    assert words in str(error.value)


def test_a_slip_in_the_environment_alone_is_a_warning_since_others_may_mean_it(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("NEWSLETTER_")]:
        monkeypatch.delenv(name)
    for name in ("NEWSLETTER_PORT", "NEWSLETTER_WEB_SERVICE_HOST", "NEWSLETTER_PORT_80_TCP_ADDR"):
        monkeypatch.setenv(name, "tcp://10.0.0.1:80")
    settings = load()
    assert [finding.level for finding in config.check_environment(settings, datetime.now(UTC))] == [
        "ok"
    ]
    monkeypatch.setenv("NEWSLETTER_TRANSPORT_PASWORD", "x")
    (tmp_path / "newsletter.env").write_text("NEWSLETTER_STATE_DIR=/var/lib/newsletter\n")
    slip, unread = config.check_environment(settings, datetime.now(UTC))
    assert (slip.level, unread.level) == ("warning", "warning")
    assert "did you mean NEWSLETTER_TRANSPORT__PASSWORD?" in slip.text
    assert "NEWSLETTER_STATE_DIR is not read of" in unread.text


def test_newsletters_that_are_not_there_cannot_be_overridden(refused: Refused) -> None:
    assert "there are 0 newsletters" in refused(SITE, {"NEWSLETTER_NEWSLETTERS__0__SLUG": "a"})


def test_a_setting_and_its_file_at_once_are_ambiguous(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("one")
    name = "NEWSLETTER_TRANSPORT__PASSWORD"
    line = refused(environ={name: "two", f"{name}_FILE": str(tmp_path / "password")})
    assert line == f"{name}_FILE and {name} say the same; keep one of them"


def test_secrets_are_in_no_repr_and_no_error(load: Load, refused: Refused) -> None:
    secrets = {
        "NEWSLETTER_SITE__SECRET_KEYS": KEY,
        "NEWSLETTER_DATABASE__URL": "postgresql://me:hunter2@db.example/n",
        "NEWSLETTER_TRANSPORT__PASSWORD": "hunter2",
        "NEWSLETTER_TRANSPORT__API_KEY": "hunter2",
        "NEWSLETTER_SUMMARIZER__API_KEY": "hunter2",
        "NEWSLETTER_SOURCE__OPTIONS__TOKEN": "hunter2",
    }
    settings = load(environ=secrets)
    assert settings.transport.password.get_secret_value() == "hunter2"
    for shown in (repr(settings), str(settings), repr(settings.database)):
        assert "hunter2" not in shown
        assert KEY not in shown
    for name in ("SITE__SECRET_KEYS", "SITE__SECRET_KEYS_FILE", "TRANSPORT__PASSWORD"):
        assert "hunter2" not in refused(environ={f"NEWSLETTER_{name}": "hunter2\x00"})


def test_a_weak_key_is_refused_with_the_way_to_a_strong_one(refused: Refused) -> None:
    assert refused(environ={"NEWSLETTER_SITE__SECRET_KEYS": "short"}).endswith(
        "site.secret_keys.0: a secret key needs at least 16 characters; `newsletter init` makes one"
    )


def test_mathematical_physics_can_be_followed_by_both_its_names(load: Load) -> None:
    text = WHOLE.replace('"cs.SD", "eess.AS"', '"math-ph", "MATH.MP", "math"')
    assert load(text).newsletters[0].categories == ("math-ph", "math.MP", "math")


def test_a_newsletter_is_found_by_its_slug_or_is_the_first(load: Load) -> None:
    settings = load(WHOLE + TEXT)
    assert settings.newsletter(None).slug == "audio"
    assert settings.newsletter("text").title == "Text"
    with pytest.raises(WrongUseError, match="no newsletter 'tex' here; did you mean 'text'"):
        settings.newsletter("tex")


def test_paths_start_from_the_configurations_folder_not_from_here(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load()
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    settings = config.load(Path("../newsletter.toml"), {})
    assert settings.folder / settings.transport.directory == tmp_path / "outbox"
    assert settings.folder.is_absolute()


def test_what_the_page_of_settings_shows_is_right(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.toml"
    scaffold.write_configuration(file, scaffold.DEMO, {})
    written = file.read_text(encoding="utf-8").partition("[transport]")[0]
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    section = page.partition("## What could stand there\n")[2]
    shown = section.partition("```toml\n")[2].partition("```\n")[0]
    file.write_text(f"{written}{shown}", encoding="utf-8")
    found = config.load(file, {})
    assert found.sending.per_domain["*"] == 2
    assert found.dkim.keys == {"2025a": Path("dkim.pem")}
    assert found.notify.keys() == {"me"}


def defaults(section: str, model: type[BaseModel]) -> Iterator[str]:
    """`section.name = value` of each setting that has a value by itself; secrets have none."""
    for name, field in model.model_fields.items():
        value = field.get_default(call_default_factory=True)
        plain = isinstance(value, str | int | float | Path)
        if plain and value not in {"", Path()}:
            shown = json.dumps(str(value) if isinstance(value, Path) else value)
            yield f"{section}.{name} = {shown}"


def test_every_setting_is_named_in_the_documentation_and_not_only_with_its_default() -> None:
    pages = (Path(__file__).parents[2] / "docs").glob("*.md")
    told = " ".join(page.read_text("utf-8").partition(_DEFAULTS)[0] for page in pages)
    code = " ".join(re.findall(r"`[^`]+`|```.*?```", told, re.DOTALL))
    sections = [field.annotation for field in Settings.model_fields.values()]
    names = {
        name
        for model in [*sections, NewsletterSettings]
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name in model.model_fields
    }
    assert names - set(re.findall("[a-z_0-9]+", code)) == set()


def test_the_document_of_settings_tells_every_default() -> None:
    """`make docs` writes it anew."""
    lines = [
        line
        for section, field in Settings.model_fields.items()
        if isinstance(model := field.annotation, type) and issubclass(model, BaseModel)
        for line in defaults(section, model)
    ]
    told = "\n".join([*lines, *defaults("newsletters.SLUG", NewsletterSettings)])
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    before, _, after = page.read_text("utf-8").partition(_DEFAULTS)
    text = f"{before}{_DEFAULTS}{told}\n```\n"
    if "WRITE_DOCS" in os.environ:
        page.write_text(text, "utf-8")
    assert after
    assert page.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((host, True) for host in ("localhost", "LOCALHOST.", "lab.localhost", "127.0.0.1")),
        *((host, True) for host in ("127.9.9.9", "::1", "[::1]", "::", ".".join("0000"))),
        *((host, False) for host in ("", "mylocalhost", "localhost.lab.org", "128.0.0.1", "::2")),
    ],
)
def test_a_host_is_this_machine_or_it_is_not(host: str, *, expected: bool) -> None:
    assert is_this_machine(host) is expected
