"""The picks of the newest issues for whoever asks, with the words of their papers kept."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from sqlalchemy.orm import Session

from newsletter import issues
from newsletter.interests import DayIndex, Interests, Pick, compile_profile, pick_papers
from newsletter.models import IssueRow, SubscriberRow
from newsletter.subscribers import lifecycle

_MOST_PAPERS = 1000  # of all that are kept, in each process: some 100 MB


@dataclass(frozen=True)
class DayPicks:
    """What comes first of one issue."""

    issue: IssueRow
    picks: Sequence[Pick]


class IssueRanking:
    """Ranks frozen issues; each is made ready once, and forgotten when others are asked for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], DayIndex] = OrderedDict()
        self._lock = Lock()

    def newest(
        self, session: Session, subscriber: SubscriberRow, interests: Interests
    ) -> list[DayPicks]:
        """Of the newest issue of each newsletter that they get, without what they leave out."""
        profile = compile_profile(interests)
        days = []
        for slug, subscription in lifecycle.active_subscriptions(session, subscriber).items():
            for issue in issues.list_issues(session, [slug], 1):
                index = self._index(session, issue, subscription.left_out)
                days.append(DayPicks(issue, pick_papers(index, profile)))
        return days

    def _index(self, session: Session, issue: IssueRow, left_out: str) -> DayIndex:
        name = (issue.id, left_out)
        with self._lock:  # whoever waits would make the same
            index = self._kept.pop(name, None)
            if index is None:
                entries = issues.load_issue(session, issue).entries
                index = DayIndex([it.paper for it in entries if it.section not in left_out.split()])
            self._kept[name] = index
            number = sum(len(kept.papers) for kept in self._kept.values())
            while number > _MOST_PAPERS and len(self._kept) > 1:
                number -= len(self._kept.popitem(last=False)[1].papers)
            return index
