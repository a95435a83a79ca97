"""First steps: a configuration with a fresh secret, its database, and the demo."""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from newsletter import bootstrap, config
from newsletter.cluster import queue_tables
from newsletter.config import NewsletterSettings, Settings
from newsletter.database import db, schema
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.file_writing import create_file
from newsletter.rendering.templates import template_environment
from newsletter.rendering.translations import translations
from newsletter.sending.restore_guard import server_identity
from newsletter.sources import bundled
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest

_OWN_ADDRESS = "the operator's own address, given to `newsletter init`"
_LONGEST_SLUG = 40
_SIGNING_KEY = "NEWSLETTER_SITE__SECRET_KEYS"
_NOT_SAID = {"secret": "", "secrets_file": "", "source": "arxiv"}
# `.example` is nobody's (RFC 2606), so that a demo can never reach a stranger.
_EXAMPLES = (
    ("ada@reader.example", SubscriptionRequest(["audio"], "full", "zh")),
    ("bob@reader.example", SubscriptionRequest(["audio"], "brief", "zh")),
    ("chen@reader.example", SubscriptionRequest(["audio"], "titles", "en")),
)


@dataclass(frozen=True)
class InitOptions:
    """The choices for a new configuration; `secrets` are variables of the environment."""

    name: str
    sender: str
    slug: str
    title: str
    categories: Sequence[str]
    language: str
    url: str = "http://127.0.0.1:8000"
    postal_address: str = ""
    source: str = "arxiv"
    reader: str = ""
    transport: Mapping[str, str | int] = field(default_factory=lambda: {"use": "files"})
    sending: Mapping[str, float] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    in_one_file: bool = False  # the key that signs, too


DEMO = InitOptions(
    name="Audio & Signals",
    sender="Audio & Signals <daily@newsletter.example>",
    slug="audio",
    title="音频",
    categories=bundled.CATEGORIES,
    language="zh",
    postal_address="1 Example Street, Exampletown",
    source="bundled",
    in_one_file=True,
)


@dataclass(frozen=True)
class Answers:
    """The answers to `init` on a terminal; `secrets` are variables of the environment.

    Without `url` there are no pages: a newsletter for whoever runs it.
    """

    reader: str
    title: str
    slug: str
    categories: Sequence[str]
    language: str
    sender: str
    url: str = ""
    postal_address: str = ""
    transport: Mapping[str, str | int] = field(default_factory=lambda: {"use": "files"})
    sending: Mapping[str, float] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)

    def settings(self, file: Path, environ: Mapping[str, str]) -> Settings:
        """As they will be once they are written there.

        Raises:
            WrongUseError: an answer is no such setting.
        """
        return config.parse(self.text(file), file, {**self.secrets, **environ})

    def text(self, file: Path) -> str:
        """The configuration: what had to be asked, and nothing that is as it always is."""
        secrets_file = config.environment_file(file).name
        return _rendered(vars(self) | {"name": self.title, "secrets_file": secrets_file})


def slug_of(title: str, categories: Sequence[str]) -> str:
    """A newsletter's name in commands and links: of its title, or of what it follows."""
    for name in (title, categories[0], f"arxiv-{categories[0]}"):
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:_LONGEST_SLUG].strip("-")
        with suppress(ValidationError):
            return NewsletterSettings(slug=slug, title=title, categories=tuple(categories)).slug
    raise WrongUseError(f"{title!r} makes no name for commands and links; take another one")


def write_configuration(
    file: Path, choices: InitOptions, environ: Mapping[str, str], now: datetime | None = None
) -> Settings:
    """Write the configuration, readable by its owner only, and create the database.

    With `now`, the first reader is taken in, for whom the operator vouches.

    Raises:
        WrongUseError: there is one already; it is left as it is.
    """
    key = secrets.token_urlsafe(32)
    if choices.in_one_file:
        said, variables = {"secret": key}, choices.secrets
    else:
        said = {"secrets_file": config.environment_file(file).name}
        variables = {_SIGNING_KEY: key, **choices.secrets}
    fill = partial(_take_in, choices.reader, now) if choices.reader and now else upgrade
    return _write(file, _rendered(vars(choices) | said), variables, environ, fill)


def write_answers(
    file: Path, answers: Answers, environ: Mapping[str, str], now: datetime
) -> Settings:
    """Write what was asked for, and take in the first reader, for whom the operator vouches.

    Raises:
        WrongUseError: there is a configuration already, or this reader must not be mailed.
    """
    keys = {_SIGNING_KEY: secrets.token_urlsafe(32), **answers.secrets}
    fill = partial(_take_in, answers.reader, now)
    return _write(file, answers.text(file), keys, environ, fill)


def _take_in(reader: str, now: datetime, settings: Settings) -> None:
    upgrade(settings)
    newsletter = settings.newsletters[0]
    request = SubscriptionRequest([newsletter.slug], newsletter.detail, newsletter.language)
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        lifecycle.add_subscriber(session, reader, request, _OWN_ADDRESS, now)


def refuse_existing(*files: Path) -> None:
    """Raises: WrongUseError: one of them is there already."""
    for file in files:
        if file.exists():
            raise WrongUseError(f"{file} is there already; edit it, or name another place")


def _rendered(values: Mapping[str, object]) -> str:
    template = template_environment(translations("en")).get_template("newsletter.toml")
    return template.render({**_NOT_SAID, **values, "quoted": _quoted})


def _quoted(value: str) -> str:
    """A string of TOML, as a person would write it: `&` is `&`."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(
    file: Path,
    content: str,
    variables: Mapping[str, str],
    environ: Mapping[str, str],
    fill: Callable[[Settings], None],
) -> Settings:
    """All or nothing: the configuration comes last, when everything behind it is there."""
    secrets_file = config.environment_file(file)
    refuse_existing(file, *([secrets_file] if variables else []))
    environ = {**variables, **config.with_environment_file(file, environ)}
    settings = config.parse(content, file, environ)
    stored = db.sqlite_file(settings.database.url, settings.folder)
    made = [stored] if stored and not stored.exists() else []
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fill(settings)
        if variables:
            _write_new(secrets_file, config.environment_text(variables))
            made.append(secrets_file)
        _write_new(file, content)
    except FileExistsError:
        _unmake(made)
        raise WrongUseError(f"{file} is there already; edit it, or name another place") from None
    except OSError as error:
        _unmake(made)
        raise NewsletterError(f"{file} cannot be written: {error.strerror}") from error
    except BaseException:
        _unmake(made)
        raise
    return settings


def _unmake(made: Sequence[Path]) -> None:
    """Take back what was begun; SQLite keeps two more files beside a database."""
    for file in made:
        for ending in ("", "-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)


def _write_new(file: Path, content: str) -> None:
    with create_file(file) as stream:
        stream.write(content)


def upgrade(settings: Settings) -> None:
    """Bring the database to this program's version, creating it where it is not there."""
    database = db.connect(settings.database.url, settings.folder)
    try:
        schema.upgrade(database)
        queue_tables.create_tables(database)
        server_identity.record_first_server(database)
    finally:
        database.dispose()


def write_demo(folder: Path, now: datetime) -> Settings:
    """The bundled day's newsletter with three confirmed example subscribers; again is no harm.

    Raises:
        WrongUseError: the folder holds a newsletter that is not a demo.
    """
    file = folder / config.FILE_NAME
    settings = config.load(file, {}) if file.exists() else write_configuration(file, DEMO, {})
    if settings.source.use != "bundled":
        raise WrongUseError(f"{file} is no demo; name another folder: newsletter demo DIR")
    upgrade(settings)
    database = db.connect(settings.database.url, settings.folder)
    try:
        with database.write.begin() as session:
            for email, request in _EXAMPLES:
                if lifecycle.find_subscriber(session, email) is None:
                    lifecycle.add_subscriber(
                        session, email, request, "an example, made by the demo", now
                    )
    finally:
        database.dispose()
    return settings
