"""A newsletter for whoever runs it: no `site.url`, so no pages and nobody else who reads."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from newsletter import config
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.errors import WrongUseError
from newsletter.health import last_runs
from newsletter.models import SubscriberRow
from newsletter.rendering import fitting
from newsletter.rendering.inspection import inspect
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.size_budget import Weight
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.web import create_app
from tests.conftest import NOW, Cli
from tests.rendering.days import SITE, busy_day

ADA = "ada@reader.example"
STOP = f"newsletter subscribers remove {ADA}"


@pytest.fixture
def ada(settings: Settings, cli: Cli) -> Settings:
    """The bundled day's newsletter with its one reader, and without an address for pages."""
    file = settings.folder / "newsletter.toml"
    file.write_text(re.sub(r'(?m)^(url = "http:|postal_address).*\n', "", file.read_text("utf-8")))
    assert cli("subscribers", "add", ADA, "--consent", "myself").code == 0
    return config.load(file)


def sent(settings: Settings) -> EmailMessage:
    (file,) = (settings.folder / "outbox").glob("*.eml")
    return message_from_bytes(file.read_bytes(), policy=policy.default)


@pytest.mark.parametrize("named", [(), ("--word", "speech")], ids=["plain", "with interests"])
def test_the_mail_has_no_link_that_leads_nowhere_and_says_how_it_stops(
    ada: Settings, cli: Cli, named: tuple[str, ...]
) -> None:
    if named:
        assert cli("subscribers", "interests", ADA, *named).code == 0
    assert cli("run").code == 0
    mail = sent(ada)
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive"} & set(mail.keys())
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    page, words = html.get_content(), " ".join(text.get_content().split())
    assert STOP in page
    assert STOP in words
    assert set(re.findall(r'href="(https:)?', page)) == {"https:"}
    assert not re.search(r"(^| )/", words)
    for gone in ("退订", "偏好", "存档", "127.0.0.1"):
        assert gone not in page + words


@pytest.mark.usefixtures("short_day")
def test_check_asks_for_nothing_that_one_reader_does_not_need(ada: Settings, cli: Cli) -> None:
    assert cli("run").code == 0
    said = cli("check", "--json")
    found = json.loads(said.out)
    assert (said.code, ada.site.url) == (0, "")
    assert {each["level"] for each in found if each["part"] in {"site", "domain", "last"}} == {"ok"}
    assert "postal_address" not in said.out


def test_a_sleep_is_a_warning_and_no_trouble(ada: Settings, database: Database) -> None:
    with database.write.begin() as session:
        last_runs.record(session, last_runs.RUN, NOW)
    (finding, *_) = last_runs.check(ada, database, NOW + timedelta(days=3))
    assert (finding.part, finding.level) == ("run", "warning")


@pytest.mark.usefixtures("short_day")
def test_others_would_find_no_way_out_so_nothing_is_sent_to_them(
    ada: Settings, cli: Cli, database: Database
) -> None:
    assert cli("subscribers", "add", "bob@reader.example", "--consent", "on paper").code == 0
    said = cli("run")
    assert said.code == 1
    assert "is for 2 readers, who could not leave" in said.err
    assert not list(ada.folder.glob("outbox/*"))
    checked = cli("check")
    assert checked.code == 1
    assert "2 readers, and no page where they could leave" in " ".join(checked.out.split())
    assert cli("subscribers", "remove", "bob@reader.example").code == 0
    assert cli("run").code == 0
    assert sent(ada)["To"] == ADA
    with database.read() as session:
        assert session.query(SubscriberRow).count() == 2


def test_what_needs_pages_says_so(ada: Settings, cli: Cli) -> None:
    asked = cli("subscribers", "add", "bob@reader.example")
    assert (asked.code, "nobody can confirm by a link" in asked.err) == (2, True)
    with pytest.raises(WrongUseError, match=r"no pages without site\.url"):
        create_app(ada)


def test_what_has_no_room_leads_to_arxivs_own_list_of_the_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fitting, "LIMIT", Weight(20_000, 20_000))
    site = SITE.model_copy(update={"url": ""})
    content = replace(busy_day(120), categories=("cs.SD", "eess.AS"))
    mails = IssueEmails(content, site, SignedLinks("", ["k" * 16]))
    mail = mails.mail(Recipient(1, ADA, "titles", "en", NOW.date(), "r" * 24))
    assert inspect(mail) == []
    assert STOP in mail.html
    day = content.day
    for category in content.categories:
        assert f'href="https://arxiv.org/catchup/{category}/{day}?abs=True"' in mail.html
        assert f"https://arxiv.org/catchup/{category}/{day}?abs=True\n" in mail.text
