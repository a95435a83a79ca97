"""A reader's picks in the newest issues; the words of their papers are kept."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.interests import (
    DayIndex,
    Pick,
    Profile,
    compile_profile,
    interest_store,
    issue_picks,
    pick_papers,
)
from newsletter.issues import issue_queries, issue_store
from newsletter.models import (
    InterestRow,
    IssueEntryRow,
    IssueRow,
    NamedPaperRow,
    SubscriberRow,
)
from newsletter.sources.base import PaperId
from newsletter.subscribers import lifecycle

_MOST_PAPERS = 1000  # of all that are kept, in each process: some 100 MB
_MOST_MAILS = 20  # whose picks are looked up
_MOST_PROFILES = 8  # 9 MB at most, where somebody dislikes papers


@dataclass(frozen=True)
class NamedInterests:
    """A reader's interests, saved or about to be, and the texts of the papers among them."""

    rows: Sequence[InterestRow]
    texts: Mapping[str, NamedPaperRow]

    @classmethod
    def of(cls, session: Session, subscriber: SubscriberRow) -> "NamedInterests":
        rows = interest_store.rows_of(session, subscriber.id)
        return cls(rows, interest_store.texts_of(session, rows))

    @cached_property
    def fingerprint(self) -> str:
        """Changes with all that the picks follow from."""
        rows = [(str(row.kind), row.value, row.wanted, row.detail) for row in self.rows]
        texts = [(text.name, text.title, text.told_at) for text in self.texts.values()]
        return sha256(repr((rows, sorted(texts, key=lambda text: text[0]))).encode()).hexdigest()


@dataclass(frozen=True)
class DayPicks:
    """The picks of one issue."""

    issue: IssueRow
    picks: Sequence[Pick]


class IssueRanking:
    """Ranks frozen issues; each is made ready once, and forgotten when others are asked for."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[tuple[int, str], DayIndex] = OrderedDict()
        self._profiles: OrderedDict[str, Profile] = OrderedDict()
        self._lock = Lock()

    def newest(
        self, session: Session, subscriber: SubscriberRow, named: NamedInterests
    ) -> list[DayPicks]:
        """Of the newest issue of each newsletter that they get, without what they leave out."""
        if not named.rows:
            return []
        profile = self._profile(named)
        return [
            DayPicks(issue, pick_papers(self._index(session, issue, left_out), profile))
            for issue, left_out in newest_issues(session, subscriber)
        ]

    def _profile(self, named: NamedInterests) -> Profile:
        """The same interests, asked for again, are made ready once."""
        profile = self._profiles.get(named.fingerprint)
        if profile is None:
            profile = compile_profile(interest_store.as_ranked_by(named.rows, named.texts))
            with self._lock:
                self._profiles[named.fingerprint] = profile
                if len(self._profiles) > _MOST_PROFILES:
                    self._profiles.popitem(last=False)
        return profile

    def _index(self, session: Session, issue: IssueRow, left_out: str) -> DayIndex:
        name = (issue.id, left_out)
        with self._lock:  # whoever waits would make the same
            index = self._indexes.pop(name, None)
            if index is None:
                content = issue_store.load_issue(session, issue)
                index = DayIndex(content.without(left_out).papers)
            self._indexes[name] = index
            number = sum(len(kept.papers) for kept in self._indexes.values())
            while number > _MOST_PAPERS and len(self._indexes) > 1:
                number -= len(self._indexes.popitem(last=False)[1].papers)
            return index


def kept_picks(session: Session, subscriber: SubscriberRow) -> dict[int, DayPicks]:
    """The picks in a reader's last mails, by the issue's number, newest first."""
    kept = {}
    for row in interest_store.picks_of(session, subscriber.id)[: -_MOST_MAILS - 1 : -1]:
        picks = issue_picks.kept_picks(session, row.issue_id, [subscriber.id])[subscriber.id] or ()
        entries = session.execute(
            select(IssueEntryRow.arxiv_id, IssueEntryRow.version).where(
                IssueEntryRow.issue_id == row.issue_id,
                IssueEntryRow.arxiv_id.in_([pick.arxiv_id for pick in picks]),
            )
        )
        found = papers.by_id(session, [PaperId(*entry) for entry in entries])
        by_name = {paper_id.arxiv_id: paper for paper_id, paper in found.items()}
        kept[row.issue_id] = DayPicks(
            session.get_one(IssueRow, row.issue_id),
            [
                Pick(by_name[pick.arxiv_id], 0.0, pick.reasons)
                for pick in picks
                if pick.arxiv_id in by_name
            ],
        )
    return kept


def newest_issues(session: Session, subscriber: SubscriberRow) -> list[tuple[IssueRow, str]]:
    """The newest issue of each newsletter that they get, with the sections that they leave out."""
    return [
        (issue, subscription.left_out)
        for slug, subscription in lifecycle.active_subscriptions(session, subscriber).items()
        for issue in issue_queries.list_issues(session, [slug], 1)
    ]
