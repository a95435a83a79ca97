"""What a reply without a completion means: what a run does then, and what the operator can do.

One table, for the lines of a run and of a check.
"""

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

from newsletter.config import SummarizerSettings
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.language_model.completions import completion, is_cut, is_utf_8
from newsletter.summaries.language_model.reply import Reply
from newsletter.summaries.unusable_answers import REFUSED, TOO_LONG, look_at
from newsletter.text import one_line, visible

CHAT: Final = "/chat/completions"  # what follows a base address


class Consequence(Enum):
    """What a run does about it."""

    TRY_AGAIN = auto()  # a few times, then this paper has no answer in this run
    NO_ANSWER = auto()  # for this paper, in this run
    TOO_LONG = auto()  # is this paper; less of it may be read
    PAPER_REFUSED = auto()  # it is not asked about again
    OUT_OF_SERVICE = auto()  # nothing more is asked in this run


@dataclass(frozen=True)
class Diagnosis:
    consequence: Consequence
    remedy: str


_BASE_URL = "is summarizer.base_url right (most end in /v1)?"
_KEY = Diagnosis(Consequence.OUT_OF_SERVICE, "it refuses the key; look at summarizer.api_key")
_NO_KEY = Diagnosis(Consequence.OUT_OF_SERVICE, "it wants a key, and summarizer.api_key is empty")
_BALANCE = Diagnosis(
    Consequence.OUT_OF_SERVICE,
    "the account has no balance; top it up, or look at summarizer.api_key",
)
_RIGHTS = Diagnosis(
    Consequence.OUT_OF_SERVICE,
    "this key may not use that model, or not from here; look at summarizer.api_key and model",
)
_NOT_FOUND = Diagnosis(
    Consequence.OUT_OF_SERVICE,
    "there is no such model, or summarizer.base_url is wrong (most end in /v1)",
)
_NOT_THERE = Diagnosis(Consequence.OUT_OF_SERVICE, f"that address takes no questions; {_BASE_URL}")
_BUSY = Diagnosis(
    Consequence.TRY_AGAIN,
    "it is busy, or the account's limit is reached; fewer at once may do (summarizer.concurrency)",
)
_IN_TROUBLE = Diagnosis(Consequence.TRY_AGAIN, "it is in trouble itself; try again later")
_CUT = Diagnosis(
    Consequence.TRY_AGAIN,
    "its answer ends in the middle; look at its log, and at a proxy before it",
)
_REQUEST = Diagnosis(
    Consequence.NO_ANSWER,
    "it refuses the request; look at summarizer.model, temperature and options",
)
_TOO_LONG = Diagnosis(
    Consequence.TOO_LONG, f"the question is too long for it; {look_at([TOO_LONG])}"
)
_TOO_LARGE = Diagnosis(
    Consequence.TOO_LONG,
    "the request is too large for it, or for a proxy before it; look at its limit, and at"
    " summarizer.prompt",
)
_LEGAL = Diagnosis(
    Consequence.NO_ANSWER,
    "it may not answer for legal reasons; look at summarizer.base_url and model",
)
_CONTENT = Diagnosis(Consequence.PAPER_REFUSED, look_at([REFUSED]))
_ENCODING = Diagnosis(
    Consequence.NO_ANSWER,
    "its answer is not in UTF-8, as JSON has to be; look at its settings, and at a proxy before it",
)
_EMPTY = Diagnosis(
    Consequence.NO_ANSWER,
    "its answer is empty; look at its log, and at summarizer.base_url and model",
)
_WEB_PAGE = Diagnosis(Consequence.NO_ANSWER, f"a web page answers, not a model; {_BASE_URL}")
_NO_COMPLETION = Diagnosis(Consequence.NO_ANSWER, f"the answer is no chat completion; {_BASE_URL}")
_ERROR = Diagnosis(
    Consequence.NO_ANSWER,
    "it answers with an error; do as it says, or look at summarizer.base_url and model",
)
_ELSEWHERE = Diagnosis(Consequence.NO_ANSWER, "it sends elsewhere; look at summarizer.base_url")

_BY_STATUS = {
    401: _KEY,
    402: _BALANCE,
    403: _RIGHTS,
    404: _NOT_FOUND,
    405: _NOT_THERE,
    408: _BUSY,
    410: _NOT_FOUND,
    413: _TOO_LARGE,
    429: _BUSY,
    451: _LEGAL,
}
# What is said along with a status that says too little; the first that fits counts.
_BY_WORDS = (
    (
        (200, 400, 403, 429),
        r"insufficient[ _](?:quota|balance)|billing|no balance|余额不足|欠费",
        _BALANCE,
    ),
    (
        (200, 400, 403, 422, 451),
        (
            r"\bcontent[ _](?:exists|policy|filter|management|moderation)|\brisks?\b|\bmoderation\b"
            r"|\bsafety\b|usage polic|policy violation|(?<!case.)\bsensitive|\binappropriate"
            r"|data_?inspection|\bflagged\b"
            r"|敏感|不安全|违规|风险"
        ),
        _CONTENT,
    ),
    (
        (200, 400, 413, 422, 500),
        r"context (?:length|window|size)|maximum context|(?<!took )too long|too many tokens|超长",
        _TOO_LONG,
    ),
    (
        (200, 400),
        r"api[ _-]?key|unauthori[sz]ed|authentication|身份验证",
        _KEY,
    ),
    ((400, 403), r"(?:location|region|country)\b.{0,30} not supported", _RIGHTS),
    (
        (200,),
        (
            r"overload|try again|rate limit|too many requests|unavailable|time[d -]*out"
            r"|took too long|capacity|busy|繁忙|稍后|限流|过载|频率"
        ),
        _BUSY,
    ),
)
_WORDS = [(statuses, lazy_pattern(f"(?i){words}"), found) for statuses, words, found in _BY_WORDS]
_PAGE_STARTS = (b"<!doctype", b"<html")
_LONGEST_ADDRESS = 200  # characters


def diagnose(chosen: SummarizerSettings, reply: Reply) -> Diagnosis | None:
    """None where there is a completion."""
    if reply.is_success and completion(reply.content) is not None:
        return None
    status = reply.told_status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _redirect(chosen, reply)
    found = _by_words(status, reply.words) or _BY_STATUS.get(status)
    if found is _KEY and not chosen.api_key.get_secret_value():
        return _NO_KEY
    if found is None and status < HTTPStatus.MULTIPLE_CHOICES:
        return _no_completion(reply)
    is_its_own_trouble = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return found or (_IN_TROUBLE if is_its_own_trouble else _REQUEST)


def base_address(url: str) -> str:
    """Of an address that goes on to the completions what `summarizer.base_url` wants."""
    base, mark, query = url.partition("?")
    return f"{base.rstrip('/').removesuffix(CHAT)}{mark}{query}"


def _by_words(status: int, said: str) -> Diagnosis | None:
    as_told = HTTPStatus.OK if status < HTTPStatus.MULTIPLE_CHOICES else status
    fitting = [(words, found) for statuses, words, found in _WORDS if as_told in statuses]
    return next((found for words, found in fitting if words.search(said)), None)


def _no_completion(reply: Reply) -> Diagnosis:
    """Of a success that is not what was asked for."""
    body = reply.content.strip()
    if not body:
        return _EMPTY
    if reply.error.message:
        return _ERROR
    if body[:9].lower().startswith(_PAGE_STARTS):
        return _WEB_PAGE
    if is_cut(body):
        return _CUT
    return _NO_COMPLETION if is_utf_8(body) else _ENCODING


def _redirect(chosen: SummarizerSettings, reply: Reply) -> Diagnosis:
    """Whither, as `summarizer.base_url` wants it; a page for a login is no such address."""
    asked = base_address(chosen.base_url).partition("?")[0] + CHAT
    key = chosen.api_key.get_secret_value()
    try:
        address = urljoin(asked, visible(one_line(reply.headers.get("location", ""))))
        parts = urlsplit(address)
    except ValueError:  # no address at all
        return _ELSEWHERE
    is_one = parts.scheme in {"http", "https"} and parts.path.rstrip("/").endswith(CHAT)
    if not is_one or len(address) > _LONGEST_ADDRESS or (key and key in address):
        return _ELSEWHERE
    remedy = f'it sends elsewhere; write summarizer.base_url = "{base_address(address)}"'
    return Diagnosis(Consequence.NO_ANSWER, remedy)
