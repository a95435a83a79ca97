"""How fast TeX is turned, and how much is left: `python benchmarks/tex.py abstracts.jsonl`."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.tex import to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

_TEX = re.compile(r"[\\${}]")
_MONEY = re.compile(r"\$\s?\.?\d|\d\s?\$|[A-Z]{2}\$")
_TAG = re.compile(r"<[^>]*>")


def shows_tex(turned: str) -> bool:
    """Whether a reader would still see a backslash, or a dollar sign that is not money."""
    return "\\" in turned or "$" in _MONEY.sub("", turned)


def milliseconds(turn: Callable[[str], str], texts: list[str]) -> float:
    begin = time.perf_counter()
    for text in texts:
        turn(text)
    return 1000 * (time.perf_counter() - begin) / len(texts)


def main(path: str) -> None:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["abstract"] for line in lines]
    bearing = [text for text in texts if _TEX.search(text)]
    print(f"{len(texts)} abstracts, {len(bearing)} with TeX")
    for turn in (to_text, to_html):
        left = sum(shows_tex(_TAG.sub("", turn(text))) for text in bearing)
        print(
            f"{turn.__name__}: {milliseconds(turn, texts):.3f} ms an abstract, "
            f"{milliseconds(turn, bearing):.3f} ms one with TeX, "
            f"{left} still show TeX ({100 * left / max(1, len(bearing)):.2f} %)"
        )


if __name__ == "__main__":
    main(sys.argv[1])
