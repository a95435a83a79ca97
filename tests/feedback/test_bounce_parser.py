"""What a mail to the feedback address means, whoever wrote it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletter.feedback import bounce_parser
from newsletter.feedback.bounce_parser import AutomaticReply, Meaning, NotUnderstood
from newsletter.feedback.events import Event
from newsletter.models import EventType
from newsletter.subscribers.link_claims import Purpose, UnsubscribeClaim
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.text import without_addresses
from tests.conftest import NOW
from tests.feedback import mails

REFERENCE = "0123456789abcdef01234567"
LINKS = SignedLinks("https://papers.example.org", ["a-secret-key-of-some-length"])


def read(raw: bytes) -> Meaning:
    return bounce_parser.parse_message(raw, LINKS, NOW)


def event(raw: bytes) -> Event:
    meaning = read(raw)
    assert isinstance(meaning, Event), meaning
    return meaning


@pytest.mark.parametrize(
    ("raw", "kind", "suppress"),
    [
        (mails.dsn(REFERENCE), EventType.BOUNCE, True),
        (mails.dsn(REFERENCE, whole=True), EventType.BOUNCE, True),
        (mails.dsn(REFERENCE, "5.1.10"), EventType.BOUNCE, True),
        (mails.dsn(REFERENCE, "5.1.8"), EventType.BLOCKED, False),
        (mails.dsn(REFERENCE, "5.2.2", diagnostic="552 mailbox full"), EventType.BOUNCE, False),
        (mails.dsn(REFERENCE, "4.4.1", diagnostic="timed out"), EventType.BOUNCE, False),
        (
            mails.dsn(REFERENCE, "5.7.1", diagnostic="550 we do not like you"),
            EventType.BLOCKED,
            False,
        ),
        (mails.dsn(REFERENCE, "4.4.1", "delayed"), EventType.DEFERRED, False),
        (mails.dsn(REFERENCE, "2.0.0", "relayed"), EventType.DELIVERED, False),
        (mails.arf(REFERENCE), EventType.COMPLAINT, True),
        (mails.arf(REFERENCE, "fraud"), EventType.COMPLAINT, True),
        (mails.arf(REFERENCE, "opt-out"), EventType.UNSUBSCRIBE, True),
        (mails.qmail(REFERENCE), EventType.BOUNCE, True),
        (mails.verp(REFERENCE), EventType.BOUNCE, True),
        (mails.global_dsn(REFERENCE), EventType.BOUNCE, True),
        (mails.global_dsn(REFERENCE, whole=True), EventType.BOUNCE, True),
        (mails.global_dsn(REFERENCE, "5.6.7"), EventType.BOUNCE, False),
        (
            mails.dsn(REFERENCE, recipient="utf-8; j\\x{FC}rgen@reader.example"),
            EventType.BOUNCE,
            True,
        ),
    ],
    ids=range(18),
)
def test_bounces_and_complaints_are_told_apart_and_bear_our_reference(
    raw: bytes,
    kind: EventType,
    suppress: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    found = event(raw)
    assert (found.reference, found.kind) == (REFERENCE, kind)
    assert (found.suppress is not None) is suppress
    assert found.at <= NOW
    assert found.address is None


def test_no_spelling_of_an_address_is_kept() -> None:
    spelt = ("jürgen@reader.example", "j\\x{FC}rgen@reader.example", "用户@例子.example")
    for address in spelt:
        assert without_addresses(f"550 5.1.1 <{address}> unknown") == "550 5.1.1 <address> unknown"
    kept = without_addresses(event(mails.global_dsn(REFERENCE)).detail)
    assert kept == "5.1.1 smtp; 550 5.1.1 <address>: user unknown"


def test_a_longer_reference_is_ours_too() -> None:
    assert event(mails.dsn("0123456789abcdef" * 2)).reference == "0123456789abcdef" * 2


def test_the_same_letter_is_the_same_event_and_another_is_another() -> None:
    first, again, other = (
        event(raw).event_id
        for raw in (mails.dsn(REFERENCE), mails.dsn(REFERENCE), mails.dsn(REFERENCE, "5.2.2"))
    )
    assert first == again != other


def test_a_date_in_the_future_is_now_and_one_in_the_past_is_believed() -> None:
    raw = mails.dsn(REFERENCE)
    assert event(raw.replace(b"11 Jul 2025 06:10", b"11 Jul 2035 06:10")).at == NOW
    assert event(raw).at == NOW - timedelta(minutes=20)
    assert event(raw.replace(b"Date: Fri, 11 Jul 2025 06:10:00 +0000", b"Date: noon")).at == NOW


@pytest.mark.parametrize(
    "raw",
    [
        mails.dsn("not-a-reference"),
        mails.dsn("f" * 23),
        mails.dsn("g" * 24),
        mails.arf("somebody-elses-mail"),
        mails.qmail("somebody-elses-mail"),
        mails.verp("nobody"),
    ],
    ids=range(6),
)
def test_failure_24_without_a_reference_of_ours_nothing_happens_whomever_it_names(
    raw: bytes,
) -> None:
    assert read(raw) == NotUnderstood("it bears no reference of ours")


def test_not_spam_is_no_complaint() -> None:
    meaning = read(mails.arf(REFERENCE, "not-spam"))
    assert meaning == NotUnderstood("a feedback report of the type 'not-spam'")


@pytest.mark.parametrize(
    "raw",
    [
        mails.plain("Re: 26 papers", Auto_Submitted="auto-replied"),
        mails.plain("Re: 26 papers", Auto_Submitted="auto-replied (vacation)"),
        mails.plain("Re: 26 papers", Auto_Submitted="AUTO-NOTIFIED; owner=a"),
        mails.plain("Re: 26 papers", X_Autoreply="yes"),
        mails.plain("Re: 26 papers", Precedence="auto_reply"),
        mails.plain("Automatic reply: 26 papers"),
        mails.plain("Out of office"),
        mails.plain("自动回复: 26 papers"),
        mails.plain("Auto: 26 papers", In_Reply_To=f"<{REFERENCE}@papers.example.org>"),
    ],
    ids=range(9),
)
def test_failure_24_answers_by_machines_mean_nothing(raw: bytes) -> None:
    assert read(raw) == AutomaticReply()


def test_a_forwarded_link_to_leave_names_a_reader_for_a_complaint_and_for_no_bounce() -> None:
    link = f"List-Unsubscribe: <{LINKS.unsubscribe(7, 'audio')}>\n"
    bounce, complaint = (
        event(raw.replace(b"Message-ID: <", link.encode() + b"Message-ID: <", 1))
        for raw in (mails.dsn(REFERENCE), mails.arf(REFERENCE))
    )
    assert (bounce.kind, bounce.subscriber_id) == (EventType.BOUNCE, None)
    assert (complaint.kind, complaint.subscriber_id) == (EventType.COMPLAINT, 7)


def test_a_token_in_the_subject_unsubscribes_even_when_a_mail_program_folds_it() -> None:
    claim = UnsubscribeClaim(7, "audio")
    token = LINKS.token(claim)
    assert read(mails.plain(token)) == claim
    raw = mails.plain("X").replace(b"Subject: X", f"Subject:\n {token}".encode())
    assert read(raw) == claim
    assert read(mails.plain(token, Auto_Submitted="auto-generated")) == claim


def test_a_token_of_another_purpose_or_a_tampered_one_is_none() -> None:
    good = LINKS.token(UnsubscribeClaim(7, "audio"))
    for token in (
        LINKS.sign(Purpose.CONFIRM, "7.audio"),
        good.replace(".audio", ".video"),
        good[:-1],
        f"Re: {good}x",
    ):
        assert isinstance(read(mails.plain(token)), NotUnderstood)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\0" * 1000,
        b"\xff\xfe" * 1000,
        b"Content-Type: multipart/mixed\n\n",
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n',
        b"Content-Type: text/plain; charset=no-such-charset\nSubject: =?x?y?z?=\n\n\xff",
        b"Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n!!!",
        b"Subject: " + b"x" * 900_000,
        b"X: y\n" * 100_000,
        mails.nested(39),
        mails.nested(5000),
        mails.plain("Hello", "I like your letters.\n"),
        b"Subject: large\n\n" + b"x" * (3 * bounce_parser.LONGEST),
    ],
    ids=range(14),
)
def test_failure_24_what_is_no_letter_of_a_known_kind_is_kept(raw: bytes) -> None:
    assert isinstance(read(raw), NotUnderstood)


@pytest.mark.parametrize("whole", [mails.dsn(REFERENCE, whole=True), mails.arf(REFERENCE)])
def test_failure_24_a_letter_cut_off_anywhere_is_read_or_kept_and_never_breaks(
    whole: bytes,
) -> None:
    for end in range(0, len(whole), 7):
        meaning = read(whole[:end])
        if isinstance(meaning, Event):
            assert meaning.reference == REFERENCE
        else:
            assert isinstance(meaning, NotUnderstood | AutomaticReply)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    raw=st.sampled_from([mails.dsn(REFERENCE), mails.arf(REFERENCE), mails.qmail(REFERENCE)]),
    changes=st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=6)), max_size=8),
)
@pytest.mark.slow
def test_failure_24_whatever_is_changed_in_a_letter_reading_it_never_breaks(
    raw: bytes, changes: list[tuple[int, bytes]]
) -> None:
    for place, put in changes:
        raw = raw[:place] + put + raw[place + len(put) :]
    assert isinstance(read(raw), Meaning)
