"""One sentence by a language model behind any OpenAI-compatible address."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from newsletter.config import Settings, SummarizerSettings, combinations
from newsletter.finding import Finding
from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.base import Paper
from newsletter.summaries import prompts, remedies, retries
from newsletter.summaries.base import (
    Draft,
    OutOfServiceError,
    RefusedError,
    Summarizer,
    SummaryError,
    Tokens,
)
from newsletter.summaries.completions import completion
from newsletter.summaries.endpoint import Endpoint, NoReplyError, Reply
from newsletter.summaries.prompts import Prompts

_HOPELESS = (401, 402, 403, 404)  # key, balance, rights, model: the next paper fares no better
# What providers say of a text that they will not read: then it is about this paper.
_CONTENT = lazy_pattern(
    r"content|risk|policy|moderat|safety|sensitive|inappropriate|inspection|flagged", re.IGNORECASE
)
_TITLE_CHARACTERS, _ABSTRACT_CHARACTERS = 600, 6000
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
            reply = retries.ask_patiently(self._endpoint, messages, self._sleep)
        except NoReplyError as error:
            raise SummaryError(f"{self.name}: {error} ({retries.TRIES} tries)") from error
        if not reply.is_success:
            raise self._refusal(reply)
        return self.draft(reply, messages)

    def draft(self, reply: Reply, messages: list[dict[str, str]]) -> Draft:
        """What was answered, out of its wrapping.

        Raises:
            SummaryError: it is no completion, or was held back.
        """
        answer = completion(reply.content)
        if answer is None:
            reason = self._endpoint.reason(reply) or remedies.of_no_completion(reply)
            raise SummaryError(f"{self.name}: {reason}")
        if answer.reason == "content_filter":
            raise RefusedError(f"{self.name}: the answer was held back (content_filter)")
        prompt_tokens = sum(estimated(message["content"]) for message in messages)
        tokens = answer.tokens or Tokens(prompt_tokens, estimated(answer.content))
        flaw = "was cut off (length)" if answer.reason == "length" else ""
        return Draft(answer.text, tokens, flaw)

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
        from newsletter.summaries import health

        del now
        asked = health.AskedModel(settings.summarizer, self.messages, self.draft)
        languages = dict.fromkeys(newsletter.language for newsletter in settings.newsletters)
        yield from asked.findings(languages)

    def _refusal(self, reply: Reply) -> SummaryError:
        told = self._endpoint.describe(reply)
        refusal = f"{self.name}: {told}"
        if retries.has_no_balance(reply):
            return OutOfServiceError(f"{self.name}: no balance is left ({told})")
        if retries.is_for_later(reply):
            wait_s = reply.retry_after_s
            later = f", and not to come again for {wait_s:.0f} s"
            tries = f" ({retries.TRIES} tries)"
            return SummaryError(refusal + (later if wait_s > retries.LONGEST_WAIT_S else tries))
        if reply.status in {400, 422, 451} and _CONTENT.search(refusal):
            return RefusedError(refusal)
        remedy = remedies.of_status(self._settings, reply.status)
        told_how = f"{refusal}; {remedy}" if remedy else refusal
        return (OutOfServiceError if reply.status in _HOPELESS else SummaryError)(told_how)


def estimated(text: str) -> int:
    """About how many tokens a text has: a Chinese character each, of Latin ones four."""
    wide = sum(character > "\u2e7f" for character in text)
    return wide + (len(text) - wide + 3) // 4
