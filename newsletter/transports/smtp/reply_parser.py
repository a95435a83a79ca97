"""Octets from an SMTP server, cut into replies (RFC 5321, 4.2)."""

from newsletter.transports.smtp.response_classes import Reply

LONGEST = 65_536  # octets of one reply, all its lines together; those of real servers are short
NO_REPLY = -1  # the code of what is none


class ReplyParser:
    """Takes octets as they come and gives replies once they are whole.

    Nothing that a server says makes it grow beyond a bound, or fail.
    """

    def __init__(self) -> None:
        self._heard = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, octets: bytes) -> None:
        self._heard += octets

    def next(self) -> Reply | None:
        """The next whole reply, its lines without their codes; None where more must come."""
        while (end := self._heard.find(b"\n")) >= 0:
            line, self._heard = self._heard[:end], self._heard[end + 1 :]
            self._size += len(line)
            self._lines.append(line[4:].strip())
            code = line[:3]
            if len(code) < 3 or not code.isdigit():  # noqa: PLR2004 - a code is three digits
                return self._told(NO_REPLY)
            if line[3:4] != b"-":
                return self._told(int(code))
            if self._size > LONGEST:
                break
        if self._size + len(self._heard) > LONGEST:
            self._heard = b""
            return self._told(NO_REPLY)
        return None

    def _told(self, code: int) -> Reply:
        text = b"\n".join(self._lines)
        self._lines, self._size = [], 0
        return code, text
