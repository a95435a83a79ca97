"""Zotero's RDF."""

import re
from collections.abc import Iterator

from lxml import etree

from newsletter.interests.files.reading_list import Refusal, UnreadableListError

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
_LINK = "{http://purl.org/rss/1.0/modules/link/}"
_ZOTERO = "{http://www.zotero.org/namespaces/export#}"
_BIB = "{http://purl.org/net/biblio#}"
_PRISM = "{http://prismstandard.org/namespaces/"  # and a version
_NO_PAPERS = {"attachment", "note"}
# Control characters, plain or by number, which XML 1.0 (2.2) does not allow, and copied text has.
_CONTROL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]"
    rb"|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
_OF_PAPERS = {f"{_BIB}{name}" for name in ("Journal", "Series", "Memo", "Collection")}


def is_rdf(text: str) -> bool:
    return "<rdf:RDF" in text[:4000]


def read_rdf(content: bytes) -> Iterator[dict[str, str]]:
    """The fields of each item; attachments, notes and collections are no items.

    Raises:
        UnreadableListError: it is cut off or broken, or declares entities of its own.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(_without_controls(content.lstrip()), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableListError(Refusal.NO_RDF, str(error.lineno or 1)) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableListError(Refusal.DOCUMENT_TYPE)
    for item in root:
        kind = item.findtext(f"{_ZOTERO}itemType")
        is_entry = str(item.tag).startswith(_BIB) and item.tag not in _OF_PAPERS
        if kind not in _NO_PAPERS and (kind is not None or is_entry):
            yield {
                "key": item.get(f"{_RDF}about", ""),
                "title": item.findtext(f"{_DC}title", ""),
                "abstract": item.findtext(f"{_DCTERMS}abstract", ""),
                "extra": item.findtext(f"{_DC}description", ""),
                "identifier": " ".join(_identifiers(item)),
            }


def _without_controls(content: bytes) -> bytes:
    """In an encoding of single bytes, as nearly always; of two bytes one may be 0."""
    return content if b"\0" in content else _CONTROL.sub(b"", content)


def _identifiers(item: etree._Element) -> Iterator[str]:
    """The texts that can hold one, best first; its own address last."""
    for name in (f"{_DC}identifier", f"{_LINK}link"):
        for found in item.iterchildren(name):
            yield from found.itertext()
            yield found.get(f"{_RDF}resource", "")
    for found in item.iterchildren("{*}number"):
        if str(found.tag).startswith(_PRISM):
            yield from found.itertext()
    yield item.get(f"{_RDF}about", "")
