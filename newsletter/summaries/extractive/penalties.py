"""Why a sentence should not stand alone: what it points back to is not quoted, or it says nothing.

Training data cannot teach this, as its score counts words; the penalties are set by hand (see
benchmarks/summarizer/README.md).
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.back_references import OWN, points_back
from newsletter.summaries.extractive.cue_phrases import STUDIED_HERE
from newsletter.summaries.extractive.needed_words import possible
from newsletter.summaries.extractive.vagueness import is_vague

# A back-reference as the subject: nothing before it in the quotation says what it is.
_DANGLING_START = lazy_pattern(
    rf"(?:(?:they|he|she|(?:this|that)(?! {OWN}))\b|it\b(?! is (?:shown|proved|proven|found|argued|"
    r"demonstrated|known|well|important|possible|necessary|established|"
    r"observed|suggested|pointed|concluded|noted|conjectured|widely|often|generally))"
    r"|(?:these(?! (?:lecture )?(?:notes|lectures)\b)|those|such|both|another|the former|"
    r"the latter|doing so|(?:an? )?(?:similar|corresponding|analogous)(?! to))\b"
    r"|the (?:resulting|former|latter|same|aforementioned|above|corresponding)\b"
    r"|(?:using|by|based on|through|in)\b[^.;$]{0,150}, (?:it|they) (?!is\b)"
    r"|(?:its|their|"
    r"one (?:is|of them|uses)\b|"
    r"(?:in )?the (?:first|second|third|last|other) (?:one|is|part|method|approach|result)\b|"
    r"for (?:both|a related|each|all of)\b|in the (?:first|second|former|latter)(?=,)|"
    r"one of (?:them|these|its|the (?:latter|former)))\b)",
)
# "We show its use": somebody does something to what is not named.
_DANGLING_OBJECT = lazy_pattern(
    rf"(?:we|i|the authors?|this {OWN}|our \w+) (?:\w+ly |also |then |further )?"
    r"[a-z]+(?: and [a-z]+)? "
    r"(?:(?:that|how|whether|in|on|to|for|of|from|with|the \w+ of) )?"
    r"(?:this (?:type|kind|sort|class|result|construction|theorem|conjecture|phenomen\w+)|"
    r"its|their|them|it(?! is| was)|they|these|"
    r"both(?! [^.;]*\band\b))(?! own)\b"
)
_RESTS_ON_PARTS = lazy_pattern(
    r"the (?:map|conjecture|calculations?|computations?|measurements?|simulations?|analysis|"
    r"problem) (?:is|are|was|were) (?!to )|"
    r"(?:the|our) (?:main |key )?(?:tools?|arguments?|proofs?|ingredients?)\b"
)
_RESTS_ON_OWN = lazy_pattern(
    r"\b(?:our|the proposed|the above) (?:proposed )?"
    r"(?:method|approach|model|framework|algorithm|system|technique|results?|experiments?|findings|work)\b"
)
_OWN_METHOD = lazy_pattern(
    r"(?:(?:the|our) (?:proposed )?(?:method|approach|model|framework|algorithm|system|technique|"
    r"procedure|scheme|pipeline|architecture|parser|dataset|benchmark|tool|solution|second|third|"
    r"other|key (?:idea|insight)|idea|former|latter|construction|proof|argument|main tool)s?\b)",
)
_BACK_PHRASE = lazy_pattern(
    r"\b(?:in (?:this|that|each|either|both|such an?|the (?:former|latter|first|second|other)) "
    r"(?:case|setting|situation|regime|limit|sense|framework|context)s?|for (?:a|the) related|"
    r"doing so|under this|there(?:by|in|of)?,? we|in the (?:same|other) (?:way|vein|case)|"
    r"(?:is|are|was|were|can|we) (?:then|thus|therefore|hence)|similarly|likewise|also|"
    r"too|on the other hand|in contrast|"
    r"instead|otherwise)\b",
)
_SHARED = lazy_pattern(
    r"\b(?:(?:is|are|be|make|made|makes) (?:(?:publicly|freely|openly|also|both|all) )*available|"
    r"available (?:at|on|from|under|upon|via|online|here|for download)|can be (?:found|accessed)|"
    r"(?:will be|is|are|we|we will|we also) (?:publicly |openly |also )*released?\b)"
)
_MATERIAL = lazy_pattern(
    r"\b(?:codes?|data|datasets?|demos?|models?|implementation|package|software|samples|examples|"
    r"benchmark|page|website|webpage|weights|materials?|videos?|scripts?|repository|resources)\b"
)
# Each begins at a word, which lets the search skip ahead.
_BOILERPLATE = lazy_pattern(
    r"\b(?:https?:|this (?:https?|url)\b|github|(?:is|are|be|been) open-?sourced\b|"
    r"we open-?source\b|text overlap\b|comments (?:are )?welcome\b|key ?words:|"
    r"release (?:the|our|all)\b|subscribe\b)"
)
_OUTLINE = lazy_pattern(
    r"\b(?:future (?:work|research|directions?)|(?:is|are) discussed\Z|we conclude (?:by|with)|"
    r"open (?:problems|questions) (?:are|is)|further research|we hope|applications? (?:is|are) "
    r"(?:given|discussed|presented)|our (?:\w+ )?(?:results?|predictions?|findings) "
    r"(?:can|could|may|suggest|provide|open|highlight|underscore|demonstrate)|"
    r"paves? the way|opens? (?:up )?(?:a )?new|establish(?:es)? a new|implications)\b",
)
# A second contribution, not the first.
_SECONDARY = lazy_pattern(
    r"\A(?:as (?:a corollary|a by-?product|an application|a consequence|a side|one application)|"
    r"furthermore|moreover|additionally|in addition|finally|lastly|also|besides|"
    r"beyond (?:this|that|the \w+ itself)|"
    r"in the (?:second|third|final|last) (?:stage|step|phase|part))\b|"
    r"\b(?:we|i|is|are|was|were|paper|work) (?:\w+ )?(?:also|further|additionally)\b|"
    r"\Aour (?:\w+ )?(?:results?|findings|calculations?|analysis|predictions) (?:is|are) "
    r"(?:\w+ ){0,2}(?:consistent|in (?:\w+ )?agreement|compatible)\b|"
    r"\A(?:an? )?similar\b|\A(?:in fact|indeed|curiously|noticeably|particularly)\b|"
    r"\b(?:we|i) (?:extend|validate|evaluate|test|confirm|verify|repeat) (?:our|the) "
    r"(?:\w+ )?(?:experiments|results|analysis|method|approach|model|framework|findings)\b"
)
# A step on the way.
_STEP = lazy_pattern(r"(?:next|then|subsequently|afterwards)(?=,| we)", re.IGNORECASE)
_SETTING = lazy_pattern(
    r"(?:(?:let|suppose|assume|denote|recall|consider|fix|given an?|write|here [$])\b|"
    r"we (?:consider(?! (?:the|how|whether))|let|assume|recall|say|call|denote|begin|start|believe|"
    r"hope|know)\b)",
)
_BACKGROUND = lazy_pattern(
    r"\b(?:well[- ]known|in recent years|recently,|in the (?:last|past)|traditionally|remains?|"
    r"(?:has|have) (?:recently )?(?:been|become|emerged|attracted|received|shown|achieved|proven|"
    r"gained|made)|is an? (?:important|fundamental|central|key|crucial|challenging|classical|"
    r"long-?standing|open|critical|essential)|plays? an?|little is known|poorly understood|"
    r"are (?:important|fundamental|crucial|essential|critical)|most existing|"
    r"(?<!our )previous(?:ly)?|"
    r"is (?:often|usually|crucial|essential|critical|important)|conventional|"
    r"\A(?:many|several|various|numerous|recent|existing|current|modern) [a-z]+(?: [a-z]+){0,3}? "
    r"(?:have|has|are|"
    r"rely|assume|fail|use|focus|suffer|require|suggest|show|predict|provide)|is now considered|"
    r"around us|under development|has never|have never|the discipline of|"
    r"\A(?:unfortunately, )?(?:most |many )?(?:existing|current|prior|traditional|conventional|"
    r"standard) (?:[\w-]+ ){0,4}(?:methods|approaches|techniques|models|studies|works?|algorithms|"
    r"systems|solutions|metrics|datasets|benchmarks|frameworks)(?!.*\bwe\b)|"
    r"\A(?!we |this )[^,;$]{3,60} (?:is the (?:task|problem|process|ability|study) of|"
    r"is a sub-?field))\b",
)
# "We ask when guarantees remain valid" is none.
_AUTHORS_ACT = lazy_pattern(
    rf"(?:we|i) (?!(?:live|know|need|see|are|have|must|face|recall|review|believe)\b)\w"
    rf"|this {OWN} (?:\w+ly )?\w+s\b"
)
# What others did, or the same authors before.
_OTHERS_FIRST = lazy_pattern(
    r"(?:very )?recently\b|(?:an? |some )?(?:recent|previous|earlier|prior|existing) (?:\w+ )?"
    r"(?:stud|work|paper|result|experiment|advance|progress|development|research|observation|"
    r"approach|method)"
)
_OTHERS = lazy_pattern(
    r"\b(?:in (?:an?|our|the|their|his|her) (?:previous|recent|earlier) "
    r"(?:paper|work|article|letter|stud)|"
    r"(?:has|have) (?:recently )?been (?:\w+ )?(?:demonstrated|shown|proposed|introduced|suggested|"
    r"reported|observed|studied|developed|used|promoted|claimed|argued)\b|"
    r"it (?:is|has been|was) (?:(?:well|widely|generally|commonly|long) )?"
    r"(?:known|believed|thought|accepted)\b|"
    r"(?:was|were|been) \w+ed (?:before|earlier)\b|the authors (?:presenting|of (?:the|that|ref))|"
    r"et al\.? (?:have|has|had|showed|proposed|introduced|found|proved|conjectured)\b)"
)
# Who else did it, by names: "Katz and Vafa showed", "that was studied by Verrier and Evans".
_NAMES = r"[A-Z][a-z]+(?:(?:, [A-Z][a-z]+)*,? and [A-Z][a-z]+| et al\.?)"
_OTHERS_NAMED_FIRST = lazy_pattern(
    rf"{_NAMES}(?: [(\[][^()\[\]]*[)\]])? (?:(?:have|has|had) )?(?:showed|shown|proved|"
    r"proven|proposed|introduced|found|conjectured|asked|constructed|studied|observed|defined|gave|established|"
    r"developed|discovered|suggested|considered|used|obtained|reported|demonstrated)\b"
)
_BY_OTHERS = lazy_pattern(
    rf"\b(?:was|were|is|are|has been|have been) \w+ed (?:\w+ )?by {_NAMES}"
    r"(?= ?(?:[.,;(\[]|\Z|(?:in|for|as|on|and)\b))"
)
_HERE = lazy_pattern(r"(?:in|within) (?:this|the present|our) |here\b", re.IGNORECASE)
# What was taken, not what for: "We analyzed 451 eyes", "We used embeddings from six models".
_MATERIAL_USED = lazy_pattern(
    r"(?:we|i) (?:\w+ly )?(?:(?:use|utilize|utilise|collect|recruit|include|acquire|train|"
    r"employ)d?|trained|collected|recruited|"
    r"(?:analy[sz]|review|screen)(?:ed?)? \d+) (?!.*(?: to [a-z]|\bfor \w+ing\b))"
)
# "To make sense of the world around us, we develop models": everybody does.
_EVERYBODY = lazy_pattern(r"\b(?:around us|our (?:daily|everyday) li(?:fe|ves))\b")
_ITEM = lazy_pattern(r"\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])(?:\)|\. )")
_OPEN_END = lazy_pattern(r"(?::|as follows|the following|following (?:two|three|results?))\Z")
_TWOFOLD = lazy_pattern(
    r"\b(?:two|three|four|several)[ -]?fold|\b(?:two|three) (?:parts|ways)\b|\bmani-?fold:"
)
SHORT, EARLY = 7, 0.55
OPENING = 12  # characters of a subject


def penalty_features(original: str, text: str, words: int) -> dict[str, float]:
    """The objections to a sentence: `original` as it stood, `text` as it would be quoted."""
    may = possible(original)
    text = text.lower()
    tail = text[-40:].rstrip(" .:\"')") + (":" if text[-2:].startswith(":") else "")
    pointing = points_back(text)
    early = pointing is not None and pointing < EARLY * len(text)
    lists = text.count("1)") + text.count("(i)") > text.count("2)") + text.count("(ii)")
    without_own_studies = (
        STUDIED_HERE.sub("is studied by ", text) if "studied_here" in may else text
    )
    objections = {
        "dangling_start": _DANGLING_START.match(text),
        "dangling_object": _DANGLING_OBJECT.match(text),
        "vague": is_vague(text, anywhere="vague" in may),
        "rests_on_own": _RESTS_ON_PARTS.match(text)
        or ("rests_on_own" in may and _RESTS_ON_OWN.search(text, OPENING)),
        "own_method": _OWN_METHOD.match(text),
        "demonstrative_early": early,
        "demonstrative_late": pointing is not None and not early,
        "back_phrase": "back_phrase" in may and _BACK_PHRASE.search(text),
        "boilerplate": ("shared" in may and _is_shared(text))
        or ("boilerplate" in may and _BOILERPLATE.search(text)),
        "secondary": "secondary" in may and _SECONDARY.search(original[:90].lower()),
        "outline": "outline" in may
        and _OUTLINE.search(_without_promise(original, text.rstrip(" ."))),
        "step": _STEP.match(original),
        "setting": _SETTING.match(text),
        "background": (
            "background" in may
            and _BACKGROUND.search(without_own_studies)
            and not _AUTHORS_ACT.match(text)
        )
        or ("everybody" in may and _EVERYBODY.search(original)),
        "others": _OTHERS_FIRST.match(text)
        or ("others" in may and _OTHERS.search(without_own_studies))
        or _OTHERS_NAMED_FIRST.match(original)
        or ("by_others" in may and _BY_OTHERS.search(original)),
        "material": _MATERIAL_USED.match(text),
        "item": _ITEM.match(original),
        "open_end": lists or _OPEN_END.search(tail) or ("twofold" in may and _TWOFOLD.search(text)),
        "question": original.endswith("?"),
        "short": words < SHORT,
    }
    return {f"guard:{name}": 1.0 for name, holds in objections.items() if holds}


def _without_promise(original: str, text: str) -> str:
    """The text without a last "discussed", where "in this paper" says that it is no outlook."""
    return text.removesuffix("discussed") if _HERE.match(original) else text


def _is_shared(text: str) -> bool:
    """Whether it says where code, data or a demonstration can be had."""
    shared = _SHARED.search(text)
    return shared is not None and bool(
        _MATERIAL.search(text, max(0, shared.start() - 120), shared.end() + 40)
    )
