"""What the header of an issue says to mail programs."""

from email.utils import format_datetime

from newsletter.config import SiteSettings
from newsletter.rendering.headers import mailto
from newsletter.rendering.issue_content import IssueContent
from newsletter.subscribers.signed_links import SignedLinks

Headers = tuple[tuple[str, str], ...]


def issue_headers(content: IssueContent, site: SiteSettings, links: SignedLinks) -> Headers:
    """Those that all readers share."""
    archive = ("List-Archive", f"<{links.archive(content.slug)}>")
    return (
        # The moment of freezing, so that a repeated attempt is the same message.
        ("Date", format_datetime(content.frozen_at)),
        ("List-Id", f"<{content.slug}.{site.sender_domain}>"),
        *([archive] if site.url else []),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("Feedback-ID", f"{content.day}:{content.slug}:issue:newsletter"),
    )


def ways_out(site: SiteSettings, unsubscribe: str) -> Headers:
    """One click and a mail; neither leads anywhere where there are no pages of ours."""
    if not site.url:
        return ()
    by_mail = mailto(site.feedback_address, unsubscribe.rpartition("/")[2])
    return (
        ("List-Unsubscribe", f"<{unsubscribe}>, <{by_mail}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
