"""What makes kept profiles out of date: they go, and are made anew before the next mail."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.models import InterestRow, ProfileRow


def forget_profiles(session: Session, subscriber_ids: Collection[int]) -> None:
    """These named something else than before."""
    session.execute(delete(ProfileRow).where(ProfileRow.subscriber_id.in_(subscriber_ids)))


def forget_profiles_with(session: Session, papers: Collection[str]) -> None:
    """The texts of these named papers are others than before."""
    naming = select(InterestRow.subscriber_id).where(
        InterestRow.kind == "paper", InterestRow.value.in_(papers)
    )
    session.execute(delete(ProfileRow).where(ProfileRow.subscriber_id.in_(naming)))
