"""The texts of papers that people name: a file's words at first, then arXiv's, once for all."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.config import Settings
from newsletter.database.db import Database, take_turn
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import WrongUseError
from newsletter.interests.files import ListedPaper
from newsletter.models import InterestRow, NamedPaperRow, ProfileRow
from newsletter.sources.base import Paper, PaperId, Source, SourceError
from newsletter.text import counted

BY_TITLE = "title:"  # how the name of a paper begins whose identifier nobody knows
TURN = "named papers"  # who names one, and who forgets those that nobody names, go in turn
_SHOWN = 20  # papers that arXiv does not know
_ASKED_AGAIN_AFTER = timedelta(hours=20)  # of a daily run
_UNANSWERED_AGAIN_AFTER = timedelta(hours=2)  # several runs a day may ask
_MAY_BE_NEW = timedelta(days=10)  # after the month that an identifier begins with
_AT_ONCE = 1000  # papers that arXiv is asked about in one go; some minutes at most


def fetch_texts(
    source: Source,
    settings: Settings,
    database: Database,
    now: datetime,
    warn: Callable[[str], None],
    among: Sequence[str] | None = None,
) -> None:
    """Ask arXiv for the texts that are not known yet; where it cannot be asked, the next run asks.

    `among` these papers, or of all that anybody named. Warns of those that it does not know. A
    paper may be named before arXiv tells of it, so it is asked again, once a day, as long as its
    identifier can be a new one's; an issue that holds it knows it, too. What arXiv was asked for
    longest ago comes first, so that names without an answer hold up no others.
    """
    names = _unknown_to_issues(database, now, among)[:_AT_ONCE]
    if not names:
        return
    from newsletter.sources.lookup import find_papers  # 0.1 s, and few runs ask

    result = find_papers(source, settings, names)
    with database.write.begin() as session:
        _keep_told(session, [*result.found, *result.unknown], result.found, now)
        _note_asked(session, result.unanswered, now)
    waiting = len(names) - len(result.found) - len(result.unknown)
    if waiting:
        warn(
            f"{counted(waiting, 'liked paper waits', 'liked papers wait')} for"
            f" {'its text' if waiting == 1 else 'their texts'}, and a later run asks again:"
            f" {result.problem}"
        )
    for name in sorted(result.unknown)[:_SHOWN]:
        warn(f"arXiv knows no paper {name}")


def name_of(paper: ListedPaper) -> str:
    """The name under which a paper is kept.

    Raises:
        WrongUseError: the paper lacks both identifier and title.
    """
    if paper.arxiv_id:
        try:
            return PaperId.parse(paper.arxiv_id, 1).arxiv_id
        except SourceError as error:
            raise WrongUseError(str(error)) from error
    if not paper.title:
        raise WrongUseError("a paper has an arXiv identifier or a title")
    return BY_TITLE + sha256(paper.title.casefold().encode()).hexdigest()[:32]


def keep_text(session: Session, name: str, given: ListedPaper | None, now: datetime) -> None:
    """Keep a paper's text: a file's words, until arXiv's own are known."""
    listed = given or ListedPaper(name, "", "")
    values = {"title": listed.title, "abstract": listed.abstract, "authors": [], "categories": []}
    take_turn(session, TURN)
    insert_missing(session, NamedPaperRow, [{"name": name, **values}])
    row = session.get_one(NamedPaperRow, name)
    kept = None if _is_known(row) else papers.newest(session, name)
    if kept is not None:
        _describe(row, kept, now)
    elif not row.title and listed.title:
        row.title, row.abstract = listed.title, listed.abstract
    else:
        return
    session.flush()
    _forget_profiles_with(session, [name])


def text_so_far(session: Session, name: str, given: ListedPaper, now: datetime) -> NamedPaperRow:
    """The text that `keep_text` would keep, without writing it."""
    row = session.get(NamedPaperRow, name)
    if row is None:
        row = NamedPaperRow(
            name=name, title=given.title, abstract=given.abstract, authors=[], categories=[]
        )
        kept = papers.newest(session, name)
        if kept is not None:
            _describe(row, kept, now)
    return row


def _describe(row: NamedPaperRow, paper: Paper, now: datetime) -> None:
    row.title, row.abstract, row.told_at = paper.title, paper.abstract, now
    row.authors, row.categories = list(paper.authors[:50]), list(paper.categories)


def _unknown_to_issues(database: Database, now: datetime, among: Sequence[str] | None) -> list[str]:
    """The papers of `_unknown` that no issue holds and that are due to be asked for.

    Those that an issue holds are known from now on.
    """
    with database.read() as session:
        unknown = _unknown(session, now, among)
        kept = {row.name: papers.newest(session, row.name) for row in unknown}
    found = {name: paper for name, paper in kept.items() if paper is not None}
    if found:
        with database.write.begin() as session:
            _keep_told(session, found, found, now)
    return [row.name for row in unknown if row.name not in found and _is_due(row, now)]


def _is_due(row: NamedPaperRow, now: datetime) -> bool:
    if row.told_at is not None:
        return row.told_at < now - _ASKED_AGAIN_AFTER
    return row.asked_at is None or row.asked_at < now - _UNANSWERED_AGAIN_AFTER


def _is_known(row: NamedPaperRow) -> bool:
    """Whether its text is arXiv's; every paper there has a category."""
    return bool(row.categories)


def _unknown(session: Session, now: datetime, among: Sequence[str] | None) -> list[NamedPaperRow]:
    """The named papers whose texts may be had, those first that arXiv was asked for longest ago.

    An identifier begins with the month in which arXiv gave it, so one of an earlier month that
    arXiv did not know is none.
    """
    months = {f"{now - ago:%y%m}." for ago in (timedelta(), _MAY_BE_NEW)}
    asked_at = func.coalesce(NamedPaperRow.asked_at, NamedPaperRow.told_at)
    chosen = (
        select(NamedPaperRow)
        .where(~NamedPaperRow.name.startswith(BY_TITLE))
        .where(
            or_(
                NamedPaperRow.told_at.is_(None),
                *(NamedPaperRow.name.startswith(month) for month in months),
            )
        )
        .order_by(asked_at.is_not(None), asked_at, NamedPaperRow.name)
    )
    if among is not None:
        chosen = chosen.where(NamedPaperRow.name.in_(among[:_AT_ONCE]))
    return [row for row in session.scalars(chosen) if not _is_known(row)]


def _keep_told(
    session: Session, asked: Iterable[str], found: Mapping[str, Paper], now: datetime
) -> None:
    """Keep arXiv's words on the papers that it was asked for; it may not know some."""
    for name in asked:
        row = session.get(NamedPaperRow, name)
        if row is not None and name in found:
            _describe(row, found[name], now)
        elif row is not None:
            row.told_at = now
    session.flush()
    _forget_profiles_with(session, found.keys())


def _note_asked(session: Session, names: Sequence[str], now: datetime) -> None:
    for name in names:
        row = session.get(NamedPaperRow, name)
        if row is not None:
            row.asked_at = now


def _forget_profiles_with(session: Session, papers: Collection[str]) -> None:
    """The texts of these named papers are others than before: profiles with them are made anew."""
    naming = select(InterestRow.subscriber_id).where(
        InterestRow.kind == "paper", InterestRow.value.in_(papers)
    )
    session.execute(delete(ProfileRow).where(ProfileRow.subscriber_id.in_(naming)))
