"""What a full mail saves says the same."""

from newsletter.rendering.markup.inline_css import without_waste
from newsletter.rendering.transfer_encodings.quoted_printable import encode_quoted_printable

CARD = (
    '<p lang="en"><a href="https://arxiv.org/abs/2507.00001v1" style="padding: 4px 0; color: #111">'
    "<b>A Title of a Dozen Words that Says What the Paper Is About</b></a> <small>cs.CL</small><br>"
    "We propose a method = a sentence that is long enough for three lines of the mail.</p>\n"
)


def test_a_short_card_needs_no_soft_break_and_no_end_and_keeps_its_words() -> None:
    card = without_waste(CARD)
    assert b"=\r\n" not in encode_quoted_printable(card)
    assert max(map(len, encode_quoted_printable(card).split(b"\r\n"))) <= 76
    assert " ".join(card.split()) == CARD.strip().replace("; ", ";").removesuffix("</p>")


def test_what_goes_as_base64_and_what_has_a_class_stays_on_its_line() -> None:
    chinese = "<p><b>该论文提出一种面向低资源语音识别的方法。</b> 该论文提出一种方法。"
    assert without_waste(f"{chinese}</p>") == chinese
    assert without_waste('<p class="small">a b</p>') == '<p class="small">a b</p>'
