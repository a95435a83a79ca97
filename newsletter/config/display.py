"""What readers see: the newsletters, and how they look."""

from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from newsletter import languages
from newsletter.colours import LEGIBLE, contrast, made_legible
from newsletter.config.base import SettingsModel
from newsletter.config.values import (
    Categories,
    Colour,
    Detail,
    Language,
    Line,
    Mailbox,
    Picture,
    SecretKeys,
    Sender,
    Text,
    WebAddress,
)

DETAILS = ("full", "brief", "titles")
LANGUAGES = languages.CODES
# What pages other than a newsletter's begin with.
_TAKEN = (
    *("change", "change-back", "confirm", "data", "preferences", "u", "undo"),
    *("feedback", "healthz", "hooks", "metrics", "static"),
)


class SiteSettings(SettingsModel):
    name: Line = "arXiv newsletter"
    url: WebAddress = "http://127.0.0.1:8000"
    sender: Sender = "arXiv newsletter <newsletter@localhost>"
    # Where bounces come back and "unsubscribe" mails go; read by `newsletter feedback`. Empty: the
    # sender's own address.
    mailbox: Mailbox = ""
    # Whether each mail by SMTP has an envelope sender of its own (`bounces+<reference>@...`), so
    # that a bounce is known by the address it comes to; the mailbox must take such addresses.
    verp: bool = False
    postal_address: Text = ""
    secret_keys: SecretKeys

    @property
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


def _free(slug: str) -> str:
    if slug in _TAKEN:
        raise ValueError(f"{slug!r} is the address of another page; choose another one")
    return slug


class NewsletterSettings(SettingsModel):
    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"), AfterValidator(_free)]
    title: Annotated[Line, Field(max_length=120)]
    categories: Categories
    language: Language = "en"
    detail: Detail = "brief"


class LookSettings(SettingsModel):
    """The palette by light and by dark, and a logo; what cannot be read is refused."""

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

    @model_validator(mode="after")
    def _legible(self) -> Self:
        for end in ("", "_dark"):
            paper = getattr(self, f"paper{end}")
            for name in ("accent", "ink", "quiet"):
                colour = getattr(self, f"{name}{end}")
                if (ratio := contrast(colour, paper)) < LEGIBLE:
                    raise ValueError(
                        f"{name}{end} {colour} on paper{end} {paper} has a contrast of"
                        f" {ratio:.1f}:1 and text needs {LEGIBLE}:1;"
                        f" {made_legible(colour, paper)} would do"
                    )
        if self.logo_url and not self.logo_alt:
            raise ValueError(
                "logo_alt is missing: what a reader sees whose program loads no pictures"
            )
        return self


class TemplatesSettings(SettingsModel):
    dir: Path | None = None  # a template of the same name in there replaces ours
