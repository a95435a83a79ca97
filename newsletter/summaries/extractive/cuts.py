"""Where a sentence that is too long, or is to make room for another, can end."""

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.back_references import LONGEST
from newsletter.summaries.extractive.clauses import (
    DASH,
    DASHED,
    ENOUGH,
    FEWEST,
    HOLDS_ON,
    has_predicate,
    is_half_said,
    word_count,
)
from newsletter.summaries.extractive.sentences import formulas, inside, parentheses

# Where a long sentence can end: before an aside, a list, a second statement.
_BREAK = lazy_pattern(
    r", (?:(?:in|of|by|for|to|from|on|with) )?(?:which|whose|where|wherein|whereby|while|whereas) "
    r"| while (?=\w{3,}ing )"
    rf"|, (?:and )?(?:thus|thereby|hence|so) |; |: (?=\(?(?:1|i|a)\)|\\ding\{{182\}})"
    rf"|{DASH}(?!.*{DASH})"
    r"|, (?:and|but) (?=(?:we|it|this|these|they|the \w+(?: \w+)?|our \w+) "
    r"(?:\w+ly |then |also )?\w+(?:s|ed|e)\b)"
    r"|,? (?:corresponding to|as well as|in order to|with the (?:aim|goal|purpose) of) "
    r"|, (?:\w+ly )?(?!according|including|depending|during|being|using|find|show|reveal|prov|"
    r"demonstrat|achiev)\w{3,}ing \w+ "
)
# Where it can end besides, to leave room for another.
_WIDE_BREAK = lazy_pattern(
    r",? (?:across|on|over) (?:[\w-]+ ){0,4}(?:datasets|benchmarks|tasks|domains|scenarios|"
    r"settings|"
    r"environments|languages|models|baselines)\b| compared (?:to|with) | (?:through|via) "
    r"|,? (?:enabling|allowing|ensuring|making|leading to|resulting in|demonstrating|highlighting|"
    r"showing|indicating|suggesting|including|such as) |, (?:followed by|and then|alongside|"
    r"along with|together with) | for \w{3,}ing "
    r"|,? in order to | by (?:\w+ly )?\w{3,}ing |: (?=[a-z])"
)
_ANNOUNCES = lazy_pattern(
    r",? (?:through|via|with|featuring|comprising|consisting of|composed of|based on|including|by|"
    r"incorporating|integrating|integrates|built (?:up)?on|making|(?:which|that) operates in|"
    r"in|into|that (?:comprises|has|includes|contains|combines)|which (?:comprises|includes)) "
    r"(?:the following )?(?:two|three|four|five|six|several|\d) (?:[\w-]+ ){0,3}"
    r"(?:innovations|contributions|components|stages|modules|strategies|steps|parts|mechanisms|"
    r"ideas|ways|phases|ingredients|techniques|aspects|perspectives|designs|"
    r"pillars|subsets|principles|blocks|objectives)\Z"
)
# What stands between two commas in a long sentence: ", which was built in 2008, ".
_BETWEEN_COMMAS = lazy_pattern(
    r", (?:which|who|whose|that) (?!(?:we|if|when|only)\b)[^,;:$()]{10,160},"
    r"(?= (?:is|are|was|were|has|have|can)\b)"
)
_CONDITION = lazy_pattern(r"\b(?:not only|only|if|unless|except|provided|assuming|respectively)\b")
_FIRST_ITEM = lazy_pattern(r": (?:\(?(?:1|i|a)\)|\\ding\{182\}) ")
_ENDS_OPEN = lazy_pattern(r" (?:with|by|that|on|at|between|via|through|under|over|into)\Z")
# "..., and its value [for searching]", "to validate [that]", "an image obtained [by ...]": half
# of something.
_LEFT_HANGING = lazy_pattern(
    r"(?:, and(?: [\w-]+){1,3}|[, ](?!(?:need|speed|embed|feed|seed)\b)[a-z]+ed"
    r"| that| whether| how| when| our| its| their"
    r"| (?:phenomenon|insights?|findings?|issues?)|, [\w-]+)\Z"
)
# What a system does, where its sentence is to make room for another.
_DOES = lazy_pattern(
    r"\b(?:ensures|focuses|treats|transforms|exploits|enhances|increases|serves|offers|optimizes|"
    r"builds|predicts|performs|adopts|aligns|mitigates|addresses|applies|identifies|detects|"
    r"obtains|operates|bridges)\b"
)
ENOUGH_LISTED = 9  # before a list that goes
ENOUGH_ALONE = 11  # where the list may as well stay in part


def cuts_at_clauses(
    sentence: str, words: int, fewest: int = ENOUGH, *, wide: bool = False
) -> list[str]:
    """The sentence up to a clause that ends within so many words, the longest first.

    At least `fewest` words stay. `wide` takes off more kinds of endings.

    What goes holds no condition; what stays says something by itself. Those that end within a
    list, or leave little, come last.
    """
    if len(sentence) > LONGEST:
        return []
    whole, sentence = sentence, _BETWEEN_COMMAS.sub("", sentence, count=1)
    closed, bracketed = formulas(sentence), parentheses(sentence)
    cuts: list[str] = []
    breaks = list(_BREAK.finditer(sentence))
    if wide:
        breaks = sorted([*breaks, *_WIDE_BREAK.finditer(sentence)], key=lambda match: match.start())
    for match in reversed(breaks):
        beginning, rest = sentence[: match.start()], sentence[match.start() :]
        enough = min(fewest, ENOUGH_LISTED) if match[0] == ": " else fewest
        if not enough <= word_count(beginning) <= words:
            continue
        if match[0] != ": " and _CONDITION.search(rest):
            continue
        if inside(match.start(), closed) or inside(match.start(), bracketed):
            continue
        beginning = drop_announcement(beginning.rstrip(" ,;:"))
        if _can_end(beginning, wide=wide):
            cuts.append(beginning)
    cuts.sort(key=lambda cut: word_count(cut) < ENOUGH_ALONE or bool(_FIRST_ITEM.search(cut)))
    return cuts if sentence == whole else [*cuts, sentence]


def drop_announcement(sentence: str) -> str:
    """The sentence without "through three key innovations", where the list of them is gone."""
    match = _ANNOUNCES.search(sentence)
    if match is None or word_count(sentence[: match.start()]) < FEWEST:
        return sentence
    return sentence[: match.start()]


def _can_end(beginning: str, *, wide: bool) -> bool:
    """Whether nothing hangs at its end, and it says something."""
    if HOLDS_ON.search(beginning[-16:]) or _ENDS_OPEN.search(beginning):
        return False
    if DASHED.search(beginning) or is_half_said(beginning):
        return False
    if wide and _LEFT_HANGING.search(beginning):
        return False
    return has_predicate(beginning) or bool(wide and _DOES.search(beginning))
