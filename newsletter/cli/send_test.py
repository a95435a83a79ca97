"""send-test: an issue's mail to one address."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import options, resources
from newsletter.cli.preview import previewed_issue
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings
    from newsletter.rendering.message import Message
    from newsletter.services import Services


@click.command("send-test")
@click.argument("email")
@options.with_slug
@options.with_day
@options.with_json
@options.with_config
def send_test(
    email: str, slug: str | None, day: date | None, as_json: bool, config_file: Path | None
) -> None:
    """Send an issue's mail to EMAIL, marked as a test.

    Through the configured transport, and written down nowhere: it is no delivery, and its links
    to unsubscribe are nobody's.
    """
    from newsletter.subscribers.addresses import normalize_address
    from newsletter.transports.base import SendStatus, TransportDownError

    settings = resources.load_settings(config_file)
    address = normalize_address(email)
    with resources.open_services(settings) as services:
        _refuse_suppressed(services, address)
        mail = _mail(services, options.chosen_newsletter(settings, slug), day, address)
        try:
            result = services.transport.send_one(mail)
        except TransportDownError as error:
            raise NewsletterError(f"the test to {address} was not accepted: {error}") from error
    if result.status is not SendStatus.ACCEPTED:
        raise NewsletterError(f"the test to {address} was not accepted: {result.detail}")
    if as_json:
        output.print_json({"email": address, "transport": settings.transport.use, **vars(result)})
        return
    provider_note = f" as {result.provider_id}" if result.provider_id else ""
    click.echo(
        f"{address}: accepted by {settings.transport.use}{provider_note}: {mail.content.subject}"
    )


def _refuse_suppressed(services: "Services", address: str) -> None:
    """A test is no way around what somebody asked for, or what a dead mailbox said."""
    from newsletter.subscribers import suppression

    with services.database.read() as session:
        reason = suppression.suppression_reason(session, address)
    if reason is not None:
        raise WrongUseError(f"{address} must not be mailed: {reason}")


def _mail(
    services: "Services", newsletter: "NewsletterSettings", day: date | None, address: str
) -> "Message":
    from newsletter.models import new_reference
    from newsletter.rendering.issue_email import IssueEmails
    from newsletter.rendering.message import mark_as_test
    from newsletter.rendering.recipient import Recipient

    now = services.clock()
    content = previewed_issue.content_of(services, newsletter, day)
    # Subscriber 0 is nobody, so whatever is done with its links changes nothing.
    reader = Recipient(
        0, address, newsletter.detail, newsletter.language, now.date(), f"test-{new_reference()}"
    )
    mail = IssueEmails(content, services.site, services.links, services.theme).mail(reader)
    return mark_as_test(mail, newsletter.language, now)
