"""What answers in six languages say against their abstract, and how much of it is printed.

python -m benchmarks.turned_round

True sentences about made-up papers, the same told the other way round and the same denied. A
true one that is not printed is a false refusal. The rules were made with a look at all
of them but those that are `unseen`.
"""

import sys
import tomllib
from collections import Counter
from pathlib import Path

from newsletter.sources.base import Paper, PaperId
from newsletter.summaries.checks import check_answer

_DATA = Path(__file__).with_name("turned_round.toml")


def main() -> None:
    """Print, by language and kind, of how many a sentence is printed; with --show which."""
    show = "--show" in sys.argv
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    counted, printed = Counter[tuple[bool, str, str]](), Counter[tuple[bool, str, str]]()
    for entry in data["paper"]:
        paper = Paper(PaperId("2507.00001"), entry["title"], entry["abstract"], ("A",), ("cs.LG",))
        for language, kind, text in _answers(entry):
            checked = check_answer(text, paper, language, is_complete=True)
            key = ("unseen" in entry, language, kind)
            counted[key] += 1
            printed[key] += checked.is_printable
            if show and checked.is_printable != (kind == "true"):
                print(
                    "   ", language, kind, text, [found.objection for found in checked.objections]
                )
    for key in sorted(counted):
        is_unseen, language, kind = key
        papers = "unseen" if is_unseen else "looked at"
        print(f"{papers:10} {language} {kind:9} printed {printed[key]:3} of {counted[key]}")


def _answers(entry: dict[str, dict[str, list[str]]]) -> list[tuple[str, str, str]]:
    """Language, kind and text of each sentence of a paper: the true one and those made of it."""
    return [
        (language, kind, text)
        for language, kinds in entry.items()
        if isinstance(kinds, dict)
        for kind, texts in kinds.items()
        for text in texts
    ]


if __name__ == "__main__":
    main()
