"""/healthz for monitors, with 503 where the operator has to act; /ready for balancers.

`quick_checks.watched` judges, as for `newsletter check`. Strangers hear ok or trouble: the number
of waiting mails would tell them who got one. With the token of [metrics] the answer says why.
"""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.database import schema
from newsletter.finding import Severity
from newsletter.health import quick_checks
from newsletter.issues import issue_queries
from newsletter.web.pages import pages
from newsletter.web.program_access.metrics import has_token

blueprint = Blueprint("healthz", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """The health of the installation. It only reads, so it waits for no writer."""
    now = pages.clock()
    read = partial(_figures, now=now)
    found, figures = quick_checks.watched_with(pages.settings, pages.database, now, read)
    ill = any(finding.level is Severity.TROUBLE for finding in found)
    status: dict[str, Any] = {"status": "trouble" if ill else "ok"}
    if has_token():
        status["findings"] = [
            vars(finding) for finding in found if finding.level is not Severity.OK
        ]
        status |= figures or {}
    return jsonify(status), 503 if ill else 200


@blueprint.get("/ready")
def ready() -> tuple[Response, int]:
    """Whether this process can serve pages from its database.

    Other troubles are the same behind every `serve`; by them a balancer would take all of them out.
    """
    broken = quick_checks.broken_database(pages.database)
    return jsonify({"status": "trouble" if broken else "ok"}), 503 if broken else 200


def _figures(session: Session, now: datetime) -> dict[str, Any]:
    newest = issue_queries.newest_days(session, list(pages.newsletters))
    waiting, _ = outbox.backlog(session)
    return {
        "tables": schema.head(),
        "newest_issue": {slug: str(day) for slug, day in newest.items()},
        "newest_issue_age_days": {slug: (now.date() - day).days for slug, day in newest.items()},
        "letters_waiting": waiting,
    }
