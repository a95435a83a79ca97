"""JSON: CSL, Zotero's own and Better BibTeX's, and the works of an ORCID record."""

import re
from collections.abc import Iterator
from itertools import islice
from json import JSONDecoder
from typing import Any

import orjson

from newsletter.interests.files.arxiv_ids import identifiers_in
from newsletter.interests.files.reading_list import (
    MOST_BROKEN,
    MOST_ENTRIES,
    Refusal,
    RefusedEntry,
    too_many_entries,
)

_WRAPPERS = ("activities-summary", "works", "bulk")
_LISTS = ("items", "references", "data", "papers", "results", "hits", "entries", "works")
_ANSWERS = ("message", "hits", "response")  # that hold the list, as Crossref's and INSPIRE's
_ITEMS = ("data", "paper", "citedPaper", "citingPaper", "metadata")  # that hold a paper's fields
_OF_A_PAPER = {  # fields, of which each paper has one
    *("title", "url", "doi", "eprint", "arxiv", "arxivid", "archiveid", "externalids", "data"),
    *("extra", "author", "authors", "abstract", "year", "issued", "type", "itemtype"),
}
_MOST_DEEPER = 500  # texts within a paper's fields
_DEEPEST = 4  # objects within one another, by their keys
_LIST = re.compile(rf'"(?:{"|".join(_LISTS)})"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*+")
_NO_PAPERS = {"attachment", "note", "annotation"}
_OF_OTHERS = {"part-of", "funded-by"}  # as a work's identifier says: a book's, a grant's


def parse_json(text: str) -> object | None:
    """The value, or None where the text is not JSON.

    A list that breaks off, and JSON lines, give their items, with a refusal of unreadable ones.

    Raises:
        NewsletterError: there are more than 100,000 items among broken ones.
    """
    try:
        parsed: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        pieces = list(_pieces(text))
        return pieces if any(isinstance(item, dict) for item in pieces) else None
    return parsed


def _pieces(text: str) -> Iterator[object]:
    at = _start(text)
    has_lines, number, broken = at == 0, 0, 0
    decoder = JSONDecoder()
    while (at := _behind(text, at)) < len(text) and text[at] not in "]}":
        number += 1
        if number > MOST_ENTRIES:
            raise too_many_entries()
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):  # an error counts the lines before it
            broken += 1
            goes_on = has_lines and broken < MOST_BROKEN
            why = Refusal.NO_JSON if goes_on else Refusal.NO_MORE_JSON
            yield RefusedEntry(f"entry {number}", why)
            at = text.find("\n", at)
            if at < 0 or not goes_on:
                return
        else:
            yield item


def _start(text: str) -> int:
    """Behind the bracket of the list; 0 where there is none."""
    first = len(text) - len(text.lstrip())
    if text[first] == "[":
        return first + 1
    try:
        JSONDecoder().raw_decode(text, first)
    except (ValueError, RecursionError):
        found = _LIST.search(text)
        return found.end() if found else 0
    return 0


def _behind(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def kind_of(value: object) -> str:
    if _works(value):
        return "ORCID works"
    first = next((item for item in _items(value) if isinstance(item, dict)), None)
    if first is None:
        return "JSON"
    return "Zotero JSON" if "itemType" in first or "data" in first else "CSL-JSON"


def read_json(value: object) -> Iterator[dict[str, str] | RefusedEntry]:
    """The fields of each item, whichever of the kinds it is."""
    works = _works(value)
    if works:
        yield from map(_work, works)
        return
    for number, item in enumerate(_items(value), start=1):
        if isinstance(item, dict):
            fields = _fields(item)
            if fields.get("itemtype") not in _NO_PAPERS:
                yield {**fields, "abstract": fields.get("abstract", fields.get("abstractnote", ""))}
        elif isinstance(item, str):  # an identifier
            yield {"key": item, "eprint": item}
        elif isinstance(item, list) and any(isinstance(cell, str) for cell in item):  # of a table
            cells = [cell for cell in item if isinstance(cell, str)]
            yield {"key": cells[0], "note": " ".join(cells)}
        else:
            is_told = isinstance(item, RefusedEntry)
            yield (item if is_told else RefusedEntry(f"entry {number}", Refusal.NO_PAPER))


def _fields(item: dict[str, Any]) -> dict[str, str]:
    inner = (item[name] for name in _ITEMS if isinstance(item.get(name), dict))
    fields = next(({**item, **found} for found in inner), item)
    ids = fields.get("externalIds")  # as Semantic Scholar names them
    firsts = {
        key: text[0] if isinstance(text, list) and text else text  # a title may be a list of one
        for key, text in ({**ids, **fields} if isinstance(ids, dict) else fields).items()
    }
    told = {
        key.lower().replace("-", ""): str(text)
        for key, text in firsts.items()
        if isinstance(text, str | int)
    }
    return told | dict(islice(_deeper(fields), _MOST_DEEPER))


def _deeper(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The texts within lists and objects of a paper, by their paths: `locations.0.pdf_url`."""
    if isinstance(value, str) and depth > 1:
        yield path, value
    elif depth < _DEEPEST and isinstance(value, list | dict):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from _deeper(inner, f"{path}.{key}".strip(".").lower(), depth + 1)


def _items(value: object, depth: int = 0) -> list[Any]:
    """The entries of a list, of what wraps one, or of an object that has them by key."""
    if not isinstance(value, dict):
        return value if isinstance(value, list) else []
    for name in _LISTS:
        listed = value.get(name)
        if isinstance(listed, list):
            return listed
    if depth == _DEEPEST or _is_paper(value):
        return [value]
    for name in _ANSWERS:
        if isinstance(value.get(name), dict):
            return _items(value[name], depth + 1)
    by_key = value.items()
    if any(_has_list(inner, depth + 1) for inner in value.values()):  # else is about that list
        by_key = {key: inner for key, inner in by_key if _names_papers(key, inner, depth)}.items()
    return [item for key, inner in by_key for item in _by_key(key, inner, depth + 1)]


def _is_paper(value: dict[str, Any]) -> bool:
    return any(name.lower().replace("-", "") in _OF_A_PAPER for name in value)


def _has_list(value: object, depth: int) -> bool:
    """Whether it is a list of entries or has one, rather than a paper."""
    if not isinstance(value, dict):
        return isinstance(value, list) and bool(value)
    inner = () if depth == _DEEPEST or _is_paper(value) else value.values()
    return any(_has_list(entry, depth + 1) for entry in inner)


def _names_papers(key: str, value: object, depth: int) -> bool:
    if isinstance(value, dict) and depth < _DEEPEST:
        inner = (_names_papers(*pair, depth + 1) for pair in value.items())
        return _is_paper(value) or bool(identifiers_in(key)) or any(inner)
    return isinstance(value, list) or bool(identifiers_in(f"{key} {value}"))


def _by_key(key: str, value: object, depth: int) -> list[Any]:
    """The entries under a key; the key may be the identifier itself."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) and (isinstance(value, str) or identifiers_in(key)):
        return [{"key": key, "id": key, "note": str(value)}]
    if not isinstance(value, dict):
        return [RefusedEntry(key, Refusal.NO_PAPER)]
    found = _items(value, depth)
    return [{"id": key, "key": key, **value}] if found == [value] else found


def _works(value: object) -> list[dict[str, Any]]:
    """The works of a record, of its list of works, or of a bulk of them."""
    while isinstance(value, dict) and (found := [name for name in _WRAPPERS if name in value]):
        value = value[found[0]]
    if isinstance(value, dict):
        groups = value.get("group")
        if isinstance(groups, list):
            return [
                {**summary, **_identifiers(group)}
                for group in groups
                if isinstance(group, dict)
                for summary in _dicts(group.get("work-summary"))[:1]
            ]
        value = [value] if "external-ids" in value else []
    if isinstance(value, list):
        works = [item.get("work", item) for item in value if isinstance(item, dict)]
        return [work for work in works if isinstance(work, dict) and "external-ids" in work]
    return []


def _identifiers(group: dict[str, Any]) -> dict[str, Any]:
    """A group's works are one work: each of them may know another identifier."""
    ids = [
        found
        for work in (group, *_dicts(group.get("work-summary")))
        for found in _dicts(_inside(work, "external-ids", "external-id"))
    ]
    return {"external-ids": {"external-id": ids}}


def _work(work: dict[str, Any]) -> dict[str, str]:
    arxiv: list[str] = []
    other: list[str] = []
    for identifier in _dicts(_inside(work, "external-ids", "external-id")):
        relationship = str(identifier.get("external-id-relationship")).lower()
        if relationship.replace("_", "-") in _OF_OTHERS:
            continue
        is_arxiv = str(identifier.get("external-id-type")).lower() == "arxiv"
        (arxiv if is_arxiv else other).append(str(identifier.get("external-id-value")))
    return {
        "key": str(work.get("put-code", "")),
        "title": str(_inside(work, "title", "title", "value") or ""),
        "abstract": str(work.get("short-description") or ""),
        "eprint": " ".join(arxiv),
        "url": str(_inside(work, "url", "value") or ""),
        "identifier": " ".join(other),
    }


def _inside(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
