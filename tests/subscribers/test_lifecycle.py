"""A subscriber asks, confirms, leaves; nobody is mailed who did not say yes."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.errors import WrongUseError
from newsletter.models import Standing
from newsletter.subscribers import lifecycle, opt_out, suppression
from newsletter.subscribers.addresses import normalize_address
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.subscribers.link_claims import ConfirmClaim, UnsubscribeClaim
from newsletter.subscribers.signed_links import SignedLinks
from tests.conftest import BY_HAND, NOW, Cli, stored

pytestmark = pytest.mark.on_both_databases

WISH = SubscriptionRequest(["audio"], "brief", "en")
KEYS = ["the newest secret key", "an older secret key"]


def standing(database: Database, email: str) -> str:
    with database.read() as session:
        return lifecycle.get_subscriber(session, email).standing


def test_without_proof_of_consent_they_are_asked_by_mail(
    cli: Cli, settings: Settings, database: Database
) -> None:
    said = cli("subscribers", "add", "ada@reader.example", "--language", "en")
    assert said.out == "ada@reader.example was asked by mail to confirm audio.\n"
    assert standing(database, "ada@reader.example") == Standing.PENDING
    file = settings.folder / "outbox" / "confirm-ada@reader.example.eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    text = mail.get_body(("plain",))
    assert text is not None
    assert re.search(r"http://127\.0\.0\.1:8000/confirm/\S+", text.get_content())
    assert "List-Unsubscribe" not in mail
    assert "0 subscribers" in cli("run").out


def test_with_proof_of_consent_they_are_in_at_once(
    cli: Cli, settings: Settings, database: Database
) -> None:
    said = cli("subscribers", "add", "Ada@Reader.EXAMPLE", "--consent", "signed on paper")
    assert said.out == "ada@reader.example is confirmed for audio.\n"
    shown = json.loads(cli("subscribers", "show", "ada@reader.example", "--json").out)
    assert shown["consent"] == "signed on paper"
    assert standing(database, "ADA@reader.example") == Standing.CONFIRMED
    assert not (settings.folder / "outbox").exists()


def test_who_left_comes_back_only_by_their_own_yes(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    cli("subscribers", "remove", readers[0])
    said = cli("subscribers", "add", readers[0], "--consent", "the operator says so")
    assert "They left before, so only they can say yes again." in said.out
    assert standing(database, readers[0]) == Standing.PENDING
    assert "11 subscribers = 11 sent" in cli("run").out
    assert (settings.folder / "outbox" / f"confirm-{readers[0]}.eml").exists()


def test_who_left_one_newsletter_gets_it_again_only_by_their_own_yes(
    database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:
        reader = lifecycle.get_subscriber(session, readers[0])
        with_speech = SubscriptionRequest(["audio", "speech"], "brief", "en")
        lifecycle.add_subscriber(session, reader.email, with_speech, "said so", NOW)
        opt_out.unsubscribe(session, reader, ["audio"], BY_HAND, NOW)
        lifecycle.add_subscriber(session, reader.email, with_speech, "the operator says so", NOW)
        assert lifecycle.newsletters_to_confirm(session, reader, with_speech) == ["audio"]
        assert set(lifecycle.active_subscriptions(session, reader)) == {"speech"}
        assert reader.standing == Standing.CONFIRMED


def test_a_reader_gets_no_other_newsletter_without_a_yes(
    database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:
        wish = SubscriptionRequest(["audio", "speech"], "brief", "en")
        reader = lifecycle.add_subscriber(session, readers[0], wish, None, NOW)
        assert lifecycle.newsletters_to_confirm(session, reader, wish) == ["speech"]
        assert set(lifecycle.active_subscriptions(session, reader)) == {"audio"}


def test_a_suppressed_address_is_not_added(
    cli: Cli, settings: Settings, database: Database
) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, "bad@reader.example", "bounced: no such mailbox", NOW)
    said = cli("subscribers", "add", "bad@reader.example", "--consent", "an old list")
    assert said.code == 2
    assert "must not be mailed: bounced: no such mailbox" in said.err
    assert not (settings.folder / "outbox").exists()


def test_leaving_one_newsletter_keeps_the_others(database: Database) -> None:
    with database.write.begin() as session:
        wish = SubscriptionRequest(["audio", "text"], "brief", "en")
        ada = lifecycle.add_subscriber(session, "ada@reader.example", wish, "yes", NOW)
        opt_out.unsubscribe(session, ada, ["text"], BY_HAND, NOW)
        assert ada.standing == Standing.CONFIRMED
        opt_out.unsubscribe(session, ada, ["audio"], BY_HAND, NOW)
        assert ada.standing == Standing.LEFT


def test_the_suppression_list_holds_no_address(database: Database, settings: Settings) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, "secret.person@reader.example", "complaint", NOW)
    content = stored(settings, database)
    assert b"secret.person" not in content
    assert b"complaint" in content


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("ada+arxiv@example.org", "ada+arxiv@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
        ("JÜRGEN@Example.org", "jürgen@example.org"),
        ("Ju\u0308rgen@example.org", "j\u00fcrgen@example.org"),
        ("ΟΔΟΣ@παράδειγμα.example", "οδος@xn--hxajbheg2az3al.example"),
        ("straße@example.org", "straße@example.org"),
        ("دعم@example.org", "دعم@example.org"),
    ],
)
def test_an_address_has_one_form(written: str, address: str) -> None:
    assert normalize_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "a b@example.org",
        "ada@example",
        "ä dä@example.org",
        "ä\u00a0dä@example.org",
        "ä\tdä@example.org",
        "ä\0@example.org",
        "ä\x85b@example.org",
        '"ä"@example.org',
        "“ä@example.org",
        "o’neil@example.org",
        "ä,ö@example.org",
        "<ä@example.org>",
        "ä\u202eb@example.org",
        "ä\u200bb@example.org",
        "\u0301ä@example.org",
        "ä\ue000@example.org",
        "ä\ufffd@example.org",
        "ä\udc80b@example.org",
        "ａｄａ@example.org",
        "邮箱：ada@example.org",
        "用户＠例子.example",
        "ä..b@example.org",
        "ä@example",
        "ä" * 130 + "@example.org",
        "ä@example.org\r\nBcc: all@example.org",
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org,bob@example.org",
        "a" * 400 + "@x.example",
    ],
)
def test_what_cannot_be_mailed_is_refused_in_one_line(written: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        normalize_address(written)
    assert "\n" not in str(refused.value)


@given(st.integers(0, 2**63 - 1), st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True))
def test_a_link_says_what_was_signed_also_after_key_rotation(number: int, slug: str) -> None:
    claim = UnsubscribeClaim(number, slug)
    before, after = (
        SignedLinks("https://x.example", KEYS[1:]),
        SignedLinks("https://x.example", KEYS),
    )
    token = before.token(claim)
    assert after.read(UnsubscribeClaim, token) == claim
    assert after.read(ConfirmClaim, token) is None
    assert before.read(UnsubscribeClaim, after.token(claim)) is None


@given(st.text(), st.integers(min_value=0, max_value=60), st.characters(exclude_categories=()))
def test_no_tampered_token_is_read(junk: str, place: int, other: str) -> None:
    links = SignedLinks("https://x.example", KEYS)
    token = links.token(UnsubscribeClaim(7, "audio"))
    changed = token[:place] + other + token[place + 1 :]
    assert links.read(UnsubscribeClaim, junk) is None
    assert changed == token or links.read(UnsubscribeClaim, changed) is None


def test_the_link_fits_the_header_line_of_mail_programs() -> None:
    links = SignedLinks("https://papers.example.org", KEYS)
    assert len(links.unsubscribe(9_999_999, "statistics")) < 78


def test_listing_shows_standing_and_filters(cli: Cli, readers: list[str], tmp_path: Path) -> None:
    cli("subscribers", "add", "new@reader.example")
    everybody = json.loads(cli("subscribers", "list", "--json").out)
    assert len(everybody) == len(readers) + 1
    pending = json.loads(cli("subscribers", "list", "--standing", "pending", "--json").out)
    assert [each["email"] for each in pending] == ["new@reader.example"]
    table = cli("subscribers", "list").out.splitlines()
    assert table[0].split() == ["email", "standing", "newsletters", "since"]
    assert len(table) == len(everybody) + 1
    assert tmp_path.exists()


def test_an_operator_cannot_ask_more_often_than_the_form(
    cli: Cli, settings: Settings, database: Database
) -> None:
    assert cli("subscribers", "add", "ada@reader.example").code == 0
    said = cli("subscribers", "add", "ada@reader.example")
    assert said.code == 1
    assert "was asked to confirm often enough" in said.err
    assert len(list((settings.folder / "outbox").iterdir())) == 1
    assert standing(database, "ada@reader.example") == Standing.PENDING


def test_show_tells_everything_with_its_history(cli: Cli, readers: list[str]) -> None:
    cli("run")
    shown = json.loads(cli("subscribers", "show", readers[0], "--json").out)
    assert [each["state"] for each in shown["deliveries"]] == ["sent"]
    assert shown["consent"] == "said so on the phone"
    assert (shown["feedback"], shown["suppressed"]) == ([], None)
    assert "said so on the phone" in cli("subscribers", "show", readers[0]).out


def test_an_operator_lets_somebody_pause_and_go_on(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    assert cli("subscribers", "pause", readers[0], "--until", "2025-07-01").code == 2
    said = cli("subscribers", "pause", readers[0], "--until", "2099-12-31")
    assert said.out == f"{readers[0]} pauses until 2099-12-31: audio.\n"
    told = json.loads(
        cli("subscribers", "pause", readers[1], "--until", "2099-12-31", "--json").out
    )
    assert told == {"email": readers[1], "newsletters": ["audio"], "paused_until": "2099-12-31"}
    assert cli("subscribers", "resume", readers[1]).out == f"{readers[1]} pauses no more: audio.\n"
    cli("run")
    assert "11 sent" in cli("deliveries", "status").out
    assert not list((settings.folder / "outbox").glob(f"*{readers[0]}*"))
    cli("subscribers", "remove", readers[2])
    said = cli("subscribers", "pause", readers[2], "--until", "2099-12-31")
    assert (said.code, "does not read anything" in said.err) == (2, True)
    for chosen, what in ((), "every newsletter"), (("--from", "audio"), "audio"):
        said = cli("subscribers", "remove", readers[2], *chosen)
        assert (said.code, f"{readers[2]} left {what} on " in said.out) == (0, True), said
        assert "already; nothing was changed." in said.out
