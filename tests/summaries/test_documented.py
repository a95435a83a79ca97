"""The examples of docs/models.md and docs/summarizers.md work as they stand there."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import requests

from newsletter.config import SummarizerSettings
from newsletter.summaries import contract
from newsletter.summaries.base import SummaryError
from newsletter.summaries.language_model.openai_compatible import OpenAICompatible
from tests.summaries.endpoint_standin import Answer, ModelStandIn, completion, in_turn

DOCS = Path(__file__).parents[2] / "docs"
GOOD = "QuietNet is a small network that removes noise from speech."


def examples(page: str, kind: str) -> list[str]:
    blocks = re.compile(rf"^```{kind}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return blocks.findall((DOCS / page).read_text(encoding="utf-8"))


PROVIDERS = [
    table["summarizer"]
    for table in map(tomllib.loads, examples("models.md", "toml"))
    if "base_url" in table["summarizer"]
]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.parametrize("told", PROVIDERS, ids=lambda told: str(told["model"]))
def test_a_providers_example_asks_as_that_provider_is_asked(told: dict[str, Any]) -> None:
    answer = completion(GOOD, usage={"prompt_tokens": 9, "completion_tokens": 3}, reasoning=None)
    with ModelStandIn(in_turn(answer)) as model:
        settings = SummarizerSettings.model_validate({**told, "base_url": model.url})
        summarizer = OpenAICompatible(settings)
        assert summarizer.summarize(contract.PAPERS[0], "en").text == GOOD
        summarizer.close()
        (asked,) = model.asked
    assert asked.body["model"] == told["model"]
    assert told.get("options", {}).items() <= asked.body.items()
    assert ("Authorization" in asked.headers) == ("api_key" in told)
    path, _, query = SummarizerSettings.model_validate(told).base_url.partition("?")
    assert path.endswith("/v1") or query.startswith("api-version=")


def test_every_provider_that_the_page_names_is_among_them() -> None:
    assert len(PROVIDERS) == 8


def test_the_documented_summarizer_holds_the_contract() -> None:
    source = examples("summarizers.md", "python")[0]
    made: dict[str, Any] = {}
    exec(compile(source, "my_summarizer.py", "exec"), made)  # noqa: S102 - our own page
    with ModelStandIn(in_turn(Answer(200, GOOD.encode()))) as model:
        house = made["House"](model.url)
        contract.check_contract(house)
        assert house.summarize(contract.PAPERS[0], "en").text == GOOD
        assert json.dumps(model.asked[0].body)
        model.answer = in_turn(Answer(500))
        with pytest.raises(SummaryError, match=requests.HTTPError.__name__):
            house.summarize(contract.PAPERS[0], "en")
