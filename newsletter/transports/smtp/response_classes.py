"""What an SMTP server's replies (RFC 5321, 3463) mean for a mail."""

import re

from newsletter.rendering.message import Message
from newsletter.text import brief
from newsletter.transports.base import SendResult, SendStatus, TransportDownError

OK, TEMPORARY, PERMANENT = 2, 4, 5  # the first digit of a reply
CLOSING = 421
# The codes of RFC 3463 that say that this mailbox does not exist; other 5.1.x speak of the sender.
_NO_SUCH_ADDRESS = re.compile(r"\d{3} 5\.1\.(?:1|2|3|6|10)(?!\d)")
# Refusals that would meet every reader: our login (RFC 4954), our sender, our right to relay.
_ABOUT_US = re.compile(
    r"53[0458] |\d{3} 5\.1\.[78](?!\d)"
    r"|.*\brelay(?:ing)? (?:access )?(?:denied|prohibited|not (?:permitted|allowed))",
    re.IGNORECASE,
)

Reply = tuple[int, bytes]


def describe_reply(reply: Reply) -> str:
    return f"{reply[0]} {brief(reply[1])}"


def result_of_refused_sender(reply: Reply, mail: Message) -> SendResult:
    """After MAIL; where that asked for SMTPUTF8, only this mail is refused (RFC 6531, 3.5).

    Raises:
        TransportDownError: this sender, and so every mail.
    """
    if reply[0] // 100 == PERMANENT:
        if mail.needs_smtputf8 and not _ABOUT_US.match(describe_reply(reply)):
            return SendResult(SendStatus.REJECTED, describe_reply(reply))
        raise TransportDownError(
            f"the SMTP server refuses the sender {mail.envelope_sender}: {describe_reply(reply)};"
            " see site.sender and [transport]"
        )
    return SendResult(SendStatus.TRY_LATER, describe_reply(reply))


def result_of_refusal(reply: Reply, *, of_reader: bool) -> SendResult:
    """After RCPT, DATA or the final dot; `of_reader` where it may be about this reader alone.

    Raises:
        TransportDownError: it would meet every reader.
    """
    words = describe_reply(reply)
    if reply[0] // 100 != PERMANENT:
        own = of_reader and reply[0] // 100 == TEMPORARY and reply[0] != CLOSING
        return SendResult(SendStatus.TRY_LATER, words, of_reader=own)
    if _ABOUT_US.match(words):
        raise TransportDownError(f"the SMTP server does not work for us: {words}; see [transport]")
    return SendResult(SendStatus.REJECTED, words, permanent=bool(_NO_SUCH_ADDRESS.match(words)))


def result_of_data(reply: Reply) -> SendResult | None:
    """After the final dot; None for an answer that is none."""
    if reply[0] // 100 == OK:
        return SendResult(SendStatus.ACCEPTED, provider_id=brief(reply[1])[:200])
    if reply[0] // 100 in {TEMPORARY, PERMANENT}:
        return result_of_refusal(reply, of_reader=True)
    return None
