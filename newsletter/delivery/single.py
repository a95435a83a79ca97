"""A mail to one person, outside of any issue."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from newsletter.config import Site
from newsletter.delivery.transports.outcomes import Transport, Verdict
from newsletter.errors import NewsletterError
from newsletter.models import SubscriberRow
from newsletter.rendering.mails import Reader, confirm_mail
from newsletter.subscribers.links import Links


def ask_to_confirm(
    transport: Transport,
    site: Site,
    links: Links,
    subscriber: SubscriberRow,
    titles: Sequence[str],
    now: datetime,
) -> None:
    """Send the confirm mail.

    Raises:
        NewsletterError: it was not accepted; they stay pending and can be asked again.
    """
    reader = Reader(
        subscriber_id=subscriber.id,
        email=subscriber.email,
        detail="brief",
        language=subscriber.language,
        since=now.date(),
        reference=secrets.token_hex(12),
    )
    for _, outcome in transport.send([confirm_mail(site, links, reader, titles, now)]):
        if outcome.verdict is not Verdict.ACCEPTED:
            raise NewsletterError(
                f"the confirm mail to {subscriber.email} was not accepted ({outcome.detail});"
                " add them again to try once more"
            )
