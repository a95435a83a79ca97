"""What an answer says is worse, slower or costlier, of which the abstract says nothing anywhere.

An abstract tells what got better in many words ("improves", "outperforms", "at half the cost"), so
that an answer that turns one of them round rarely meets its exact opposite there. But authors who
lose something say so. Each rule is a way of saying a loss, and all the ways in which an abstract
would bear it out.
"""

import re
from typing import NamedTuple

from newsletter.lazy_pattern import lazy_pattern


class Loss(NamedTuple):
    """A way of saying that something is lost, and what in an abstract says so too."""

    said: re.Pattern[str]
    borne_out: re.Pattern[str]


_GOOD = (
    r"(?:accura\w+|performan\w+|quality|robust\w*|efficien\w+|effectiv\w+|reliab\w+|scores?|rewards?"
    r"|returns?|precision|recall|fidelity|stab\w+|divers\w+|generali\w+|bleu|f1|auc|interpretab\w+"
    r"|scalab\w+|expressiv\w*|insights?|success|correlat\w+|results?|gains?|flexib\w+|consisten\w+"
    r"|informative|faithful\w*|powerful|competitive|likelihoods?|coverage|speed|throughput)"
)
_BAD = (
    r"(?:errors?|loss(?:es)?|costs?|costly|latency|memory|bits?|parameters|regret|variance|bias\w*"
    r"|perplexity|times?|overhead|complexity|computation\w*|expensive|complex|samples|queries"
    r"|steps|labels|hallucinat\w+|noise|risks?|forgetting|fid|distortion|energy|storage)"
)
_METHOD = r"(?:\w+ )?(?:methods?|approach|models?|systems?|framework|algorithms?|networks?)\b"
_FEW = r"(?: [\w,-]+){0,3}?"
# Not "suffer", "fail", "weak": with these an abstract tells what others lose.
_WORSE = (
    r"wors\w*|inferior|underperform\w*|poorer|degrad\w*|deteriorat\w*|lag\w*|declin\w*|hurt\w*"
    r"|harm\w*|sacrific\w*|at the (?:expense|cost) of|falls? (?:short|behind|below)|behind"
    r"|outperformed by|impair\w*|compares poorly"
)


def _loss(said: str, borne_out: str) -> Loss:
    return Loss(
        lazy_pattern(rf"\b(?:{said})", re.IGNORECASE),
        lazy_pattern(rf"\b(?:{borne_out})", re.IGNORECASE),
    )


_LOSSES = (
    _loss(
        r"(?:outperform\w*|beats?|surpass\w*|exceeds?|(?:better|faster|more \w+) than|superior to)"
        rf" (?:our|the proposed) {_METHOD}",
        rf"(?:outperform\w*|beats?|surpass\w*|exceeds?|than|to) (?:our|the proposed) {_METHOD}",
    ),
    _loss(
        rf"(?:worse|poorer)\b{_FEW} than\b|inferior\b{_FEW} to\b",
        rf"(?:{_WORSE}|lower (?:{_GOOD}|than)|less (?:\w+ )?than|below"
        r"|not (?:\w+ )?(?:better|outperform))\b",
    ),
    _loss(
        rf"(?:lower|less|smaller|fewer){_FEW} {_GOOD}\b{_FEW} than\b",
        rf"(?:{_WORSE}|lower|less|smaller|fewer|below|drop\w*"
        rf"|(?:reduc|decreas)\w*(?! (?:\w+ ){{0,3}}{_BAD}))\b",
    ),
    _loss(
        rf"(?:higher|more|larger|greater){_FEW} {_BAD}\b{_FEW} than\b",
        r"(?:higher|more|larger|greater|increas\w*|grow\w*|expens\w*|costl\w*|additional|extra"
        r"|overhead|exceed\w*|double|large|high|many|long\w*)\b",
    ),
    _loss(
        rf"slower\b{_FEW} than\b",
        r"(?:slow\w*|longer|more time|time-consuming|expensive|costly|delay\w*|not fast\w*)\b",
    ),
    _loss(
        r"underperform(?:s|ed|ing)?\b",
        rf"(?:{_WORSE}|lower|below|fail\w*|poor\w*|gap)\b",
    ),
    _loss(
        r"(?:degrad|worsen|deteriorat)(?:es?|s|ed|ing)?\b",
        rf"(?:{_WORSE}|decreas\w*|drop\w*|los(?:e|es|t|ing|s of)|forget\w*|shift\w*|corrupt\w*"
        r"|lower|noise|noisy|decay\w*|suffer\w*|weak\w*|blur\w*|mismatch|distort\w*|poor\w*)\b",
    ),
    _loss(
        r"ineffective\w*\b",
        rf"(?:{_WORSE}|ineffect\w*|insufficien\w*|inadequa\w*|unable|cannot|not effective|fail\w*"
        r"|struggl\w*|limited|poor\w*)\b",
    ),
    _loss(
        r"inefficien\w+\b",
        r"(?:inefficien\w*|expens\w*|cost\w*|slow\w*|wast\w*|prohibitiv\w*|burden\w*|redundan\w*"
        r"|not efficient|time-consuming|intractab\w*|large amounts?|difficult\w*|poor\w*|bottleneck"
        r"|excessive\w*|overhead)\b",
    ),
    _loss(
        rf"(?:increas|rais)(?:es?|ed|ing){_FEW} {_BAD}\b",
        r"(?:increas\w*|rais\w*|grow\w*|higher|more|rise\w*|larger|longer|improv\w*|additional"
        r"|greater|expens\w*|boost\w*|scal\w*|large|enhanc\w*|extend\w*)\b",
    ),
    _loss(
        r"worse\b",
        rf"(?:{_WORSE}|lower|drop\w*|fail\w*|poor\w*|suffer\w*|negativ\w*|less|bad\w*|weak\w*"
        r"|los(?:e|es|s|t|ing)|gap|not)\b",
    ),
    _loss(
        rf"less (?:\w+ )?{_GOOD}\b",
        rf"(?:{_WORSE}|less|lower|fewer|poor\w*|limit\w*|reduc\w*|decreas\w*|fail\w*|weak\w*|not"
        r"|in(?:effec|effic|accura|consis)\w*|lack\w*|difficult\w*|challeng\w*)\b",
    ),
    _loss(
        rf"(?:decreas|reduc|lower|weaken)(?:es?|s|ed|ing)?{_FEW} {_GOOD}\b"
        rf"(?!{_FEW} {_BAD}|[ -]gap)",
        rf"(?:{_WORSE}|decreas\w*|reduc\w*|drop\w*|los(?:e|es|s|t|ing)|low|lower|limit\w*|poor\w*"
        r"|fail\w*|suffer\w*|weak\w*|vulnerab\w*|attack\w*|trade-?offs?|less|attenuat\w*"
        r"|collaps\w*)\b",
    ),
    _loss(
        rf"(?:low|poor)(?:er)?[ -]{_GOOD}\b",
        rf"(?:{_WORSE}|low\w*|poor\w*|weak\w*|limit\w*|fail\w*|suffer\w*|insufficien\w*|nois\w*"
        r"|less|difficult\w*|degrad\w*|reduc\w*)\b",
    ),
)


def unsaid_loss(text: str, source: str) -> str:
    """A loss that the text tells and no word of the source bears out; empty where there is none."""
    for loss in _LOSSES:
        said = loss.said.search(text)
        if said and not loss.borne_out.search(source):
            return f"says {said[0]}, where the abstract says of nothing that it got worse"
    return ""
