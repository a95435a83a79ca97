"""A newsletter has a slug today, had others before, and readers remain where it is gone.

A slug stands in links of mails that are out. So a former one is never given again: it leads to the
newsletter that had it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from newsletter.config import Settings
from newsletter.errors import NewsletterError, WrongUseError, did_you_mean
from newsletter.models import (
    Base,
    FormerSlugRow,
    IssueEditRow,
    IssueRow,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.reader_locks import lock_everybody
from newsletter.text import counted

_SLUG = "newsletter"  # the column, in whichever table


@dataclass(frozen=True)
class Renaming:
    """The rows that went over to the new slug."""

    readers: int  # who get it now
    issues: int


def of_today(session: Session, slugs: Iterable[str]) -> list[str]:
    """The slugs of these newsletters today, in their order, once each."""
    named = list(slugs)
    new = now_called(session, named)
    return list(dict.fromkeys(new.get(slug, slug) for slug in named))


def now_called(session: Session, slugs: Iterable[str]) -> dict[str, str]:
    """Those of the slugs that were given up, with what stands for each now."""
    rows = session.scalars(select(FormerSlugRow).where(FormerSlugRow.slug.in_(slugs)))
    return {row.slug: row.newsletter for row in rows}


def settings_of_today(session: Session, settings: Settings) -> Settings:
    """The configuration by today's slugs: a process outlives a renaming, and serves on."""
    new = now_called(session, [newsletter.slug for newsletter in settings.newsletters])
    return settings.renamed(new) if new else settings


def rename(session: Session, old: str, new: str, now: datetime) -> Renaming:
    """Move everything of one slug to another.

    Who signed up for the new one already, before it had an issue, is joined with its readers.

    Raises:
        WrongUseError: nothing has the old slug, or the new one is another newsletter's.
    """
    known = _known(session)
    if old not in known:
        raise WrongUseError(f"nobody reads {old!r}, and it has no issue{did_you_mean(old, known)}")
    if _has_issues(session, new):
        raise WrongUseError(f"{new!r} is taken: it has issues of its own; choose another slug")
    holder = session.get(FormerSlugRow, new)
    if holder is not None and holder.newsletter != old:
        raise WrongUseError(
            f"{new!r} is taken: links in old mails lead by it to {holder.newsletter!r}; choose"
            " another slug"
        )
    return rename_unchecked(session, old, new, now)


def rename_unchecked(session: Session, old: str, new: str, now: datetime) -> Renaming:
    """The same without a question: nothing of the new slug may be in the way."""
    lock_everybody(session)
    session.execute(delete(FormerSlugRow).where(FormerSlugRow.slug == new))
    session.merge(FormerSlugRow(slug=old, newsletter=new, since=now))
    moved = session.execute(
        update(IssueRow)
        .where(IssueRow.newsletter == old)
        .values(frozen_as=func.coalesce(IssueRow.frozen_as, old))
        .execution_options(synchronize_session=False)
    )
    days = select(IssueEditRow.day).where(IssueEditRow.newsletter == old)
    session.execute(
        delete(IssueEditRow).where(IssueEditRow.newsletter == new, IssueEditRow.day.in_(days))
    )
    session.execute(
        update(IssueEditRow).where(IssueEditRow.newsletter == old).values(newsletter=new)
    )
    _join(session, old, new)
    for table in Base.metadata.sorted_tables:
        if _SLUG in table.c:
            _move_rows(session, table, old, new)
    session.expire_all()
    readers = _readers(session, SubscriptionRow.newsletter == new)
    return Renaming(readers.get(new, 0), moved.rowcount)  # type: ignore[attr-defined]


def former(session: Session, settings: Settings) -> dict[str, FormerSlugRow]:
    """Slugs of the configuration that were given up, with what they are called now."""
    slugs = [newsletter.slug for newsletter in settings.newsletters]
    rows = session.scalars(select(FormerSlugRow).where(FormerSlugRow.slug.in_(slugs)))
    return {row.slug: row for row in rows}


def orphans(session: Session, settings: Settings) -> dict[str, str]:
    """Slugs with readers and no newsletter in the configuration, with what to do, in words."""
    slugs = [newsletter.slug for newsletter in settings_of_today(session, settings).newsletters]
    others = _subscribed(session) - set(slugs)
    gone = _readers(session, SubscriptionRow.newsletter.in_(others)) if others else {}
    unused = [slug for slug in slugs if not _has_issues(session, slug)] if gone else []
    new = unused[0] if len(unused) == 1 else "NEW"
    return {
        slug: (
            f"{counted(number, 'reader')} of {slug!r}, which no [[newsletters]] names: they get"
            " nothing. Bring it back; or, where it has another slug now, `newsletter rename"
            f" {slug} {new}`; or, where it is over, `newsletter subscribers remove --everybody"
            f" --from {slug}`"
        )
        for slug, number in gone.items()
    }


def refused(session: Session, settings: Settings, gone: Collection[str]) -> dict[str, str]:
    """Newsletters of the configuration that must not be mailed nor told of, and why, in words.

    One that never had an issue may be another under a new slug, while somebody's is `gone` (see
    `orphans`): its first issue would go to nobody, and be in the way of a renaming.
    """
    why = {slug: former_text(row) for slug, row in former(session, settings).items()}
    for newsletter in settings.newsletters if gone else ():
        if newsletter.slug not in why and not _has_issues(session, newsletter.slug):
            slug = next(iter(gone))
            why[newsletter.slug] = (
                f"nobody knows whether {newsletter.slug!r} is {slug!r} under a new slug, so it is"
                f" not mailed, and nothing is told of it: if so, `newsletter rename {slug}"
                f" {newsletter.slug}`"
            )
    return why


def former_text(row: FormerSlugRow) -> str:
    """Of a slug that is still in the configuration."""
    return (
        f"{row.slug!r} has been called {row.newsletter!r} since {row.since.date()}; say so in the"
        f" configuration: `newsletter rename {row.slug} {row.newsletter}`"
    )


def refuse_former(session: Session, slug: str) -> None:
    """For a run that began before a renaming.

    Raises:
        NewsletterError: this slug was given up.
    """
    row = session.get(FormerSlugRow, slug)
    if row is not None:
        raise NewsletterError(former_text(row))


def _known(session: Session) -> list[str]:
    """Every slug that somebody subscribed to, or that an issue is of."""
    return sorted(
        _subscribed(session) | set(session.scalars(select(IssueRow.newsletter).distinct()))
    )


def _subscribed(session: Session) -> set[str]:
    """Every slug that somebody has or had, from one to the next: of a million rows few are read."""
    found: set[str] = set()
    slug = session.scalar(_FIRST)
    while slug is not None:
        found.add(slug)
        slug = session.scalar(_NEXT, {"slug": slug})
    return found


_FIRST = select(func.min(SubscriptionRow.newsletter))
_NEXT = _FIRST.where(SubscriptionRow.newsletter > bindparam("slug"))


def _has_issues(session: Session, slug: str) -> bool:
    return bool(session.scalar(select(exists().where(IssueRow.newsletter == slug))))


def _readers(session: Session, chosen: ColumnElement[bool]) -> dict[str, int]:
    """How many get each of the chosen newsletters; of the others nobody is counted."""
    rows = session.execute(
        select(SubscriptionRow.newsletter, func.count())
        .join(SubscriberRow, SubscriberRow.id == SubscriptionRow.subscriber_id)
        .where(
            chosen,
            SubscriptionRow.left_at.is_(None),
            SubscriberRow.standing == Standing.CONFIRMED,
        )
        .group_by(SubscriptionRow.newsletter)
        .order_by(SubscriptionRow.newsletter)
    )
    return {slug: number for slug, number in rows}  # noqa: C416 - a Row is no pair to the type checker


def _move_rows(session: Session, table: Table, old: str, new: str) -> None:
    """Of any table that names newsletters, also one that comes later.

    Where both have the same thing, the older one's stays.
    """
    of = table.c[_SLUG]
    if _SLUG in table.primary_key:
        other = table.alias()
        rest = [column for column in table.primary_key if column is not of]
        same = [other.c[column.name] == column for column in rest]
        older = select(other.c[_SLUG]).where(other.c[_SLUG] == old, *same).exists()
        session.execute(delete(table).where(of == new, older))
    session.execute(update(table).where(of == old).values({_SLUG: new}))


def _join(session: Session, old: str, new: str) -> None:
    """A reader of both keeps the older, unless they left that one and hold the other."""
    other = aliased(SubscriptionRow)
    pairs = session.execute(
        select(SubscriptionRow, other).where(
            SubscriptionRow.newsletter == old,
            other.newsletter == new,
            other.subscriber_id == SubscriptionRow.subscriber_id,
        )
    ).all()
    for elder, later in pairs:
        session.delete(elder if elder.left_at and not later.left_at else later)
    session.flush()
