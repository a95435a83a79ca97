"""What is left of a model's answer once its wrapping is off."""

import pytest

from newsletter.summaries.openai_compatible import one_sentence

GOOD = "DiffuVoice is a latent diffusion model that enhances speech in 4 steps."


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        f"<think>Is it {GOOD}? No, 99 of them.</think>\n\n{GOOD}",
        f"Okay, the user wants a summary of 99 words.\n</think>\n{GOOD}",
        f'"{GOOD}"',
        f"“{GOOD}”",
        f"**{GOOD}**",
        f"Summary: {GOOD}",
        f"**Summary:** {GOOD}\n",
        f"TL;DR: “{GOOD}”",
        GOOD.replace(" ", "\n"),
        f"\x00{GOOD}\x1b",
    ],
)
def test_thoughts_labels_quotes_and_line_breaks_are_left_out(answer: str) -> None:
    assert one_sentence(answer) == GOOD


@pytest.mark.parametrize(
    "text", ['The model "Tiny" beats the "Huge".', '"Tiny" is as good as "Huge"', "It is *new*"]
)
def test_quotes_inside_a_sentence_stay(text: str) -> None:
    assert one_sentence(text) == text
