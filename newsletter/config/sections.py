"""The tables of newsletter.toml: the site and its newsletters, parts, sending, the pages."""

from contextlib import suppress
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from newsletter import languages
from newsletter.config.values import (
    CatchupAddress,
    Categories,
    Colour,
    DatabaseAddress,
    Detail,
    EndpointAddress,
    FeedAddress,
    FilePath,
    Group,
    Host,
    Language,
    Line,
    ListingAddress,
    Mailbox,
    Options,
    Picture,
    RecentAddress,
    Seconds,
    Secret,
    SecretKeys,
    Sender,
    SiteAddress,
    Text,
    Title,
    WebAddress,
    strong,
)

PerSecond = Annotated[float, Field(gt=0, le=100_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
DETAILS = ("full", "brief", "titles")
LANGUAGES = languages.CODES
# What pages other than a newsletter's begin with.
_TAKEN = (
    *("change", "change-back", "confirm", "data", "erase", "picks", "preferences", "tune"),
    *("u", "undo", "api", "feedback", "healthz", "hooks", "metrics", "ready", "static"),
)


class SettingsModel(BaseModel):
    """A table of newsletter.toml; an unknown name in it is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SiteSettings(SettingsModel):
    name: Line = "arXiv newsletter"
    url: SiteAddress = ""  # empty: no pages, for the one reader who runs it
    sender: Sender = "arXiv newsletter <newsletter@localhost>"
    # Where bounces come back and "unsubscribe" mails go; read by `newsletter feedback`. Empty: the
    # sender's own address.
    mailbox: Mailbox = ""
    # Whether each mail by SMTP has an envelope sender of its own (`bounces+<reference>@...`), so
    # that a bounce is known by the address it comes to; the mailbox must take such addresses.
    verp: bool = False
    postal_address: Text = ""
    secret_keys: SecretKeys

    @cached_property  # asked for twice a mail
    def feedback_address(self) -> str:
        """The bare address that bounces and unsubscribe mails are sent to."""
        return self.mailbox or parseaddr(self.sender)[1]

    def envelope_sender(self, reference: str) -> str:
        """Where the bounces of one mail come back to."""
        local, _, domain = self.feedback_address.rpartition("@")
        return f"{local}+{reference}@{domain}" if self.verp else self.feedback_address

    @property
    def sender_domain(self) -> str:
        return parseaddr(self.sender)[1].rpartition("@")[2]


def _not_taken(slug: str) -> str:
    if slug in _TAKEN:
        raise ValueError(f"{slug!r} is the address of another page; choose another one")
    return slug


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"), AfterValidator(_not_taken)]


class NewsletterSettings(SettingsModel):
    slug: Slug
    title: Title
    categories: Categories
    language: Language = "en"
    detail: Detail = "brief"
    group: Group = "section"  # or "category": what stands under one label in an issue


class LookSettings(SettingsModel):
    """The palette by light and by dark, and a logo; `combinations` refuses illegible ones."""

    accent: Colour = "#9b1c1c"
    accent_dark: Colour = "#f0908a"
    ink: Colour = "#1b1b1b"
    ink_dark: Colour = "#ececec"
    quiet: Colour = "#5c5c5c"  # authors, facts, the footer
    quiet_dark: Colour = "#a6a6a6"
    paper: Colour = "#ffffff"
    paper_dark: Colour = "#131313"
    logo_url: Picture = ""
    logo_alt: Annotated[str, Field(max_length=120)] = ""
    logo_width: Annotated[int, Field(ge=16, le=600)] = 120


class TemplatesSettings(SettingsModel):
    dir: FilePath | None = None  # a template of the same name in there replaces ours


class DatabaseSettings(SettingsModel):
    url: DatabaseAddress = "sqlite:///newsletter.db"
    # How long it is kept who got an issue; after that only numbers and exceptions.
    retention_days: Annotated[int, Field(ge=30, le=36500)] = 90


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


class SendingSettings(SettingsModel):
    """The speed of sending, by any transport, and the age at which an issue is held."""

    per_second: PerSecond | None = None
    per_hour: Annotated[int, Field(ge=1)] | None = None
    # Mails a second by domain; "*" for every other one.
    per_domain: dict[str, PerSecond] = Field(default_factory=dict)
    # Issues a reader gets in one day: the newest, and missed days; what is more comes in one.
    issues_per_day: Annotated[int, Field(ge=1, le=31)] = 2
    # Where this machine keeps the marks of its sending; beside the configuration, and in the user's
    # state directory, where this is empty. It must not come back with a backup of the database.
    state_dir: FilePath | None = None
    # An issue frozen longer ago is held until the operator says `newsletter send --late`.
    max_age_h: Annotated[float, Field(gt=0, le=8760)] = 72.0
    # How long a stop waits for answers to what is on the wire.
    stop_within_s: Annotated[float, Field(ge=0, le=600)] = 30.0


class SignupSettings(SettingsModel):
    """The public form, and how much mail strangers can make this program send."""

    open: bool = True  # false: nobody new by the form; who is in stays in control
    confirm_days: Annotated[int, Field(ge=1, le=60)] = 7  # the life of a confirm link
    per_address_day: Count = 1  # mails that one address is asked with
    per_address_month: Count = 3  # the same, as long as it does not confirm
    per_network_hour: Count = 20  # requests from one /24 (IPv4) or /48 (IPv6)
    per_domain_hour: Count = 60  # mails to one mail domain
    per_hour: Count = 300  # mails in all
    waiting: Count = 10_000  # sign-ups that may wait for their turn


class WebSettings(SettingsModel):
    """How `newsletter serve`, or another WSGI server, is reached."""

    # How many proxies before it are yours: from so many the client's address is believed.
    proxies: Annotated[int, Field(ge=0, le=10)] = 0
    # Who presses a button sooner than so many seconds after its page was shown is asked once more.
    press_after_s: Annotated[float, Field(ge=0, le=10)] = 1.5
    # Who left by a page gets a mail with the way back: where it looked like a machine's press, or
    # everybody (who left by one click too), or nobody.
    undo_mail: Literal["doubtful", "everybody", "nobody"] = "doubtful"


class ApiClientSettings(SettingsModel):
    """A program that may sign up and sign off, by its name: `[api.website]`."""

    token: Annotated[Secret, AfterValidator(strong)]
    newsletters: Annotated[tuple[str, ...], Field(min_length=1)]
    # Whether its word for somebody's consent is enough; else the mailbox is asked.
    may_vouch: bool = False
    per_hour: Count = 600


Hours = Annotated[float, Field(ge=0, le=8760)]


class AlarmSettings(SettingsModel):
    """Where to tell of trouble, and after how many hours something is trouble; 0 for never."""

    mail_to: Mailbox = ""
    ping_url: Annotated[WebAddress | Literal[""], Field()] = ""  # after each run; `/fail` if ill
    run_h: Hours = 26.0  # without a run that ended well
    fetch_h: Hours = 120.0  # without an answer of arXiv's: longer than a weekend with a holiday
    pending_h: Hours = 6.0  # that mails of an issue wait
    letters_h: Hours = 6.0  # that a mail to one person waits
    notices_h: Hours = 6.0  # that one whom [notify] names takes nothing
    feedback_h: Hours = 26.0  # without reading the mailbox of feedback
    site_h: Hours = 0.5  # that site.url does not answer as ours; 0: it is not asked


class MetricsSettings(SettingsModel):
    """For Prometheus; /metrics exists only with a token."""

    token: Secret = SecretStr("")
