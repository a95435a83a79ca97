"""What comes of each kind of endpoint: the words of a check and of a run, the bill, the mails.

A check and a run name the same cause, and what to do about it.
"""

import gzip
import json
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from newsletter.config import Settings, SummarizerSettings
from newsletter.database.db import Database
from newsletter.finding import Severity
from newsletter.models import AnswerCountRow
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries.base import RefusedError, SummaryError
from newsletter.summaries.language_model import retries
from newsletter.summaries.language_model.health import AskedModel
from newsletter.summaries.language_model.openai_compatible import OpenAICompatible
from tests.conftest import Cli
from tests.summaries.endpoint_standin import (
    SILENT,
    Answer,
    Answering,
    ModelStandIn,
    completion,
    in_turn,
)

KEY = "sk-the-secret"
SENTENCE = "We propose QuietNet, a small neural network that removes noise from speech."
USAGE = {"prompt_tokens": 300, "completion_tokens": 20}
PAID = 320  # tokens an answer
PAPER = Paper(PaperId("2507.00002"), "A title", "We propose a method for speech.", (), ())
WHOLE = completion(SENTENCE, usage=USAGE).body
PIECE = json.dumps(
    {"choices": [{"delta": {"content": SENTENCE[:30] + " busy"}, "finish_reason": None}]}
)
CALLS = [{"type": "function", "function": {"name": "search", "arguments": "{}"}}]
TOO_LARGE = Answer(413, b"<html>413 Request Entity Too Large</html>")
LATIN_1 = Answer(200, WHOLE.replace(b"QuietNet", b"Qui\xe9tNet"))
DEBT = '{"code": 1113, "msg": "\u8d26\u6237\u5df2\u6b20\u8d39"}'
BUSY = "\u5f53\u524d\u670d\u52a1\u7e41\u5fd9\uff0c\u8bf7\u7a0d\u540e\u518d\u8bd5"


def telling(status: int, message: str, **beside: object) -> Answer:
    return Answer(status, json.dumps({"error": {"message": message, **beside}}).encode())


def leading_to(address: str) -> Answer:
    return Answer(308, b"", {"Location": address})


def packed(body: bytes) -> Answer:
    return Answer(200, body, {"Content-Encoding": "gzip"})


def streamed(*events: str) -> Answer:
    body = "\n\n".join(f"data: {event}" for event in events)
    return Answer(200, body.encode(), {"Content-Type": "text/event-stream"})


@dataclass(frozen=True)
class Kind:
    answer: Answer | None
    says: str  # a check and a run: what it is, what to do
    tries: int = 1  # that a paper takes
    is_papers: bool = False  # it is about this paper, which is not asked about again
    is_length: bool = False  # this paper is too long; it is asked about again by its beginning
    paid: int = 0  # tokens an answer


KEY_REFUSED = "it refuses the key; look at summarizer.api_key"
NO_BALANCE = "the account has no balance; top it up, or look at summarizer.api_key"
OVERLOADED = "it is busy, or the account's limit is reached; fewer at once may do"
IN_TROUBLE = "it is in trouble itself; try again later"
REQUEST = "it refuses the request; look at summarizer.model, temperature and options"
NOT_READ = "HTTP 400: "
CUT = "its answer ends in the middle; look at its log, and at a proxy before it"
CUT_OFF = "cuts its answer off; look at summarizer.base_url, and at the server's log"
ELSEWHERE = "it sends elsewhere; look at summarizer.base_url"

KINDS = {
    "401": Kind(telling(401, "bad key"), KEY_REFUSED),
    "401 without a word": Kind(Answer(401), KEY_REFUSED),
    "402": Kind(telling(402, "Insufficient Balance"), NO_BALANCE),
    "403": Kind(telling(403, "no access"), "this key may not use that model, or not from here"),
    "404": Kind(telling(404, "no such model"), "there is no such model, or summarizer.base_url"),
    "405": Kind(telling(405, "Not Allowed"), "that address takes no questions; is summarizer."),
    "413": Kind(
        TOO_LARGE,
        "the request is too large for it, or for a proxy before it; look at",
        is_length=True,
    ),
    "422": Kind(telling(422, "temperature"), REQUEST),
    "429": Kind(telling(429, "slow down"), OVERLOADED, tries=3),
    "429 for a day": Kind(
        Answer(429, b"busy", {"Retry-After": "86400"}), "and not to come again for 86400 s"
    ),
    "429 without money": Kind(telling(429, "quota", code="insufficient_quota"), NO_BALANCE),
    "451": Kind(telling(451, "Unavailable"), "it may not answer for legal reasons; look at"),
    "500": Kind(telling(500, "oops"), IN_TROUBLE, tries=3),
    "500 that turns the line round": Kind(telling(500, "a \u202e b \x1b[3m"), IN_TROUBLE, tries=3),
    "503": Kind(Answer(503, b"upstream connect error"), IN_TROUBLE, tries=3),
    "400 for risk": Kind(telling(400, "Content Exists Risk"), NOT_READ, is_papers=True),
    "400 for policy": Kind(telling(400, "violates our usage policies"), NOT_READ, is_papers=True),
    "400 for length": Kind(
        telling(400, "maximum context length"), "the question is too long", is_length=True
    ),
    "400 for the key": Kind(telling(400, "API key not valid."), KEY_REFUSED),
    "400 for an option": Kind(telling(400, "unknown safety_identifier"), REQUEST),
    "400 for a name": Kind(telling(400, "names are case-sensitive"), REQUEST),
    "other completions": Kind(
        leading_to("https://other.example/api/v1/chat/completions"),
        'it sends elsewhere; write summarizer.base_url = "https://other.example/api/v1"',
    ),
    "a login": Kind(leading_to("https://login.example/"), ELSEWHERE),
    "a program": Kind(leading_to("javascript:/chat/completions"), ELSEWHERE),
    "the key's echo": Kind(leading_to(f"/chat/completions?key={KEY}"), ELSEWHERE),
    "overload as a success": Kind(telling(200, "overloaded, try again"), OVERLOADED, tries=3),
    "429 as a success": Kind(telling(200, "Provider error", code=429), OVERLOADED, tries=3),
    "overload in plain text": Kind(Answer(200, b"Too many requests"), OVERLOADED, tries=3),
    "debt in a list": Kind(Answer(403, b'{"errors": [{"message": "billing"}]}'), NO_BALANCE),
    "risk in plain text": Kind(Answer(400, b"Content Exists Risk"), NOT_READ, is_papers=True),
    "overload in Chinese": Kind(telling(200, BUSY), OVERLOADED, tries=3),
    "debt in Chinese": Kind(Answer(200, DEBT.encode()), NO_BALANCE),
    "an error as a success": Kind(telling(200, "odd"), "it answers with an error; do as it says"),
    "nothing": Kind(Answer(200), "its answer is empty; look at its log, and at summarizer."),
    "a web page": Kind(Answer(200, b"<!DOCTYPE html><p>Hotel"), "a web page answers, not a model"),
    "another document": Kind(Answer(200, b"[1]"), "the answer is no chat completion; is summ"),
    "a packed answer cut off": Kind(packed(gzip.compress(WHOLE)[:60]), CUT, tries=3),
    "a packed answer that was cut": Kind(packed(gzip.compress(WHOLE[:90])), CUT, tries=3),
    "latin-1 that does not say so": Kind(LATIN_1, "its answer is not in UTF-8, as JSON has to be"),
    "a stream cut off": Kind(streamed(PIECE), CUT, tries=3),
    "a stream with an error": Kind(
        streamed(PIECE, '{"error": {"message": "oh", "code": 503}}'), IN_TROUBLE, tries=3
    ),
    "a connection closed": Kind(None, CUT_OFF, tries=3),
    "half a body": Kind(Answer(200, b'{"choices"', promised=4000), CUT_OFF, tries=3),
    "50 MB": Kind(Answer(200, b"x" * (1 << 20), times=50), "larger than 1 MB", tries=3),
    "silence": Kind(SILENT, "does not answer within 0.3 s (summarizer.timeout_s)", tries=3),
    "a call of a tool": Kind(
        completion(None, "stop", USAGE, tool_calls=CALLS),
        "it calls a tool instead of answering; look at summarizer.options",
        paid=PAID,
    ),
    "an answer held back": Kind(
        completion("", "content_filter", USAGE),
        "the answer was held back (content_filter)",
        is_papers=True,
        paid=PAID,
    ),
}
EACH_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(retries, "_wait", lambda _: 0.0)


def chosen(url: str, kind: Kind) -> dict[str, object]:
    timeout_s = 0.3 if kind.answer is SILENT else 60
    told = {"use": "openai", "base_url": url, "model": "tiny", "api_key": KEY}
    return {**told, "timeout_s": timeout_s}


@EACH_KIND
def test_a_check_and_a_run_name_the_cause_and_what_to_do(kind: Kind) -> None:
    with ModelStandIn(in_turn(kind.answer)) as server:
        settings = SummarizerSettings.model_validate(chosen(server.url, kind))
        with closing(OpenAICompatible(settings)) as model:
            with pytest.raises(SummaryError) as caught:
                model.summarize(PAPER, "en")
            assert len(server.asked) == kind.tries
            (finding,) = AskedModel(settings, model.messages, model.draft).findings(["en"])
    assert isinstance(caught.value, RefusedError) is kind.is_papers
    assert caught.value.tokens.all == kind.paid
    assert finding.level is Severity.TROUBLE
    assert ("will not read such texts" in finding.text) is kind.is_papers
    for line in (finding.text, str(caught.value)):
        assert kind.says in line
        assert line.startswith("tiny: ")
        assert line.count("tiny") == 1
        assert line.isprintable()
        assert KEY not in line
        assert len(line) < 400


@EACH_KIND
@pytest.mark.slow
def test_a_day_goes_out_in_the_authors_words_and_one_line_says_why(
    cli: Cli,
    settings: Settings,
    database: Database,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
) -> None:
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__LANGUAGE", "en")
    with ModelStandIn(in_turn(kind.answer)) as server:
        for name, value in chosen(server.url, kind).items():
            monkeypatch.setenv(f"NEWSLETTER_SUMMARIZER__{name.upper()}", str(value))
        said = cli("run")
        asked = len(server.asked)
    assert said.code == 1
    (line,) = [line for line in said.err.splitlines() if "nothing usable came" in line]
    assert ("will not read such texts" if kind.is_papers else kind.says) in line
    assert line.count("tiny") == 1
    assert line.isprintable()
    own = 10 + 4  # papers of which each is refused for its own sake, four at once
    most = own if kind.is_papers else 2 * own if kind.is_length else 7 * kind.tries
    assert 1 <= asked <= most
    assert len(list((settings.folder / "outbox").glob("*.eml"))) == len(readers)
    with database.read() as session:
        tokens = func.sum(AnswerCountRow.tokens_asked + AnswerCountRow.tokens_answered)
        assert session.scalar(select(tokens)) == asked * kind.paid
    papers = json.loads(cli("issues", "export", "audio", "--format", "json").out)["papers"]
    assert {paper["summary"]["origin"] for paper in papers} == {"authors' words"}
    for form in ("html", "text"):
        told = " ".join(cli("issues", "export", "--format", form).out.split())
        assert "Sentences are the authors" in told


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (completion([{"type": "output_text", "text": SENTENCE}]), SENTENCE),
        (streamed(PIECE, "[DONE]"), f"{SENTENCE[:30]} busy"),
        (
            Answer(200, LATIN_1.body, {"Content-Type": "application/json; charset=latin-1"}),
            SENTENCE.replace("QuietNet", "Qui\u00e9tNet"),
        ),
        (Answer(200, WHOLE, {"Content-Type": "text/plain; charset=klingon"}), SENTENCE),
    ],
    ids=["in parts of another name", "in a stream", "in latin-1", "in no encoding"],
)
def test_an_answer_is_read_whatever_its_packing(answer: Answer, sentence: str) -> None:
    with ModelStandIn(in_turn(answer)) as server:
        settings = SummarizerSettings.model_validate(chosen(server.url, Kind(answer, "")))
        with closing(OpenAICompatible(settings)) as model:
            assert model.summarize(PAPER, "en").text == sentence
            (finding,) = AskedModel(settings, model.messages, model.draft).findings(["en"])
    assert finding.level is Severity.OK or sentence != SENTENCE


def test_an_address_down_to_the_completions_is_taken_for_its_base() -> None:
    answering: Answering = in_turn(completion(SENTENCE))
    with ModelStandIn(answering) as server:
        told = chosen(f"{server.url}/chat/completions", Kind(None, ""))
        with closing(OpenAICompatible(SummarizerSettings.model_validate(told))) as model:
            model.summarize(PAPER, "en")
        assert server.asked[0].path == "/v1/chat/completions"
