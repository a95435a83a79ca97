"""What comes first in an issue for everybody: by what the group behind the newsletter named."""

import logging
from collections.abc import Sequence

from sqlalchemy.orm import Session

from newsletter.interests import interest_store
from newsletter.interests.day_index import DayIndex
from newsletter.interests.issue_picks import IssuePick, IssuePicks
from newsletter.interests.picks import pick_papers
from newsletter.interests.profile import compile_profile
from newsletter.sources.base import Paper

_log = logging.getLogger(__name__)


def newsletter_picks(
    session: Session, newsletter: str, papers: Sequence[Paper]
) -> IssuePicks | None:
    """None where the group named nothing; with a line in the log, also where ranking fails."""
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
