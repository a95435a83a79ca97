"""What stands in an answer beside its words: markup, hidden characters, addresses."""

import re
import unicodedata

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.relevance import SourceText

_MARKUP = lazy_pattern(
    # tags, whole and broken, and entities
    r"</?[a-z][\w▁]*(?:\s[^<>]*)?/?>|</?(?:br|div|span|script|img|code|strong)\b|</\w|</?\w+:\w+>"
    r"|&(?:[a-z]{2,8}|#\d+);|<!--"
    # a model's own
    r"|\[/?INST\]|<[|\uff5c]|◁|\[/?THINK\]|==\w|\\boxed\b"
    # Markdown, tables
    r"|```|'''|\]\(|\*\*|^#+\s|\s#{2,}\s|(?<![^\W_])#(?!(?-i:[A-Z])+\b)[^\W\d_]{2,}|__\w|~~|\A`|`\Z"
    r"|\A[|\uff5c]|[|\uff5c]\s*\Z|\|\s*:?-{2,}"
    # what is left of JSON and of strings
    r"|^\s*[\[{]\s*[\"'{\[]|\"\s*[}\]]|\"\s*:\s*[\"\d\[{]|\s[}\]]+\s*\Z|\s\{\w+\}\W*\Z"
    r"|\\[nrt](?![A-Za-z])"
    # faces
    r"|\s[:;]-?[)(DP](?=\s|\Z)|[\u2600-\u2660\u2670-\u27bf\U0001f300-\U0001faff]",
    re.IGNORECASE,
)
_JOINERS = "\u200c\u200d"  # Persian and Hindi are written with them

# Wide letters, and those of formulas beside another letter.
_OTHER_SHAPES = lazy_pattern(
    "[\uff21-\uff3a\uff41-\uff5a]"
    "|[\U0001d400-\U0001d7ff](?:(?=[A-Za-z\U0001d400-\U0001d7ff])|(?<=[A-Za-z].))"
)
_ADDRESS = lazy_pattern(
    r"(?:https?://|www\.)[^\s\u3000-\u9fff]+|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE
)
# "evil.example", "ada@lab"; Recall@k is none.
_LIKE_AN_ADDRESS = lazy_pattern(
    r"(?<![A-Za-z0-9@.])[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})*\.[a-z]{2,}(?:/[\w/.-]*)?"
    r"|[\w.+-]+@[a-z]{2}[\w-]*"
)


def markup(text: str) -> str:
    return "has markup in it" if _MARKUP.search(text) else ""


def unseen(text: str, language: str) -> str:
    """Characters that are not seen, turn others round or look like others: text hides so."""
    joined = "" if language in {"en", "zh"} else _JOINERS
    for character in text:
        hidden = unicodedata.category(character) in {"Cf", "Cc", "Co", "Cn", "Cs"}
        if hidden and character not in joined and character != "\n":
            return f"has a mark that is not seen in it, U+{ord(character):04X}"
    shaped = None if language in WITHOUT_SPACES else _OTHER_SHAPES.search(text)
    return f"has letters of another shape in it, {shaped[0]}" if shaped else ""


def address(text: str, source: SourceText) -> str:
    """An address; what only looks like one may be a name that the abstract has."""
    if match := _ADDRESS.search(text):
        return f"leads to {match[0]}"
    names = (match[0] for match in _LIKE_AN_ADDRESS.finditer(text))
    return next((f"leads to {name}" for name in names if name not in source.lowered), "")
