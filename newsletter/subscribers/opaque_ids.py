"""Hides row numbers: a keyed permutation, written as nine characters, that cannot be counted up.

A Feistel network of four rounds over 48 bits (Luby and Rackoff, 1988). Many such names do not tell
how many others there are; only the key gives the number back.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

_MARK = "i"  # no number begins so: links of before bear plain ones
_BITS, _OCTETS = 24, 3  # of a half
_BEYOND = 1 << 2 * _BITS
_ROUNDS = 4


def encode_id(key: bytes, number: int) -> str:
    """The number's name; one that no table will ever reach stays as it is."""
    if number >= _BEYOND:
        return str(number)
    left, right = divmod(number, 1 << _BITS)
    for turn in _rounds(key):
        keyed = turn.copy()  # as `_mask`; each mail bears several names
        keyed.update(right.to_bytes(_OCTETS))
        left, right = right, left ^ int.from_bytes(keyed.digest())
    return _MARK + urlsafe_b64encode((left << _BITS | right).to_bytes(2 * _OCTETS)).decode()


def decode_id(key: bytes, name: str) -> str:
    """The number behind a name, in digits; what is no name is returned as it is."""
    if not name.startswith(_MARK):
        return name
    left, right = divmod(int.from_bytes(urlsafe_b64decode(name[1:])), 1 << _BITS)
    for turn in reversed(_rounds(key)):
        left, right = right ^ _mask(turn, left), left
    return str(left << _BITS | right)


@lru_cache(maxsize=64)
def _rounds(key: bytes) -> Sequence[blake2b]:
    return [
        blake2b(key=key, digest_size=_OCTETS, person=b"row id %d" % turn) for turn in range(_ROUNDS)
    ]


def _mask(turn: blake2b, half: int) -> int:
    keyed = turn.copy()
    keyed.update(half.to_bytes(_OCTETS))
    return int.from_bytes(keyed.digest())
