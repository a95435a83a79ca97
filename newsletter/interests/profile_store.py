"""Profiles as they are kept: made once after a change, so that sending only reads them."""

import json
import logging
import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import delete, exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.interests import interest_store
from newsletter.interests.authors import FollowedAuthor, NameKey
from newsletter.interests.issue_picks import KeptInterests
from newsletter.interests.lexicon import shipped
from newsletter.interests.phrases import Phrase
from newsletter.interests.profile import (
    LikedPaper,
    Profile,
    compile_profile,
)
from newsletter.interests.term_weights import TermWeights
from newsletter.models import InterestRow, ProfileRow
from newsletter.reader_locks import lock_readers

_log = logging.getLogger(__name__)

_AT_ONCE = 20  # readers in one transaction; some 30 ms each
_FORM = 8  # of what `as_bytes` makes
_LENGTH = struct.Struct("<I")
_DAMAGED = ValueError, LookupError, TypeError, AttributeError, struct.error


@lru_cache(maxsize=1)
def version() -> str | None:
    """The version of lexicon and form; profiles of another one are made anew.

    None, with a line in the log, where the lexicon cannot be read: then all profiles are missing.
    """
    try:
        return f"{shipped().version}.{_FORM}"
    except NewsletterError as error:
        _log.error("%s", error)
        return None


def profiles_of(
    session: Session, subscriber_ids: Collection[int], now: datetime
) -> dict[int, Profile | None]:
    """The profiles of the subscribers of these with interests; missing ones are made and kept.

    None where a profile cannot be made, until the reader changes something.
    """
    chosen = select(InterestRow.subscriber_id).where(InterestRow.subscriber_id.in_(subscriber_ids))
    named = set(session.scalars(chosen.distinct()))
    if not named:  # as of most: then the lexicon need not even be read
        return {}
    if version() is None:
        return dict.fromkeys(named)
    rows = session.scalars(
        select(ProfileRow).where(
            ProfileRow.subscriber_id.in_(named), ProfileRow.lexicon == version()
        )
    )
    known: dict[int, Profile | None] = {}
    for row in rows:
        with suppress(*_DAMAGED):  # a damaged one is made anew
            known[row.subscriber_id] = _read(row.content) if row.content else None
    return known | _make(session, named - known.keys(), now)


def profiles_from(
    session: Session, kept: Mapping[int, KeptInterests], now: datetime
) -> dict[int, Profile | None]:
    """The same for readers with interests whose rows the caller has read."""
    if kept and version() is None:
        return dict.fromkeys(kept)
    known = read_profiles(kept)
    lacking = kept.keys() - known.keys()
    return known | profiles_of(session, lacking, now) if lacking else known


def read_profiles(kept: Mapping[int, KeptInterests]) -> dict[int, Profile | None]:
    """The kept profiles that are of today's lexicon."""
    known: dict[int, Profile | None] = {}
    for number, row in kept.items():
        if row.content is not None and row.lexicon == version():
            with suppress(*_DAMAGED):
                known[number] = _read(row.content) if row.content else None
    return known


def make_ready(database: Database, now: datetime, stopping: Callable[[], bool]) -> int:
    """Make all profiles that are lacking, a few at a time; returns how many were."""
    made = 0
    while not stopping():
        with database.read() as session:
            lacking = _lacking(session)
        if not lacking:
            break
        with database.write.begin() as session:
            made += len(_make(session, lacking, now))
    return made


def _lacking(session: Session) -> Sequence[int]:
    """Some readers with interests whose profile is missing, or of another lexicon."""
    if session.scalar(select(InterestRow.subscriber_id).limit(1)) is None or version() is None:
        return ()
    kept = exists().where(
        ProfileRow.subscriber_id == InterestRow.subscriber_id,
        ProfileRow.lexicon == version(),
    )
    return session.scalars(
        select(InterestRow.subscriber_id).where(~kept).distinct().limit(_AT_ONCE)
    ).all()


def _make(
    session: Session, subscriber_ids: Collection[int], now: datetime
) -> dict[int, Profile | None]:
    """Make profiles now; one whose reader is just changing something is not kept."""
    unchanging = {
        subscriber.id for subscriber in lock_readers(session, subscriber_ids, waits=False)
    }
    made = {number: make_profile(session, number) for number in subscriber_ids}
    session.execute(delete(ProfileRow).where(ProfileRow.subscriber_id.in_(unchanging)))
    session.add_all(
        ProfileRow(
            subscriber_id=number,
            lexicon=version(),
            content=as_bytes(profile) if profile else b"",
            made_at=now,
        )
        for number, profile in made.items()
        if number in unchanging
    )
    session.flush()
    return made


def make_profile(session: Session, subscriber_id: int) -> Profile | None:
    """The profile of what they named; None, with a line in the log, where that fails."""
    try:
        return compile_profile(interest_store.load(session, subscriber_id))
    except SQLAlchemyError:
        raise
    except Exception:  # noqa: BLE001 - what cannot be ranked costs its picks, never the mail
        _log.exception("no profile of a reader", extra={"subscriber": subscriber_id})
        return None


def as_bytes(profile: Profile) -> bytes:
    """Some kB, and no code in it: a database may come from anywhere.

    JSON's length in four bytes, JSON, two bytes for the owner of each of the profile's terms, then
    the terms with their weights.
    """
    weighed = (profile.weights, *profile.judged)
    data = {
        "terms": [len(paper.terms) for paper in weighed],
        "liked": [(paper.title, paper.arxiv_id) for paper in profile.liked],
        "disliked": sorted(profile.disliked_ids),
        "authors": [*map(_author, profile.authors)],
        "unwanted_authors": [*map(_author, profile.unwanted_authors)],
        "words": [*map(astuple, profile.words)],
        "unwanted_words": [*map(astuple, profile.unwanted_words)],
        "categories": profile.categories,
        "unwanted_categories": profile.unwanted_categories,
    }
    named = json.dumps(data, separators=(",", ":")).encode()
    owners = struct.pack(f"<{len(profile.owners)}H", *profile.owners)
    return b"".join(
        (_LENGTH.pack(len(named)), named, owners, *(paper.as_bytes() for paper in weighed))
    )


def _read(content: bytes) -> Profile:
    named = _LENGTH.size
    (length,) = _LENGTH.unpack_from(content)
    data: dict[str, Any] = orjson.loads(content[named : named + length])
    terms, *_ = data["terms"]
    owners = struct.unpack_from(f"<{terms}H", content, named + length)
    weights, *judged = _weighed(content, named + length + 2 * terms, data["terms"])
    return Profile(
        weights=weights,
        owners=owners,
        liked=tuple(LikedPaper(title, "", arxiv_id) for title, arxiv_id in data["liked"]),
        disliked_ids=frozenset(data["disliked"]),
        judged=tuple(judged),
        authors=tuple(map(_followed, data["authors"])),
        unwanted_authors=tuple(map(_followed, data["unwanted_authors"])),
        words=tuple(map(_phrase, data["words"])),
        unwanted_words=tuple(map(_phrase, data["unwanted_words"])),
        categories=tuple(data["categories"]),
        unwanted_categories=tuple(data["unwanted_categories"]),
    )


def _weighed(content: bytes, start: int, lengths: Sequence[int]) -> Iterator[TermWeights]:
    for number in lengths:
        end = start + TermWeights.SIZE * number
        yield TermWeights.read(content[start:end])
        start = end


def _author(keyed: tuple[NameKey, FollowedAuthor]) -> list[Any]:
    key, author = keyed
    return [
        key,
        author.name,
        *(
            sorted(named)
            for named in (
                author.with_authors,
                author.with_categories,
                author.not_with_authors,
                author.not_with_categories,
            )
        ),
    ]


def _followed(kept: Sequence[Any]) -> tuple[NameKey, FollowedAuthor]:
    (first, last), name, with_authors, with_categories, not_with_authors, not_with_categories = kept
    if not any(kept[2:]):  # as of most
        return (first, last), FollowedAuthor(name)
    return (first, last), FollowedAuthor(
        name,
        frozenset(map(tuple, with_authors)),
        frozenset(with_categories),
        frozenset(map(tuple, not_with_authors)),
        frozenset(not_with_categories),
    )


def _phrase(fields: Sequence[Any]) -> Phrase:
    text, parts, is_beginning, whole = fields
    return Phrase(text, tuple(parts), is_beginning, whole)
