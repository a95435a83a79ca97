"""Keeps mails in memory: for tests and rehearsals."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newsletter.config import Settings
from newsletter.transports.base import SendResult, SendStatus, Transport, refuse_unmailable

if TYPE_CHECKING:
    from newsletter.rendering.message import Message


def from_settings(settings: Settings) -> "Memory":
    del settings
    return Memory()


class Memory(Transport):
    at_once = 100
    stays_here = True

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, mails: Sequence["Message"]) -> Iterator[tuple["Message", SendResult]]:
        for mail in mails:
            yield mail, refuse_unmailable(mail) or self._keep(mail)

    def _keep(self, mail: "Message") -> SendResult:
        self.sent.append(mail)
        return SendResult(SendStatus.ACCEPTED, provider_id=mail.reference)
