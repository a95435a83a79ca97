"""What is left of a model's answer once its wrapping is off."""

import pytest

from newsletter.summaries.language_model.unwrapping import one_sentence

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
        f"Output: {GOOD}",
        f"一句话总结：{GOOD}",
        f"《摘要》{GOOD}",
        f'"{GOOD}',
        f"**Summary:** {GOOD}\n",
        f"TL;DR: “{GOOD}”",
        GOOD.replace(" ", "\n"),
        f"\x00{GOOD}\x1b",
        f"<thinking>\n{GOOD}\n</thinking>\n\n{GOOD}",
        f"Here is a one-sentence summary of the paper: {GOOD}",
        f"**Summary:**\n\n{GOOD}",
        f'{{"summary": "{GOOD}"}}',
        f'```json\n{{"summary": "{GOOD}", "title": "DiffuVoice", "confidence": 0.9}}\n```',
        f"```\n{GOOD}\n```",
        f"<seed:think>99 words?</seed:think>{GOOD}",
        f"(thinking) 99 words? (/thinking) {GOOD}",
        f"\\item {GOOD}",
        f"[THINK]Is it {GOOD}?[/THINK]\n{GOOD}",
        f"◁think▷99 words◁/think▷{GOOD}",
        f"<|begin_of_thought|>Well.<|end_of_thought|>\n{GOOD}",
        f"<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>{GOOD}",
        f"Thinking: the user wants\none sentence.\n\n{GOOD}",
        f"思考过程：用户要一句话。\n\n{GOOD}",
        f"<answer>{GOOD}</answer>",
        f"> {GOOD}",
        f"## {GOOD}",
        f"| {GOOD} |",
        f"&lt;think&gt;99 words&lt;/think&gt;{GOOD}",
        f"<|think|>99 words<|/think|>{GOOD}",
        f"\u3010思考\u301199 words\u3010/思考\u3011{GOOD}",
        f"Thought for 5 seconds\n\n{GOOD}",
        f"\uff1e {GOOD}",
        f"\uff5c {GOOD} \uff5c",
        f"---\n{GOOD}\n---",
        f"<!-- one sentence -->{GOOD}</s>",
        f"{GOOD}<|im_end|>",
        rf"\boxed{{{GOOD}}}",
        f"Final answer: {GOOD}",
        f"<inner_monologue>99 words</inner_monologue>{GOOD}",
        f"< think >99 words< /think >{GOOD}",
        rf"\<think\>99 words\</think\>{GOOD}",
        f"«think»99 words«/think»{GOOD}",
        f"{{think}}99 words{{/think}}{GOOD}",
        f"<tool_call>99</tool_call>{GOOD}",
        f"[BEGIN THOUGHT]99 words[END THOUGHT]{GOOD}",
        f"\u3010思考过程\u301199 words\u3010/思考过程\u3011{GOOD}",
        f"(Thought for 4 seconds) {GOOD}",
        f"{GOOD}<end_of_turn>",
        f"{GOOD}<\uff5cend▁of▁sentence\uff5c>",
        f"{GOOD}\n====",
        f"## Summary\n{GOOD}",
        f"**TL;DR** {GOOD}",
        f"TL;DR — {GOOD}",
        f"In one sentence: {GOOD}",
        f"AI: {GOOD}",
        f"*{GOOD}",
        f"[{GOOD}]",
        f"«{GOOD}»",
        f"‘{GOOD}’",
        f"<p>{GOOD}</p>",
        f"<p class='sentence'>{GOOD}</p>",
        f"<div><p>{GOOD}</p></div>",
        f"&lt;p&gt;{GOOD}&lt;/p&gt;",
        f"<summary>\n{GOOD}\n</summary>",
        f"<one_sentence_summary>{GOOD}</one_sentence_summary>",
        f"<摘要>{GOOD}</摘要>",
        f"**Summary:** <p>{GOOD}</p>",
        f'<?xml version="1.0"?><summary>{GOOD}</summary>',
        f"<![CDATA[{GOOD}]]>",
        f"<br>{GOOD}<br/>",
        f"<summary>{GOOD}",
        f"{GOOD}</summary>",
        rf"\boxed{{\text{{{GOOD}}}}}",
        rf"$$\boxed{{\text{{{GOOD}}}}}$$",
        rf"\[\boxed{{{GOOD}}}\]",
        rf"The answer is $\boxed{{\text{{{GOOD}}}}}$.",
        rf"\text{{{GOOD}}}",
        rf"\begin{{quote}}{GOOD}\end{{quote}}",
        f"1. {GOOD}",
        f"1) {GOOD}",
        f"(1) {GOOD}",
        f"**1.** {GOOD}",
        f"① {GOOD}",
        f"- {GOOD}",
        f"• {GOOD}",
        f"👉 {GOOD}",
        f'{{"title": "DiffuVoice", "summary": "{GOOD}"}}',
        f'{{"text": "{GOOD}", "language": "en"}}',
        f'{{"result": {{"summary": "{GOOD}"}}}}',
        f'{{"summary": ["{GOOD}"]}}',
        f'["{GOOD}"]',
        f'[{{"summary": "{GOOD}"}}]',
        f'"summary": "{GOOD}"',
        f"{{'summary': '{GOOD}'}}",
        f'{{"summary": "{GOOD}",}}',
        f'Here is the JSON:\n```json\n{{"summary": "{GOOD}"}}\n```\nLet me know!',
        f"```{GOOD}```",
        f"```text\n{GOOD}",
        f"###\n{GOOD}\n###",
        f"<|begin|>{GOOD}<|end|>",
        GOOD.replace("DiffuVoice", r"\textbf{DiffuVoice}").replace("4 steps", "==4 steps=="),
        GOOD.replace("DiffuVoice", "*DiffuVoice*").replace("noisy", "_noisy_"),
        GOOD.replace("DiffuVoice", "**DiffuVoice**").replace("4 steps", "`4` __steps__"),
    ],
)
def test_thoughts_labels_quotes_and_line_breaks_are_left_out(answer: str) -> None:
    assert one_sentence(answer) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        'The model "Tiny" beats the "Huge".',
        '"Tiny" is as good as "Huge"',
        "It has a_b and 2 * 3 * 4",
        "It reads «reasoning» and x_{thought} (and ‘more’)",
        "(Nearly) all of A* is a search (of [1])",
        r"The set $\\{x\\}$ of $\\text{all}$ words, \\boxed{x}, is <p> of 2.",
        "{'a': 'It is', 'b': 'not one'}",
        "1. It is one. 2. It is two.",
    ],
)
def test_quotes_inside_a_sentence_stay(text: str) -> None:
    assert one_sentence(text) == text


def test_quotes_around_a_sentence_with_quotes_go() -> None:
    assert one_sentence('"It has a "neck" and more."') == 'It has a "neck" and more.'


@pytest.mark.parametrize(
    "text",
    [
        f"{GOOD}\n\nNote: the abstract says no more.",
        '{"a": "x", "b": "y"}',
        "[1, 2]",
        "{",
        '["a", "b"]',
    ],
)
def test_what_is_more_than_a_sentence_is_left_for_the_checks_to_see(text: str) -> None:
    assert one_sentence(text) == text.replace("\n\n", "\n")


@pytest.mark.parametrize("text", ["<think>", f"<think>Well, {GOOD}", "", "\n\n", "</think>"])
def test_thoughts_that_never_end_leave_nothing_to_print(text: str) -> None:
    assert one_sentence(text) == ""


def test_of_a_list_of_several_nothing_is_taken_for_the_sentence() -> None:
    assert one_sentence(f"1. {GOOD}\n2. {GOOD}") == f"1. {GOOD} 2. {GOOD}"
    assert one_sentence(f"- {GOOD}\n- {GOOD}").count("- ") == 2


def test_tex_in_json_is_kept() -> None:
    text = r"We prove that $\mathbb{Z}$ is infinite."
    assert one_sentence(f'{{"summary": "{text}"}}') == text
