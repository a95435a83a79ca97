"""One sentence by a language model behind any OpenAI-compatible address."""

import re

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from newsletter.config import Settings, SummarizerSettings
from newsletter.errors import WrongUseError
from newsletter.sources.announced import Paper
from newsletter.summaries.checks import objection
from newsletter.summaries.sentence import Sentence, SummaryError

_TRIES = 3
_LONGEST_WAIT_S = 60.0
_ABSTRACT_CHARACTERS = 6000
_PROMPTS = {
    "en": (
        "Summarize the paper in one plain English sentence of at most 40 words: what was done, "
        "how, and what came of it. No lead-in, no markup, no numbers that the abstract does not "
        "give. Answer with the sentence only."
    ),
    # The pattern of the digest that this project grew from.
    "zh": (
        "用一到两句简体中文概括这篇论文，共60到130个字，句式为：该论文属于…任务，旨在解决…问题。"
        "提出/通过…。不要使用摘要中没有的数字，不要标记，只输出这句话。"
    ),
}


class _ComeAgainError(Exception):
    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def from_settings(settings: Settings) -> "OpenAICompatible":
    if not settings.summarizer.model:
        raise WrongUseError("summarizer.model is empty; name the model that shall be asked")
    return OpenAICompatible(settings.summarizer)


class OpenAICompatible:
    """Asks one paper a call for a plain line: what every provider understands."""

    def __init__(self, settings: SummarizerSettings) -> None:
        self.name = settings.model
        self.concurrency = settings.concurrency
        self._settings = settings
        headers = {}
        if settings.api_key.get_secret_value():
            headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
        self._client = httpx.Client(headers=headers, timeout=settings.timeout_s)

    def summarize(self, paper: Paper, language: str) -> Sentence:
        if not paper.abstract:
            raise SummaryError("the paper has no abstract")
        text = one_sentence(self._ask(paper, language))
        wrong = objection(text, paper, language)
        if wrong:
            raise SummaryError(f"{self.name} answered, but {wrong}")
        return Sentence(text, language, self.name)

    def _ask(self, paper: Paper, language: str) -> str:
        tries = Retrying(
            retry=retry_if_exception_type(_ComeAgainError),
            stop=stop_after_attempt(_TRIES),
            wait=_wait,
            reraise=True,
        )
        try:
            return tries(self._try, paper, language)
        except _ComeAgainError as error:
            raise SummaryError(f"{self.name}: {error} ({_TRIES} tries)") from error

    def _try(self, paper: Paper, language: str) -> str:
        abstract = paper.abstract[:_ABSTRACT_CHARACTERS]
        body = {
            "model": self._settings.model,
            "temperature": self._settings.temperature,
            "messages": [
                {"role": "system", "content": _PROMPTS[language]},
                {"role": "user", "content": f"Title: {paper.title}\n\nAbstract: {abstract}"},
            ],
            **self._settings.options,
        }
        try:
            response = self._client.post(f"{self._settings.base_url}/chat/completions", json=body)
        except httpx.TimeoutException as error:
            raise _ComeAgainError("no answer in time") from error
        except httpx.HTTPError as error:
            raise _ComeAgainError("cannot be reached") from error
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            asked = response.headers.get("Retry-After", "")
            raise _ComeAgainError(
                f"HTTP {response.status_code}", float(asked) if asked.isdigit() else 0.0
            )
        return self._content(response)

    def _content(self, response: httpx.Response) -> str:
        if not response.is_success:
            told = " ".join(response.text.split())[:160]
            raise SummaryError(f"{self.name}: HTTP {response.status_code}: {told}")
        try:
            content = response.json()["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise SummaryError(f"{self.name}: the answer is no chat completion") from error
        if not isinstance(content, str):
            raise SummaryError(f"{self.name}: the answer holds no text")
        return content


def one_sentence(answer: str) -> str:
    """The answer without a model's thoughts, quotes, labels and line breaks."""
    text = re.sub(r"<think>.*?(?:</think>|\Z)", " ", answer, flags=re.DOTALL)
    text = " ".join(text.split()).strip("\"'“”*# ")
    return re.sub(r"^(?:summary|tl;?dr|简介|摘要)\s*[:：]\s*", "", text, flags=re.IGNORECASE)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, _ComeAgainError) else 0.0
    return min(_LONGEST_WAIT_S, max(asked, wait_exponential_jitter(initial=1, max=20)(state)))
