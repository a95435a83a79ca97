"""preview: the issue of a day, or what would become of it, and a reader of it; nothing is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings, Settings
    from newsletter.interests import Interests
    from newsletter.rendering.issue_content import IssueContent
    from newsletter.rendering.issue_email import IssueEmails
    from newsletter.rendering.recipient import Recipient
    from newsletter.services import Services


def content_of(
    services: "Services", newsletter: "NewsletterSettings", day: date | None
) -> "IssueContent":
    """The issue of that day, or what would become of it now; nothing is kept."""
    from newsletter import bootstrap, completeness, papers
    from newsletter.daily_run import fetching
    from newsletter.issues import issue_days, issue_edits, issue_store
    from newsletter.sources.base import ListingState

    now = services.clock()
    with services.database.read() as session:
        refused = completeness.are_files_refused(session, newsletter.categories)
        if day is None and refused:
            raise NewsletterError(
                "nothing is kept of the saved files that were read last; say which --day to show"
            )
        of_files = completeness.saved_day(session, newsletter.categories)
        announced_on = day or of_files or services.source.current_day(now)
        issue = issue_days.find_issue(session, newsletter.slug, announced_on)
        if issue is not None:
            return issue_store.load_issue(session, issue)
        rows = papers.listings(session, announced_on, newsletter.categories)
    by_files = refused or of_files is not None
    if by_files and all(row.state == ListingState.UNREACHABLE for row in rows):
        raise NewsletterError(
            f"nothing is kept of {announced_on}, and saved files are what was read last;"
            f" `newsletter fetch --day {announced_on}` asks arXiv"
        )
    with bootstrap.rehearsal(services) as copy:
        if not by_files and not any(map(completeness.is_saved, rows)):
            rows = fetching.fetch(copy, newsletter, announced_on).rows
        with copy.database.read() as session:
            content = issue_store.compose_issue(
                session, newsletter, announced_on, services.summarizer, now
            )
    if not content.entries:
        if content.omissions:
            raise NewsletterError(f"{announced_on}: {issue_edits.ALL_LEFT_OUT}")
        waiting = completeness.wait_reason(rows, announced_on, now, services.patience)
        raise NewsletterError(waiting or f"{announced_on}: {completeness.empty_reason(rows)}")
    return content


def mail_page(services: "Services", newsletter: "NewsletterSettings", email: str) -> str:
    """A subscriber's mail of the newest day, as a page."""
    content = content_of(services, newsletter, None)
    mails = emails_of(services, content, find_issue_id(services, content))
    return mails.mail(find_reader(services, newsletter, content, email)).html


def find_reader(
    services: "Services",
    newsletter: "NewsletterSettings",
    content: "IssueContent",
    email: str | None,
) -> "Recipient":
    """The subscriber, or somebody who might be one."""
    from newsletter.rendering.recipient import Recipient
    from newsletter.sending.readers.recipients import load_recipient

    if email is None:
        day = content.frozen_at.date()
        detail, language = newsletter.detail, newsletter.language
        return Recipient(0, "you@example.org", detail, language, day, "preview")
    with services.database.read() as session:
        return load_recipient(session, newsletter.slug, content.day, email)


def named_interests(
    settings: "Settings",
    services: "Services",
    liked: Sequence[str],
    words: Sequence[str],
    authors: Sequence[str],
) -> "Interests | None":
    """Interests of nobody in particular; None where none are named."""
    from newsletter import papers
    from newsletter.interests import FollowedAuthor, Interests, LikedPaper
    from newsletter.interests.named_interest import Interest, InterestType, checked

    if not (liked or words or authors):
        return None
    ids = [checked(Interest(InterestType.PAPER, name)).value for name in liked]
    found = [
        papers.find_paper(services.database, services.source, settings, paper_id)
        for paper_id in ids
    ]
    return Interests(
        liked=[
            LikedPaper(paper.title, paper.abstract, paper.id.arxiv_id, paper.categories)
            for paper in found
        ],
        words=[checked(Interest(InterestType.WORD, word)).value for word in words],
        authors=[
            FollowedAuthor(checked(Interest(InterestType.AUTHOR, name)).value) for name in authors
        ],
    )


def with_picks(
    services: "Services",
    issue_id: int | None,
    mails: "IssueEmails",
    reader: "Recipient",
    named: "Interests | None",
) -> "Recipient":
    """The reader with what came first for them, or would."""
    from newsletter.interests import compile_profile
    from newsletter.sending.readers import personal

    if named is not None:
        return replace(reader, picks=personal.choose(mails, reader, compile_profile(named)))
    if not reader.subscriber_id:
        return reader
    with services.database.read() as session:
        return personal.previewed(session, issue_id, mails, reader)


def find_issue_id(services: "Services", content: "IssueContent") -> int | None:
    """The issue's number; None where it is not frozen."""
    from newsletter.issues import issue_days

    with services.database.read() as session:
        issue = issue_days.find_issue(session, content.slug, content.day)
    return None if issue is None else issue.id


def emails_of(services: "Services", content: "IssueContent", issue_id: int | None) -> "IssueEmails":
    from newsletter.daily_run import daily

    return daily.issue_emails(services, content, issue_id)
