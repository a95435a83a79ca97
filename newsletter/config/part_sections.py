"""The tables of newsletter.toml on the exchangeable parts, and on what comes back from mails."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, model_validator

from newsletter.config.sections import SettingsModel
from newsletter.config.values import (
    CatchupAddress,
    EndpointAddress,
    FeedAddress,
    FilePath,
    Host,
    Language,
    Line,
    ListingAddress,
    Options,
    RecentAddress,
    Seconds,
    Secret,
    WebAddress,
)

_NEWEST_PAGE = "/list/{category}/new"
_LONGEST_INTERVAL_S = 600.0
_PAGE_INTERVALS = 5  # a page's, in others
Interval = Annotated[float, Field(ge=0, le=_LONGEST_INTERVAL_S)]


class SourceSettings(SettingsModel):
    use: str = "arxiv"
    listing_url: ListingAddress = "https://arxiv.org/list/{category}/new"
    catchup_url: CatchupAddress = "https://arxiv.org/catchup/{category}/{day}?abs=True&page={page}"
    recent_url: RecentAddress = "https://arxiv.org/list/{category}/recent?skip=0&show=2000"
    feed_url: FeedAddress = "https://rss.arxiv.org/atom/{categories}"
    api_url: WebAddress = "https://export.arxiv.org/api/query"
    oai_url: WebAddress = "https://oaipmh.arxiv.org/oai"
    min_interval_s: Interval = 3.0  # between any two requests: API, feeds, OAI
    page_interval_s: Interval = 15.0  # between two pages of arxiv.org, as its robots.txt asks
    timeout_s: Seconds = 30.0
    # How long `run` waits for papers that were announced and cannot be had, before the issue goes
    # out and names them; counted from the announcement.
    patience_h: Annotated[float, Field(ge=0, le=240)] = 24.0
    # A missed day this many days ago or fewer `run` still mails by itself.
    max_age_days: Annotated[int, Field(ge=0, le=30)] = 4
    options: Options = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _follow_what_is_set(cls, given: object) -> object:
        """A mirror's other pages stand beside its listing pages; its pace is one pace."""
        if not isinstance(given, dict):
            return given
        beside: dict[str, object] = {}
        listing_url = given.get("listing_url")
        if isinstance(listing_url, str) and listing_url.endswith(_NEWEST_PAGE):
            mirror = listing_url.removesuffix(_NEWEST_PAGE)
            beside = {
                "catchup_url": mirror + "/catchup/{category}/{day}?abs=True&page={page}",
                "recent_url": mirror + "/list/{category}/recent?skip=0&show=2000",
            }
        with suppress(ValueError, TypeError):  # whatever it is, its own field says what is wrong
            interval_s = float(given.get("min_interval_s", ""))
            if 0 <= interval_s <= _LONGEST_INTERVAL_S:
                beside["page_interval_s"] = min(_PAGE_INTERVALS * interval_s, _LONGEST_INTERVAL_S)
        return beside | given


class SummarizerSettings(SettingsModel):
    use: str = "extractive"
    base_url: EndpointAddress = "https://api.openai.com/v1"  # a query goes behind the paths
    model: str = "gpt-4o-mini"
    api_key: Secret = SecretStr("")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None  # some models refuse any
    timeout_s: Seconds = 60.0
    concurrency: Annotated[int, Field(ge=1, le=32)] = 4
    prompt: FilePath | None = None  # a file; "{language}" in its name: one for each language
    translator: FilePath | None = None  # of `translation`: the folder of a CTranslate2 model
    translates_into: Language = "zh"
    # Of one run, whatever it summarizes; then the authors' own words stand in.
    deadline_s: Annotated[float, Field(gt=0, le=86_400)] = 900.0
    cap_tokens: Annotated[int, Field(ge=0)] | None = 2_000_000
    cap_cost: Annotated[float, Field(ge=0)] | None = None
    price_in: Annotated[float, Field(ge=0)] = 0.0  # of a million tokens, in `currency`
    price_out: Annotated[float, Field(ge=0)] = 0.0
    currency: Annotated[Line, Field(max_length=8)] = "USD"
    options: Options = Field(default_factory=dict)


class TransportSettings(SettingsModel):
    use: str = "files"
    directory: FilePath = Path("outbox")
    host: Host = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: Secret = SecretStr("")
    connections: Annotated[int, Field(ge=1, le=100)] = 4  # to the SMTP server, at most
    per_connection: Annotated[int, Field(ge=1, le=100_000)] = 100  # mails, then a new one
    format: Literal["eml", "maildir"] = "eml"  # of `files`
    api_key: Secret = SecretStr("")
    base_url: WebAddress = "https://api.sendgrid.com"
    timeout_s: Seconds = 30.0
    options: Options = Field(default_factory=dict)


class FeedbackSettings(SettingsModel):
    """Where bounces, complaints and unsubscribe mails come from; see docs/feedback.md."""

    # SendGrid's verification key for its event webhook; without one /hooks/sendgrid is not there.
    sendgrid_public_key: str = ""
    max_age_s: Seconds = 600.0  # older signatures are refused: somebody may replay them
    # The mailbox of site.mailbox, which `newsletter feedback` reads: a Maildir or an IMAP folder.
    maildir: FilePath | None = None
    imap_host: Host = ""
    imap_port: Annotated[int, Field(ge=1, le=65535)] = 993
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_username: str = ""
    imap_password: Secret = SecretStr("")
    imap_folder: Line = "INBOX"
    timeout_s: Seconds = 30.0
    kept: FilePath = Path("feedback-kept")  # a Maildir for what came by a pipe, not understood


Selector = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,62}$")]


class DkimSettings(SettingsModel):
    """Keys that sign what the SMTP transport sends; none where the server does it."""

    domain: Annotated[str, Field(pattern=r"^([0-9a-z]([0-9a-z-]*[0-9a-z])?\.)*[0-9a-z-]*$")] = ""
    # Selector -> file of a private key in PEM; RSA of 2048 bits, and Ed25519 beside it if you like.
    keys: dict[Selector, FilePath] = Field(default_factory=dict)
