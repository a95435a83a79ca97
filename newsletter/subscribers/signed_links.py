"""Signed links: the holder of one may do the one thing it is for, without a password."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest
from typing import TypeVar

from itsdangerous import Signer

from newsletter.subscribers import opaque_ids
from newsletter.subscribers.link_claims import (
    AddressClaim,
    Claim,
    ConfirmClaim,
    PreferencesClaim,
    Purpose,
    TuneClaim,
    row_id,
)
from newsletter.subscribers.prepared_hmac import PreparedHmac

_LONGEST_TOKEN = 2000
_DIGEST_CHARACTERS = 8  # 48 bits: nobody can ask faster than the pages answer


_C = TypeVar("_C", bound=Claim)


class SignedLinks:
    """Makes and reads links. The first secret key signs, all of them verify.

    A token is `<subscriber>.<subject>[.<until>].<signature>`: short, so that the header that
    carries it (RFC 8058) needs no folding, and free of anything personal. Row numbers in it are
    hidden (`opaque_ids`); those of mails from before stand there plainly, and are still read.
    """

    def __init__(self, site_url: str, secret_keys: Sequence[str]) -> None:
        self._site_url = site_url
        self._keys = list(secret_keys)

    @property
    def home(self) -> str:
        return f"{self._site_url}/"

    def unsubscribe(self, subscriber_id: int, newsletter: str) -> str:
        """`/u/`, since `<url>` must stay below 78 characters in the header of an issue."""
        return f"{self._site_url}/u/{self._token(Purpose.UNSUBSCRIBE, subscriber_id, newsletter)}"

    def confirm(self, subscriber_id: int, newsletters: Sequence[str], until: datetime) -> str:
        return self.url(ConfirmClaim(subscriber_id, until, tuple(newsletters)))

    def preferences(self, subscriber_id: int, address: str, moves: int = 0) -> str:
        """Ends when the address changes: an old mailbox may be in other hands."""
        token = self.preferences_token(subscriber_id, address, moves)
        return f"{self._site_url}/preferences/{token}"

    def preferences_token(self, subscriber_id: int, address: str, moves: int = 0) -> str:
        return self.token_to(PreferencesClaim, subscriber_id, address, moves)

    def tune(self, subscriber_id: int, address: str, moves: int = 0) -> str:
        """The common beginning of all cards' links; an identifier and "more" or "less" follow."""
        return f"{self._site_url}/tune/{self.token_to(TuneClaim, subscriber_id, address, moves)}"

    def token_to(
        self, kind: type[AddressClaim], subscriber_id: int, address: str, moves: int = 0
    ) -> str:
        """A token for this address; `moves` is how often its subscriber left it and came back."""
        return self._token(
            kind.purpose, subscriber_id, _address_digest(self._keys[0], address, moves)
        )

    def url(self, claim: Claim) -> str:
        """The page that bears its purpose's name."""
        return f"{self._site_url}/{claim.purpose}/{self.token(claim)}"

    def issue(self, newsletter: str, day: str) -> str:
        return f"{self._site_url}/{newsletter}/{day}"

    def archive(self, newsletter: str) -> str:
        return f"{self._site_url}/{newsletter}"

    def _token(self, purpose: Purpose, subscriber_id: int, subject: str) -> str:
        """The same as `token`, of a claim without an end: each mail bears two or three."""
        seal = _seal(self._keys[0], purpose)
        return seal.signed(f"{opaque_ids.encode_id(seal.key, subscriber_id)}.{subject}")

    def token(self, claim: Claim) -> str:
        seal = _seal(self._keys[0], claim.purpose)
        parts = claim.value.split(".")
        for place in range(claim.row_ids):
            parts[place] = opaque_ids.encode_id(seal.key, int(parts[place]))
        return seal.signed(".".join(parts))

    def sign(self, purpose: Purpose, value: str) -> str:
        return _seal(self._keys[0], purpose).signed(value)

    def read(self, kind: type[_C], token: str) -> _C | None:
        """The claim of a token, or None where it is forged or for another purpose.

        Compared with what we would have signed, character by character: base64 alone would let
        several spellings of one signature pass. Whether it has ended is for the caller to ask.
        """
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        value = token.rpartition(".")[0]
        for key in self._keys:
            seal = _seal(key, kind.purpose)
            if compare_digest(seal.signed(value).encode(), token.encode()):
                return _parse(kind, value, seal.key)
        return None

    def is_to(self, address: str, moves: int, claim: AddressClaim) -> bool:
        """Whether a link was made for this address, since the last of these moves."""
        return any(
            claim.address_digest == _address_digest(key, address, moves) for key in self._keys
        )


def _address_digest(key: str, address: str, moves: int) -> str:
    """A digest that changes with the address and with each move away, and hides the address."""
    whose = f"{address} {moves}" if moves else address
    return urlsafe_b64encode(_keyed_hmac(key).digest(whose.encode())).decode()[:_DIGEST_CHARACTERS]


@lru_cache(maxsize=64)
def _keyed_hmac(key: str) -> PreparedHmac:
    return PreparedHmac(key.encode(), "sha256")


def _parse(kind: type[_C], value: str, key: bytes) -> _C | None:
    parts = value.split(".")
    try:
        shown = [opaque_ids.decode_id(key, part) for part in parts[: kind.row_ids]]
        subscriber_id, subject, *until = shown + parts[kind.row_ids :]
        return kind.parse(row_id(subscriber_id), subject, *until)
    except (ValueError, TypeError):
        return None


class _Seal:
    """Signs for one purpose as itsdangerous' Signer does, at a quarter of its price.

    An issue signs two or three links a reader.
    """

    def __init__(self, key: str, purpose: Purpose) -> None:
        self.key: bytes = Signer(key, salt=f"newsletter.{purpose}").derive_key()
        self._mac = PreparedHmac(self.key, "sha1")

    def signed(self, value: str) -> str:
        mac = self._mac.digest(value.encode())
        return f"{value}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


_seal = lru_cache(maxsize=64)(_Seal)
