import re
import string
from html import escape, unescape

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.languages import LANGUAGES
from newsletter.rendering.markup.paper_text import is_plain
from newsletter.rendering.personal_mails.reason_layout import LONGEST, around_whole
from newsletter.rendering.personal_mails.reason_lines import reason_line, reason_lines
from newsletter.rendering.transfer_encodings.quoted_printable import (
    decode_quoted_printable,
    encode_quoted_printable,
)
from newsletter.rendering.translations import translations
from newsletter.rendering.wording.texts import IssueTexts
from newsletter.rendering.wrapping import wrap_text
from newsletter.tex import to_text

_WORD = st.one_of(
    st.sampled_from(["音频", "a & b", "C++", ".net", "x=y", "it's", "naïve", "neural codec", ""]),
    st.text(st.sampled_from("xyz. "), max_size=40),
)
_SOURCE = st.text(st.sampled_from("xxxxx y音"), max_size=40).map(str.strip).filter(bool)
_REASONS = st.lists(
    st.builds(
        PickReason,
        st.sampled_from(ReasonType),
        _SOURCE,
        st.lists(_WORD, max_size=3).map(tuple),
        st.booleans(),
    ),
    max_size=3,
)


def close(title: int, *words: str) -> list[PickReason]:
    return [PickReason(ReasonType.CLOSE, "x" * title, words)]


@pytest.mark.parametrize("language", LANGUAGES)
@given(reasons=_REASONS)
@example(close(38, "video"))  # ends the first line of a language
@example(close(40, "video", "codec"))
@example(close(42, "x" * 14))
@example(close(45, "x" * 70))
@example(close(30, "x" * 10, ".net"))
def test_a_line_of_why_is_escaped_wrapped_and_encoded_as_any_text(
    language: str, reasons: list[PickReason]
) -> None:
    say = IssueTexts(translations(language))
    html, text, decoded = reason_line(reasons, say)
    wire = (html + b"\r\n" + text).split(b"\r\n")
    assert max(map(len, wire)) <= 76
    assert not [sent for sent in wire if sent.startswith(b".")]
    told = decode_quoted_printable(html)
    assert decoded == len(told.encode())
    whole = say.reasons(reasons[:2])
    if told == escape(whole):
        assert decode_quoted_printable(text) == wrap_text(f"* {whole}")
    else:
        assert len(html) <= 300 < len(encode_quoted_printable(escape(whole)))


_TITLE = st.text(st.sampled_from("xxxxxxy zz,:.-'\"&$ü "), min_size=1, max_size=90)
_CLOSE = st.builds(
    PickReason,
    st.just(ReasonType.CLOSE),
    _TITLE,
    st.lists(_WORD, max_size=3).map(tuple),
    st.booleans(),
).map(lambda reason: [reason])


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(st.one_of(_CLOSE, _CLOSE, _REASONS), max_size=10))
@example([close(60, "video"), close(60, "y" * 60, "z" * 30), [], close(20, "it's")])
@example([close(60, "video"), [PickReason(ReasonType.CLOSE, "x\ny", ("video",))]])
def test_lines_that_are_made_together_are_those_that_are_made_one_by_one(
    language: str, whys: list[list[PickReason]]
) -> None:
    say = IssueTexts(translations(language))
    lines, others = reason_lines(whys, say)
    assert lines == [reason_line(why, say) for why in whys]
    alone = [at for at in range(len(whys)) if at not in others]
    assert all([reason.kind for reason in whys[at]] == [ReasonType.CLOSE] for at in alone)


_LETTERS = string.ascii_lowercase
_PART = st.text(st.sampled_from(_LETTERS + ".,:/)-"), max_size=12)
_PLAIN = st.lists(st.builds(str.__add__, st.sampled_from(_LETTERS + "D9("), _PART), min_size=1).map(
    lambda parts: "x" + re.sub("--+", "-", " ".join(parts))
)


@pytest.mark.parametrize("language", LANGUAGES)
@given(title=_PLAIN, words=st.lists(_PLAIN, min_size=1, max_size=3))
@example(title="x" * 49 + ". y", words=["video"])
def test_a_title_in_plain_letters_is_sent_as_if_it_were_encoded_by_itself(
    language: str, title: str, words: list[str]
) -> None:
    say = IssueTexts(translations(language))
    reason = PickReason(ReasonType.CLOSE, title, tuple(words))
    around = around_whole(say.reason_template(reason), title)
    assert is_plain(title)
    by_itself = around.line(b"", b"", ", ".join(words).encode())
    assert by_itself is None or reason_line([reason], say) == by_itself


@given(st.text(st.sampled_from("abD9 ,:;.()?!-'\"/+@"), max_size=30).map("A{}z".format))
@example("A '90s ''revival''")
def test_what_needs_no_reading_of_tex_is_what_that_gives(title: str) -> None:
    assume(is_plain(title))
    assert " ".join(to_text(title).split()) == title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "title",
    [
        "基于扩散模型的高保真语音合成与音频编码方法研究综述",
        "深層学習を用いた音声合成の高品質化に関する研究動向と展望",
        "Нейронные аудиокодеки: обзор методов сжатия речи и музыки",
        "خوارزميات التعلم العميق في معالجة اللغات الطبيعية الحديثة",
        "😀" * 60,
    ],
)
def test_of_a_title_in_any_script_the_sentence_stays_whole(language: str, title: str) -> None:
    say = IssueTexts(translations(language))
    html, _, _ = reason_line([PickReason(ReasonType.CLOSE, title, ("codec", "neural"))], say)
    line = unescape(decode_quoted_printable(html))
    begin, end = say.reasons([PickReason(ReasonType.CLOSE, "|", ("codec",))]).split("|")
    assert line.startswith(begin + title[:6])
    assert line.endswith((end, end.replace("codec", "codec, neural")))
    assert len(html) <= LONGEST
