"""JSON: CSL, Zotero's own and Better BibTeX's, and the works of an ORCID record."""

from collections.abc import Iterator
from typing import Any

import orjson

_WRAPPERS = ("activities-summary", "works", "bulk")
_NO_PAPERS = {"attachment", "note", "annotation"}


def parse_json(content: bytes) -> object | None:
    """The value, or None where it is no JSON."""
    try:
        parsed: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return parsed


def kind_of(value: object) -> str:
    if _works(value):
        return "ORCID works"
    first = next(iter(_items(value)), {})
    return "Zotero JSON" if "itemType" in first or "data" in first else "CSL-JSON"


def read_json(value: object) -> Iterator[dict[str, str]]:
    """The fields of each item, whichever of the kinds it is."""
    works = _works(value)
    if works:
        yield from map(_work, works)
        return
    for item in _items(value):
        data = item.get("data")
        fields = {
            key.lower().replace("-", ""): str(text)
            for key, text in (data if isinstance(data, dict) else item).items()
            if isinstance(text, str | int)
        }
        if fields.get("itemtype") not in _NO_PAPERS:
            yield {**fields, "abstract": fields.get("abstract", fields.get("abstractnote", ""))}


def _items(value: object) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        value = next((value[name] for name in ("items", "references") if name in value), [value])
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


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
    for found in _dicts(_inside(work, "external-ids", "external-id")):
        is_arxiv = str(found.get("external-id-type")).lower() == "arxiv"
        (arxiv if is_arxiv else other).append(str(found.get("external-id-value")))
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
