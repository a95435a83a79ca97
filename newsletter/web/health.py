"""/healthz: what a monitor asks. 503 only where somebody has to act. /ready: what a balancer asks.

What is trouble, `quick_checks.watched` says, as for `newsletter check`. Strangers hear ok or
trouble: how many mails wait would tell them who got one. Whoever bears the token of [metrics]
hears why.
"""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import Session

from newsletter import issue_queries, outbox
from newsletter.database import schema
from newsletter.finding import Severity
from newsletter.health import quick_checks
from newsletter.web.metrics import has_token
from newsletter.web.pages import pages

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """The database is only read: no write lock is taken, so none is waited for."""
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

    What else is wrong is wrong behind every `serve`: none would be left for the readers.
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
