"""Does the model answer? For `newsletter check`: one paper asked about as a run asks.

A request for each language of the newsletters; in words what is wrong, and the answer itself.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

from newsletter.config import SummarizerSettings
from newsletter.errors import did_you_mean
from newsletter.finding import Finding, Severity
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import checks
from newsletter.summaries.base import Draft, RefusedError, Summarizer, SummaryError
from newsletter.summaries.language_model import retries
from newsletter.summaries.language_model.diagnosis import Diagnosis, base_address
from newsletter.summaries.language_model.endpoint import Endpoint, NoReplyError
from newsletter.summaries.language_model.reply import Reply
from newsletter.summaries.unusable_answers import REFUSED, look_at
from newsletter.text import one_line, visible

_PART = "summarizer"
_SLOW_S = 12.0  # a day of 300 papers takes 15 minutes then, four at a time
_SAMPLE = Paper(
    PaperId("2507.00001"),
    "QuietNet: A Small Neural Network for Speech Enhancement",
    "Speech enhancement removes noise from recordings, but large networks are too slow for hearing"
    " aids. We propose QuietNet, a small neural network that removes noise from speech in 4 steps."
    " In experiments it outperforms 5 baselines and needs 60% less memory.",
    ("Ada Lovelace",),
    ("eess.AS",),
)
_SHOWN = 200  # characters of the answer


def translated(summarizer: Summarizer, language: str) -> Finding:
    """What a translator makes of one paper."""
    try:
        draft = summarizer.summarize(_SAMPLE, language)
    except SummaryError as error:
        return Finding(_PART, Severity.TROUBLE, str(error))
    checked = _checked(draft, language)
    objections = checked.objections
    shown = f"{summarizer.name} gives {_shown(checked)}"
    if objections and objections[0].hard:
        unprinted = f"{shown}; a run does not print that, it {objections[0].objection}"
        return Finding(_PART, Severity.WARNING, unprinted)
    return Finding(_PART, Severity.OK, shown)


@dataclass
class AskedModel:
    """A model behind an address, asked as its summarizer asks, and as patiently.

    It is not asked again once it was busy for a whole time-out, nor waited for over a minute.
    """

    settings: SummarizerSettings
    messages: Callable[[Paper, str], list[dict[str, str]]]
    draft: Callable[[Reply, list[dict[str, str]]], Draft]

    def findings(self, languages: Iterable[str]) -> Iterator[Finding]:
        with closing(Endpoint(self.settings)) as endpoint:
            for language in languages:
                messages = self.messages(_SAMPLE, language)
                try:
                    busy_s = self.settings.timeout_s
                    reply = retries.ask_patiently(endpoint, messages, busy_s=busy_s)
                except NoReplyError as error:  # nor would there be one in another language
                    yield Finding(_PART, Severity.TROUBLE, f"{self.settings.model}: {error}")
                    return
                yield Finding(_PART, *self._read(endpoint, reply, messages, language))

    def _read(
        self, endpoint: Endpoint, reply: Reply, messages: list[dict[str, str]], language: str
    ) -> tuple[Severity, str]:
        model = self.settings.model
        if diagnosis := endpoint.diagnose(reply):
            wrong = _wrong(endpoint, self.settings, reply, diagnosis)
            return Severity.TROUBLE, f"{model}: {wrong}"
        try:
            draft = self.draft(reply, messages)
        except RefusedError as error:
            return Severity.TROUBLE, f"{error}; {look_at([REFUSED])}"
        except SummaryError as error:
            return Severity.TROUBLE, str(error)
        text = f"{model} answers in {reply.seconds:.1f} s, {draft.tokens.all} tokens"
        return _judged(text, draft, reply, language)


def _judged(text: str, draft: Draft, reply: Reply, language: str) -> tuple[Severity, str]:
    """What the checks of a run say of the answer."""
    checked = _checked(draft, language)
    text += f": {_shown(checked)}"
    for worst in (checks.self_reported_objection(draft) or checked.objections)[:1]:
        if worst.hard:
            text += f"; a run does not print that, it {worst.objection}; {look_at([worst.check])}"
            return Severity.TROUBLE, text
    if reply.seconds > _SLOW_S:
        slow = "; that is slow: look at summarizer.concurrency and deadline_s"
        return Severity.WARNING, text + slow
    return Severity.OK, text


def _checked(draft: Draft, language: str) -> checks.CheckedAnswer:
    return checks.check_answer(draft.text, _SAMPLE, language, is_complete=draft.is_complete)


def _shown(checked: checks.CheckedAnswer) -> str:
    """The answer, and what a run would print of it."""
    shown = repr(checked.answer[:_SHOWN])
    if checked.is_cut and checked.is_printable:
        shown += f", of which a run prints {checked.sentence[:_SHOWN]!r}"
    return shown


def _wrong(
    endpoint: Endpoint, chosen: SummarizerSettings, reply: Reply, diagnosis: Diagnosis
) -> str:
    remedy = diagnosis.remedy
    if reply.status == 404:  # noqa: PLR2004 - HTTP
        remedy = _not_found(endpoint, chosen) or remedy
    return f"{remedy} ({endpoint.describe(reply)})"


def _not_found(endpoint: Endpoint, chosen: SummarizerSettings) -> str:
    """A wrong model, or a wrong address: the list of models tells which, where there is one."""
    models = _models(endpoint, "/models")
    if models is not None:
        hint = did_you_mean(chosen.model, models)
        return f"it has no model {chosen.model!r}{hint}"
    base_url = base_address(chosen.base_url)
    if not base_url.endswith("/v1") and _models(endpoint, "/v1/models") is not None:
        return f'summarizer.base_url lacks its end; write "{base_url}/v1"'
    return ""


def _models(endpoint: Endpoint, path: str) -> list[str] | None:
    """The names of the models at that path; None where there is no such list."""
    with suppress(NoReplyError, ValueError, KeyError, TypeError, RecursionError):
        reply = endpoint.ask("GET", path)
        if reply.is_success:
            return [
                visible(one_line(str(model["id"]))) for model in json.loads(reply.content)["data"]
            ]
    return None
