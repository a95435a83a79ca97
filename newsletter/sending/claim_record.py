"""Whom this machine claimed of an issue, and as which of its claims: 16 bytes each.

A database that was restored from before asks it who can have been sent to since. Each entry bears
its number in the order of claiming, so that one that is missing is noticed.
"""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_ENTRY = struct.Struct("<QQ")  # number of the claim, subscriber


@dataclass(frozen=True)
class ClaimedSince:
    subscribers: frozenset[int]
    until: datetime  # of the last claim


def append_claims(file: Path, claims: int, subscribers: Sequence[int]) -> None:
    """These were claimed, in this order; with them it were so many of the issue.

    Raises:
        OSError: it cannot be written.
    """
    first = claims - len(subscribers) + 1
    entries = [_ENTRY.pack(first + place, number) for place, number in enumerate(subscribers)]
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, b"".join(entries))
    finally:
        os.close(descriptor)


def claimed_since(file: Path, before: int, last: int) -> ClaimedSince | None:
    """Whom the claims after number `before`, up to number `last`, were of.

    None where one of them is not in the file: another machine made it, or nothing wrote it down.
    """
    try:
        content, changed_s = file.read_bytes(), file.stat().st_mtime
    except OSError:
        return None
    whole = content[: len(content) // _ENTRY.size * _ENTRY.size]
    found = {number: who for number, who in _ENTRY.iter_unpack(whole) if before < number <= last}
    if len(found) != last - before:
        return None
    return ClaimedSince(frozenset(found.values()), datetime.fromtimestamp(changed_s, UTC))
