"""The tables of newsletter.toml: the site and its newsletters, parts, sending, the pages."""

from email.utils import parseaddr
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from newsletter import languages
from newsletter.config.values import (
    Categories,
    Colour,
    DatabaseAddress,
    Detail,
    FilePath,
    Group,
    Language,
    Line,
    Mailbox,
    Picture,
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
