"""A translation model on this machine: its files are there, or one line says what is missing."""

import email
import email.policy
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.errors import WrongUseError
from newsletter.finding import Severity
from newsletter.rendering.translations import translations
from newsletter.rendering.wording.texts import IssueTexts
from newsletter.summaries import contract
from newsletter.summaries.ask_model import Question, ask_model
from newsletter.summaries.extractive_summarizer import for_language
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.summaries.translation import Translation
from tests.conftest import NOW, Cli

CHINESE = "该论文提出QuietNet，一种去除噪声的小型网络。"
ENGLISH = "We propose QuietNet, a small network that removes noise."
_WIDTH = 64  # of the model; one place in it for each piece that it says


def chosen(settings: Settings, folder: Path | None) -> Settings:
    own = settings.summarizer.model_copy(update={"use": "translation", "translator": folder})
    return settings.model_copy(update={"summarizer": own})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A real model that says one sentence whatever it reads: position by position."""
    pytest.importorskip("ctranslate2", reason="needs the extra translation")
    pytest.importorskip("sentencepiece", reason="needs the extra translation")
    made = tmp_path / "opus-mt-en-zh"
    made.mkdir()
    source = _pieces(ENGLISH, made / "source.spm")
    said = [*_pieces(CHINESE, made / "target.spm"), "</s>"]
    _save_model(sorted({*source, *said, "<unk>"}), said, made)
    return made


def _pieces(line: str, file: Path) -> list[str]:
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter([line] * 3),
        model_writer=model,
        model_type="char",
        vocab_size=200,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        minloglevel=2,
    )
    file.write_bytes(model.getvalue())
    return list(SentencePieceProcessor(model_file=str(file)).encode(line, out_type=str))


def _save_model(vocabulary: list[str], said: list[str], folder: Path) -> None:
    import numpy as np
    from ctranslate2.specs import TransformerSpec

    def zeros(*shape: int) -> Any:  # noqa: ANN401 - numpy comes with the extra
        return np.zeros(shape, np.float32)

    def attention(layer: Any, *factors: int) -> None:  # noqa: ANN401 - the same
        layer.layer_norm.gamma, layer.layer_norm.beta = zeros(_WIDTH) + 1, zeros(_WIDTH)
        for linear, factor in zip(layer.linear, factors, strict=True):
            linear.weight, linear.bias = zeros(factor * _WIDTH, _WIDTH), zeros(factor * _WIDTH)

    spec = TransformerSpec.from_config(1, 1, no_final_norm=True)
    for half in (spec.encoder, spec.decoder):
        half.scale_embeddings = False
        half.position_encodings.encodings = np.eye(600, _WIDTH, dtype=np.float32)
        attention(half.layer[0].self_attention, 3, 1)
        forward = half.layer[0].ffn
        forward.layer_norm.gamma, forward.layer_norm.beta = zeros(_WIDTH) + 1, zeros(_WIDTH)
        for linear in (forward.linear_0, forward.linear_1):
            linear.weight, linear.bias = zeros(_WIDTH, _WIDTH), zeros(_WIDTH)
    attention(spec.decoder.layer[0].attention, 1, 2, 1)
    spec.encoder.embeddings[0].weight = zeros(len(vocabulary), _WIDTH)
    spec.decoder.embeddings.weight = zeros(len(vocabulary), _WIDTH)
    weights = zeros(len(vocabulary), _WIDTH)
    for place, piece in enumerate(said):
        weights[vocabulary.index(piece), place] = 20
    spec.decoder.projection.weight, spec.decoder.projection.bias = weights, zeros(len(vocabulary))
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = "</s>"
    spec.validate()
    spec.save(str(folder))


@pytest.mark.slow
def test_a_translation_is_checked_printed_in_chinese_and_says_what_it_is(
    folder: Path, settings: Settings
) -> None:
    summarizer = bootstrap.load_summarizer(chosen(settings, folder))
    contract.check_contract(Translation(folder, "zh"))
    papers = contract.PAPERS[:2]
    questions = [Question(paper) for paper in papers]
    results = {
        result.paper.id: result
        for result in ask_model(summarizer, questions, papers, "zh", LlmBudget())
    }
    translated = results[papers[0].id].sentence
    assert translated is not None
    assert (translated.text, translated.language) == (CHINESE, "zh")
    say = IssueTexts(translations("zh"))
    assert say.origin(translated) == "机器翻译（opus-mt-en-zh）"
    assert not say.what_it_does(translated)
    assert results[papers[1].id].sentence is None  # it speaks of another paper
    (found,) = bootstrap.load_summarizer(told := chosen(settings, folder)).check_health(told, NOW)
    assert (found.level, CHINESE in found.text) == (Severity.OK, True)


@pytest.mark.slow
def test_newsletters_in_other_languages_keep_the_authors_words(folder: Path) -> None:
    translation = Translation(folder, "zh")
    assert for_language(translation, "zh") is translation
    assert for_language(translation, "en").quotes
    assert for_language(translation, "fr").quotes


@pytest.mark.slow
def test_a_broken_model_is_one_line(folder: Path, settings: Settings) -> None:
    (folder / "model.bin").write_bytes(b"x")
    (found,) = bootstrap.load_summarizer(told := chosen(settings, folder)).check_health(told, NOW)
    assert found.level is Severity.TROUBLE
    assert "machine translation opus-mt-en-zh cannot be read" in found.text


def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WrongUseError, match=r"summarizer\.translator is missing"):
        bootstrap.load_summarizer(chosen(settings, None))
    for name in ("config.json", "model.bin", "source.spm"):
        (tmp_path / name).write_text("{}")
    assert "has no target.spm; docs/models.md says" in found(settings, tmp_path)
    (tmp_path / "target.spm").write_text("")
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    assert "pip install 'newsletter[translation]'" in found(settings, tmp_path)


def found(settings: Settings, folder: Path) -> str:
    """What `check` says of the translator in that folder."""
    told = chosen(settings, folder)
    (finding,) = bootstrap.load_summarizer(told).check_health(told, NOW)
    assert finding.level is Severity.TROUBLE
    return finding.text


def read(file: Path) -> str:
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    html = mail.get_body(("html",))
    assert html is not None
    return str(html.get_content())


@pytest.mark.usefixtures("readers")
def test_where_the_files_are_missing_the_mails_leave_with_the_authors_words(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__LANGUAGE", "ja")
    monkeypatch.setenv("NEWSLETTER_SUMMARIZER__USE", "translation")
    monkeypatch.setenv("NEWSLETTER_SUMMARIZER__TRANSLATES_INTO", "ja")
    monkeypatch.setenv("NEWSLETTER_SUMMARIZER__TRANSLATOR", "not-there")
    said = cli("run")
    assert said.code == 1
    (line,) = [line for line in said.err.splitlines() if "authors' own words stand in" in line]
    assert "not-there has no config.json, model.bin, source.spm, target.spm" in line
    mails = [read(file) for file in sorted((settings.folder / "outbox").glob("*.eml"))]
    assert len(mails) == 12
    cue = re.compile(r'<small lang="\w+[^"]*">(?:提案|提出)：</small><b')
    assert max(len(cue.findall(mail)) for mail in mails) >= 8  # of whole abstracts
