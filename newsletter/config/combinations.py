"""Which settings contradict each other.

A part checks its own when it is built or used: what is set for a part not in use harms nobody.
What can be right in no installation, such as a colour that nobody can read, its section refuses
where it is read. Every function raises a `WrongUseError` whose line says which setting to change.
"""

from newsletter.config.sections import (
    DkimSettings,
    FeedbackSettings,
    SummarizerSettings,
    TransportSettings,
)
from newsletter.errors import WrongUseError
from newsletter.hosts import is_this_machine


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


def check_budget(settings: SummarizerSettings) -> None:
    """Refuse a cap in money where nothing says what a token costs."""
    if settings.cap_cost is not None and not (settings.price_in or settings.price_out):
        raise WrongUseError(
            "summarizer.cap_cost needs summarizer.price_in and price_out, of a million tokens"
        )
