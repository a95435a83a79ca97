"""Signed links: who holds one may do the one thing it is for, for ever, without a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadSignature, Signer


class Purpose(StrEnum):
    """What a link is for; a token of one purpose is worthless for another."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True)
class Claim:
    """What a good token says."""

    subscriber_id: int
    newsletter: str


class Links:
    """Makes and reads links. The first secret key signs, all of them verify.

    A token is `<subscriber>.<newsletter>.<signature>`: short, so that the header that carries it
    (RFC 8058) needs no folding, and free of anything personal.
    """

    def __init__(self, site_url: str, secret_keys: Sequence[str]) -> None:
        self._site_url = site_url
        self._keys = list(reversed(secret_keys))  # itsdangerous signs with the last one

    def unsubscribe(self, claim: Claim) -> str:
        return f"{self._site_url}/unsubscribe/{self.token(Purpose.UNSUBSCRIBE, claim)}"

    def confirm(self, claim: Claim) -> str:
        return f"{self._site_url}/confirm/{self.token(Purpose.CONFIRM, claim)}"

    def issue(self, newsletter: str, day: str) -> str:
        return f"{self._site_url}/{newsletter}/{day}"

    def archive(self, newsletter: str) -> str:
        return f"{self._site_url}/{newsletter}"

    def token(self, purpose: Purpose, claim: Claim) -> str:
        return self._signer(purpose).sign(f"{claim.subscriber_id}.{claim.newsletter}").decode()

    def read(self, purpose: Purpose, token: str) -> Claim | None:
        """What the token claims, or None for one that is not ours or not for this purpose."""
        try:
            subscriber, _, newsletter = self._signer(purpose).unsign(token).decode().partition(".")
        except (BadSignature, UnicodeDecodeError):
            return None
        return Claim(int(subscriber), newsletter)

    def _signer(self, purpose: Purpose) -> Signer:
        return Signer(self._keys, salt=f"newsletter.{purpose}")
