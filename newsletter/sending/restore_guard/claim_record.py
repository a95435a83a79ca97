"""The deliveries of an issue that this machine claimed, in a file: 16 bytes each.

After a restore it tells which readers may have been sent to since. Each entry bears its number in
the order of claiming, so that a missing one is noticed. A second entry of the same number says that
the claim was given back before a byte had left.
"""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_ENTRY = struct.Struct("<QQ")  # number of the claim, subscriber
_GIVEN_BACK = 1 << 63  # beside the number


@dataclass(frozen=True)
class ClaimedSince:
    subscribers: frozenset[int]  # without those of whose claims nothing left
    until: datetime  # of the last claim


def append_claims(file: Path, claims: int, subscribers: Sequence[int]) -> None:
    """These were claimed, in this order; with them it were so many of the issue.

    Raises:
        OSError: it cannot be written.
    """
    first = claims - len(subscribers) + 1
    _append(file, [(first + place, number) for place, number in enumerate(subscribers)])


def append_given_back(file: Path, claims: Sequence[tuple[int, int]]) -> None:
    """Append claims of which nothing left, each its number and its subscriber.

    Raises:
        OSError: it cannot be written.
    """
    _append(file, [(_GIVEN_BACK | number, subscriber_id) for number, subscriber_id in claims])


def _append(file: Path, entries: Sequence[tuple[int, int]]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, b"".join(_ENTRY.pack(*entry) for entry in entries))
    finally:
        os.close(descriptor)


def claimed_since(file: Path, before: int, last: int) -> ClaimedSince | None:
    """The subscribers of the claims after number `before`, up to number `last`.

    None where one of them is missing: another machine made it, or it was not written down.
    """
    try:
        content, changed_s = file.read_bytes(), file.stat().st_mtime
    except OSError:
        return None
    whole = content[: len(content) // _ENTRY.size * _ENTRY.size]
    entries = set(_ENTRY.iter_unpack(whole))
    made = {number: subscriber_id for number, subscriber_id in entries if before < number <= last}
    if len(made) != last - before:
        return None
    return ClaimedSince(
        frozenset(
            subscriber_id
            for number, subscriber_id in made.items()
            if (_GIVEN_BACK | number, subscriber_id) not in entries
        ),
        datetime.fromtimestamp(changed_s, UTC),
    )
