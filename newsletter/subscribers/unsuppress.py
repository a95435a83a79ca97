"""The operator ends a suppression, and says why."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.errors import WrongUseError
from newsletter.subscribers import consent_log, lifecycle, suppression
from newsletter.subscribers.consent_log import Channel, ConsentAction, ConsentEvidence


def unsuppress_address(
    session: Session, address: str, why: str, now: datetime, *, although_complained: bool = False
) -> str:
    """Let a (normalized) address be mailed again; returns what had ended it.

    Raises:
        WrongUseError: it is not suppressed; or its owner said no, which only they can take back.
    """
    reason = suppression.suppression_reason(session, address)
    if reason is None:
        raise WrongUseError(f"{address} is not suppressed")
    if suppression.lifted_by_consent(reason):
        raise WrongUseError(
            f"{address} is suppressed because they said no ({reason}): only their own"
            " confirmation ends that; `newsletter subscribers add` asks them"
        )
    if reason.startswith(suppression.COMPLAINED) and not although_complained:
        raise WrongUseError(
            f"{address} complained of a mail; with their word that they want mails again,"
            " --although-complained lifts it"
        )
    suppression.end_suppression(session, address)
    subscriber = lifecycle.find_subscriber(session, address)
    if subscriber is not None:
        evidence = ConsentEvidence(Channel.OPERATOR, f"{why} (it was suppressed: {reason})")
        consent_log.record_consent(
            session, subscriber, ConsentAction.UNSUPPRESSED, [], evidence, now
        )
    return reason
