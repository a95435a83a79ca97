"""Settings: newsletter.toml, overridden by the environment, checked before anything runs."""

import os
import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from newsletter import taxonomy
from newsletter.errors import WrongUseError, did_you_mean

FILE_NAME = "newsletter.toml"
DETAILS = ("full", "brief", "titles")
LANGUAGES = ("en", "zh")


def _split(value: object) -> object:
    """A list written as one string in the environment: separated by commas or line breaks."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,\n]", value) if part.strip()]
    return value


def _language(value: object) -> object:
    """`zh-CN`, `zh_Hans` and `ZH` are `zh` to us; what is unknown is left for the check."""
    return re.split(r"[-_]", value)[0].lower() if isinstance(value, str) else value


def _sender(value: str) -> str:
    local, _, domain = parseaddr(value)[1].rpartition("@")
    if not (local and domain) or re.search(r"[\r\n]", value):
        raise ValueError(f"{value!r} is no sender; write it like 'Name <daily@example.org>'")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"{value!r} is no web address; write it like 'https://papers.example.org'")
    return value.rstrip("/")


def _category(value: str) -> str:
    try:
        return taxonomy.category(value)
    except WrongUseError as error:
        raise ValueError(str(error)) from error


def _strong(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 16:  # noqa: PLR2004 - 16 characters carry 96 random bits
        raise ValueError("a secret key needs at least 16 characters; `newsletter init` makes one")
    return key


WebAddress = Annotated[str, AfterValidator(_web_address)]
Detail = Literal["full", "brief", "titles"]
Language = Annotated[Literal["en", "zh"], BeforeValidator(_language)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Section(BaseModel):
    """A table of newsletter.toml; a name it does not know is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Site(Section):
    name: str = "arXiv newsletter"
    url: WebAddress = "http://127.0.0.1:8000"
    sender: Annotated[str, AfterValidator(_sender)] = "arXiv newsletter <newsletter@localhost>"
    postal_address: str = ""
    secret_keys: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_strong)], ...],
        BeforeValidator(_split),
        Field(min_length=1),
    ]

    @property
    def sender_domain(self) -> str:
        return parseaddr(self.sender)[1].rpartition("@")[2]


class DatabaseSettings(Section):
    url: str = "sqlite:///newsletter.db"


class NewsletterSettings(Section):
    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    categories: Annotated[
        tuple[Annotated[str, AfterValidator(_category)], ...],
        BeforeValidator(_split),
        Field(min_length=1),
    ]
    language: Language = "en"
    detail: Detail = "brief"


class SourceSettings(Section):
    use: str = "arxiv"
    feed_url: str = "https://rss.arxiv.org/atom/{categories}"
    api_url: WebAddress = "https://export.arxiv.org/api/query"
    min_interval_s: Annotated[float, Field(ge=0, le=600)] = 3.0
    timeout_s: Seconds = 30.0
    options: dict[str, Any] = {}


class SummarizerSettings(Section):
    use: str = "extractive"
    base_url: WebAddress = "https://api.openai.com/v1"
    model: str = "gpt-4o-mini"
    api_key: SecretStr = SecretStr("")
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    timeout_s: Seconds = 60.0
    concurrency: Annotated[int, Field(ge=1, le=32)] = 4
    options: dict[str, Any] = {}


class TransportSettings(Section):
    use: str = "files"
    directory: Path = Path("outbox")
    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    api_key: SecretStr = SecretStr("")
    base_url: WebAddress = "https://api.sendgrid.com"
    timeout_s: Seconds = 30.0
    options: dict[str, Any] = {}


class Settings(Section):
    """Everything that an operator can choose, and the folder that relative paths start from."""

    folder: Path
    site: Site
    database: DatabaseSettings = DatabaseSettings()
    newsletters: Annotated[tuple[NewsletterSettings, ...], Field(min_length=1)]
    source: SourceSettings = SourceSettings()
    summarizer: SummarizerSettings = SummarizerSettings()
    transport: TransportSettings = TransportSettings()

    def newsletter(self, slug: str | None) -> NewsletterSettings:
        """The newsletter of that slug; without one, the first.

        Raises:
            WrongUseError: no newsletter has this slug.
        """
        by_slug = {each.slug: each for each in self.newsletters}
        if slug is None:
            return self.newsletters[0]
        if slug not in by_slug:
            raise WrongUseError(f"no newsletter {slug!r} here{did_you_mean(slug, by_slug)}")
        return by_slug[slug]


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises:
        WrongUseError: no file, bad TOML, an unknown or impossible setting; one line for the first.
    """
    path = path or Path(environ.get("NEWSLETTER_CONFIG", FILE_NAME))
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongUseError(
            f"no configuration at {path}; `newsletter init` writes one, --config names another"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUseError(f"{path} cannot be read: {error}") from error
    _override(table, environ)
    if "folder" in table:
        raise WrongUseError(f"{path}: unknown setting 'folder'")
    try:
        settings = Settings(folder=path.resolve().parent, **table)
    except ValidationError as error:
        raise WrongUseError(f"{path}: {_first_line(error)}") from None
    slugs = [each.slug for each in settings.newsletters]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise WrongUseError(f"{path}: two newsletters have the slug {slug!r}; rename one")
    return settings


def _override(table: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Lay `NEWSLETTER_SECTION__KEY` (or `..._FILE`, a file that holds the value) over the table."""
    for name, value in sorted(environ.items()):
        match = re.fullmatch(r"NEWSLETTER_([A-Z0-9]+(?:__[A-Z0-9]+(?:_[A-Z0-9]+)*)+)", name)
        if match is None:
            continue
        *outer, key = match[1].lower().split("__")
        if key.endswith("_file"):
            key, value = key.removesuffix("_file"), _secret(name, value)  # noqa: PLW2901
        place: Any = table
        for step in outer:
            place = _step(place, step, name)
        if not isinstance(place, dict):
            raise WrongUseError(f"{name}: there is no such setting")
        place[key] = value


def _secret(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{name}: {file} cannot be read: {error}") from error


def _step(place: Any, step: str, name: str) -> Any:  # noqa: ANN401 - a TOML value is any value
    if isinstance(place, list):
        if not step.isdigit() or int(step) >= len(place):
            raise WrongUseError(f"{name}: there are {len(place)} newsletters, counted from 0")
        return place[int(step)]
    if isinstance(place, dict):
        return place.setdefault(step, {})
    raise WrongUseError(f"{name}: there is no such setting")


def _first_line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _fields_at(first["loc"][:-1])
        return f"unknown setting {where!r}{did_you_mean(str(first['loc'][-1]), known)}"
    if first["type"] == "missing":
        return f"the setting {where!r} is missing"
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {message[:1].lower()}{message[1:]}"


def _fields_at(location: tuple[int | str, ...]) -> list[str]:
    """The names that may stand at a place of the configuration."""
    sections: dict[str, type[Section]] = {
        "site": Site,
        "database": DatabaseSettings,
        "newsletters": NewsletterSettings,
        "source": SourceSettings,
        "summarizer": SummarizerSettings,
        "transport": TransportSettings,
    }
    if not location:
        return list(sections)
    section = sections.get(str(location[0]))
    return list(section.model_fields) if section else []
