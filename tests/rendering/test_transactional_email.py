"""Letters: each an answer to what its reader did, in both languages, with the headers that fit."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest

from newsletter.config import SiteSettings
from newsletter.rendering.message import Message
from newsletter.rendering.transactional_email import (
    EmailRecipient,
    NewsletterRef,
    TransactionalEmails,
)
from newsletter.subscribers.link_claims import ConfirmClaim, UnsubscribeClaim
from newsletter.subscribers.signed_links import SignedLinks
from tests.conftest import NOW

LINKS = SignedLinks("https://papers.example.org", ["a secret key of sixteen"])
SITE = SiteSettings.model_validate(
    {
        "name": 'Speech & "Text"',
        "url": "https://papers.example.org",
        "sender": "Speech <daily@papers.example.org>",
        "postal_address": "1 Example Street",
        "secret_keys": ["a secret key of sixteen"],
    }
)
LETTERS = TransactionalEmails(SITE, LINKS)
AUDIO = NewsletterRef("audio", "Audio <& Speech>", ["cs.SD", "eess.AS"])
TEXT = NewsletterRef("text", "Text", ["cs.CL"])
SOON = NOW + timedelta(days=7)

Write = Callable[[EmailRecipient], Message]
ALL_LETTERS: dict[str, Write] = {
    "confirm": lambda to: LETTERS.confirm(to, [AUDIO], SOON, NOW),
    "welcome": lambda to: LETTERS.welcome(to, [AUDIO], {"audio": date(2025, 7, 11)}, NOW),
    "already": lambda to: LETTERS.already(to, NOW),
    "goodbye": lambda to: LETTERS.erased(to, NOW),
    "left": lambda to: LETTERS.left(to, "audio", "Audio", NOW),
    "change": lambda to: LETTERS.change(to, 5, SOON, NOW),
    "changed": lambda to: LETTERS.changed(to, 5, SOON, NOW),
    "data": lambda to: LETTERS.data(to, SOON, NOW),
    "erase": lambda to: LETTERS.erase(to, SOON, NOW),
}


def addressee(language: str = "en") -> EmailRecipient:
    return EmailRecipient(7, "ada@reader.example", language, "0123456789abcdef01234567")


def addresses(text: str) -> list[str]:
    return re.findall(r"https://papers\.example\.org/[^\s\"<>]*", text)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ALL_LETTERS)
def test_html_and_text_hold_the_same_links_and_no_markup_leaks(kind: str, language: str) -> None:
    mail = ALL_LETTERS[kind](addressee(language))
    assert set(addresses(mail.html)) == set(addresses(mail.text)) != set()
    assert "{{" not in mail.html + mail.text
    assert "&amp;" not in mail.text
    assert "<& Speech>" not in mail.html
    assert max(len(line) for line in mail.text.splitlines() if "https://" not in line) <= 72


@pytest.mark.parametrize("kind", ALL_LETTERS)
def test_a_chinese_letter_is_chinese(kind: str) -> None:
    english, chinese = (ALL_LETTERS[kind](addressee(each)) for each in ("en", "zh"))
    assert chinese.content.subject != english.content.subject
    words = re.findall(r"[A-Za-z]{3,}", re.sub(r"https?://\S+", "", chinese.text))
    own = re.findall(r"\w+", f"{SITE.name} {SITE.name.upper()} {AUDIO.title} {SITE.postal_address}")
    assert set(words) <= {*own, "eess", "arXiv", "JSON"}


@pytest.mark.parametrize("kind", ALL_LETTERS)
def test_the_headers_say_that_a_machine_wrote_it(kind: str) -> None:
    raw = ALL_LETTERS[kind](addressee()).as_bytes()
    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Message-ID"] == "<0123456789abcdef01234567@papers.example.org>"
    assert parsed["Date"].datetime == NOW
    assert not parsed.defects
    assert ("List-Unsubscribe" in parsed) is (kind == "welcome")


def test_no_letter_but_the_welcome_can_be_unsubscribed_from_in_one_click() -> None:
    raw = ALL_LETTERS["welcome"](addressee()).as_bytes()
    (line,) = re.findall(rb"^List-Unsubscribe: <(\S+)>\r$", raw, flags=re.MULTILINE)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    claim = LINKS.read(UnsubscribeClaim, line.decode().rpartition("/")[2])
    assert claim is not None
    assert claim.newsletter == "audio"


def test_the_confirm_link_says_yes_to_just_what_the_mail_names() -> None:
    mail = LETTERS.confirm(addressee(), [AUDIO, TEXT], SOON, NOW)
    (url,) = set(addresses(mail.text))
    claim = LINKS.read(ConfirmClaim, url.rpartition("/")[2])
    assert claim is not None
    assert claim.newsletters == ("audio", "text")
    assert not claim.has_ended(SOON)
    assert claim.has_ended(SOON + timedelta(seconds=1))
    assert "Audio <& Speech>" in mail.text
    assert "18 July 2025" in mail.text


def test_the_welcome_leads_to_the_latest_issue_of_each_newsletter() -> None:
    latest = {"audio": date(2025, 7, 11), "text": date(2025, 7, 10)}
    text = LETTERS.welcome(addressee(), [AUDIO, TEXT], latest, NOW).text
    assert "https://papers.example.org/audio/2025-07-11" in text
    assert "https://papers.example.org/text/2025-07-10" in text
    assert "latest issue" not in LETTERS.welcome(addressee(), [AUDIO], {}, NOW).text
