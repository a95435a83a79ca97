"""/healthz: what a monitor asks. 503 only where somebody has to act.

What is trouble, `health.watched` says, as for `newsletter check`. Strangers hear ok or trouble: how
many letters wait would tell them who got one. Who bears the token of [metrics] hears why.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from newsletter import health, issues, outbox, schema
from newsletter.errors import NewsletterError
from newsletter.finding import Severity
from newsletter.web.metrics import has_token
from newsletter.web.pages import pages

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    status: dict[str, Any] = {"status": "ok"}
    try:
        status |= _database_status()
        if status["status"] == "ok":
            status |= _watched(pages.clock())
    except NewsletterError as error:
        status |= {"status": "trouble", "database": str(error)}
    except SQLAlchemyError as error:
        # Not the whole text: it may hold the address of the database.
        status |= {"status": "trouble", "database": type(error).__name__}
    code = 200 if status["status"] == "ok" else 503
    return jsonify(status if has_token() else {"status": status["status"]}), code


def _database_status() -> dict[str, Any]:
    """Reachable, and of this program's version; no write lock is taken, so none is waited for."""
    version, expected = schema.revision(pages.database), schema.head()
    if version != expected:
        return {"status": "trouble", "database": f"tables of version {version}, not {expected}"}
    return {"database": "ok", "tables": version}


def _watched(now: datetime) -> dict[str, Any]:
    with pages.database.read() as session:
        newest = issues.newest_days(session, list(pages.newsletters))
        letters, _ = outbox.backlog(session)
    findings = health.watched(pages.settings, pages.database, now)
    ill = any(finding.level is Severity.TROUBLE for finding in findings)
    return {
        "status": "trouble" if ill else "ok",
        "newest_issue": {slug: str(day) for slug, day in newest.items()},
        "newest_issue_age_days": {slug: (now.date() - day).days for slug, day in newest.items()},
        "letters_waiting": letters,
        "findings": [vars(finding) for finding in findings if finding.level is not Severity.OK],
    }
