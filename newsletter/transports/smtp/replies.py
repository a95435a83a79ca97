"""Cuts an SMTP server's octets into replies, and judges them (RFC 5321, 3463)."""

import re
from collections import deque
from typing import TYPE_CHECKING

from newsletter.text import brief
from newsletter.transports.base import ProviderRefusalError, SendResult, SendStatus
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import asked_wait_s, refusal_cause

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

OK, TEMPORARY, PERMANENT = 2, 4, 5  # the first digit of a reply
CLOSING = 421
LONGEST = 65_536  # octets of one reply, all its lines together; those of real servers are short
NO_REPLY = -1  # the code of what is none
_CODE = re.compile(rb"[0-9]{3}(?:[\s-]|$)")  # and what ends it (RFC 5321, 4.2)
# Refusals of our login (RFC 4954), our sender, our right to relay. After MAIL they meet every mail.
_ABOUT_US = re.compile(
    r"53[0458] |\d{3} 5\.1\.[78](?!\d)"
    r"|.*\brelay(?:ing)? (?:access )?(?:denied|prohibited|not (?:permitted|allowed))",
    re.IGNORECASE,
)

Reply = tuple[int, bytes]


class ReplyParser:
    """Takes octets as they come and gives replies once they are whole.

    Nothing that a server says makes it grow beyond a bound, or fail.
    """

    def __init__(self) -> None:
        self._heard = b""  # of a line that is not whole yet
        self._whole_lines: deque[bytes] = deque()
        self._lines: list[bytes] = []  # of a reply that is not whole yet
        self._size = 0

    def feed(self, octets: bytes) -> None:
        *whole, self._heard = (self._heard + octets).split(b"\n")
        self._whole_lines += whole

    @property
    def has_begun(self) -> bool:
        """Whether something of a further reply has come."""
        return bool(self._heard or self._whole_lines or self._lines)

    def next(self) -> Reply | None:
        """The next whole reply, its lines without their codes; None where more must come."""
        while self._whole_lines:
            line = self._whole_lines.popleft()
            self._size += len(line)
            if _CODE.match(line) is None:
                self._lines.append(line.strip())
                return self._whole(NO_REPLY)
            words, is_last = line[4:].strip(), line[3:4] != b"-"
            if is_last and not self._lines:  # as nearly always
                self._size = 0
                return int(line[:3]), words
            self._lines.append(words)
            if is_last:
                return self._whole(int(line[:3]))
            if self._size > LONGEST:
                break
        if self._size + len(self._heard) > LONGEST:
            self._heard = b""
            self._whole_lines.clear()
            return self._whole(NO_REPLY)
        return None

    def _whole(self, code: int) -> Reply:
        text = b"\n".join(self._lines)
        self._lines, self._size = [], 0
        return code, text


def describe_reply(reply: tuple[int, bytes | str]) -> str:
    """Its code and its words; smtplib's of what is no reply has the same code as ours."""
    code, text = reply
    words = brief(text) if text.strip() else ""
    return f"no reply of SMTP: {words}" if code == NO_REPLY else f"{code} {words}".rstrip()


def _lines_with_code(reply: Reply) -> str:
    """As the server sent it: what one line says does not run on in the next."""
    code, text = reply
    return "\n".join(f"{code} {brief(line)}" for line in text.splitlines()) or str(code)


def result_of_refused_sender(reply: Reply, mail: "Message") -> SendResult:
    """After MAIL; where that asked for SMTPUTF8, only this mail is refused (RFC 6531, 3.5).

    Raises:
        ProviderRefusalError: this sender, and so every mail.
    """
    if reply[0] // 100 == PERMANENT:
        if mail.needs_smtputf8 and not _ABOUT_US.match(describe_reply(reply)):
            return SendResult(SendStatus.REJECTED, describe_reply(reply))
        raise ProviderRefusalError(
            f"the SMTP server refuses the sender: {describe_reply(reply)}; see site.sender,"
            " site.mailbox and [transport], or ask your provider about quota and account"
        )
    return SendResult(SendStatus.TRY_LATER, describe_reply(reply))


def result_of_refusal(reply: Reply) -> SendResult:
    """After RCPT, DATA or the final dot: it may be about this reader alone.

    Words about us never stop a run here, since a relay also passes on what another host told it of
    one reader. Where they meet everybody, they come in a row.
    """
    words = describe_reply(reply)
    if reply[0] // 100 != PERMANENT:
        own = reply[0] // 100 == TEMPORARY and reply[0] != CLOSING
        wait_s = asked_wait_s(words) if own else None
        return SendResult(
            SendStatus.TRY_LATER, words, of_reader=own, maybe_of_domain=not own, wait_s=wait_s
        )
    cause = refusal_cause(_lines_with_code(reply))
    if _ABOUT_US.match(words):
        cause = RefusalCause.SENDER
    return SendResult(
        SendStatus.REJECTED,
        words,
        permanent=cause is RefusalCause.NO_MAILBOX,
        of_sender=cause is RefusalCause.SENDER,
    )


def result_of_data(reply: Reply) -> SendResult | None:
    """The result of the reply to the final dot; None where it is no such reply."""
    if reply[0] // 100 == OK:
        return SendResult(SendStatus.ACCEPTED, provider_id=brief(reply[1])[:200])
    if reply[0] // 100 in {TEMPORARY, PERMANENT}:
        return result_of_refusal(reply)
    return None
