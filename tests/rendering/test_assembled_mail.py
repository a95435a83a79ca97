"""Whatever is picked and named, a personal mail holds each paper once, under lines that are so."""

import re
from email import message_from_bytes, policy
from html import escape, unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.personal_mails.reason_layout import LONGEST
from newsletter.rendering.transfer_encodings.quoted_printable import encode_quoted_printable
from newsletter.rendering.translations import translations
from newsletter.rendering.wording.texts import IssueTexts
from tests.rendering.days import LINKS, SITE, busy_day
from tests.rendering.test_message import part
from tests.rendering.test_personal_variant import as_reader, listed

_DAY = busy_day(60)
_MAILS = IssueEmails(_DAY, SITE, LINKS)
_WORDS = st.lists(
    st.sampled_from(["audio", "neural codec", "C++", "naïve", "R&D", "x=y", "it's", "音频", "."]),
    min_size=1,
    max_size=3,
).map(tuple)
_TITLES = st.one_of(
    st.sampled_from([entry.paper.title for entry in _DAY.entries]),
    st.text(st.sampled_from("xxxxyz ,:.-'\"<&$ü音"), min_size=1, max_size=90),
)
_REASONS = st.one_of(
    *(
        st.lists(st.builds(PickReason, kinds, _TITLES, _WORDS, groups), min_size=1, max_size=most)
        for most, kinds, groups in (
            (1, st.just(ReasonType.CLOSE), st.just(False)),
            (3, st.sampled_from(ReasonType), st.booleans()),
        )
    )
).map(tuple)
_PICKS = st.lists(
    st.tuples(st.sampled_from([entry.paper.id.arxiv_id for entry in _DAY.entries]), _REASONS),
    max_size=10,
    unique_by=lambda pick: pick[0],
)


@given(
    _PICKS,
    st.sampled_from(["full", "brief", "titles"]),
    st.sampled_from(["en", "zh", "de"]),
    st.sampled_from(["", "cross replace"]),
)
@settings(max_examples=40, deadline=None)
def test_a_mail_is_whole_whatever_comes_first_and_why(
    chosen: list[tuple[str, tuple[PickReason, ...]]], detail: str, language: str, left_out: str
) -> None:
    picks = tuple(IssuePick(*pick) for pick in chosen)
    reader = as_reader(detail=detail, language=language, left_out=left_out, picks=picks)
    mail = _MAILS.mail(reader)
    wire = mail.as_bytes()
    assert b"".join(mail.pieces()) == wire == _MAILS.mail(reader).as_bytes()
    head, _, body = wire.partition(b"\r\n\r\n")
    assert head
    assert max(map(len, body.split(b"\r\n"))) <= 76
    message = message_from_bytes(wire, policy=policy.default)
    html, text = part(message, "html"), part(message, "plain")
    assert (html, text) == (mail.html, mail.text)

    wanted = [entry.paper.id.arxiv_id for entry in _DAY.without(left_out).entries]
    first = [pick for pick in picks if pick.arxiv_id in wanted]
    shown = listed(html)
    assert shown[: len(first)] == [pick.arxiv_id for pick in first]
    assert shown == re.findall(r"arxiv.org/abs/([\d.]+)v\d", text)
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(wanted)
    assert len(shown) + told_as_beyond(html) == len(wanted)

    say = IssueTexts(translations(language))
    lines = re.findall(r'<p class="reason"[^>]*>(.*)</p>', html)
    assert len(lines) == len(first)
    for line, pick in zip(lines, first, strict=True):
        why = say.reasons(pick.reasons[:2])
        if len(encode_quoted_printable(escape(why))) <= LONGEST:
            assert unescape(line) == why
        assert f"* {unescape(line)}".replace(" ", "") in re.sub(r"\s", "", text)


def told_as_beyond(html: str) -> int:
    """How many papers are only on the web."""
    more = re.findall(r'<p class="more".*?</a>', html)
    return sum(int(re.sub(r"<[^>]*>|\D", "", line)) for line in more)
