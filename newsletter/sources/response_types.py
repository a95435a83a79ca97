"""The type of an answer of arXiv's, told by what it holds and not by what was asked for.

arXiv answers HTTP 200 also with "Rate exceeded.", with a web page or with nothing at all; none of
these may pass for "no papers".
"""

import re
from enum import StrEnum

from lxml import etree

from newsletter.sources.arxiv_pages.catchup_page import is_catchup_page
from newsletter.sources.arxiv_pages.listing_page import is_listing_page, is_old_listing_page
from newsletter.sources.arxiv_pages.recent_page import is_recent_page
from newsletter.sources.base import SourceError
from newsletter.text import one_line

ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_OAI = "http://www.openarchives.org/OAI/2.0/"
_PAGE = "a web page"
_OLD_PAGE = (
    "a listing page from before September 2024, when arXiv gave its pages another form (such a day"
    " can be had by its dates, `newsletter fetch --day`)"
)
_TOO_MANY = re.compile(rb"rate (?:limit )?exceeded|too many requests", re.IGNORECASE)
_LONGEST_REFUSAL = 1000
_XML_STARTS = (b"<?xml", b"<rss", b"<feed")


class ResponseType(StrEnum):
    FEED = "a feed of announcements"
    PAPERS = "an answer of the API"
    RECORDS = "an OAI answer"
    LISTING = "a listing page"
    PAST_DAY = "a page of a past day"
    RECENT = "a page of recent papers"


def root_of(content: bytes, wanted: ResponseType) -> etree._Element:
    """The root of a whole answer of that form, which is one of XML.

    Raises:
        SourceError: it is something else; the line says what.
    """
    root = _whole(content)
    if root is None or _form(root) is not wanted:
        raise SourceError(f"this is {describe(content)}, not {wanted}")
    return root


def response_type(content: bytes) -> ResponseType | None:
    """Which of them this is, if it is whole."""
    root = _whole(content)
    form = None if root is None else _form(root)
    if form is None and content.rstrip().endswith(b"</html>"):
        return web_page_type(content)
    return form


def web_page_type(content: bytes) -> ResponseType | None:
    """Which of arXiv's web pages this is, or the beginning of one."""
    if is_listing_page(content):
        return ResponseType.LISTING
    if is_catchup_page(content):
        return ResponseType.PAST_DAY
    return ResponseType.RECENT if is_recent_page(content) else None


def asks_for_patience(content: bytes) -> bool:
    """Whether this says in words only what HTTP 429 says: too many requests."""
    return len(content) < _LONGEST_REFUSAL and _TOO_MANY.search(content) is not None


def describe(content: bytes) -> str:
    """The name of a type, for an error's line."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1000]
    if not start:
        return "an empty answer"
    if re.match(rb"<html|<!doctype html", start, re.IGNORECASE):
        return _OLD_PAGE if is_old_listing_page(content) else str(web_page_type(content) or _PAGE)
    root = _whole(content)
    if root is not None:
        return str(_form(root) or _other_xml(root))
    if start.startswith(_XML_STARTS):
        return "an XML answer that is cut off, broken or declares entities"
    text = start.decode("utf-8", "replace")
    words = one_line(text)[:60]
    if words.isprintable() and "\ufffd" not in words:
        return f"the text {words!r}"
    return f"neither XML nor text ({len(content)} bytes)"


def _whole(content: bytes) -> etree._Element | None:
    """The root, if this is XML from its start to its end that declares nothing of its own."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def _form(root: etree._Element) -> ResponseType | None:
    if root.tag == "rss":
        return ResponseType.FEED
    if root.tag == f"{{{_OAI}}}OAI-PMH":
        return ResponseType.RECORDS
    if root.tag != f"{{{ATOM}}}feed":
        return None
    counted = root.find(f"{{{OPENSEARCH}}}totalResults") is not None
    return ResponseType.PAPERS if counted else ResponseType.FEED


def _other_xml(root: etree._Element) -> str:
    name = etree.QName(root).localname
    return _PAGE if name == "html" else f"XML of <{name[:40]}>"
