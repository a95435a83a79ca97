"""RIS: a tag and a value a line, `ER` at the end of an entry."""

import re
from collections.abc import Iterator

_LINE = re.compile(r"^([A-Z][A-Z0-9])  ?-(?: (.*))?$")
_NAMES = {
    **dict.fromkeys(("TI", "T1", "CT", "BT"), "title"),
    **dict.fromkeys(("AB", "N2"), "abstract"),
    **dict.fromkeys(("UR", "L1", "L2", "LK"), "url"),
    **dict.fromkeys(("DO", "DI"), "doi"),
    **dict.fromkeys(("N1", "M1", "M3", "C1", "AN", "VL", "IS", "SN"), "note"),
    **dict.fromkeys(("JO", "JF", "JA", "T2", "J2", "PB", "DP"), "journal"),
    "ID": "key",
}


def is_ris(text: str) -> bool:
    return re.search(r"^TY  ?- ", text[:10_000], re.MULTILINE) is not None


def read_ris(text: str) -> Iterator[dict[str, str]]:
    """The fields of each entry; a line without a tag goes on with the one before."""
    fields: dict[str, list[str]] = {}
    name, is_open = "", False
    for line in text.splitlines():
        match = _LINE.match(line.rstrip())
        if match is None:
            if name:
                fields[name].append(line)
            continue
        if match[1] in {"ER", "TY"}:
            if fields or is_open:
                yield _joined(fields)
            fields, name, is_open = {}, "", match[1] == "TY"
            continue
        name = _NAMES.get(match[1], "")
        if name == "title" and name in fields:
            name = ""  # the first title is the paper's
        if name:
            fields.setdefault(name, []).append(match[2] or "")
    if fields or is_open:
        yield _joined(fields)


def _joined(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: " ".join(lines) for name, lines in fields.items()}
