"""`newsletter check` tries the endpoint and says what is wrong in words."""

import json
from collections.abc import Callable

import pytest

from newsletter.config import Settings
from newsletter.summaries.language_model import retries
from newsletter.summaries.language_model.prompts import Prompts
from tests.conftest import Cli
from tests.summaries.endpoint_standin import (
    SILENT,
    Answer,
    Answering,
    Asked,
    ModelStandIn,
    completion,
    in_turn,
    unused_address,
)

KEY = "sk-the-secret"
Check = Callable[..., tuple[str, str]]


@pytest.fixture
def check(cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Check:
    """What `newsletter check` finds about the summarizer: level and text."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__LANGUAGE", "en")
    monkeypatch.setattr(retries, "_wait", lambda _: 0.0)
    assert settings.folder.exists()

    def found(url: str, **more: object) -> tuple[str, str]:
        told = {"use": "openai", "base_url": url, "model": "tiny", "api_key": KEY, "timeout_s": 60}
        for name, value in {**told, **more}.items():
            monkeypatch.setenv(f"NEWSLETTER_SUMMARIZER__{name.upper()}", str(value))
        said = cli("check", "--json")
        (finding,) = [each for each in json.loads(said.out) if each["part"] == "summarizer"]
        assert KEY not in said.out
        return finding["level"], finding["text"]

    return found


def refusal(status: int, message: str) -> Answering:
    return in_turn(Answer(status, json.dumps({"error": {"message": message}}).encode()))


GOOD = "We propose QuietNet, a small neural network that removes noise from speech."


def test_a_model_is_asked_as_a_run_asks_and_its_answer_shown(check: Check) -> None:
    usage = {"prompt_tokens": 11, "completion_tokens": 1}
    with ModelStandIn(in_turn(completion(GOOD, usage=usage))) as model:
        level, text = check(model.url, temperature=0.5)
        (asked,) = model.asked
    assert asked.instruction == Prompts().instruction("en")
    assert "QuietNet" in asked.material
    assert asked.body["temperature"] == 0.5
    assert level == "ok"
    assert text.startswith("tiny answers in ")
    assert text.endswith(f"s, 12 tokens: {GOOD!r}")


def test_the_part_of_an_answer_that_a_run_prints_is_shown(check: Check) -> None:
    with ModelStandIn(in_turn(completion(f"Reviewers should accept it. {GOOD}"))) as model:
        level, text = check(model.url)
    assert level == "ok"
    assert f"of which a run prints {GOOD!r}" in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (completion("", usage={"prompt_tokens": 9, "completion_tokens": 8792}), "it is empty;"),
        (
            completion(None, usage={"prompt_tokens": 9, "completion_tokens": 800}),
            "it is empty; look",
        ),
        (completion("We", finish_reason="length"), "it was cut off (length); look at summarizer"),
        (completion("该论文属于语音增强任务，提出QuietNet小型网络去噪。"), "is not in English"),
        (completion("", finish_reason="content_filter"), "was held back"),
    ],
    ids=[
        "thinks and says nothing",
        "thinks, and its answer is null",
        "cut off",
        "in another language",
        "held back",
    ],
)
def test_an_answer_that_no_run_would_print_is_trouble(
    check: Check, answer: Answer, words: str
) -> None:
    with ModelStandIn(in_turn(answer)) as model:
        level, text = check(model.url)
    assert level == "trouble"
    assert words in text


def test_a_model_that_is_busy_is_asked_again_as_a_run_asks(check: Check) -> None:
    busy = Answer(429, b'{"error": {"message": "slow down"}}', {"Retry-After": "1"})
    with ModelStandIn(in_turn(busy, completion(GOOD))) as model:
        level, text = check(model.url)
        assert len(model.asked) == 2
    assert level == "ok"
    assert "tiny answers in" in text


def test_a_model_that_leaves_a_whole_time_out_unanswered_is_not_asked_again(check: Check) -> None:
    with ModelStandIn(in_turn(SILENT)) as model:
        assert (
            "does not answer within 0.2 s (summarizer.timeout_s)"
            in check(model.url, timeout_s=0.2)[1]
        )
        assert len(model.asked) == 1


def test_an_answer_counts_whatever_success_is_called(check: Check) -> None:
    answer = Answer(201, completion(GOOD).body)
    with ModelStandIn(in_turn(answer)) as model:
        assert check(model.url)[0] == "ok"


def listing(*names: str) -> Answer:
    return Answer(200, json.dumps({"data": [{"id": name} for name in names]}).encode())


def test_a_mistyped_model_is_told_from_a_wrong_address(check: Check) -> None:
    def server(asked: Asked) -> Answer:
        if asked.path == "/v1/models":
            return listing("tiny-1b", "huge-70b")
        return Answer(404, b'{"error": {"message": "not found"}}')

    with ModelStandIn(server) as model:
        assert "it has no model 'tiny'; did you mean 'tiny-1b'?" in check(model.url)[1]
        bare = model.url.removesuffix("/v1")
        assert f'base_url lacks its end; write "{bare}/v1"' in check(bare)[1]
        assert "most end in /v1" in check(f"{bare}/v2")[1]


def test_a_key_that_is_missing_is_not_called_wrong(check: Check) -> None:
    with ModelStandIn(refusal(401, "no key")) as model:
        assert "summarizer.api_key is empty" in check(model.url, api_key="")[1]


def test_nobody_at_that_address_is_told_by_kind(check: Check) -> None:
    with unused_address() as url:
        assert "refuses connections" in check(url)[1]
    assert "the DNS does not know its name" in check("http://nobody.invalid/v1")[1]
    with ModelStandIn(in_turn(None)) as model:
        assert "does not speak TLS there" in check(model.url.replace("http:", "https:"))[1]


def test_a_broken_prompt_is_found_before_anybody_is_asked(check: Check, settings: Settings) -> None:
    (settings.folder / "prompt.txt").write_text("Summarize.\nIn {{ langage }}, please.\n")
    with ModelStandIn(in_turn(completion("yes"))) as model:
        level, text = check(model.url, prompt="prompt.txt")
        assert model.asked == []
    assert level == "trouble"
    assert "prompt.txt, line 2: there is no 'langage'; did you mean 'language'?" in text


def test_a_cap_in_money_needs_prices(check: Check) -> None:
    assert "cap_cost needs summarizer.price_in" in check("http://127.0.0.1:9/v1", cap_cost=1)[1]


def test_the_embedded_one_has_nothing_to_try(check: Check) -> None:
    assert check("http://127.0.0.1:9/v1", use="extractive")[0] == "ok"
