from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.interests.picks import PickReason, ReasonType
from newsletter.languages import LANGUAGES
from newsletter.rendering.qp_template import decode_quoted_printable, encode_quoted_printable
from newsletter.rendering.reason_lines import ReasonLine
from newsletter.rendering.texts import IssueTexts
from newsletter.rendering.translations import translations
from newsletter.rendering.wrapping import wrap_text

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
    line = ReasonLine.of(reasons, say)
    wire = (line.html + b"\r\n" + line.text).split(b"\r\n")
    assert max(map(len, wire)) <= 76
    assert not [sent for sent in wire if sent.startswith(b".")]
    told = decode_quoted_printable(line.html)
    assert line.decoded == len(told.encode())
    whole = say.reasons(reasons[:2])
    if told == escape(whole):
        assert decode_quoted_printable(line.text) == wrap_text(f"* {whole}")
    else:
        assert len(line.html) <= 300 < len(encode_quoted_printable(escape(whole)))
