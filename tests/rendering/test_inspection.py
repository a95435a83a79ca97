"""The inspection is inspected: every fault that it must see, planted into a good mail."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from newsletter.finding import Severity
from newsletter.rendering.inspection import inspect, parts, wire
from newsletter.rendering.message import MessageContent
from tests.gates import specimens

GOOD = next(each.mail for each in specimens.letters() if each.name == "welcome-zh")
RAW = GOOD.as_bytes()


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        assert re.search(old, raw)
        return re.sub(old, lambda _found: new, raw, count=1)

    return change


BROKEN = {
    "holds a NUL": swapped(rb"=E", b"\0=E"),
    "holds a CR or LF that is no line end": swapped(rb"\r\nDate", b"\nDate"),
    "a line of 1010 octets": swapped(rb"\r\nDate", b"\r\nX-Long: " + b"x" * 1002 + b"\r\nDate"),
    "raw 8-bit characters in a header": swapped(rb"Subject: ", "Subject: 音".encode()),
    "raw 8-bit characters in a header (": swapped(
        rb"List-Unsubscribe: <", "L: 用\r\nX: <".encode()
    ),
    "characters in a header that are not UTF-8": swapped(rb"To: ", b"To: j\xfcrgen"),
    "from stands 2 times": swapped(rb"Date: ", b"From: a@b.example\r\nDate: "),
    "subject is missing": swapped(rb"Subject: ", b"Topic: "),
    "mime-version is missing": swapped(rb"MIME-Version: 1.0\r\n", b""),
    "MIME-Version is not 1.0": swapped(rb"MIME-Version: 1.0", b"MIME-Version: 2.0"),
    "'a name' is no header name": swapped(rb"Date: ", b"a name: x\r\nDate: "),
    "Date is none": swapped(rb"Date: .*?\r", b"Date: someday\r"),
    "is not on the sender's domain papers.example.org": swapped(
        rb"Message-ID: .*?\r", b"Message-ID: <1@elsewhere.example>\r"
    ),
    "Message-ID 'none' is none": swapped(rb"Message-ID: .*?\r", b"Message-ID: none\r"),
    "Subject: '=?utf-8?q?a_b' is no encoded word": swapped(
        rb"Subject: ", b"Subject: =?utf-8?q?a_b c?= "
    ),
    "an encoded word of 95 characters": swapped(
        rb"Subject: ", b"Subject: =?utf-8?q?" + b"a" * 83 + b"?= "
    ),
    "Subject: '=?utf-8?q?=E9?=' does not decode": swapped(
        rb"Subject: ", b"Subject: =?utf-8?q?=E9?= "
    ),
    "list-unsubscribe is not addresses in angle brackets": swapped(
        rb"List-Unsubscribe: .*?\r", b"List-Unsubscribe: =?utf-8?q?=3Chttps=3A//x=3E?=\r"
    ),
    "list-unsubscribe-post is not List-Unsubscribe=One-Click": swapped(
        rb"List-Unsubscribe=One-Click", b"One-Click"
    ),
    "without a web address in list-unsubscribe": swapped(
        rb"List-Unsubscribe: .*?\r", b"List-Unsubscribe: <mailto:x@papers.example.org>\r"
    ),
    "list-id is none": swapped(rb"Date: ", b"List-Id: audio\r\nDate: "),
    "is no multipart/alternative with a boundary": swapped(
        rb"multipart/alternative", b"multipart/mixed"
    ),
    "does not end with its closing boundary": lambda raw: raw[:-4],
    "its parts are ['text/html', 'text/html']": swapped(rb"text/plain", b"text/html"),
    "text/plain: is neither quoted-printable nor base64": swapped(
        rb"g: quoted-printable", b"g: 8bit"
    ),
    "text/plain: does not say that it is UTF-8": swapped(rb'"utf-8"', b'"latin-1"'),
    "text/plain: a quoted-printable line of 100": swapped(
        rb"printable\r\n\r\n", b"printable\r\n\r\n" + b"x" * 100 + b"\r\n"
    ),
    "text/plain: a quoted-printable line ends with a space": swapped(
        rb"printable\r\n\r\n", b"printable\r\n\r\nx \r\n"
    ),
    "text/plain: characters that quoted-printable has to encode": swapped(
        rb"printable\r\n\r\n", "printable\r\n\r\n音\r\n".encode()
    ),
    "text/plain: bad quoted-printable: b'=e9'": swapped(
        rb"printable\r\n\r\n", b"printable\r\n\r\n=e9\r\n"
    ),
    "text/plain: bad base64": swapped(rb"g: quoted-printable", b"g: base64"),
    "text/plain: does not decode to UTF-8": swapped(
        rb"printable\r\n\r\n", b"printable\r\n\r\n=E9\r\n"
    ),
}


def test_a_good_mail_has_no_fault() -> None:
    assert list(wire.find_wire_faults(RAW)) == []
    assert inspect(GOOD) == []


def test_an_address_in_utf_8_is_no_fault_where_it_may_stand() -> None:
    mail = replace(GOOD, recipient="用户@xn--fsqu00a.example")
    assert "\r\nTo: 用户@".encode() in mail.as_bytes()
    assert inspect(mail) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_the_bytes_is_seen(fault: str) -> None:
    seen = list(wire.find_wire_faults(BROKEN[fault](RAW)))
    assert [each for each in seen if fault in each], seen


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"x", b"Content-Type: multipart/alternative"])
def test_rubbish_is_told_and_never_a_crash(raw: bytes) -> None:
    assert list(wire.find_wire_faults(raw))
    assert wire.parts_of(raw) == []


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<a href="javascript:alert(1)">x</a>', "which mail programs refuse"),
        ('<a href="B0123hrecipientB">x</a>', "which mail programs refuse"),
        ('<a href="http://127.0.0.1:8000/x">x</a>', "works on this machine only"),
        ("<script>1</script>", "holds a <script>"),
        ('<img src="https://x.example/y.png">', "has no alt text"),
        ("<p>x", "does not say its language"),
    ],
)
def test_a_fault_in_the_html_is_seen(html: str, told: str) -> None:
    found = [*parts.links(html), *parts.markup(html)]
    assert any(told in each.text for each in found)


def test_an_empty_page_is_no_crash() -> None:
    assert [*parts.links(""), *parts.agreement("", "")] == []
    assert list(parts.markup("")) != []


def test_parts_that_do_not_agree_are_told_with_the_first_difference() -> None:
    one, two = "https://arxiv.org/abs/2507.00001v1", "https://arxiv.org/abs/2507.00002v1"
    html = f'<a href="{one}">x</a><a href="{two}">y</a>'
    assert list(parts.agreement(html, f"x\n{one}\ny\n{two}\n")) == []
    (told,) = parts.agreement(html, f"y\n{two}\nx\n{one}\n")
    assert told.text == f"HTML and text name other papers: {one} and {two}"
    (missing, *_) = parts.agreement(html, one)
    assert missing.text == "HTML and text name other papers: 2 and 1"
    (link,) = parts.agreement('<a href="https://x.example/y">x</a>', "x")
    assert link.text == "only the HTML leads to https://x.example/y"


def test_a_mail_over_gmails_limit_is_told_with_its_weight() -> None:
    heavy = MessageContent.of("A subject", GOOD.html + "é" * 60_000, GOOD.text)
    told = [each.text for each in inspect(replace(GOOD, content=heavy))]
    assert any(re.match(r"the HTML has 12\d,\d+ bytes; Gmail takes 100,000", each) for each in told)
    assert any(each.startswith("its encoded part has 3") for each in told)


def test_tex_left_over_is_a_warning_and_money_is_not() -> None:
    assert list(parts.tex("It costs $5 and not $6.\nhttps://x.example/a$b")) == []
    found = list(parts.tex("\n".join(rf"The \alpha{n} of $x$" for n in range(9))))
    assert [each.level for each in found] == [Severity.WARNING] * 4
    assert found[0].text == r"stands as it was: The \alpha0 of $x$"
    assert found[-1].text == "and 6 more lines"


def test_a_line_too_wide_for_a_terminal_is_told_by_what_it_shows() -> None:
    assert list(parts.columns("音" * 36 + "\nhttps://x.example/" + "y" * 90)) == []
    (told,) = parts.columns("音 " * 29 + "音")
    assert told.text.startswith("a line of 89 columns")
