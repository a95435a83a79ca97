"""A mail to one person, outside of any issue."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from newsletter.config import NewsletterSettings
from newsletter.delivery.transports.outcomes import Outcome, Transport, TransportDownError, Verdict
from newsletter.errors import NewsletterError
from newsletter.models import SubscriberRow
from newsletter.rendering.letters import Addressee, Letters, Named
from newsletter.rendering.mail import Mail

CONFIRM_LINK_LIVES = timedelta(days=7)


def ask_to_confirm(
    transport: Transport,
    letters: Letters,
    subscriber: SubscriberRow,
    newsletters: Sequence[NewsletterSettings],
    now: datetime,
) -> None:
    """Send the confirm mail at once.

    Raises:
        NewsletterError: it was not accepted; they stay pending and can be asked again.
    """
    to = Addressee(subscriber.id, subscriber.email, subscriber.language, new_reference())
    mail = letters.confirm(to, named(newsletters), now + CONFIRM_LINK_LIVES, now)
    outcome = send_one(transport, mail)
    if outcome.verdict is not Verdict.ACCEPTED:
        raise NewsletterError(
            f"the confirm mail to {subscriber.email} was not accepted ({outcome.detail});"
            " add them again to try once more"
        )


def send_one(transport: Transport, mail: Mail) -> Outcome:
    """Hand one mail over; that nothing can be sent at all is a reason to try later."""
    try:
        for _, outcome in transport.send([mail]):
            return outcome
    except TransportDownError as error:
        return Outcome(Verdict.TRY_LATER, str(error))
    return Outcome(Verdict.UNCERTAIN, "the transport said nothing")


def new_reference() -> str:
    return secrets.token_hex(12)


def named(newsletters: Sequence[NewsletterSettings]) -> list[Named]:
    return [Named(each.slug, each.title, each.categories) for each in newsletters]
