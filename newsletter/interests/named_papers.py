"""The texts of papers that people name: a file's words at first, then arXiv's, once for all."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.config import Settings
from newsletter.database.db import Database, take_turn
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.interests.files import ListedPaper
from newsletter.models import InterestRow, NamedPaperRow, ProfileRow
from newsletter.sources.base import Paper, PaperId, Source, SourceError
from newsletter.text import counted

BY_TITLE = "title:"  # how the name of a paper begins whose identifier nobody knows
TURN = "named papers"  # who names one, and who forgets those that nobody names, go in turn
_SHOWN = 20  # papers that arXiv does not know
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

    `among` these papers, or of all that anybody named. Warns of those that it does not know.
    """
    with database.read() as session:
        names = _untold(session, _AT_ONCE, among)
    if not names:
        return
    from newsletter.sources.lookup import find_papers  # 0.1 s, and few runs ask

    try:
        found = find_papers(source, settings, names)
    except NewsletterError as error:
        warn(
            f"{counted(len(names), 'liked paper waits', 'liked papers wait')} for"
            f" {'its text' if len(names) == 1 else 'their texts'} until the next run: {error}"
        )
        return
    with database.write.begin() as session:
        _keep_told(session, names, found, now)
    for name in sorted(set(names) - found.keys())[:_SHOWN]:
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
    kept = None if row.told_at else papers.newest(session, name)
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


def _untold(session: Session, most: int, among: Sequence[str] | None) -> list[str]:
    """The identifiers of named papers that arXiv was not asked about yet."""
    chosen = (
        select(NamedPaperRow.name)
        .where(NamedPaperRow.told_at.is_(None), ~NamedPaperRow.name.startswith(BY_TITLE))
        .order_by(NamedPaperRow.name)
        .limit(most)
    )
    if among is not None:
        chosen = chosen.where(NamedPaperRow.name.in_(among[:most]))
    return list(session.scalars(chosen))


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


def _forget_profiles_with(session: Session, papers: Collection[str]) -> None:
    """The texts of these named papers are others than before: profiles with them are made anew."""
    naming = select(InterestRow.subscriber_id).where(
        InterestRow.kind == "paper", InterestRow.value.in_(papers)
    )
    session.execute(delete(ProfileRow).where(ProfileRow.subscriber_id.in_(naming)))
