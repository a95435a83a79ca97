"""First steps: a configuration with a fresh secret, its database, and the demo."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsletter import config, db, schema
from newsletter.cluster import tables
from newsletter.config import Settings
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.rendering.templates import template_environment
from newsletter.rendering.translations import translations
from newsletter.sources import bundled
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest

# `.example` is nobody's (RFC 2606), so that a demo can never reach a stranger.
_EXAMPLES = (
    ("ada@reader.example", SubscriptionRequest(["audio"], "full", "zh")),
    ("bob@reader.example", SubscriptionRequest(["audio"], "brief", "zh")),
    ("chen@reader.example", SubscriptionRequest(["audio"], "titles", "en")),
)


@dataclass(frozen=True)
class InitOptions:
    """What a new configuration says."""

    name: str
    sender: str
    slug: str
    title: str
    categories: Sequence[str]
    language: str
    url: str = "http://127.0.0.1:8000"
    postal_address: str = ""
    source: str = "arxiv"


DEMO = InitOptions(
    name="Audio & Signals",
    sender="Audio & Signals <daily@newsletter.example>",
    slug="audio",
    title="音频",
    categories=bundled.CATEGORIES,
    language="zh",
    postal_address="1 Example Street, Exampletown",
    source="bundled",
)


def write_configuration(file: Path, choices: InitOptions, environ: Mapping[str, str]) -> Settings:
    """Write the configuration, readable by its owner only, and create the database.

    Raises:
        WrongUseError: there is one already; it is left as it is.
    """
    text = template_environment(translations("en")).get_template("newsletter.toml")
    content = text.render(**vars(choices), secret=secrets.token_urlsafe(32), quoted=_quoted)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_new(file, content)
    except FileExistsError:
        raise WrongUseError(f"{file} is there already; edit it, or name another place") from None
    except OSError as error:
        raise NewsletterError(f"{file} cannot be written: {error.strerror}") from error
    settings = config.load(file, environ)
    upgrade(settings)
    return settings


def _quoted(value: str) -> str:
    """A string of TOML, as a person would write it: `&` is `&`."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_new(file: Path, content: str) -> None:
    """Whole or not at all, and never over a file that is there."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600)
        part.write_text(content, encoding="utf-8")
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)


def upgrade(settings: Settings) -> None:
    """Bring the database to this program's version, creating it where it is not there."""
    database = db.connect(settings.database.url, settings.folder)
    try:
        schema.upgrade(database)
        tables.create_tables(database)
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
            for email, wish in _EXAMPLES:
                if lifecycle.find_subscriber(session, email) is None:
                    lifecycle.add_subscriber(
                        session, email, wish, "an example, made by the demo", now
                    )
    finally:
        database.dispose()
    return settings
