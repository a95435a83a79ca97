"""What a model answered: the sentence out of a chat completion, whatever it is wrapped in."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.base import Tokens
from newsletter.text import one_line

_MOST_TOKENS = 10_000_000  # an answer that claims more does not count well
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
_ANSWER = lazy_pattern(r"\A<(answer|summary|final|output)>(.*)</\1>\Z", re.DOTALL | re.IGNORECASE)
# Markdown around the words: a quoted line, a heading, a table's only cell, bold, code.
_LINE_MARKS = lazy_pattern(r"^[ \t]*(?:[>\uff1e][ \t]?)+|^[ \t]*#{1,6}[ \t]+", re.MULTILINE)
_CELL = lazy_pattern(r"\A[|\uff5c]([^|\uff5c\n]*)[|\uff5c]\Z")
_EMPHASIS = lazy_pattern(r"(\*\*|__|~~|==|`)(?=\S)([^*`\n]+?)(?<=\S)\1")
_LIGHT_EMPHASIS = lazy_pattern(r"(?<![\w*$\\])([*_])(?=\w)([^*_$\n]+?)(?<=[\w.])\1(?![\w*])")
_COMMAND = lazy_pattern(r"\\(?:text(?:bf|it|tt|sc)|emph|underline)\{([^{}]*)\}")
# What stands around an answer: rules, comments, marks of a template's end, TeX's box.
_AROUND = lazy_pattern(
    r"\A(?:<!--.*?-->|\\item\b|-{3,}|={3,}|\*+(?=\w[^*]*\Z)|\s)+"
    r"|(?:</s>|<[|\uff5c]?[\w▁]+[|\uff5c]?>|\[(?:/INST|end|eos)\]|<!--[^<>]*-->|-{3,}|={3,}|\\|\s)+\Z",
    re.DOTALL | re.IGNORECASE,
)
_BOXED = lazy_pattern(r"\A\$?\\(?:boxed|text)\{([^{}]*)\}\$?\Z")
TOOL_CALLS = "tool_calls"  # why an answer ended where there is none
_TEXT_PARTS = ("text", "output_text")
_EVENTS = re.compile(rb"\s*(?:data|event|id|retry)?:")
_NAMES = ("summary", "tldr", "sentence", "简介", "摘要")
# What breaks lines and words without being seen: models copy it from web pages.
_UNSEEN = lazy_pattern("[\u00ad\u200b\u2060\ufeff]")
_FENCED = lazy_pattern(r"\A```\w*\n(.*?)\n?```\Z", re.DOTALL)
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


@dataclass(frozen=True)
class Completion:
    content: str  # as it came
    reason: str  # why it ended there
    tokens: Tokens | None  # as the provider counts them

    @property
    def text(self) -> str:
        return one_sentence(self.content)


def completion(body: bytes) -> Completion | None:
    """The first choice of a chat completion; None where the body is none."""
    try:
        document = _from_events(body) if _EVENTS.match(body) else json.loads(body)
        choice = document["choices"][0]
        content = _content(choice["message"])
        calls = not content and choice["message"].get("tool_calls")
        reason = TOOL_CALLS if calls else str(choice.get("finish_reason") or "")
        return Completion(content, reason, _usage(document))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None


def is_cut(body: bytes) -> bool:
    """Whether what is no completion ends before its end: JSON within, a stream without a word."""
    if events := events_of(body):
        return not any(b"[DONE]" in event or b'"finish_reason": "' in event for event in events)
    text = body.strip()
    return text[:1] in {b"{", b"["} and text[-1:] not in {b"}", b"]"}


def is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def events_of(body: bytes) -> list[bytes]:
    """What an event stream bears; nothing where the body is none."""
    lines = body.splitlines() if _EVENTS.match(body) else []
    return [line[5:].strip() for line in lines if line.startswith(b"data:")]


def _from_events(body: bytes) -> dict[str, Any]:
    """A completion out of an event stream, which some servers send unasked."""
    lines = events_of(body)
    chunks = [json.loads(line) for line in lines if line not in {b"", b"[DONE]"}]
    choices = [choice for chunk in chunks for choice in (chunk.get("choices") or [])[:1]]
    if not choices or any(chunk.get("error") for chunk in chunks):
        raise ValueError
    # The last delta of a stream is often empty: only its reason counts.
    messages = [choice["delta"] if "delta" in choice else choice["message"] for choice in choices]
    texts = [_content(message or {}) for message in messages]
    reasons = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    usages = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    if not reasons and b"[DONE]" not in lines:  # it was cut
        raise ValueError
    reason = reasons[-1] if reasons else "stop"
    choice = {"message": {"content": "".join(texts)}, "finish_reason": reason}
    return {"choices": [choice], "usage": usages[-1] if usages else None}


def one_sentence(answer: str) -> str:
    """The answer without a model's thoughts, fence, label, quotes and marks that nobody sees.

    Of a JSON object the one text that it holds. Lines that were merely wrapped are joined;
    paragraphs stay apart, for the checks to see.
    """
    answer = html.unescape(answer) if "&" in answer else answer
    text = _UNENDED.sub("", _ENDED.sub("", answer))
    text = _AROUND.sub("", text)
    text = _THOUGHT_FOR.sub("", _THOUGHT_PARAGRAPH.sub("", text))
    wrapped = _ANSWER.match(text)
    text = wrapped[2].strip() if wrapped else text
    fenced = _FENCED.match(text)
    text = _from_json(fenced[1].strip() if fenced else text)
    text = _COMMAND.sub(r"\1", _BOXED.sub(r"\1", text))
    text = _UNSEEN.sub("", text)
    text = _LINE_MARKS.sub("", text)
    text = _EMPHASIS.sub(r"\2", _CELL.sub(r"\1", text.strip()))
    text = _LIGHT_EMPHASIS.sub(r"\2", text)
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    text = "\n".join(filter(None, map(one_line, re.split(r"\n\s*\n", text))))
    quoted = _QUOTED.fullmatch(text) or _UNCLOSED.fullmatch(text) or _WRAPPED.match(text)
    return quoted[quoted.lastindex or 0].strip() if quoted else text


def _content(message: dict[str, Any]) -> str:
    """Nothing where a model only thought, or called a tool: its content is null or not there."""
    content: Any = message.get("content")
    if isinstance(content, list):  # some servers answer in parts
        parts = [part for part in content if part.get("type") in _TEXT_PARTS]
        content = "".join(part.get("text") or "" for part in parts)
    content = content or message.get("refusal") or ""
    if not isinstance(content, str):
        raise TypeError
    return content


def _usage(document: dict[str, Any]) -> Tokens | None:
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return None
    counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    asked, answered = (count if type(count) is int else -1 for count in counts)
    sensible = 0 <= asked <= _MOST_TOKENS and 0 <= answered <= _MOST_TOKENS
    return Tokens(asked, answered) if sensible else None


def _from_json(text: str) -> str:
    if not text.startswith("{"):
        return text
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    named = [document[name] for name in _NAMES if isinstance(document.get(name), str)]
    values = named or [value for value in document.values() if isinstance(value, str)]
    return values[0] if len(values) == 1 else text
