"""Signed links: who holds one may do the one thing it is for, without a password."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hmac import compare_digest, digest

from itsdangerous import Signer

ALL = "-"  # every newsletter; no slug begins so
_LARGEST_ID = 2**63 - 1  # what a database can look for
_LONGEST_TOKEN = 2000
_MARK_CHARACTERS = 8  # 48 bits: nobody can ask faster than the pages answer


class Purpose(StrEnum):
    """What a link is for; a token of one purpose is worthless for another."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    UNDO = "undo"
    PREFERENCES = "preferences"
    CHANGE = "change"  # to a new address, from that address
    CHANGE_BACK = "change-back"  # from the old one, where it was not they
    DATA = "data"


@dataclass(frozen=True)
class Claim:
    """What a good token says; `until` is the end of its life, None for one without end.

    `newsletter` is a slug, `ALL`, or what else the purpose needs to name.
    """

    subscriber_id: int
    newsletter: str
    until: datetime | None = None

    def has_ended(self, now: datetime) -> bool:
        return self.until is not None and self.until < now


class SignedLinks:
    """Makes and reads links. The first secret key signs, all of them verify.

    A token is `<subscriber>.<newsletter>[.<until>].<signature>`: short, so that the header that
    carries it (RFC 8058) needs no folding, and free of anything personal.
    """

    def __init__(self, site_url: str, secret_keys: Sequence[str]) -> None:
        self._site_url = site_url
        self._keys = list(secret_keys)

    @property
    def home(self) -> str:
        return f"{self._site_url}/"

    def unsubscribe(self, claim: Claim) -> str:
        """`/u/`, since `<url>` must stay below 78 characters in the header of an issue."""
        return f"{self._site_url}/u/{self.token(Purpose.UNSUBSCRIBE, claim)}"

    def confirm(self, subscriber_id: int, newsletters: Sequence[str], until: datetime) -> str:
        """A yes to just these newsletters, whatever else is asked for meanwhile."""
        return self.of(Purpose.CONFIRM, Claim(subscriber_id, "_".join(newsletters), until))

    def preferences(self, subscriber_id: int, address: str) -> str:
        """Ends when the address changes: an old mailbox may be in other hands."""
        return f"{self._site_url}/preferences/{self.preferences_token(subscriber_id, address)}"

    def preferences_token(self, subscriber_id: int, address: str) -> str:
        claim = Claim(subscriber_id, _mark(self._keys[0], address))
        return self.token(Purpose.PREFERENCES, claim)

    def of(self, purpose: Purpose, claim: Claim) -> str:
        return f"{self._site_url}/{purpose}/{self.token(purpose, claim)}"

    def issue(self, newsletter: str, day: str) -> str:
        return f"{self._site_url}/{newsletter}/{day}"

    def archive(self, newsletter: str) -> str:
        return f"{self._site_url}/{newsletter}"

    def token(self, purpose: Purpose, claim: Claim) -> str:
        value = f"{claim.subscriber_id}.{claim.newsletter}"
        if claim.until is not None:
            value = f"{value}.{int(claim.until.timestamp()):x}"
        return _signed(self._keys[0], purpose, value)

    def read(self, purpose: Purpose, token: str) -> Claim | None:
        """What the token claims, or None for one that is not ours or not for this purpose.

        Compared with what we would have signed, character by character: base64 alone would let
        several spellings of one signature pass. Whether it has ended is for the caller to ask.
        """
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        value = token.rpartition(".")[0]
        if not any(
            compare_digest(_signed(key, purpose, value).encode(), token.encode())
            for key in self._keys
        ):
            return None
        return _claim(value)

    def is_to(self, address: str, claim: Claim) -> bool:
        """Whether a preferences link was made for this address."""
        return any(claim.newsletter == _mark(key, address) for key in self._keys)


def _mark(key: str, address: str) -> str:
    """What changes with the address, and tells nobody which it is."""
    made = digest(key.encode(), address.encode(), "sha256")
    return urlsafe_b64encode(made).decode()[:_MARK_CHARACTERS]


def _claim(value: str) -> Claim | None:
    subscriber, newsletter, *until = value.split(".")
    if not subscriber.isdigit() or int(subscriber) > _LARGEST_ID:
        return None
    ends = datetime.fromtimestamp(int(until[0], 16), UTC) if until else None
    return Claim(int(subscriber), newsletter, ends)


def _signed(key: str, purpose: Purpose, value: str) -> str:
    """As itsdangerous' Signer signs, at a third of its price: an issue signs two a reader."""
    signature = digest(_derived(key, purpose), value.encode(), "sha1")
    return f"{value}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


@lru_cache(maxsize=64)
def _derived(key: str, purpose: Purpose) -> bytes:
    return Signer(key, salt=f"newsletter.{purpose}").derive_key()
