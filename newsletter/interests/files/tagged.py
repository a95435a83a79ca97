"""Lists of a tag and a value a line: RIS, EndNote's, PubMed's and Web of Science's."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_TITLES_AND_TEXTS = {"TI": "title", "AB": "abstract"}


@dataclass(frozen=True)
class TagFormat:
    kind: str
    shown_by: re.Pattern[str]  # somewhere at its beginning
    line: re.Pattern[str]  # a tag, and its value; a line that is none goes on with the one before
    names: Mapping[str, str]  # of fields, by tag
    begin: str
    end: str = "ER"  # nothing is lost where it is missing
    around: frozenset[str] = field(default=frozenset())  # tags that belong to no entry


_RIS = TagFormat(
    "RIS",
    re.compile(r"^TY  ?- ", re.MULTILINE),
    re.compile(r"^([A-Z][A-Z0-9])  ?-(?: (.*))?$"),
    {
        **dict.fromkeys(("TI", "T1", "CT", "BT"), "title"),
        **dict.fromkeys(("AB", "N2"), "abstract"),
        **dict.fromkeys(("UR", "L1", "L2", "LK"), "url"),
        **dict.fromkeys(("DO", "DI"), "doi"),
        **dict.fromkeys(("N1", "M1", "M3", "C1", "C7", "AN", "VL", "IS", "SN", "SP"), "note"),
        **dict.fromkeys(("JO", "JF", "JA", "T2", "J2", "PB", "DP"), "journal"),
        "ID": "key",
    },
    "TY",
)
_PUBMED = TagFormat(
    "PubMed",
    re.compile(r"^PMID ?- ", re.MULTILINE),
    re.compile(r"^([A-Z]{2,4}) {0,2}-(?: (.*))?$"),
    {
        **_TITLES_AND_TEXTS,
        **dict.fromkeys(("LID", "AID", "OID", "SO", "GN", "CON", "CIN", "UOF"), "note"),
        "PMID": "key",
    },
    "PMID",
)
_WEB_OF_SCIENCE = TagFormat(
    "Web of Science",
    re.compile(r"^(?:FN .*\n(?:VR .*\n)?|\A\s*)PT [A-Z]$", re.MULTILINE),
    re.compile(r"^([A-Z][A-Z0-9])(?: (.*))?$"),
    {**_TITLES_AND_TEXTS, "DI": "doi", "UT": "key", "SO": "journal", "AR": "note"},
    "PT",
    around=frozenset({"FN", "VR", "EF"}),
)
_ENDNOTE = TagFormat(
    "EndNote",
    re.compile(r"^%[0T] ", re.MULTILINE),
    re.compile(r"^%([0-9A-Z@!?^~+*$&#>)(\[\]|=])(?: (.*))?$"),
    {
        **dict.fromkeys("1JMZ@", "note"),
        "T": "title",
        "X": "abstract",
        "U": "url",
        "R": "doi",
        "F": "key",
    },
    "0",
    end="",  # an empty line
)
_FORMATS = _RIS, _PUBMED, _WEB_OF_SCIENCE, _ENDNOTE
_BEGINNING = 10_000  # characters


def format_of(text: str) -> TagFormat | None:
    return next((tagged for tagged in _FORMATS if tagged.shown_by.search(text[:_BEGINNING])), None)


def read_tagged(text: str, form: TagFormat) -> Iterator[dict[str, str]]:
    """The fields of each entry."""
    fields: dict[str, list[str]] = {}
    name, is_open = "", False
    for line in text.splitlines():
        match = form.line.match(line.rstrip())
        ends = not line.strip() and not form.end
        if match is None and not ends:
            if name:
                fields[name].append(line)
            continue
        tag = match[1] if match else form.end
        if tag in {form.begin, form.end} | form.around:
            if is_open:
                yield _joined(fields)
            fields, name, is_open = {}, "", tag == form.begin
        if match is None or tag in {form.end} | form.around:
            continue
        is_open = True
        name = form.names.get(tag, "")
        if name == "title" and name in fields:
            name = ""  # the first title is the paper's
        if name:
            fields.setdefault(name, []).append(match[2] or "")
    if is_open:
        yield _joined(fields)


def _joined(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: " ".join(lines) for name, lines in fields.items()}
