"""A mail that is only a test: the issue's own, but nobody takes it for the issue."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from newsletter.rendering.message import Message
from newsletter.rendering.translations import translations


def mark_as_test(mail: Message, language: str, now: datetime) -> Message:
    """The same mail, marked in its subject and dated now, so that it is found in an inbox."""
    say = translations(language).gettext
    subject = say("Test: %(subject)s") % {"subject": mail.content.subject}
    headers = tuple(
        (name, format_datetime(now) if name == "Date" else value) for name, value in mail.headers
    )
    content = replace(mail.content, subject=subject)
    return replace(mail, stream=f"test-{mail.stream}", headers=headers, content=content)
