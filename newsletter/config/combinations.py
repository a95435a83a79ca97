"""Which settings contradict each other.

`contradictions` are wrong in every installation, and are told when the settings are read. The
others are checked where a part is built or used, since settings of an unused part are harmless:
each function raises a `WrongUseError` whose line says which setting to change.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.colours import LEGIBLE, contrast, made_legible
from newsletter.config.notify import NotifySettings
from newsletter.config.part_sections import (
    DkimSettings,
    FeedbackSettings,
    SummarizerSettings,
    TransportSettings,
)
from newsletter.config.sections import LookSettings
from newsletter.config.settings import Settings
from newsletter.errors import WrongUseError
from newsletter.network.hosts import is_this_machine

_Place = tuple[str, ...]  # of a table; empty for what concerns several


def contradictions(settings: Settings) -> Iterator[tuple[_Place, str]]:
    """The contradictions that are wrong in any installation: their place, and the fault."""
    for problem in _look(settings.look):
        yield ("look",), f"look: {problem}"
    for name, target in settings.notify.items():
        for problem in _notify(target):
            yield ("notify", name), f"notify.{name}: {problem}"
    slugs = [newsletter.slug for newsletter in settings.newsletters]
    for slug in slugs:
        if slugs.count(slug) > 1:
            yield (), f"two newsletters have the slug {slug!r}; rename one"
    named = {f"api.{name}": client.newsletters for name, client in settings.api.items()}
    named |= {f"notify.{name}": target.newsletters for name, target in settings.notify.items()}
    for place, chosen in named.items():
        for slug in set(chosen) - set(slugs):
            yield (), f"{place}.newsletters: there is no newsletter {slug!r}"
    for slug in slugs:
        if taken := same_address(settings, slug):
            yield (), taken


def _look(look: LookSettings) -> Iterator[str]:
    for end in ("", "_dark"):
        paper = getattr(look, f"paper{end}")
        for name in ("accent", "ink", "quiet"):
            colour = getattr(look, f"{name}{end}")
            if (ratio := contrast(colour, paper)) < LEGIBLE:
                yield (
                    f"{name}{end} {colour} on paper{end} {paper} has a contrast of"
                    f" {ratio:.1f}:1 and text needs {LEGIBLE}:1;"
                    f" {made_legible(colour, paper)} would do"
                )
    if look.logo_url and not look.logo_alt:
        yield "logo_alt is missing: what a reader sees whose program loads no pictures"


def _notify(target: NotifySettings) -> Iterator[str]:
    if bool(target.url.get_secret_value()) == bool(target.mail_to):
        yield "needs either url (a webhook) or mail_to (a mailbox)"
    if target.url.get_secret_value() and not target.secrets:
        yield "secrets are missing; `newsletter notify secret` makes one"


def same_address(settings: Settings, slug: str) -> str | None:
    """Why no newsletter may be called so where these pages are."""
    if urlsplit(settings.site.url).path.strip("/").partition("/")[0] != slug:
        return None
    return (
        f"site.url lies below /{slug}, which is a newsletter's slug too; pages of the"
        " one would stand for the other: choose another slug, or another path"
    )


def check_smtp(settings: TransportSettings) -> None:
    """Refuse what would give a password away, or never use it."""
    if not settings.host:
        raise WrongUseError("transport.host is empty; name the server that takes your mail")
    if settings.password.get_secret_value() and not settings.username:
        raise WrongUseError("transport.password is set, but transport.username is missing")
    if settings.username and settings.security == "none" and not is_this_machine(settings.host):
        raise WrongUseError(
            'no password goes over plain text: set transport.security to "starttls" or "tls"'
        )


def check_dkim(settings: DkimSettings) -> None:
    if settings.keys and not settings.domain:
        raise WrongUseError("dkim.keys are set, but dkim.domain is missing")


def check_sendgrid(settings: TransportSettings) -> None:
    if not settings.api_key.get_secret_value():
        raise WrongUseError("transport.api_key is missing; SendGrid sends nothing without one")


def check_imap(settings: FeedbackSettings) -> None:
    """Refuse what would give a password away."""
    if settings.imap_security == "none" and not is_this_machine(settings.imap_host):
        raise WrongUseError(
            'no password goes over plain text: set feedback.imap_security to "tls" or "starttls"'
        )


def check_model(settings: SummarizerSettings) -> None:
    if not settings.model:
        raise WrongUseError("summarizer.model is empty; name the model that shall be asked")


def check_translation(settings: SummarizerSettings) -> None:
    if settings.translator is None:
        raise WrongUseError("summarizer.translator is missing: the folder of a CTranslate2 model")


def check_budget(settings: SummarizerSettings) -> None:
    """Refuse a cap in money where nothing says what a token costs."""
    if settings.cap_cost is not None and not (settings.price_in or settings.price_out):
        raise WrongUseError(
            "summarizer.cap_cost needs summarizer.price_in and price_out, of a million tokens"
        )
