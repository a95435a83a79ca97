"""What to do where a model answers with no completion: for the lines of a run and a check."""

from newsletter.config import SummarizerSettings
from newsletter.summaries.endpoint import Reply

_REQUEST = "it refuses the request; look at summarizer.model, temperature and options"
_BY_STATUS = {
    400: _REQUEST,
    401: "it refuses the key; look at summarizer.api_key",
    402: "the account has no balance",
    403: "this key may not use that model, or not from here; look at summarizer.api_key and model",
    404: "there is no such model, or summarizer.base_url is wrong (most end in /v1)",
    422: _REQUEST,
    429: "it is busy, or the account's limit is reached",
}
_WEB_PAGE = (b"<!doctype", b"<html")


def of_status(chosen: SummarizerSettings, status: int) -> str:
    """Of an answer that is no success; empty where the endpoint itself is in trouble."""
    if status == 401 and not chosen.api_key.get_secret_value():  # noqa: PLR2004 - HTTP
        return "it wants a key, and summarizer.api_key is empty"
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP
        return "it sends elsewhere; put that address into summarizer.base_url"
    return _BY_STATUS.get(status, "")


def of_no_completion(reply: Reply) -> str:
    """Of a success that is not what was asked for."""
    if reply.content.lstrip()[:9].lower().startswith(_WEB_PAGE):
        return "a web page answers, not a model; is summarizer.base_url right (most end in /v1)?"
    return "the answer is no chat completion; is summarizer.base_url right (most end in /v1)?"
