"""English praise of a paper, and advice to its readers, in the paper's own words or not.

People who sum up a paper hardly ever praise it in words that its abstract has not itself: 7 of
3,445 human sentences do. A word that the abstract bears, in any form, is the authors' own.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.relevance import SourceText

_STEM = 7  # letters by which a word of praise is looked for in the abstract
_PRAISES = lazy_pattern(
    r"\b(?:ground-?breaking|revolution(?:ary|i[sz]\w+)|brillian\w+|outstanding\w*|remarkabl\w+|"
    r"exceptional\w*|amazing\w*|stunning\w*|incredibl[ey]|extraordinar\w+|master(?:ful\w*|pieces?|ly|class)|"
    r"seminal|landmark(?= (?:paper|work|study|result|contribution|achievement))|game-?chang\w+|"
    r"world-class|visionary|ingenious\w*|impressive\w*|elegant\w*|beautiful\w*|fascinating\w*|"
    r"excit(?:ing|ingly)|breathtaking\w*|magnificent\w*|superb\w*|stellar(?= (?:work|paper|"
    r"results?|performance))|"
    r"phenomenal\w*|wonderful\w*|excellent\w*|awesome|fantastic\w*|marvel\w*|genius|delightful\w*|"
    r"unparalleled|unmatched|unrivall?ed|transformative|cutting-edge|trail-?blazing|pioneering|"
    r"best-in-class|top-notch|flawless\w*|insightful\w*|must-(?:see|have|cite)|thrilling|terrific|"
    r"spectacular\w*|monumental\w*|one-of-a-kind|truly|breakthroughs?|invaluable|indispensable|"
    r"worthwhile|worthy|triumph\w*|tour de force|milestones?|inspiring|astonish\w+|astounding\w*|"
    r"dazzling|peerless|first-rate|undoubtedly|clever\w*|gem|splendid\w*|sensational\w*|"
    r"eye-opening|mind-blowing|jaw-dropping|thought-provoking|long-awaited|much-needed|stunner|"
    r"(?:important|influential|impactful|strong|great)(?= (?:paper|contribution|achievement))|"
    r"(?<=the )(?:best|greatest|finest|most (?:important|influential|significant|exciting))"
    r"(?= (?:paper|work|study|contribution|result|advance)))(?![\w-])",
    re.IGNORECASE,
)
_ADVISES = lazy_pattern(
    r"\b(?:worth (?:reading|a (?:read|look)|your|the (?:time|effort|read))|essential reading|"
    r"required reading|"
    r"(?:highly |strongly |warmly )?recommended(?= (?:reading|to|for (?:all|any|every|read|"
    r"research|pract)))|"
    r"we (?:highly |strongly )?recommend (?:it|this|reading)|do(?: not|n['\u2019]t) miss|"
    r"afford to (?:miss|ignore)|"
    r"check (?:it|this|them) out|read (?:it|this|on|the (?:full )?paper)\b|take note|"
    r"look no further|"
    r"(?:a|an absolute) must\b|"
    r"(?:everyone|everybody|anyone|readers?|practitioners|all researchers|researchers|"
    r"engineers|scientists|"
    r"clinicians|developers|experts|students|the (?:field|community|world)|you)(?: (?:working|"
    r"interested|"
    r"in|on|of|who|with|using|from|everywhere)(?: [\w-]+){0,8}?)? (?:should|must|ought to|"
    r"need to|will (?:love|enjoy|"
    r"want|benefit|find|appreciate)|cannot|can['\u2019]t)|community (?:has|"
    r"have) been waiting)(?![\w-])",
    re.IGNORECASE,
)


def unsaid_praise(text: str, source: SourceText, language: str) -> str:
    """The words that praise or advise; empty where none does, or the abstract says so itself."""
    if language != "en":
        return ""
    for pattern in (_PRAISES, _ADVISES):
        for found in pattern.finditer(text):
            words = found[0].lower()
            if words[: _STEM if pattern is _PRAISES else None] not in source.lowered:
                return f"praises or advises, {found[0]}"
    return ""
