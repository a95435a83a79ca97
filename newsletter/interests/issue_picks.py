"""The picks in readers' copies of an issue, kept so that every attempt is the same."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from newsletter.interests import interest_store
from newsletter.interests.day_index import DayIndex
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.interests.picks import MOST_PICKS, Pick, pick_papers
from newsletter.interests.profile import compile_profile
from newsletter.models import InterestRow, PickRow
from newsletter.sources.base import Paper

_log = logging.getLogger(__name__)

_PAPERS = "papers"
_OF_WORDS = {ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT}


@dataclass(frozen=True, slots=True)
class IssuePick:
    """A pick of an issue, by its identifier, with its reasons."""

    arxiv_id: str
    reasons: tuple[PickReason, ...]  # strongest first
    score: float = 0.0

    @classmethod
    def of(cls, pick: Pick, *, of_newsletter: bool = False) -> "IssuePick":
        reasons = pick.reasons
        if of_newsletter:
            reasons = tuple(replace(why, of_newsletter=True) for why in reasons)
        return cls(pick.paper.id.arxiv_id, reasons, round(pick.score, 4))

    @property
    def is_readers(self) -> bool:
        """Whether the reader named something that it follows from, and not the group alone.

        Their own reasons stand before the group's.
        """
        return bool(self.reasons) and not self.reasons[0].of_newsletter


IssuePicks = tuple[IssuePick, ...]


def join_picks(own: Sequence[IssuePick], newsletters: Sequence[IssuePick]) -> IssuePicks:
    """A reader's own picks, then the newsletter's, each paper once with the reasons of both.

    What the reader's reasons name already, the newsletter's do not say again.
    """
    others = {pick.arxiv_id: pick for pick in newsletters}
    joined = [
        replace(pick, reasons=(*pick.reasons, *_further(others.pop(pick.arxiv_id), pick)))
        if pick.arxiv_id in others
        else pick
        for pick in own
    ]
    return tuple([*joined, *others.values()][:MOST_PICKS])


def _further(pick: IssuePick, own: IssuePick) -> Iterator[PickReason]:
    """The reasons that name other words than the reader's own."""
    said = {word.casefold() for why in own.reasons if why.kind in _OF_WORDS for word in why.words}
    for why in pick.reasons:
        if why.kind in _OF_WORDS:
            words = tuple(word for word in why.words if word.casefold() not in said)
            if words:
                yield replace(why, words=words)
        else:
            yield why


def best_of(days: Iterable[IssuePicks | None]) -> IssuePicks | None:
    """The best picks of several days, each paper once; None where no day has any."""
    ranked = [picks for picks in days if picks is not None]
    best: dict[str, IssuePick] = {}
    for pick in sorted((pick for picks in ranked for pick in picks), key=lambda pick: -pick.score):
        best.setdefault(pick.arxiv_id, pick)
    return tuple(best.values())[:MOST_PICKS] if ranked else None


@dataclass(frozen=True)
class KeptInterests:
    """The earlier picks in an issue, and the profile, of a reader with interests."""

    chosen: Mapping[str, Any] | None
    lexicon: str | None = None
    content: bytes | None = None

    @property
    def picks(self) -> IssuePicks | None:
        """The earlier picks; None where ranking failed."""
        return None if self.chosen is None else from_json(self.chosen)


def kept_interests(
    session: Session, issue_id: int, subscriber_ids: Collection[int]
) -> dict[int, KeptInterests]:
    """The subscribers of these who named interests, or had picks in that issue."""
    picked = select(PickRow).where(
        PickRow.issue_id == issue_id, PickRow.subscriber_id.in_(subscriber_ids)
    )
    chosen = {row.subscriber_id: row.chosen for row in session.scalars(picked)}
    named = select(InterestRow.subscriber_id).where(InterestRow.subscriber_id.in_(subscriber_ids))
    numbers = chosen.keys() | set(session.scalars(named.distinct()))
    return {number: KeptInterests(chosen.get(number)) for number in numbers}


def kept_picks(
    session: Session, issue_id: int, subscriber_ids: Collection[int]
) -> dict[int, IssuePicks | None]:
    """The earlier picks of these subscribers; None where ranking failed."""
    rows = session.scalars(
        select(PickRow).where(
            PickRow.issue_id == issue_id, PickRow.subscriber_id.in_(subscriber_ids)
        )
    )
    return {row.subscriber_id: from_json(row.chosen) for row in rows}


def keep_picks(
    session: Session,
    issue_id: int,
    picks: Mapping[int, Sequence[IssuePick] | None],
    now: datetime,
) -> None:
    """Write down what was chosen for each reader; None where it failed."""
    about = {"issue_id": issue_id, "made_at": now}
    rows = [
        {"subscriber_id": number, "chosen": to_json(chosen), **about}
        for number, chosen in picks.items()
    ]
    session.execute(insert(PickRow), rows)


def to_json(chosen: Iterable[IssuePick] | None) -> dict[str, Any]:
    """As a database keeps them."""
    if chosen is None:
        return {}
    return {
        _PAPERS: [
            {
                "paper": pick.arxiv_id,
                "score": pick.score,
                "reasons": [_reason_to_json(reason) for reason in pick.reasons],
            }
            for pick in chosen
        ]
    }


def _reason_to_json(reason: PickReason) -> dict[str, Any]:
    data = {"kind": reason.kind, "about": reason.about, "words": list(reason.words)}
    return data | ({"of_newsletter": True} if reason.of_newsletter else {})


def from_json(chosen: Mapping[str, Any]) -> IssuePicks | None:
    """The kept picks; None where ranking failed, or, with a line in the log, they are damaged."""
    if _PAPERS not in chosen:
        return None
    try:
        return tuple(map(_pick_from_json, chosen[_PAPERS]))
    except (ValueError, LookupError, TypeError, AttributeError):
        _log.exception("kept picks are damaged")
        return None


def _pick_from_json(data: Mapping[str, Any]) -> IssuePick:
    reasons = tuple(
        PickReason(
            ReasonType(why["kind"]),
            why["about"],
            tuple(why["words"]),
            why.get("of_newsletter", False),
        )
        for why in data["reasons"]
    )
    return IssuePick(data["paper"], reasons, data.get("score", 0.0))


def newsletter_picks(
    session: Session, newsletter: str, papers: Sequence[Paper]
) -> IssuePicks | None:
    """The picks for all readers, by the interests of the group behind the newsletter.

    None where the group has no interests, or, with a line in the log, where ranking fails.
    """
    rows = interest_store.newsletter_rows(session, newsletter)
    if not rows:
        return None
    texts = interest_store.texts_of(session, rows)
    try:
        interests = interest_store.as_ranked_by(rows, texts)
        picks = pick_papers(DayIndex(papers), compile_profile(interests))
    except Exception:  # noqa: BLE001 - a ranking that fails costs its picks, never the issue
        _log.exception("no picks of a newsletter", extra={"newsletter": newsletter})
        return None
    return tuple(IssuePick.of(pick, of_newsletter=True) for pick in picks)
