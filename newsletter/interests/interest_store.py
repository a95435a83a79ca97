"""Interests in the database, a person's or a newsletter's: named, taken back, forgotten."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from newsletter.database.db import take_turn
from newsletter.interests import named_papers
from newsletter.interests.authors import FollowedAuthor, name_keys
from newsletter.interests.named_interest import MOST, Interest, InterestType, checked
from newsletter.interests.profile import Interests, LikedPaper
from newsletter.models import (
    InterestRow,
    NamedInterest,
    NamedPaperRow,
    NewsletterInterestRow,
    PickRow,
    ProfileRow,
)

MOVED = "moved"  # of an author's detail, what came by a move (`interest_moves`)

# Whose they are: a subscriber's, by number, or a newsletter's, by its name in addresses.
Owner = int | str


def add(
    session: Session,
    owner: Owner,
    interests: Iterable[Interest],
    origin: str,
    now: datetime,
) -> list[Interest]:
    """Note interests, also again; returns those for which there was no room."""
    table = _table(owner)
    numbers = count_by_kind(session, owner)
    left_over: list[Interest] = []
    for interest in map(checked, interests):
        row = session.get(table, (owner, interest.kind, interest.value))
        if row is None and numbers[interest.kind] >= MOST[interest.kind]:
            left_over.append(interest)
            continue
        if row is None:
            numbers[interest.kind] += 1
            row = table(owner=owner, kind=interest.kind, value=interest.value, detail={})
            session.add(row)
        row.wanted, row.origin, row.since = interest.wanted, origin, now
        row.detail = _joined(_own(row.detail, interest.detail), interest.detail)
        if interest.kind is InterestType.PAPER:
            named_papers.keep_text(session, interest.value, interest.paper, now)
    session.flush()
    _changed(session, owner)
    return left_over


def forget_namesakes(session: Session, subscriber_id: int, authors: Collection[str]) -> None:
    """Take back what told these authors from their namesakes; they stay followed."""
    for author in authors:
        row = session.get(InterestRow, (subscriber_id, InterestType.AUTHOR, author))
        if row is not None:
            row.detail = {}
    session.flush()
    forget_profiles(session, [subscriber_id])


def remove(session: Session, owner: Owner, interests: Iterable[Interest]) -> int:
    """Take them back; returns how many there were."""
    table = _table(owner)
    keys = [(owner, interest.kind, interest.value) for interest in map(checked, interests)]
    return take_back(session, filter(None, (session.get(table, key) for key in keys)))


def take_back(session: Session, rows: Iterable[NamedInterest]) -> int:
    """The same of rows that were read."""
    gone = list(rows)
    for row in gone:
        session.delete(row)
    session.flush()
    for owner in {row.owner for row in gone}:
        _changed(session, owner)
    papers = [row.value for row in gone if row.kind == InterestType.PAPER]
    if papers:
        forget_unnamed(session, papers)
    return len(gone)


def rows_of(session: Session, *subscriber_ids: int) -> Sequence[InterestRow]:
    """Everything that these people named, in the order of kinds and time."""
    return session.scalars(
        select(InterestRow)
        .where(InterestRow.subscriber_id.in_(subscriber_ids))
        .order_by(InterestRow.kind, InterestRow.since, InterestRow.value)
    ).all()


def newsletter_rows(session: Session, newsletter: str) -> Sequence[NewsletterInterestRow]:
    """The same of a newsletter's group."""
    table = NewsletterInterestRow
    return session.scalars(
        select(table)
        .where(table.newsletter == newsletter)
        .order_by(table.kind, table.since, table.value)
    ).all()


def texts_of(session: Session, rows: Iterable[NamedInterest]) -> dict[str, NamedPaperRow]:
    """The named papers among these, by name; a lost text is empty."""
    names = [row.value for row in rows if row.kind == InterestType.PAPER]
    found = session.scalars(select(NamedPaperRow).where(NamedPaperRow.name.in_(names)))
    lost = {
        name: NamedPaperRow(name=name, title="", abstract="", authors=[], categories=[])
        for name in names
    }
    return lost | {paper.name: paper for paper in found}


def load(session: Session, subscriber_id: int) -> Interests:
    """All of it, as a day's papers are ranked by."""
    rows = rows_of(session, subscriber_id)
    return as_ranked_by(rows, texts_of(session, rows))


def as_ranked_by(rows: Sequence[NamedInterest], texts: Mapping[str, NamedPaperRow]) -> Interests:
    """The same of rows that may not be kept yet."""

    def values(kind: InterestType, *, wanted: bool) -> list[str]:
        return [row.value for row in rows if row.kind == kind and row.wanted is wanted]

    liked, disliked = (
        [_liked(texts[name]) for name in values(InterestType.PAPER, wanted=wanted)]
        for wanted in (True, False)
    )
    return Interests(
        liked=[paper for paper in liked if paper.title],
        disliked=[paper for paper in disliked if paper.title or paper.arxiv_id],
        authors=[_author(row) for row in rows if row.kind == InterestType.AUTHOR and row.wanted],
        unwanted_authors=values(InterestType.AUTHOR, wanted=False),
        words=values(InterestType.WORD, wanted=True),
        unwanted_words=values(InterestType.WORD, wanted=False),
        categories=values(InterestType.CATEGORY, wanted=True),
        unwanted_categories=values(InterestType.CATEGORY, wanted=False),
    )


def forget_unnamed(session: Session, papers: Collection[str] | None = None) -> None:
    """Delete papers that no reader or newsletter names any more, of these or of all."""
    take_turn(session, named_papers.TURN)
    unnamed = delete(NamedPaperRow)
    for table in (InterestRow, NewsletterInterestRow):
        named = exists().where(table.kind == InterestType.PAPER, table.value == NamedPaperRow.name)
        unnamed = unnamed.where(~named)
    if papers is not None:
        unnamed = unnamed.where(NamedPaperRow.name.in_(papers))
    session.execute(unnamed)


def picks_of(session: Session, subscriber_id: int) -> Sequence[PickRow]:
    return session.scalars(
        select(PickRow).where(PickRow.subscriber_id == subscriber_id).order_by(PickRow.issue_id)
    ).all()


def count_by_kind(session: Session, owner: Owner) -> Counter[str]:
    """How many they named of each kind."""
    table = _table(owner)
    rows = session.execute(
        select(table.kind, func.count()).where(table.owner == owner).group_by(table.kind)
    )
    return Counter({kind: number for kind, number in rows})  # noqa: C416 - a Row is no pair to the type checker


def forget_profiles(session: Session, subscriber_ids: Collection[int]) -> None:
    """These named something else than before: theirs are made anew before the next mail."""
    session.execute(delete(ProfileRow).where(ProfileRow.subscriber_id.in_(subscriber_ids)))


def _table(owner: Owner) -> type[InterestRow] | type[NewsletterInterestRow]:
    return InterestRow if isinstance(owner, int) else NewsletterInterestRow


def _changed(session: Session, owner: Owner) -> None:
    """A newsletter has no profile that is kept: it is ranked by once an issue."""
    if isinstance(owner, int):
        forget_profiles(session, [owner])


def _own(detail: Mapping[str, list[str]], named: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Without the marks of a move at what they name themselves now: it stays if that is undone."""
    again = {(name, value) for name, values in named.items() for value in values}
    marks = [mark for mark in detail.get(MOVED, ()) if tuple(mark.split(" ", 2)[1:]) not in again]
    return {name: marks if name == MOVED else values for name, values in detail.items()}


def _joined(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: list(dict.fromkeys([*old.get(name, []), *new.get(name, [])]))
        for name in {**old, **new}
    }


def _liked(row: NamedPaperRow) -> LikedPaper:
    arxiv_id = "" if row.name.startswith(named_papers.BY_TITLE) else row.name
    return LikedPaper(row.title, row.abstract, arxiv_id, tuple(row.categories))


def _author(row: NamedInterest) -> FollowedAuthor:
    detail = row.detail
    return FollowedAuthor(
        row.value,
        with_authors=name_keys(detail.get("with", ())),
        with_categories=frozenset(detail.get("in", ())),
        not_with_authors=name_keys(detail.get("not_with", ())),
        not_with_categories=frozenset(detail.get("not_in", ())),
    )
