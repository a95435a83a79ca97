"""The authors' own sentence, translated on this machine by a model whose files are there.

Nothing is downloaded, and no key is needed. The model is one of CTranslate2's
(https://opennmt.net/CTranslate2/), with the two SentencePiece models it was trained with, as
converted from OPUS-MT. What comes out is checked like any model's answer; docs/models.md.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from newsletter import tex
from newsletter.config import Settings, combinations
from newsletter.finding import Finding
from newsletter.sources.base import Paper
from newsletter.summaries import extractive
from newsletter.summaries.base import (
    MACHINE_TRANSLATION,
    NOTHING,
    Draft,
    OutOfServiceError,
    RefusedError,
    Summarizer,
    SummaryError,
    Tokens,
)

_FILES = ("config.json", "model.bin", "source.spm", "target.spm")
_END = "</s>"
_LONGEST = 512  # pieces of a sentence, as OPUS-MT was trained with


def from_settings(settings: Settings) -> "Translation":
    """The translator of `summarizer.translator`, whose files need not be there yet.

    Raises:
        WrongUseError: no folder is named.
    """
    chosen = settings.summarizer
    combinations.check_translation(chosen)
    folder = settings.folder / (chosen.translator or "")
    return Translation(folder, chosen.translates_into, str(chosen.options.get("prefix", "")))


class Translation(Summarizer):
    """Translates into one language; newsletters in others have the authors' words.

    `prefix` is a piece before every sentence, as models for several languages want: `>>cmn_Hans<<`.
    """

    concurrency = 1

    def __init__(self, folder: Path, language: str, prefix: str = "") -> None:
        self.name = f"{MACHINE_TRANSLATION}{folder.name}"
        self._language = language
        self.languages = frozenset([language])
        self._folder = folder
        self._prefix = [prefix] if prefix else []
        self._loaded: tuple[Any, Any, Any] | None = None
        self._lock = Lock()
        self._end: list[str] = []

    def fingerprint(self, language: str) -> str:
        size = (self._folder / "model.bin").stat().st_size
        parts = [language, *self._prefix, (self._folder / "config.json").read_text("utf-8"), size]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def expected(self, paper: Paper, language: str) -> Tokens:
        del paper, language
        return NOTHING

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        if language != self._language:
            raise RefusedError(f"{self.name} does not translate into {language}")
        if hint:  # it would say the same again
            raise RefusedError(hint)
        sentence = tex.to_text(extractive.summarize(paper.title, paper.abstract))
        if not sentence:
            raise RefusedError("there is no sentence to translate")
        with self._lock:
            return Draft(self._translated(sentence), is_complete=True)

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        from newsletter.summaries.language_model import health

        del now
        yield health.translated(self, settings.summarizer.translates_into)

    def close(self) -> None:
        """Let go of the model's memory."""
        self._loaded = None

    def _translated(self, sentence: str) -> str:
        translator, source, target = self._load()
        pieces = [*self._prefix, *source.encode(sentence, out_type=str)[:_LONGEST], *self._end]
        (result,) = translator.translate_batch([pieces], beam_size=4, max_decoding_length=_LONGEST)
        return str(target.decode(result.hypotheses[0])).strip()

    def _load(self) -> tuple[Any, Any, Any]:
        if self._loaded is None:
            self._require_files()
            try:
                from ctranslate2 import Translator  # an extra of its own
                from sentencepiece import SentencePieceProcessor

                config = json.loads((self._folder / "config.json").read_bytes())
                self._end = [] if config.get("add_source_eos") else [_END]
                source, target = (
                    SentencePieceProcessor(model_file=str(self._folder / name))
                    for name in _FILES[2:]
                )
                # Several threads for one sentence wait for each other busily where cores are few.
                translator = Translator(str(self._folder), device="cpu", intra_threads=1)
                self._loaded = (translator, source, target)
            except ImportError as error:
                raise OutOfServiceError(
                    f"a translation needs {error.name}: pip install 'newsletter[translation]'"
                ) from error
            except (RuntimeError, OSError, ValueError) as error:
                raise SummaryError(f"{self.name} cannot be read: {error}") from error
        return self._loaded

    def _require_files(self) -> None:
        missing = [name for name in _FILES if not (self._folder / name).is_file()]
        if missing:
            raise OutOfServiceError(
                f"summarizer.translator: {self._folder} has no {', '.join(missing)}; docs/models.md"
                " says which files a model has"
            )
