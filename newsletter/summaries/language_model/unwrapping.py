"""The sentence out of a model's answer, whatever it is wrapped in."""

import html
import json
import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.text import one_line

# <think>, <seed:think>, [BEGIN THOUGHT], <|thought|>, ◁think▷, \<think\>: as models spell it.
_THOUGHTS = (
    r"(?:\w+[:_])*(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|monologue|scratchpad"
    r"|tool_calls?|思考(?:过程)?|推理(?:过程)?)(?:_\w+)?"
)
_OPENS = r"\\?[<\[◁【]\s?[|\uff5c]?"
_CLOSES = r"\s?[|\uff5c]?\\?[>\]▷】»})]"
_ENDED = lazy_pattern(
    rf"\A.*(?:(?:{_OPENS}|[«{{(])(?:/|end\s){_THOUGHTS}{_CLOSES}|<\|end_of_(?:thought|thinking|reasoning)\|>"
    r"|<\|channel\|>final<\|message\|>)",
    re.DOTALL | re.IGNORECASE,
)
_UNENDED = lazy_pattern(
    rf"(?:{_OPENS}(?:begin\s)?{_THOUGHTS}{_CLOSES}|<\|(?:begin_of_\w+|channel)\|>).*",
    re.DOTALL | re.IGNORECASE,
)
_THOUGHT_FOR = lazy_pattern(r"\A[*_(\[\s]*thought for [\d.]+ ?[a-z]+[*_)\].…\s]*", re.IGNORECASE)
_THOUGHT_PARAGRAPH = lazy_pattern(
    r"\A\W*(?:thinking|thoughts?|reasoning|思考)(?: process|过程)?\W{0,3}"
    r"(?:[:：]|for \d+ s\w*).*?\n\s*\n",
    re.DOTALL | re.IGNORECASE,
)
# Markdown around the words: a quoted line, a heading, a table's only cell, bold, code.
_LINE_MARKS = lazy_pattern(r"^[ \t]*(?:[>\uff1e][ \t]?)+|^[ \t]*#{1,6}[ \t]+", re.MULTILINE)
_CELL = lazy_pattern(r"\A[|\uff5c]([^|\uff5c\n]*)[|\uff5c]\Z")
_EMPHASIS = lazy_pattern(r"(\*\*|__|~~|==|`)(?=\S)([^*`\n]+?)(?<=\S)\1")
_LIGHT_EMPHASIS = lazy_pattern(r"(?<![\w*$\\])([*_])(?=\w)([^*_$\n]+?)(?<=[\w.])\1(?![\w*])")
_COMMAND = lazy_pattern(r"\\(?:text(?:bf|it|tt|sc)|emph|underline)\{([^{}]*)\}")
# What stands around an answer: rules, comments, marks of a template's end, breaks, TeX's box.
_AROUND = lazy_pattern(
    r"\A(?:<!--.*?-->|<\?xml[^<>]*\?>|<br\s?/?>|<[|\uff5c][\w▁]+[|\uff5c]>|\\item\b|-{3,}|={3,}"
    r"|#{2,}(?=\s*\n)|\*+(?=\w[^*]*\Z)|\s)+"
    r"|(?:</s>|<[|\uff5c]?[\w▁]+[|\uff5c]?>|\[(?:/INST|end|eos)\]|<!--[^<>]*-->|<br\s?/?>|-{3,}|={3,}"
    r"|(?<=\s)#{2,}|\\|\s)+\Z",
    re.DOTALL | re.IGNORECASE,
)
# Around all of it: an element, TeX's command or environment.
_ELEMENT = lazy_pattern(
    r"\A<([^\W\d][\w:-]*)(?:\s[^<>]*)?>((?:(?!</?\1\b).)*)</\1\s?>\Z", re.DOTALL | re.IGNORECASE
)
_LONE_TAG = lazy_pattern(r"\A<[^\W\d][\w-]*>(?=[^<>]+\Z)|(?<![<>])</[^\W\d][\w-]*>\Z")
_CHARACTER_DATA = lazy_pattern(r"\A<!\[CDATA\[(.*)\]\]>\Z", re.DOTALL)
_ENVIRONMENT = lazy_pattern(r"\A\\begin\{(\w+)\}(.*)\\end\{\1\}\Z", re.DOTALL)
_BOX = lazy_pattern(r"(?:\$\$?|\\\[|\\\()?\\(?:boxed|fbox)\s?\{|\A\$?\\(?:text|mathrm|mbox)\{")
_FENCE = lazy_pattern(r"```[ \t]*\w*[ \t]*\n(.*?)\n?[ \t]*```|\A```([^`]*)```\Z", re.DOTALL)
_OPEN_FENCE = lazy_pattern(r"\A```\w*\n(?!.*```)", re.DOTALL)
# The sign of a list's only item.
_ITEM = lazy_pattern(
    r"\A(?:(?:\(?1[.)\uff09]|[-*•‣·–—→▶►👉✅])\s+|(?:①|一、|1、)\s*)(?=\S)"
    r"(?!.*(?:\n\s*(?:[-*•‣·–—→▶►👉✅]\s|②|二、)|\s\(?2[.)\uff09、]\s))",
    re.DOTALL,
)
_NAMES = (
    *("summary", "tldr", "sentence", "one_sentence_summary", "answer", "result", "output", "text"),
    *("简介", "摘要", "总结", "概括"),
)
# What breaks lines and words without being seen: models copy it from web pages.
_UNSEEN = lazy_pattern("[\u00ad\u200b\u2060\ufeff]")
_LABEL = lazy_pattern(
    r"[*_#>\s]*(?:(?:(?:here(?: is|['’]s) )?(?:(?:an?|the|your) )?(?:one[- ]sentence )?summary"
    r"(?: of the paper)?|(?:final )?(?:answer|output|response|result)|(?:(?:in )?one )?sentence"
    r"|in (?:short|brief|summary)|(?:key |main )?(?:takeaway|finding|point|idea|gist)|tl;?dr"
    r"|assistant|ai|bot|model|a|abstract|description|conclusion|english|chinese|translation"
    r"|(?:中文|一句话|论文)?(?:简介|摘要|总结|概括|概述)|(?:最终)?(?:答案|输出|结果)|回答|答|中文|翻译|译文)"
    r"[*_\s]*(?:[:：]|\s[-–—=]\s|\n)[*_\s]*|tl;dr[*_\s]+)"
    r"|[《【「\[](?:简介|摘要|总结|概括|概述|答案|回答|输出|中文|翻译)[》】」\]][:：\s]*",
    re.IGNORECASE,
)
_UNCLOSED = lazy_pattern(r"[\"“`](?=\w)([^\"“”`]+)")  # an answer that was cut, or never closed
# Quotes around it all; those inside open after a space.
_QUOTED = lazy_pattern(r"(?:[\"“'*_「])+((?:[^\"“”「」]|(?<=\s)[\"“][^\"“”]*[\"”])+?)[\"”'*_」]+")
# In brackets, or in quotes of other shapes.
_WRAPPED = lazy_pattern(
    r"\A(?:\(([^()]*)\)|\[([^\[\]\"'{\d][^\[\]]*)\]|«([^«»]*)»|‘([^‘]*)’|（([^（）]*)）|『([^『』]*)』)\Z"
)
# In single quotes, with a comma at its end or TeX in its text: one name and one text.
_NEARLY_JSON = lazy_pattern(
    r"""\A\{\s*["']\w+["']\s*:\s*(["'])((?:(?!["']\s*,\s*["']\w+["']\s*:).)*)\1\s*,?\s*\}\Z""",
    re.DOTALL,
)
_MOST_ROUNDS = 6  # wrappings within each other
_FEWEST = 10  # characters of an answer that is taken out of other words


def one_sentence(answer: str) -> str:
    """The answer without a model's thoughts, wrapping, label, quotes and marks that nobody sees.

    Of a JSON object the one text that it holds, of a list its only item, of a page its only
    element. Lines that were merely wrapped are joined; paragraphs stay apart, for the checks.
    """
    answer = html.unescape(answer) if "&" in answer else answer
    text = _UNENDED.sub("", _ENDED.sub("", answer))
    text = _AROUND.sub("", text)
    text = _THOUGHT_FOR.sub("", _THOUGHT_PARAGRAPH.sub("", text))
    for _ in range(_MOST_ROUNDS):
        inner = _unlabelled(_unwrapped(text))
        if inner == text:
            break
        text = inner
    text = "\n".join(filter(None, map(one_line, re.split(r"\n\s*\n", text))))
    quoted = _QUOTED.fullmatch(text) or _UNCLOSED.fullmatch(text) or _WRAPPED.match(text)
    return quoted[quoted.lastindex or 0].strip() if quoted else text


def _unwrapped(text: str) -> str:
    """Without what stands around all of it."""
    text = _AROUND.sub("", text)
    for pattern in (_ELEMENT, _CHARACTER_DATA, _ENVIRONMENT):
        if whole := pattern.match(text):
            text = whole[whole.lastindex or 0].strip()
    text = _from_json(_from_fence(_LONE_TAG.sub("", text)))
    return _ITEM.sub("", _COMMAND.sub(r"\1", _from_box(text)))


def _unlabelled(text: str) -> str:
    """Without Markdown and what the answer calls itself."""
    text = _LINE_MARKS.sub("", _UNSEEN.sub("", text))
    text = _EMPHASIS.sub(r"\2", _CELL.sub(r"\1", text.strip()))
    text = _LIGHT_EMPHASIS.sub(r"\2", text)
    return _LABEL.sub("", text, count=1) if _LABEL.match(text) else text


def _from_fence(text: str) -> str:
    """What stands in the only fence, where that is most of the answer."""
    fences = list(_FENCE.finditer(text))
    if len(fences) == 1:
        inner = (fences[0][1] or fences[0][2] or "").strip()
        outside = len(text) - (fences[0].end() - fences[0].start())
        return inner if len(inner) > max(_FEWEST, outside) else text
    return _OPEN_FENCE.sub("", text)


def _from_box(text: str) -> str:
    r"""What stands in TeX's box, in which models of mathematics give their answer."""
    found = _BOX.search(text)
    if not found:
        return text
    depth = 1
    for end in range(found.end(), len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if not depth:
            inner = text[found.end() : end].strip()
            is_all = not text[end + 1 :].strip(" $.。\\])")
            return inner if is_all and len(inner) >= _FEWEST else text
    return text


def _from_json(text: str) -> str:
    """The text of a JSON document that holds only one, or is nearly one."""
    if not text.startswith(("{", "[", '"')):
        return text
    braced = f"{{{text}}}" if text.startswith('"') else text
    try:
        return _only_text(json.loads(braced, strict=False)) or text
    except (ValueError, RecursionError):
        nearly = _NEARLY_JSON.match(braced)
        return nearly[2] if nearly else text


def _only_text(document: object) -> str:
    """Empty where there is none, or several of which none is named as the answer."""
    if isinstance(document, list) and len(document) == 1:
        return _only_text(document[0])
    if isinstance(document, dict):
        named = [document[name] for name in _NAMES if name in document]
        texts = list(filter(None, map(_only_text, named or document.values())))
        is_told = texts and (named or len(texts) == 1)
        return texts[0] if is_told else ""
    return document if isinstance(document, str) else ""
