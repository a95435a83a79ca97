"""Making a sentence shorter by deletion only: lead-ins, asides, and a bound on the length."""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.clauses import drop_pointing_clause
from newsletter.summaries.extractive.sentences import formulas, inside, parentheses

LONGEST = 400
SHORTEST_CUT = 200

_WORK = (
    r"(?:paper|work|article|letter|study|note|report|manuscript|thesis|chapter|survey|review|"
    r"contribution|dissertation|communication|investigation|preprint|research|position paper|"
    r"Paper|Letter|Article|Note|Report|Work|Communication|talk|book|lecture)"
)
_PRONOUN = r"(?:[Tt]his|[Tt]hese|[Tt]hat|[Tt]hose|[Ss]uch|the above|the aforementioned)"
_NO_COMMA = r"[^,.;:$()]"
# Phrases that only say "here comes the contribution", or point back at what is not quoted.
_LEAD_INS = lazy_pattern(
    r"(?:"
    rf"(?:In|Within|Throughout|With|Through) (?:this|the present|the current|present|our) "
    rf"(?:[a-z-]+ ){{0,2}}?{_WORK}(?:, |: | )(?!(?:of|on|by|and|to|for|in|from|with|at)\b)"
    r"|In the (?:paper|article|letter|note|work|study),? (?=we\b|I\b|it is\b)"
    r"|Here(?:in)?,? (?=we\b|I\b|an?\b|the\b|this\b)"
    r"|Here(?:in)?, "
    r"|(?:However|Moreover|Furthermore|Additionally|Therefore|Thus|Hence|Specifically|Concretely|"
    r"Finally|Consequently|Accordingly|Besides|Also|Then|Next|Lastly|Overall|Nonetheless|"
    r"Nevertheless|Instead|In particular|In addition|In summary|In short|In brief|In response|"
    r"In conclusion|In this context|In this regard|In this respect|In this vein|In this spirit|"
    r"In this direction|In light of this|More specifically|More precisely|More concretely|"
    r"To this end|To that end|To this aim|Toward this end|Towards this end|Toward this goal|"
    r"Towards this goal|To do so|To do this|To achieve this|For this purpose|For this|For that|"
    r"For this reason|For these reasons|As a result|As a consequence|As such|Motivated by this|"
    r"Inspired by this|Based on this|Building on this|With this in mind|Against this backdrop|"
    r"Against this background|On the other hand|In contrast|By contrast|In turn|"
    r"Last but not least|To be specific|At first|To begin with|Along this direction|"
    r"Especially|Notably|In fact|Indeed|Curiously|"
    r"Noticeably|Particularly|"
    r"Remarkably|Importantly|Interestingly|Surprisingly|Crucially|"
    r"Along this line|And|But|So|Yet)(?:, (?=\S+ \S+ \S+)| (?=we\b))"
    rf"|(?:To|In order to|Aiming to|Toward|Towards|In response to|In light of|Motivated by|"
    rf"Inspired by|Driven by|Guided by|Based on|Building on|Building upon|Addressing|Tackling|"
    rf"Bridging|Overcoming|Leveraging|Exploiting|Considering|Recognizing|Given|From) "
    rf"(?:{_NO_COMMA}{{0,60}}? )?{_PRONOUN}\b(?! (?:assumption|condition|hypothes|conjecture|case))"
    rf"(?:(?: [\w-]+){{0,2}} (?=we\b)|{_NO_COMMA}{{0,70}}?, "
    rf"(?=(?:[Ww]e|I|this {_WORK}|our|here we|an?|in this {_WORK})\b))"
    r"|(?:To|In order to) "
    r"(?:address|fill|close|bridge|tackle|overcome|solve|mitigate|resolve|meet) "
    r"(?:the |all )?(?:above |aforementioned |existing )?(?:research |knowledge )?"
    r"(?:gaps?|challenges?|issues?|problems?|limitations?|shortcomings?|needs?),? "
    rf"(?=(?:we|I|this {_WORK}) \w)"
    r"|As an? (?:first|further|next|initial|second) step "
    r"(?:in this direction|towards? this (?:goal|end|direction))?,? ?"
    r"(?=we\b)"
    r"|(?:First|Firstly|Second|Secondly|Third|Thirdly), "
    r")"
)
_ENUMERATOR = lazy_pattern(r"(?:\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])\)|\d{1,2}\.) +(?=\S+ \S+)")
_LABEL = lazy_pattern(
    r"(?:\[[Aa]bridged\]|\([Aa]bridged\)) ?|"
    r"(?:Abstract|ABSTRACT|Summary|Background|Objectives?|Purpose|Aims?|Methods?|Results?|"
    r"Conclusions?|Findings|Motivation|Approach|Context|Contributions?|Significance)\s?[:.] ?"
    r"(?=[A-Z])"
)
_AFTER_SUBJECTS = (
    *("also", "then", "further", "furthermore", "therefore", "thus", "hence", "additionally"),
    *("subsequently", "first", "finally", "next", "here", "now"),
)
_AFTER_SUBJECT = lazy_pattern(
    r"(?P<subject>(?:\A|, )(?:We|we|I|This paper|This work)) "
    rf"(?:{'|'.join(_AFTER_SUBJECTS)}) (?=[a-z]{{3}})"
)
_IN_THIS_PAPER = lazy_pattern(rf"(?<=[a-z)}}])(?:, in this {_WORK},| in this {_WORK})(?=[ ,.;])")
_KEEP_ASIDE = lazy_pattern(
    r"\b(?:if|unless|except|excluding|not|no|only|under|assuming|when|where|conditional|"
    r"almost|without|at most|at least|up to|for all|for any|for every|non|but|or)\b|[$\\=<>]",
    re.IGNORECASE,
)
_ITEM = lazy_pattern(r"\((?:\d{1,2}|[ivxIVX]{1,4}|[a-zA-Z])\)")
_ASIDE_BEFORE = lazy_pattern(r"(?:\A|[a-zA-Z0-9$}%'\"\u2019])[\s~]\Z")
# "as defined in [3]": the brackets are the noun.
_NEEDS_NOUN = lazy_pattern(
    r"\b(?:in|by|of|from|see|to|and|with|ref|refs|as|than|for|on|or|at|the|an?|that)\.? \Z",
    re.IGNORECASE,
)
_CITATION = lazy_pattern(r"\[[\d,;\s\u2013-]+\]|\[[A-Z][^\]]*\d{4}[^\]]*\]")
_BOUNDARY = lazy_pattern(r"[,;:] | [-\u2013\u2014]{1,3} | ")
_PLAIN_WORD = lazy_pattern(r"(?:[^\W\d_]+(?=[\s,;:.!?')]|\Z)|[^\W\d_]{2,}(?=-[a-z]{2}))")


def trim_sentence(sentence: str, title: str = "") -> str:
    """The sentence without lead-ins and asides that a reader of it alone can spare."""
    return capitalize(drop_pointing_clause(drop_asides(drop_lead_in(sentence), title)))


def drop_lead_in(sentence: str) -> str:
    """The sentence without "In this paper,", "However,", "To address this problem," and such."""
    for _ in range(4):
        shorter = sentence = capitalize(sentence)
        for pattern in (_LABEL, _ENUMERATOR, _LEAD_INS):
            match = pattern.match(shorter)
            if match:
                shorter = capitalize(shorter[match.end() :].lstrip())
        if shorter == sentence:
            break
        sentence = shorter
    if " in this " in sentence:
        sentence = _IN_THIS_PAPER.sub("", sentence)
    if not any(word in sentence for word in _AFTER_SUBJECTS):
        return sentence
    return _AFTER_SUBJECT.sub(r"\g<subject> ", sentence, count=1)


def drop_asides(sentence: str, title: str = "") -> str:
    """The sentence without bracketed asides, where what remains says the same.

    Formulas, conditions, list items, brackets glued to a word, and abbreviations that the title
    bears or the sentence itself uses again are kept.
    """
    bracketed = parentheses(sentence)
    closed = formulas(sentence) if bracketed else []
    parts: list[str] = []
    position = 0
    for start, end in bracketed:
        if start < position or inside(start, closed) or not _may_go(sentence, start, end, title):
            continue
        parts.append(sentence[position:start].rstrip(" ~"))
        position = end
    parts.append(sentence[position:])
    return "".join(parts).strip()


def bound_length(sentence: str, longest: int = LONGEST) -> str:
    """The sentence, or its beginning up to a clause or word outside formulas, with an ellipsis.

    Empty where no such place lies within the bound.
    """
    if len(sentence) <= longest:
        return sentence
    closed = formulas(sentence)
    bracketed = parentheses(sentence)
    cuts = [
        (match.start(), match[0] != " ")
        for match in _BOUNDARY.finditer(sentence, 1, longest)
        if not inside(match.start(), closed)
    ]
    outside = [cut for cut in cuts if not inside(cut[0], bracketed)] or cuts
    if not outside:
        return ""
    clauses = [cut for cut, clause in outside if clause and cut >= SHORTEST_CUT]
    end = clauses[-1] if clauses else outside[-1][0]
    return sentence[:end].rstrip(" ,;:-\u2013\u2014") + "\u2026"


def capitalize(sentence: str) -> str:
    """The sentence with a capital first letter, where it begins with a plain lower-case word."""
    word = _PLAIN_WORD.match(sentence)
    first = sentence[:1]
    if word is None or not word[0].islower() or len(first.upper()) != 1:
        return sentence
    return sentence if first.upper().lower() != first else first.upper() + sentence[1:]


def finish_sentence(sentence: str) -> str:
    """The sentence with a full stop, unless its author or a cut ended it otherwise."""
    bare = sentence.rstrip(" ,;:-\u2013\u2014")
    ending = bare.rstrip("\"'\u2019\u201d)]}$")
    return bare if ending[-1:] in {".", "!", "?", "\u2026"} else bare + "."


def _may_go(sentence: str, start: int, end: int, title: str) -> bool:
    aside = sentence[start:end]
    if not _ASIDE_BEFORE.search(sentence[max(0, start - 2) : start]):
        return False
    if sentence[end : end + 1] not in {"", " ", ",", ".", ";", ":", "?", "!"}:
        return False
    if _NEEDS_NOUN.search(sentence[max(0, start - 12) : start]):
        return False
    if aside.startswith("["):
        return bool(_CITATION.fullmatch(aside))
    inner = aside[1:-1].strip()
    if start == 0 or _ITEM.fullmatch(aside) or _KEEP_ASIDE.search(inner):
        return False
    return " " in inner or len(inner) == 1 or not _is_used(inner, sentence[end:], title)


def _is_used(short: str, rest: str, title: str) -> bool:
    """Whether the sentence goes on with what stood in brackets, or the title bears it."""
    if short in rest[:1000]:
        return True
    in_title = short[:1].isupper() and short in title
    return in_title and bool(re.search(rf"\b{re.escape(short)}\b", title))
