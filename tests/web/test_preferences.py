"""In control without a password; and what a forwarded link cannot do."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from newsletter import bootstrap
from newsletter.models import (
    AddressChangeRow,
    ConsentRow,
    FormLimitRow,
    OutboxRow,
    SignupRow,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.sending.readers.recipients import load_recipient
from newsletter.subscribers import consent_log, lifecycle, suppression
from newsletter.subscribers.link_claims import EraseClaim
from tests.conftest import Cli
from tests.web.conftest import Site, path_of

ADA, NEW = "ada@reader.example", "ada@elsewhere.example"


def link_of(site: Site, email: str = ADA) -> str:
    found = site.subscriber(email)
    assert found is not None
    return bootstrap.signed_links(site.settings).preferences(found.id, email, found.moves)


def save(site: Site, link: str, **more: object) -> str:
    given: dict[str, object] = {
        "newsletter": ["audio"],
        "detail-audio": "titles",
        "detail-text": "full",
        "language": "en",
        "pause": "",
    }
    return site.post(link, **(given | more)).text


def history(site: Site, email: str = ADA) -> list[tuple[str, list[str]]]:
    """What came after their first yes."""
    with site.database.read() as session:
        rows = consent_log.consent_history(session, lifecycle.get_subscriber(session, email).id)
        return [(each.act, each.newsletters) for each in rows[1:]]


def test_newsletters_detail_sections_language_and_a_pause(site: Site) -> None:
    site.confirmed(ADA, "audio")
    link = link_of(site)
    assert "a•••@reader.example" in site.get(link).text
    more = {"without-audio": ["replace", "new"], "rhythm-audio": "friday"}
    wanted = ["audio", "text"]
    told = save(site, link, newsletter=wanted, language="zh", pause="2025-08-01", **more)
    assert "Saved." in told
    with site.database.read() as session:
        ada = lifecycle.get_subscriber(session, ADA)
        held = lifecycle.active_subscriptions(session, ada)
        assert ada.language == "zh"
        assert {slug: each.detail for slug, each in held.items()} == {
            "audio": "titles",
            "text": "full",
        }
        assert {slug: each.left_out for slug, each in held.items()} == {
            "audio": "replace",  # what is new comes always
            "text": "",
        }
        assert {str(each.paused_until) for each in held.values()} == {"2025-08-01"}
        reader = load_recipient(session, "audio", date(2025, 7, 11), ADA)
        assert reader.left_out == "replace"
        assert {slug: each.rhythm for slug, each in held.items()} == {
            "audio": "friday",
            "text": "daily",
        }
    page = site.get(link).text
    assert 'value="2025-08-01"' in page
    assert '<option value="friday" selected>Once a week, on Friday</option>' in page
    assert 'name="without-audio" value="replace" checked' in page
    assert page.count(" checked") == 3


@pytest.mark.parametrize(
    ("pause", "trouble"), [("tomorrow", "This is no day"), ("2099-01-01", "a year at most")]
)
@pytest.mark.slow
def test_an_impossible_pause_is_told_and_nothing_is_saved(
    site: Site, pause: str, trouble: str
) -> None:
    site.confirmed(ADA, "audio")
    link = link_of(site)
    assert trouble in save(site, link, newsletter=["text"], pause=pause)
    assert site.held(ADA) == {"audio"}


def test_a_slip_costs_nothing_of_what_was_chosen_beside_it(site: Site) -> None:
    site.confirmed(ADA, "audio")
    chosen = {"newsletter": ["text"], "detail-text": "full", "language": "zh"}
    page = site.post(link_of(site), **chosen, pause="11 July")
    assert page.status_code == 400
    assert 'value="text" checked' in page.text
    assert 'value="audio" checked' not in page.text
    assert page.text.count("selected>Everything, abstracts too") == 1
    assert 'value="zh" lang="zh-Hans" selected' in page.text
    assert 'value="11 July" aria-invalid="true"' in page.text


def test_who_thinks_better_of_it_finds_back_to_the_preferences(site: Site) -> None:
    site.confirmed(ADA, "audio")
    link = link_of(site)
    for page in ("address", "data", "erase"):
        assert f'<a href="{path_of(link)}">' in site.get(f"{link}/{page}").text


def test_choosing_nothing_is_not_leaving(site: Site) -> None:
    site.confirmed(ADA, "audio", "text")
    asked = site.post(link_of(site), language="en")
    assert asked.status_code == 400
    assert "No newsletter is chosen" in asked.text
    assert site.held(ADA) == {"audio", "text"}
    assert not history(site)


def test_a_newsletter_that_is_not_chosen_any_more_is_left_and_a_new_one_is_a_change(
    site: Site,
) -> None:
    site.confirmed(ADA, "audio")
    link = link_of(site)
    for _ in range(2):
        save(site, link, newsletter=["audio", "text"])
    save(site, link, newsletter=["text"])
    assert history(site) == [("changed", ["audio", "text"]), ("left", ["audio"])]


@pytest.mark.parametrize("new", [NEW, "用户@elsewhere.example"])
def test_a_new_address_says_yes_and_the_old_one_is_told(site: Site, new: str) -> None:
    ada = site.confirmed(ADA, "audio")
    old_link = link_of(site)
    assert "inbox of the new address" in site.post(f"{old_link}/address", email=new).text
    assert site.held(new) == set()
    site.work()
    (change,) = site.sent
    assert change.recipient == new
    assert ADA not in change.text
    link = site.link(change, "change")
    assert "come here now" in site.press(site.get(link), link).text
    assert site.held(new) == {"audio"}
    site.press(site.get(link), link)
    site.work()
    _, notice = site.sent
    assert notice.recipient == ADA
    assert new not in notice.text
    assert "had its day" in site.get(old_link).text
    assert site.get(link_of(site, new)).status_code == 200
    site.post(bootstrap.signed_links(site.settings).unsubscribe(ada.id, "audio"))
    assert site.held(new) == set()


def test_who_did_not_ask_for_it_takes_a_change_back(site: Site) -> None:
    site.confirmed(ADA, "audio")
    site.post(f"{link_of(site)}/address", email=NEW)
    site.work()
    link = site.link(site.sent[0], "change")
    site.press(site.get(link), link)
    site.work()
    back = site.link(site.sent[1], "change-back")
    assert "Changed back" in site.press(site.get(back), back).text
    assert site.held(ADA) == {"audio"}
    assert site.held(NEW) == set()


def test_moving_to_an_address_that_reads_already_makes_one_reader_of_two(site: Site) -> None:
    ada = site.confirmed(ADA, "audio")
    other = site.confirmed(NEW, "text")
    site.post(f"{link_of(site)}/address", email=NEW)
    site.work()
    link = site.link(site.sent[0], "change")
    site.press(site.get(link), link)
    assert site.held(NEW) == {"audio", "text"}
    assert site.held(ADA) == set()
    assert history(site, ADA) == history(site, NEW) == [("moved", [])]
    links = bootstrap.signed_links(site.settings)
    site.post(links.unsubscribe(ada.id, "audio"))
    assert site.held(NEW) == {"text"}
    site.post(links.unsubscribe(other.id, "text"))
    assert site.held(NEW) == set()


def test_a_change_is_asked_within_the_limits_and_with_the_same_answer(site: Site) -> None:
    site.confirmed(ADA)
    with site.database.write.begin() as session:
        suppression.suppress(session, "dead@reader.example", "bounced", site.clock.now)
    pages = {
        site.post(f"{link_of(site)}/address", email=email).text
        for email in (NEW, NEW, "dead@reader.example", "third@reader.example", "4th@reader.example")
    }
    assert len(pages) == 1
    site.work()
    assert len(site.sent) <= 3
    assert all(mail.recipient != "dead@reader.example" for mail in site.sent)
    with site.database.read() as session:
        assert len(session.scalars(select(AddressChangeRow)).all()) == 1


def test_ones_data_go_to_the_mailbox_and_are_what_the_operator_sees(site: Site, cli: Cli) -> None:
    site.sign_up(ADA)
    site.work()
    confirm = site.link(site.sent[0], "confirm")
    site.press(site.get(confirm), confirm)
    site.work()
    page = site.get(f"{link_of(site)}/data")
    assert ADA not in page.text
    for _ in range(4):
        assert ADA not in site.press(page, f"{link_of(site)}/data").text
    site.work()
    data = [mail for mail in site.sent if mail.campaign == "data"]
    assert len(data) == 2
    answer = site.get(site.link(data[0], "data"))
    assert answer.mimetype == "application/json"
    told = json.loads(answer.text)
    assert told["email"] == ADA
    assert [each["act"] for each in told["history"]] == ["asked", "confirmed"]
    assert told == json.loads(cli("subscribers", "show", ADA, "--json").out)
    site.clock.pass_by(days=1, minutes=1)
    assert "had its day" in site.get(site.link(data[0], "data")).text


def test_erased_from_the_mailbox_with_one_last_mail(site: Site) -> None:
    """Who was forwarded a mail can ask for it, and the reader stays unless they press, too."""
    site.confirmed(ADA)
    asked = f"{link_of(site)}/erase"
    for _ in range(4):
        assert "Look into your inbox" in site.press(site.get(asked), asked).text
    assert site.work().sent == 2
    assert site.held(ADA) == {"audio"}
    link = site.link(site.sent[-1], "erase")
    site.sent.clear()
    site.clock.pass_by(days=1, minutes=1)
    assert "had its day" in site.press(site.get(asked), link).text
    site.press(site.get(asked), asked)
    site.work()
    link = site.link(site.sent.pop(), "erase")
    page = site.get(link)
    assert "This cannot be undone" in page.text
    assert "You are erased" in site.press(page, link).text
    assert site.subscriber(ADA) is None
    assert "You are erased" in site.press(page, link).text
    site.work()
    (goodbye,) = site.sent
    assert (goodbye.recipient, goodbye.campaign) == (ADA, "goodbye")
    assert not site.work().sent
    with site.database.read() as session:
        assert suppression.suppression_reason(session, ADA) == suppression.ERASED
        assert not session.scalars(select(SubscriberRow)).all()


def test_with_the_last_mail_the_last_byte_of_who_erased_themselves_is_gone(site: Site) -> None:
    site.confirmed(ADA)
    folder = site.settings.folder

    def known() -> bool:
        return any(ADA.encode() in each.read_bytes() for each in folder.glob("newsletter.db*"))

    site.post(f"{link_of(site)}/erase")
    site.work()
    site.post(site.link(site.sent[0], "erase"))
    assert known()
    site.work()
    assert not known()


@pytest.mark.parametrize("by", ["their own button", "the operator"])
def test_erasing_takes_along_who_they_were_and_what_still_waits(
    site: Site, cli: Cli, by: str
) -> None:
    site.confirmed(ADA, "audio")
    site.confirmed(NEW, "text")
    site.post(f"{link_of(site)}/address", email=NEW)
    site.work()
    link = site.link(site.sent[0], "change")
    site.press(site.get(link), link)
    site.work()
    site.clock.pass_by(days=7, minutes=1)
    address = f"{link_of(site, NEW)}/data"
    site.press(site.get(address), address)
    site.sign_up("ada+tag@elsewhere.example")
    with site.database.read() as session:
        letters = session.scalars(select(OutboxRow)).all()
        assert {each.email for each in letters} == {NEW}
        assert session.scalars(select(SignupRow)).one()
        assert session.scalars(select(FormLimitRow.key)).all()
    if by == "the operator":
        assert cli("subscribers", "erase", NEW, "--yes").out.startswith("Erased.")
    else:
        new = site.subscriber(NEW)
        assert new is not None
        until = site.clock.now + timedelta(days=1)
        site.post(bootstrap.signed_links(site.settings).url(EraseClaim(new.id, until)))
    with site.database.read() as session:
        goodbye = ["goodbye"] if by != "the operator" else []
        assert session.scalars(select(OutboxRow.kind)).all() == goodbye
        for table in (SubscriberRow, SubscriptionRow, ConsentRow, AddressChangeRow, SignupRow):
            assert not session.scalars(select(table)).all()
        shared = {"mails-hour", "domain-hour", "network-hour"}
        assert set(session.scalars(select(FormLimitRow.scope))) <= shared
        for address in (ADA, NEW):
            assert suppression.suppression_reason(session, address) == suppression.ERASED


def test_a_link_to_another_address_of_mine_opens_nothing(site: Site) -> None:
    ada = site.confirmed(ADA)
    site.confirmed(NEW)
    forged = bootstrap.signed_links(site.settings).preferences(ada.id, NEW)
    assert "had its day" in site.get(forged).text
    assert "had its day" in site.post(f"{forged}/erase").text
    found = site.subscriber(ADA)
    assert found is not None
    assert found.standing == Standing.CONFIRMED
