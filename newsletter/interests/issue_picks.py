"""What came first in readers' copies of an issue, kept so that a repeated attempt says the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.interests.picks import Pick, PickReason, ReasonType
from newsletter.models import PickRow

_PAPERS = "papers"


@dataclass(frozen=True)
class IssuePick:
    """A paper of an issue that comes first for somebody, by its identifier, and why."""

    arxiv_id: str
    reasons: tuple[PickReason, ...]

    @classmethod
    def of(cls, pick: Pick) -> "IssuePick":
        return cls(pick.paper.id.arxiv_id, pick.reasons)


def kept_picks(
    session: Session, issue_id: int, subscriber_ids: Collection[int]
) -> dict[int, tuple[IssuePick, ...] | None]:
    """What was chosen for them before; None for whom it failed."""
    rows = session.scalars(
        select(PickRow).where(
            PickRow.issue_id == issue_id, PickRow.subscriber_id.in_(subscriber_ids)
        )
    )
    return {row.subscriber_id: _read(row.chosen) for row in rows}


def keep_picks(
    session: Session,
    issue_id: int,
    picks: Mapping[int, Sequence[IssuePick] | None],
    now: datetime,
) -> None:
    """Write down what was chosen for each reader; None where it failed."""
    session.add_all(
        PickRow(
            issue_id=issue_id, subscriber_id=subscriber_id, chosen=_written(chosen), made_at=now
        )
        for subscriber_id, chosen in picks.items()
    )
    session.flush()


def _written(chosen: Iterable[IssuePick] | None) -> dict[str, Any]:
    if chosen is None:
        return {}
    return {
        _PAPERS: [
            {
                "paper": pick.arxiv_id,
                "reasons": [
                    {"kind": reason.kind, "about": reason.about, "words": list(reason.words)}
                    for reason in pick.reasons
                ],
            }
            for pick in chosen
        ]
    }


def _read(chosen: Mapping[str, Any]) -> tuple[IssuePick, ...] | None:
    if _PAPERS not in chosen:
        return None
    return tuple(
        IssuePick(
            pick["paper"],
            tuple(
                PickReason(ReasonType(why["kind"]), why["about"], tuple(why["words"]))
                for why in pick["reasons"]
            ),
        )
        for pick in chosen[_PAPERS]
    )
