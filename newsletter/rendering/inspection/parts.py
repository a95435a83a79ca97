"""The two parts of a mail: what they weigh, where they lead, whether they say the same."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import lxml.html
from wcwidth import wcswidth

from newsletter.finding import Finding, Severity
from newsletter.network.hosts import is_this_machine
from newsletter.rendering.inspection.wire import parts_of
from newsletter.rendering.wrapping import TEXT_COLUMNS

# Gmail clips at about 102 kB; sources differ on whether the encoding counts, so both are held.
HTML_BYTES = 100_000
ENCODED_BYTES = 102_000
STYLE_BYTES = 16_384  # Gmail drops a <style> beyond

_PAPER = re.compile(r"https://arxiv\.org/abs/[^\s\"'<>)]+")
_PDF = re.compile(r"https://arxiv\.org/pdf/")
_LESS = re.compile(r"/less\Z")
_TEX = re.compile(r"\\[A-Za-z]+|\\[^\w\s]|\$(?!\d)")
_ACTIVE = ("script", "iframe", "object", "embed", "form", "link", "base")
_EXAMPLES = 3


def weight(html: str, raw: bytes) -> Iterator[Finding]:
    """Against Gmail's limits."""
    size, style = len(html.encode()), sum(len(style.encode()) for style in _styles(html))
    encoded = len(encoded_html(raw))
    for what, bytes_, limit in (
        ("the HTML has", size, HTML_BYTES),
        ("its encoded part has", encoded, ENCODED_BYTES),
        ("its <style> has", style, STYLE_BYTES),
    ):
        if bytes_ > limit:
            yield _trouble("size", f"{what} {bytes_:,} bytes; Gmail takes {limit:,}")


def encoded_html(raw: bytes) -> bytes:
    """The HTML part as it stands on the wire."""
    found = parts_of(raw)
    return found[-1][1] if found else b""


def links(html: str) -> Iterator[Finding]:
    """Only web and mail addresses, and none that a reader elsewhere cannot reach."""
    for address in hrefs(html):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https", "mailto"}:
            yield _trouble("links", f"leads to {address[:80]!r}, which mail programs refuse")
        elif is_this_machine(parts.hostname or ""):
            yield _warning("links", f"{address[:80]} works on this machine only; see site.url")
            return  # they all come from one setting


def markup(html: str) -> Iterator[Finding]:
    """The markup that mail programs take out, or fetch."""
    page = _page(html)
    for name in _ACTIVE:
        if next(page.iter(name), None) is not None:
            yield _trouble("HTML", f"holds a <{name}>, which mail programs take out")
    for image in page.iter("img"):
        if image.get("alt") is None:
            yield _trouble("HTML", f"the picture {image.get('src', '')[:80]!r} has no alt text")
    if not page.get("lang"):
        yield _trouble("HTML", "does not say its language; put lang on <html>")


def tex(text: str) -> Iterator[Finding]:
    """Backslashes, and dollars that are not money: TeX that could not be turned."""
    lines = [line.strip() for line in text.splitlines() if _TEX.search(line) and "://" not in line]
    for line in lines[:_EXAMPLES]:
        yield _warning("TeX", f"stands as it was: {line[:100]}")
    if len(lines) > _EXAMPLES:
        yield _warning("TeX", f"and {len(lines) - _EXAMPLES} more lines")


def columns(text: str) -> Iterator[Finding]:
    """Lines of text that a terminal of 72 columns would break."""
    wide = [
        line
        for line in text.splitlines()
        if wcswidth(line) > TEXT_COLUMNS and " " in line.strip() and "://" not in line
    ]
    for line in wide[:_EXAMPLES]:
        yield _trouble("text", f"a line of {wcswidth(line)} columns: {line.strip()[:60]}…")


def agreement(html: str, text: str) -> Iterator[Finding]:
    """The same papers in the same order, and no link that only one part has."""
    in_html = _once(href for href in hrefs(html) if _PAPER.fullmatch(href))
    in_text = _once(_PAPER.findall(text))
    if in_html != in_text:
        first = next(
            (pair for pair in zip(in_html, in_text, strict=False) if pair[0] != pair[1]),
            (len(in_html), len(in_text)),
        )
        yield _trouble("parts", f"HTML and text name other papers: {first[0]} and {first[1]}")
    for address in _once(hrefs(html)):
        # The page of "more like this" offers "less" as well, so a text needs one of the two.
        told = _LESS.sub("/more", address.partition("#")[0])
        if told not in text and not _PDF.match(address):
            yield _trouble("parts", f"only the HTML leads to {address[:100]}")


def hrefs(html: str) -> list[str]:
    page = _page(html)
    return [str(link.get("href")) for link in page.iter("a") if link.get("href") is not None]


def _page(html: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html if html.strip() else "<p>")


def _once(values: Iterator[str] | list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _styles(html: str) -> Iterator[str]:
    for style in _page(html).iter("style"):
        yield style.text or ""


def _trouble(part: str, text: str) -> Finding:
    return Finding(part, Severity.TROUBLE, text)


def _warning(part: str, text: str) -> Finding:
    return Finding(part, Severity.WARNING, text)
