"""A newsletter's slug in newsletter.toml, changed where it stands: comments and order stay."""

import re
import tomllib
from pathlib import Path
from typing import Any

from newsletter.file_writing import replace_file

_LINES = re.compile(r"^\s*(?:slug|newsletters)\s*=.*$|^\s*[\"'][^\n]*$", re.MULTILINE)


def change_slug(file: Path, old: str, new: str) -> bool:
    """Give the newsletter its new slug, wherever it is named; False where it is not there.

    The file is exchanged as a whole, and only for one that says the same otherwise.
    """
    try:
        text = file.read_bytes().decode()
        wanted = _renamed(tomllib.loads(text), old, new)
        quoted = re.compile(f"([\"']){re.escape(old)}\\1")
        changed = _LINES.sub(
            lambda line: quoted.sub(lambda name: f"{name[1]}{new}{name[1]}", line[0]), text
        )
        if wanted is None or tomllib.loads(changed) != wanted:
            return False
        replace_file(file, changed.encode())
    except (OSError, ValueError):
        return False
    return True


def _renamed(table: dict[str, Any], old: str, new: str) -> dict[str, Any] | None:
    """The new contents of the file; None where its newsletters lack the old slug."""
    newsletters = table.get("newsletters", [])
    if not any(newsletter.get("slug") == old for newsletter in newsletters):
        return None
    changed = [
        {**newsletter, "slug": new} if newsletter.get("slug") == old else newsletter
        for newsletter in newsletters
    ]
    others: dict[str, Any] = {
        section: {name: _named(entry, old, new) for name, entry in table[section].items()}
        for section in ("api", "notify")
        if section in table
    }
    return {**table, "newsletters": changed, **others}


def _named(entry: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """A table that may name newsletters."""
    if "newsletters" not in entry:
        return entry
    named = [new if slug == old else slug for slug in entry["newsletters"]]
    return {**entry, "newsletters": named}
