"""The mails that every gate looks at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property, partial

import pytest

from newsletter import config
from newsletter.interests import PickReason, ReasonType
from newsletter.interests.issue_picks import IssuePick
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.message import Message
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.transactional_email import (
    EmailRecipient,
    NewsletterRef,
    NoticeLine,
    TransactionalEmails,
)
from newsletter.subscribers.signed_links import SignedLinks
from tests.gates import days

# Of tests that look at all of them: one process makes them, for all of these tests.
MADE_ONCE = pytest.mark.xdist_group("all specimens")
KEY = "a key of enough characters"
SITE = config.SiteSettings(
    name="Audio & Signals",
    url="https://papers.example.org",
    sender="Audio & Signals <daily@papers.example.org>",
    postal_address="1 Example Street, Exampletown",
    secret_keys=(KEY,),
)
LINKS = SignedLinks(SITE.url, [KEY])
READER = Recipient(123456, "ada@reader.example", "full", "en", date(2025, 7, 3), "0123456789abcdef")


@dataclass(frozen=True)
class Specimen:
    """A mail by its name, made when it is first looked at: who collects tests needs the names."""

    name: str
    make: Callable[[], Message]

    @cached_property
    def mail(self) -> Message:
        return self.make()


AT_LENGTH = ("en", "zh")  # a Latin and a wide script; of the others the brief mail will do


_SAME_MARKUP = ("confirm", "already", "goodbye", "left", "change", "changed", "data", "erase")


@cache
def all_specimens() -> tuple[Specimen, ...]:
    return (
        *letters(),
        *_days("bundled", days.bundled_day, config.LANGUAGES),
        *_days("busy", days.busy_day, AT_LENGTH),
        *map(personal, AT_LENGTH),
    )


@cache
def large_days() -> tuple[Specimen, ...]:
    """Days on which the mail is full, for slow gates."""
    return tuple(
        specimen
        for papers in (317, 650)
        for language in AT_LENGTH
        for specimen in issue(
            f"large-{papers}-{language}",
            language,
            partial(days.busy_day, language, papers),
            ("brief",),
        )
    )


def _days(
    name: str, day: Callable[[str], IssueContent], languages: Iterable[str]
) -> Iterator[Specimen]:
    for language in languages:
        details = config.DETAILS if language in AT_LENGTH else ("brief",)
        yield from issue(f"{name}-{language}", language, partial(day, language), details)


def issue(
    name: str, language: str, day: Callable[[], IssueContent], details: tuple[str, ...]
) -> Iterator[Specimen]:
    """The mails of an issue, framed in its own language, at each level of detail."""
    mails = cache(lambda: IssueEmails(day(), SITE, LINKS))
    for detail in details:
        reader = replace(READER, detail=detail, language=language)
        yield Specimen(f"{name}-{detail}", partial(lambda to: mails().mail(to), reader))


def personal(language: str) -> Specimen:
    """A mail that opens with a reason of each kind."""
    return Specimen(f"personal-{language}", partial(_personal_mail, language))


def _personal_mail(language: str) -> Message:
    issue = days.bundled_day(language)
    papers = [entry.paper for entry in issue.entries]
    reasons = (
        PickReason(ReasonType.AUTHOR, papers[0].authors[0]),
        PickReason(ReasonType.IN_TITLE, "", ("speech",)),
        PickReason(ReasonType.IN_ABSTRACT, "", ("neural", "audio")),
        PickReason(ReasonType.REVISED, ""),
        PickReason(ReasonType.CLOSE, papers[1].title, ("neural", "codec")),
        PickReason(ReasonType.CATEGORY, papers[5].categories[0]),
    )
    picks = tuple(
        IssuePick(paper.id.arxiv_id, (reason, reasons[-1]))
        for paper, reason in zip(reversed(papers), reasons, strict=False)
    )
    reader = replace(READER, detail="brief", language=language, picks=picks)
    return IssueEmails(issue, SITE, LINKS).mail(reader)


def letters() -> Iterator[Specimen]:
    """What a reader gets besides issues."""
    author = TransactionalEmails(SITE, LINKS)
    named = [
        NewsletterRef("audio", "Audio & Signals", ("cs.SD", "eess.SP")),
        NewsletterRef("zh", "音频与信号"),
    ]
    latest = {"audio": date(2025, 7, 11)}
    now, until = days.FROZEN, days.FROZEN + timedelta(days=7)
    for language in config.LANGUAGES:
        to = EmailRecipient(READER.subscriber_id, READER.email, language, READER.reference)
        for name, make in {
            "confirm": partial(author.confirm, to, named, until, now),
            "welcome": partial(author.welcome, to, named, latest, now),
            "already": partial(author.already, to, now),
            "goodbye": partial(author.erased, to, now),
            "left": partial(author.left, to, "audio", "Audio & Speech", now),
            "change": partial(author.change, to, 7, until, now),
            "changed": partial(author.changed, to, 7, until, now),
            "data": partial(author.data, to, until, now),
            "erase": partial(author.erase, to, until, now),
        }.items():
            yield Specimen(f"{name}-{language}", make)
    lines = [
        NoticeLine(
            "ada@reader.example", "subscribed to Audio & Signals", "06:31 UTC · on the page"
        ),
        NoticeLine("Subscriber 7", "was erased here; please forget them, too", "06:33 UTC"),
    ]
    to = EmailRecipient(0, "operator@papers.example", "en", READER.reference)
    notice = partial(author.notice, to, "1 subscribed, 1 erased", lines, 3, "me", now)
    yield Specimen("notice-en", notice)


def of_each_kind() -> list[Specimen]:
    """Without what has the markup of others in another language; for slow gates."""
    others = set(config.LANGUAGES) - {"en"}
    again = (
        "busy-zh",
        "bundled-es",
        "bundled-fr",
        *(f"{name}-{language}" for language in others for name in _SAME_MARKUP),
    )
    return [each for each in all_specimens() if not each.name.startswith(again)]
