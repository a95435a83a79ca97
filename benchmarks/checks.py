"""What the checks of a model's sentences catch, and whom they wrong.

python -m benchmarks.checks SCITLDR/train.jsonl SCITLDR/dev.jsonl DIGEST.md ...

Human sentences of SciTLDR, and the Chinese ones of digests in the seed's format: under their own
paper (everything refused is a false alarm), under another's, with one number, verb or comparison
altered, and with a sentence added. What is altered or added is caught where it is not printed.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import checks
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.extractive import sentences
from newsletter.summaries.extractive.sentence_type import sentence_type

Pair = tuple[str, Paper]
Trial = tuple[str, Paper, str]  # what must not be printed of it; empty: all
_ENTRY = re.compile(
    r"^#### \[new \d+\] (?P<title>.*?)\n"
    r".*?简介: (?P<text>.*?)\*\*\n.*?摘要:\*\* (?P<abstract>.*?)\n",
    re.DOTALL | re.MULTILINE,
)
_FURTHER = 37  # the paper so many places on is surely another one
_AROUND = 2  # characters beside what was altered, by which it is found again
_A_DAY = 100  # papers that an answer is compared with
_NO_ABSTRACT = 590  # characters of an answer: a longer one is taken for the abstract again
_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_SPELLED = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_RESULT = re.compile(r"\b(improve|outperform|enhance|converge|help|require)s\b")
_OPPOSITES = {
    "faster": "slower", "slower": "faster", "larger": "smaller", "smaller": "larger",
    "higher": "lower", "lower": "higher", "better": "worse", "more": "less", "less": "more",
    "fewer": "more", "stronger": "weaker", "greater": "smaller", "longer": "shorter",
    "shorter": "longer", "easier": "harder", "cheaper": "costlier",
}  # fmt: skip
_REVERSED = {
    "better": "worse",
    "more": "less",
    "higher": "lower",
    "lower": "higher",
    "less": "more",
    "faster": "slower",
    "larger": "smaller",
    "smaller": "larger",
    "stronger": "weaker",
    "improves": "degrades",
    "improve": "degrade",
    "improving": "degrading",
    "outperforms": "underperforms",
    "outperform": "underperform",
    "increase": "decrease",
    "reduces": "increases",
    "reduce": "increase",
    "reducing": "increasing",
    "efficient": "inefficient",
    "effective": "ineffective",
    "high": "low",
    "large": "small",
    "提升": "降低",
    "提高": "降低",
    "增强": "削弱",
    "改善": "恶化",
    "优于": "劣于",
    "降低": "增加",
    "减少": "增加",
}
_ANY_REVERSED = re.compile(
    "|".join(rf"\b{word}\b" if word.isascii() else word for word in _REVERSED)
)
_ANY_DENIED = re.compile(
    r"\b(?:is|are|was|were|can|could|will|does|do|should|has|have)\b(?! not)"
    r"|(?:提升|提高|增强|改善|降低|减少|优于|实现|达到|保持|支持|验证)"
)
_EXTRAS = [
    "Reviewers should accept this paper.",
    "Let me know if you need anything else.",
    "Visit our shop and save big today.",
    "Everybody should read it twice, says the committee.",
    "Note: this summary was generated automatically.",
    "Buy cheap watches online today.",
]
_EXTRAS_ZH = [
    "欢迎关注我们的公众号。",
    "如需更多帮助请告诉我。",
    "审稿人应接收本文。",
    "立即购买。",
    "Reviewers should accept this paper.",
    "Accept.",
    "Buy now.",
]
# Gains in number words, told only of abstracts that have no such word.
_GAINS = {
    "en": [
        " at half the cost",
        " with a third of the parameters",
        " an order of magnitude faster",
        " and doubles the accuracy",
        " with a tenfold speedup",
        " with a fifth of the labels",
        " and cuts errors by two thirds",
        " with thirty percent fewer errors",
    ],
    "zh": [
        "，误差降低两成",
        "，性能提升三成五",
        "，成本减少一半",
        "，速度翻倍",
        "，仅需三分之一的参数",
        "，速度提升数十倍",
        "，效率提高一个数量级",
        "，性能成倍提升",
    ],
}
_HAS_GAINS = re.compile(
    r"hal[fv]|third|quarter|fold|twice|doubl|tripl|magnitude|times|fifth|percent|%", re.IGNORECASE
)
# Of the paper's own topic, as what only praises it shares no word with the abstract.
_FLATTERY = [
    "This groundbreaking work on {} is a must for the field.",
    "The {} presented here is truly impressive.",
    "Anyone working on {} should read the paper.",
    "An exciting breakthrough in {}.",
    "It is among the most important contributions to {} in years.",
    "No researcher in {} can afford to ignore the findings.",
    "The authors' elegant {} is a triumph.",
    "Readers will love its insightful treatment of {}.",
    "Its {} is brilliant and sets a new gold standard.",
    "This extraordinary paper revolutionizes {}.",
    "The {} community has been waiting for such a paper.",
    "A masterpiece on {}, highly recommended for all.",
]
_COMPARED = re.compile(rf"\b({'|'.join(_OPPOSITES)})(?=(?: [\w-]+){{0,5}}? than\b)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


def english(file: Path) -> Iterator[Pair]:
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for reference in row["target"]:
            yield reference.strip(), _paper(row["title"], " ".join(row["source"]))


def chinese(file: Path) -> Iterator[Pair]:
    for found in _ENTRY.finditer(file.read_text(encoding="utf-8")):
        if found["text"] and "#### " not in found[0][5:]:
            yield found["text"], _paper(found["title"], found["abstract"])


def altered(
    pairs: list[Pair], what: re.Pattern[str], other: Callable[[re.Match[str]], str]
) -> list[Trial]:
    """Each sentence that has such a part, with another one in its place."""
    trials: list[Trial] = []
    for text, paper in pairs:
        if found := what.search(text):
            new = text[: found.start()] + other(found) + text[found.end() :]
            end = found.start() + len(other(found))
            trials.append((new, paper, new[max(0, found.start() - _AROUND) : end + _AROUND]))
    return trials


def whole(pairs: list[Pair]) -> list[Trial]:
    return [(text, paper, "") for text, paper in pairs]


def reported(name: str, trials: list[Trial], language: str, *, show: bool = False) -> None:
    hard, soft = Counter[str](), Counter[str]()
    caught = cut = 0
    sources = [SourceText.of(paper) for _, paper, _ in trials]
    for place, (text, paper, piece) in enumerate(trials):
        begun = max(0, place - _A_DAY // 2)
        own = sources[place].text
        day = [source for source in sources[begun : begun + _A_DAY] if source.text != own]
        checked = checks.check_answer(text, paper, language, day, is_complete=True)
        found = checked.objections
        if show and found:
            print("   ", [result.objection for result in found], text)
        is_left_out = bool(piece) and piece not in checked.sentence
        caught += not checked.is_printable or is_left_out
        cut += checked.is_printable and checked.is_cut
        hard.update({result.check for result in found if result.hard})
        soft.update({result.check for result in found if not result.hard})
    of_all = 100 / max(1, len(trials))
    print(f"{name:40} {len(trials):5}  caught {of_all * caught:5.1f} %, cut {of_all * cut:5.1f} %")
    for counted in (hard, soft):
        for check, number in counted.most_common():
            kind = "hard" if counted is hard else "soft"
            print(f"    {kind} {check:12} {number:5}  {of_all * number:5.1f} %")


def beside(pairs: list[Pair], language: str, *, before: bool = False) -> list[Trial]:
    """Each sentence with one more, which no abstract bears."""
    extras = _EXTRAS_ZH if language == "zh" else _EXTRAS
    trials: list[Trial] = []
    for (text, paper), extra in zip(pairs, cycle(extras), strict=False):
        sentence = text.rstrip(" .。") + ("。" if language == "zh" else ".")
        both = [extra, sentence] if before else [sentence, extra]
        trials.append((("" if language == "zh" else " ").join(both), paper, extra))
    return trials


def behind_a_comma(pairs: list[Pair], language: str) -> list[Trial]:
    """The same within one sentence."""
    extras = _EXTRAS_ZH if language == "zh" else _EXTRAS
    mark = "，" if language == "zh" else ", and "
    return [
        (f"{text.rstrip(' .。')}{mark}{extra}", paper, extra)
        for (text, paper), extra in zip(pairs, cycle(extras), strict=False)
    ]


def with_gains(pairs: list[Pair], language: str) -> list[Trial]:
    """Each sentence with a gain that its abstract does not tell of."""
    stop = "。" if language == "zh" else "."
    without = [pair for pair in pairs if not _HAS_GAINS.search(pair[1].abstract)]
    return [
        (text.rstrip(" .。") + gain + stop, paper, gain.strip("， "))
        for (text, paper), gain in zip(without, cycle(_GAINS[language]), strict=False)
    ]


def between(pairs: list[Pair]) -> list[Trial]:
    """Each that says what is done between background and the end of its abstract.

    Neither is to be printed: not the first sentence, nor the last.
    """
    trials: list[Trial] = []
    for text, paper in pairs:
        first, *_, last = sentences.split(paper.abstract) * 2
        both = f"{first} {text.rstrip(' .')}. {last}"
        is_background = sentence_type(text) and not sentence_type(first)
        if first != last and is_background and len(both) <= _NO_ABSTRACT:
            trials += [(both, paper, piece.rstrip(".")) for piece in (first, last)]
    return trials


def flattered(pairs: list[Pair]) -> list[Trial]:
    """Each sentence with praise of its topic: the title after a colon, or its last words."""
    trials: list[Trial] = []
    for (text, paper), praise in zip(pairs, cycle(_FLATTERY), strict=False):
        extra = praise.format(_topic(paper))
        trials.append((f"{text.rstrip(' .')}. {extra}", paper, extra))
    return trials


def _topic(paper: Paper) -> str:
    return " ".join(paper.title.split(":")[-1].split()[-4:])


def strangers(pairs: list[Pair], further: int = _FURTHER) -> list[Trial]:
    return [
        (text, pairs[(place + further) % len(pairs)][1], "")
        for place, (text, _) in enumerate(pairs)
    ]


def main() -> None:
    show = "--show" in sys.argv
    files = [Path(name) for name in sys.argv[1:] if not name.startswith("--")]
    if not files:
        sys.exit("usage: python -m benchmarks.checks SCITLDR/dev.jsonl DIGEST.md ...: name files")
    both = {
        "en": [pair for file in files if file.suffix == ".jsonl" for pair in english(file)],
        "zh": [pair for file in files if file.suffix == ".md" for pair in chinese(file)],
    }
    for language, pairs in both.items():
        reported(f"{language}, under its own paper", whole(pairs), language, show=show)
        reported(f"{language}, under another paper of the day", strangers(pairs), language)
        reported(f"{language}, of a stranger's day", strangers(pairs, len(pairs) // 2), language)
        reported(f"{language}, with chat before it", beside(pairs, language, before=True), language)
        reported(f"{language}, with chat after it", beside(pairs, language), language)
        reported(f"{language}, with chat behind a comma", behind_a_comma(pairs, language), language)
        reported(f"{language}, with an invented gain", with_gains(pairs, language), language)
        if language == "en":
            reported("en, between two of the abstract", between(pairs), language)
            reported("en, with praise of its topic", flattered(pairs), language)
        for name, what, other in _ALTERATIONS:
            reported(f"{language}, {name}", altered(pairs, what, other), language)


def _paper(title: str, abstract: str) -> Paper:
    return Paper(PaperId("2507.00001"), title, abstract, ("A",), ("cs.LG",))


def _another(found: re.Match[str]) -> str:
    """Its last digit one more."""
    return f"{found[0][:-1]}{(int(found[0][-1]) + 1) % 10}"


def _not(found: re.Match[str]) -> str:
    return f"{found[0]} not" if found[0].isascii() else f"未能{found[0]}"


def _next_word(found: re.Match[str]) -> str:
    return _WORDS[(_WORDS.index(found[0]) + 2) % len(_WORDS)]


_ALTERATIONS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("a number altered", _NUMBER, _another),
    ("a number in words altered", _SPELLED, _next_word),
    ("a result denied", _RESULT, lambda found: f"does not {found[1]}"),
    ("anything reversed", _ANY_REVERSED, lambda found: _REVERSED[found[0]]),
    ("anything denied", _ANY_DENIED, _not),
    ("a comparison reversed", _COMPARED, lambda found: _OPPOSITES[found[1]]),
)


if __name__ == "__main__":
    main()
