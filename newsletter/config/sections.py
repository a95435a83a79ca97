"""Where papers, sentences and mails come from and go to, and how fast."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from newsletter.config.base import SettingsModel
from newsletter.config.values import (
    FeedAddress,
    Line,
    ListingAddress,
    Options,
    Seconds,
    Secret,
    WebAddress,
)


class DatabaseSettings(SettingsModel):
    url: Annotated[str, Field(repr=False)] = "sqlite:///newsletter.db"  # may hold a password


class SourceSettings(SettingsModel):
    use: str = "arxiv"
    listing_url: ListingAddress = "https://arxiv.org/list/{category}/new"
    feed_url: FeedAddress = "https://rss.arxiv.org/atom/{categories}"
    api_url: WebAddress = "https://export.arxiv.org/api/query"
    oai_url: WebAddress = "https://oaipmh.arxiv.org/oai"
    min_interval_s: Annotated[float, Field(ge=0, le=600)] = 3.0
    timeout_s: Seconds = 30.0
    # How long `run` waits for papers that were announced and cannot be had, before the issue goes
    # out and names them; counted from the announcement.
    patience_h: Annotated[float, Field(ge=0, le=240)] = 24.0
    # What was missed by up to so many days, `run` still mails by itself.
    max_age_days: Annotated[int, Field(ge=0, le=30)] = 4
    options: Options = Field(default_factory=dict)


class SummarizerSettings(SettingsModel):
    use: str = "extractive"
    base_url: WebAddress = "https://api.openai.com/v1"
    model: str = "gpt-4o-mini"
    api_key: Secret = SecretStr("")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None  # some models refuse any
    timeout_s: Seconds = 60.0
    concurrency: Annotated[int, Field(ge=1, le=32)] = 4
    prompt: Path | None = None  # a file; "{language}" in its name: one for each language
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
    directory: Path = Path("outbox")
    host: str = "localhost"
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
    maildir: Path | None = None
    imap_host: str = ""
    imap_port: Annotated[int, Field(ge=1, le=65535)] = 993
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_username: str = ""
    imap_password: Secret = SecretStr("")
    imap_folder: Line = "INBOX"
    timeout_s: Seconds = 30.0
    kept: Path = Path("feedback-kept")  # a Maildir for what came by a pipe and was not understood


PerSecond = Annotated[float, Field(gt=0, le=100_000)]


class DkimSettings(SettingsModel):
    """Keys that sign what the SMTP transport sends; none where the server does it."""

    domain: Annotated[str, Field(pattern=r"^([0-9a-z]([0-9a-z-]*[0-9a-z])?\.)*[0-9a-z-]*$")] = ""
    # Selector -> file of a private key in PEM; RSA of 2048 bits, and Ed25519 beside it if you like.
    keys: dict[Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,62}$")], Path] = Field(
        default_factory=dict
    )


class SendingSettings(SettingsModel):
    """How fast mails leave, whoever carries them, and what is not sent by itself."""

    per_second: PerSecond | None = None
    per_hour: Annotated[int, Field(ge=1)] | None = None
    # Mails a second by domain; "*" for every other one.
    per_domain: dict[str, PerSecond] = Field(default_factory=dict)
    # An issue frozen longer ago is held until the operator says `newsletter send --late`.
    max_age_h: Annotated[float, Field(gt=0, le=8760)] = 72.0
    # How long a stop waits for answers to what is on the wire.
    stop_within_s: Annotated[float, Field(ge=0, le=600)] = 30.0
