"""Proofs before anything is sent: do the operator's templates stand, and does anybody read them?"""

from collections.abc import Iterator
from datetime import date, datetime

from newsletter import config
from newsletter.config import Settings
from newsletter.errors import did_you_mean
from newsletter.finding import Finding, Severity
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import SECTION_OF, IssueEntry, IssueSection
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.templates import (
    explain_template_error,
    original_names,
    template_environment,
    template_names,
)
from newsletter.rendering.theme import Theme
from newsletter.rendering.translations import translations
from newsletter.sources import bundled
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries import extractive_summarizer


def check_templates(settings: Settings, now: datetime) -> Iterator[Finding]:
    """For `newsletter check`: every own template compiles, and the bundled day can be set in them.

    Raises:
        NewsletterError: a template is broken; the line says where and why.
    """
    theme = Theme.of(settings)
    if theme.templates is None:
        return
    own = template_names(theme.templates)
    for name in own:
        with explain_template_error():
            template_environment(translations("en"), theme).get_template(name)
    _set_the_bundled_day(settings, theme, now)
    ours = original_names()
    for name in own:
        if name not in ours:
            hint = did_you_mean(name, ours)
            yield Finding("templates", Severity.WARNING, f"{name} replaces none of ours{hint}")
    used = sum(name in ours for name in own)
    yield Finding("templates", Severity.OK, f"{used} of {theme.templates} replace ours")


def _set_the_bundled_day(settings: Settings, theme: Theme, now: datetime) -> None:
    content = _bundled_day(now)
    mails = IssueEmails(content, settings.site, SignedLinks(settings.site.url, ["-" * 16]), theme)
    for language in config.LANGUAGES:
        for detail in config.DETAILS:
            mails.mail(Recipient(1, "you@example.org", detail, language, date.min, "proof"))


def _bundled_day(now: datetime) -> IssueContent:
    fetched = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
    entries = [
        IssueEntry(SECTION_OF[announcement.kind], paper, extractive_summarizer.sentence(paper))
        for listing in fetched.listings
        for announcement in listing.announcements
        for paper in [fetched.papers[announcement.paper]]
    ]
    order = list(IssueSection)
    return IssueContent(
        slug="proof",
        title="Proof",
        day=bundled.DAY,
        language="en",
        categories=bundled.CATEGORIES,
        entries=tuple(sorted(entries, key=lambda entry: order.index(entry.section))),
        listings=(),
        frozen_at=now,
    )
