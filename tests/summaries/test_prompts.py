"""The instruction to a model: ours by language, or the operator's, checked when it is read."""

from pathlib import Path

import pytest

from newsletter.errors import WrongUseError
from newsletter.languages import CODES
from newsletter.summaries.language_model.prompts import Prompts


def test_an_operators_text_is_used_and_one_for_each_language_if_wanted(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("\ufeffSay it in {{ language }} ({{ code }}).\n")
    assert Prompts(tmp_path / "one.txt").instruction("de") == "Say it in German (de)."
    (tmp_path / "p.zh.txt").write_text("用中文。")
    assert Prompts(tmp_path / "p.{language}.txt").instruction("zh") == "用中文。"


def test_every_language_of_ours_is_asked_for_in_its_own_words() -> None:
    asked = {language: Prompts().instruction(language) for language in CODES}
    assert "une seule phrase" in asked["fr"]
    assert "auf Deutsch" in asked["de"]
    assert "en español" in asked["es"]
    assert "日本語" in asked["ja"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Fine.\nThen {% if %}", "prompt.txt, line 2: Expected an expression"),
        ("Fine.\n\n{{ language", "prompt.txt, line 3: unexpected end of template"),
        ("{{ lang }}", "prompt.txt, line 1: there is no 'lang'; did you mean 'language'?"),
        ("One.\n{{ 1 / 0 }}", "prompt.txt, line 2: division by zero"),
        ("One.\n{{ language.__class__.__mro__ }}", "prompt.txt, line 2: access to attribute"),
        ("   \n", "prompt.txt: a prompt of 0 characters; 1 to 20,000 can be used"),
        ("a" * 20_001, "a prompt of 20,001 characters"),
    ],
)
def test_a_broken_one_is_told_with_file_line_and_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "prompt.txt").write_text(text)
    with pytest.raises(WrongUseError) as caught:
        Prompts(tmp_path / "prompt.txt").instruction("en")
    assert reason in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="no such file"):
        Prompts(tmp_path / "prompt.{language}.txt").instruction("en")
    (tmp_path / "prompt.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongUseError, match="not in UTF-8"):
        Prompts(tmp_path / "prompt.txt").instruction("en")
    with pytest.raises(WrongUseError, match="cannot be read"):
        Prompts(tmp_path).instruction("en")
