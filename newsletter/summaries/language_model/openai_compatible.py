"""One sentence by a language model behind any OpenAI-compatible address."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from newsletter.config import Settings, SummarizerSettings, combinations
from newsletter.finding import Finding
from newsletter.sources.base import Paper
from newsletter.summaries.base import (
    Draft,
    OutOfServiceError,
    RefusedError,
    Summarizer,
    SummaryError,
    Tokens,
    TooLongError,
)
from newsletter.summaries.language_model import prompts, retries
from newsletter.summaries.language_model.completions import TOOL_CALLS, Completion, completion
from newsletter.summaries.language_model.diagnosis import Consequence, Diagnosis
from newsletter.summaries.language_model.endpoint import Endpoint, NoReplyError
from newsletter.summaries.language_model.prompts import Prompts
from newsletter.summaries.language_model.reply import Reply

_TOOL = (TOOL_CALLS, "function_call")  # why an answer ended, where one was called
# Why an answer ended: at its end, or where its tokens were used up; as several providers call it.
_COMPLETE = ("stop", "end_turn", "eos", "eos_token", "stop_sequence")
_CUT = ("length", "max_tokens", "max_output_tokens", "model_length")
_MOST_TOKENS = ("max_completion_tokens", "max_tokens")  # options that bound an answer
_TITLE_CHARACTERS, _ABSTRACT_CHARACTERS = 600, 6000
_SHORTENED = 1000  # characters of an abstract, where the model cannot read all of it
_USUAL_ANSWER = 120  # tokens


def from_settings(settings: Settings) -> "OpenAICompatible":
    combinations.check_model(settings.summarizer)
    return OpenAICompatible(settings.summarizer, prompts.from_settings(settings))


class OpenAICompatible(Summarizer):
    """Asks one paper a call for a plain line: what every provider understands."""

    def __init__(
        self,
        settings: SummarizerSettings,
        texts: Prompts | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = settings.model
        self.concurrency = settings.concurrency
        self._settings = settings
        self._prompts = texts or Prompts()
        self._sleep = sleep
        self._endpoint = Endpoint(settings)

    def close(self) -> None:
        """Let go of connections."""
        self._endpoint.close()

    def fingerprint(self, language: str) -> str:
        settings = self._settings
        parts = [self._prompts.instruction(language), settings.temperature, settings.options]
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def expected(self, paper: Paper, language: str) -> Tokens:
        messages = self.messages(paper, language)
        return Tokens(sum(estimated(message["content"]) for message in messages), _USUAL_ANSWER)

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        messages = self.messages(paper, language, hint)
        try:
            return self._answer(messages)
        except TooLongError:
            if len(paper.abstract) <= _SHORTENED:
                raise
            shortened = replace(paper, abstract=_beginning(paper.abstract))
            return self._answer(self.messages(shortened, language, hint))

    def _answer(self, messages: list[dict[str, str]]) -> Draft:
        try:
            reply = retries.ask_patiently(self._endpoint, messages, self._sleep)
        except NoReplyError as error:
            raise SummaryError(f"{self.name}: {error} ({retries.TRIES} tries)") from error
        if diagnosis := self._endpoint.diagnose(reply):
            raise self._failure(reply, diagnosis)
        return self.draft(reply, messages)

    def draft(self, reply: Reply, messages: list[dict[str, str]]) -> Draft:
        """What was answered, out of its wrapping.

        Raises:
            SummaryError: it is no completion, was held back, or calls a tool.
        """
        answer = completion(reply.content)
        if answer is None:
            raise SummaryError(f"{self.name}: the answer is no chat completion")
        prompt_tokens = sum(estimated(message["content"]) for message in messages)
        tokens = answer.tokens or Tokens(prompt_tokens, estimated(answer.content))
        if answer.reason in _TOOL and not answer.text:
            calls = "it calls a tool instead of answering; look at summarizer.options"
            raise SummaryError(f'{self.name}: {calls} (tool_choice = "none")', tokens)
        if answer.reason == "content_filter":
            raise RefusedError(f"{self.name}: the answer was held back (content_filter)", tokens)
        if answer.reason.lower() in _CUT or self._is_used_up(answer):
            return Draft(answer.text, tokens, "was cut off (length)")
        return Draft(answer.text, tokens, is_complete=answer.reason.lower() in _COMPLETE)

    def messages(self, paper: Paper, language: str, hint: str = "") -> list[dict[str, str]]:
        """The instruction, and apart from it the paper, which is a stranger's text."""
        title, abstract = paper.title[:_TITLE_CHARACTERS], paper.abstract[:_ABSTRACT_CHARACTERS]
        material = f"Title: {title}\n\nAbstract: {abstract}"
        instruction = self._prompts.instruction(language)
        if hint:
            instruction += f"\n\nAn earlier answer could not be used: {hint}. Avoid that."
        return [
            {"role": "system", "content": instruction},
            {"role": "user", "content": material},
        ]

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        from newsletter.summaries.language_model import health

        del now
        asked = health.AskedModel(settings.summarizer, self.messages, self.draft)
        languages = dict.fromkeys(newsletter.language for newsletter in settings.newsletters)
        yield from asked.findings(languages)

    def _is_used_up(self, answer: Completion) -> bool:
        """Whether it has all the tokens that the options allow, whatever the reason says."""
        told = (self._settings.options.get(name) for name in _MOST_TOKENS)
        most = next((value for value in told if type(value) is int), 0)
        return bool(answer.tokens and 0 < most <= answer.tokens.answered)

    def _failure(self, reply: Reply, diagnosis: Diagnosis) -> SummaryError:
        told = f"{self.name}: {self._endpoint.describe(reply)}"
        told_how = f"{told}; {diagnosis.remedy}"
        if diagnosis.consequence is Consequence.PAPER_REFUSED:
            return RefusedError(told)  # what to do is for many of them
        if diagnosis.consequence is Consequence.OUT_OF_SERVICE:
            return OutOfServiceError(told_how)
        if diagnosis.consequence is Consequence.TOO_LONG:
            return TooLongError(told_how)
        if diagnosis.consequence is Consequence.NO_ANSWER or reply.asks_for_too_long:
            return SummaryError(told_how)
        return SummaryError(f"{told_how} ({retries.TRIES} tries)")


def _beginning(abstract: str) -> str:
    """Its first sentences, as far as a model with little room may read."""
    begun = abstract[:_SHORTENED]
    return begun[: begun.rfind(". ") + 1] or begun


def estimated(text: str) -> int:
    """About how many tokens a text has: a Chinese character each, of Latin ones four."""
    wide = sum(character > "\u2e7f" for character in text)
    return wide + (len(text) - wide + 3) // 4
