"""Does the model answer? For `newsletter check`: one tiny request, and in words what is wrong."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime

from newsletter.config import Settings, SummarizerSettings
from newsletter.db import Database
from newsletter.errors import did_you_mean
from newsletter.finding import Finding, Severity
from newsletter.summaries import llm_budget, prompts
from newsletter.summaries.completions import completion
from newsletter.summaries.endpoint import Endpoint, NoReplyError, Reply
from newsletter.text import one_line

_PART = "summarizer"
_SLOW_S = 20.0  # a day of 300 papers takes 25 minutes then, four at a time
_GREETING = [{"role": "user", "content": "Answer with the single word: yes"}]
_NEEDS = {
    400: "it refuses the request; look at summarizer.model, temperature and options",
    401: "it refuses the key; look at summarizer.api_key",
    402: "the account has no balance",
    403: "this key may not use that model, or not from here",
    422: "it refuses the request; look at summarizer.model, temperature and options",
    429: "it is busy, or the account's limit is reached",
}
_WEB_PAGE = (b"<!doctype", b"<html")


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """What an operator of the configured summarizer must know."""
    del database, now
    chosen = settings.summarizer
    if chosen.use == "extractive":
        yield Finding(_PART, Severity.OK, "the authors' own sentences; no key, no network")
        return
    llm_budget.from_settings(chosen)
    if chosen.use != "openai":
        text = f"{chosen.use!r} is an installed part; `newsletter summarize --try ID` tries it"
        yield Finding(_PART, Severity.OK, text)
        return
    prompts.from_settings(settings)
    with closing(Endpoint(chosen)) as endpoint:
        yield _tried(endpoint, chosen)


def _tried(endpoint: Endpoint, chosen: SummarizerSettings) -> Finding:
    try:
        reply = endpoint.chat(_GREETING)
    except NoReplyError as error:
        return Finding(_PART, Severity.TROUBLE, f"{chosen.model}: {error}")
    if not reply.is_success:
        return Finding(
            _PART, Severity.TROUBLE, f"{chosen.model}: {_wrong(endpoint, chosen, reply)}"
        )
    answer = completion(reply.content)
    if answer is None:
        return Finding(_PART, Severity.TROUBLE, f"{chosen.model}: {_no_completion(reply)}")
    tokens = f", {answer.tokens.all} tokens" if answer.tokens else ", which it does not count"
    text = f"{chosen.model} answers in {reply.seconds:.1f} s{tokens}"
    if reply.seconds > _SLOW_S:
        slow = "; that is slow: look at summarizer.concurrency and deadline_s"
        return Finding(_PART, Severity.WARNING, text + slow)
    return Finding(_PART, Severity.OK, text)


def _wrong(endpoint: Endpoint, chosen: SummarizerSettings, reply: Reply) -> str:
    text = endpoint.describe(reply)
    if reply.status == 404:  # noqa: PLR2004 - HTTP
        return f"{_not_found(endpoint, chosen)} ({text})"
    if reply.status == 401 and not chosen.api_key.get_secret_value():  # noqa: PLR2004 - HTTP
        return f"it wants a key, and summarizer.api_key is empty ({text})"
    if 300 <= reply.status < 400:  # noqa: PLR2004 - HTTP
        return f"it sends elsewhere; put that address into summarizer.base_url ({text})"
    need = _NEEDS.get(reply.status, "it is in trouble itself; try again later")
    return f"{need} ({text})"


def _not_found(endpoint: Endpoint, chosen: SummarizerSettings) -> str:
    """A wrong model, or a wrong address: the list of models tells which."""
    models = _models(endpoint, "/models")
    if models is not None:
        hint = did_you_mean(chosen.model, models)
        return f"it has no model {chosen.model!r}{hint}"
    if not chosen.base_url.endswith("/v1") and _models(endpoint, "/v1/models") is not None:
        return f'summarizer.base_url lacks its end; write "{chosen.base_url}/v1"'
    return "there is no such model, or summarizer.base_url is wrong (most end in /v1)"


def _models(endpoint: Endpoint, path: str) -> list[str] | None:
    """The names of the models at that path; None where there is no such list."""
    with suppress(NoReplyError, ValueError, KeyError, TypeError, RecursionError):
        reply = endpoint.ask("GET", path)
        if reply.is_success:
            return [one_line(str(model["id"])) for model in json.loads(reply.content)["data"]]
    return None


def _no_completion(reply: Reply) -> str:
    if reply.content.lstrip()[:9].lower().startswith(_WEB_PAGE):
        return "a web page answers, not a model; is summarizer.base_url right (most end in /v1)?"
    return "it answers, but not with a chat completion; is summarizer.base_url right?"
