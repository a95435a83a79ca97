"""/api/subscribers: programs with a token of [api] sign people up and off.

Unless the operator lets the token vouch (`may_vouch`), it works as the form does: the mailbox is
asked, and the answer does not tell whether the address is known.
"""

import json
import math
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.config import LANGUAGES, ApiClientSettings
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.models import Rhythm
from newsletter.outbox import EmailType
from newsletter.subscribers import address_change, form_limits, lifecycle, opt_out, signups
from newsletter.subscribers.addresses import normalize_address
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.form_limits import Limit, LimitKey
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.subscribers.signups import SignupRequest
from newsletter.web.pages import has_bearer_token, pages

blueprint = Blueprint("api", __name__)

_AN_HOUR = timedelta(hours=1)
_SIGNUPS, _LEAVES = "api-hour", "api-leave-hour"  # who signs many up can still let one go


class _ApiError(Exception):
    """A fault in a request: a status, and words for the client's author."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers or {}


@blueprint.errorhandler(_ApiError)
def refuse(error: _ApiError) -> Response:
    answer = jsonify(error=str(error))
    answer.status_code = error.status
    answer.headers.update(error.headers)
    return answer


@blueprint.post("/api/subscribers")
def subscribe() -> tuple[Response, int]:
    name, client = _client()
    given = _body()
    address = _address(given.get("email"))
    slugs = _newsletters(client, given.get("newsletters"))
    language = given.get("language", pages.newsletters[slugs[0]].language)
    if language not in list(LANGUAGES):
        raise _ApiError(400, f"language must be one of {', '.join(LANGUAGES)}")
    consent = given.get("consent")
    if consent is None:
        wording, network = f"by {name}", pages.network()
        signup = SignupRequest(address, slugs, language, wording, network, Channel.API)
        return _ask(name, client, signup)
    if not client.may_vouch:
        raise _ApiError(403, "this token may not vouch; leave consent out: they are asked")
    if not isinstance(consent, str) or not consent.strip() or "\0" in consent:
        raise _ApiError(400, "consent must say when and how they agreed")
    rhythm = given.get("rhythm") or ""
    if rhythm and rhythm not in list(Rhythm):
        raise _ApiError(400, f"rhythm must be one of {', '.join(Rhythm)}")
    wanted = SubscriptionRequest(slugs, pages.newsletters[slugs[0]].detail, language, rhythm)
    return _vouch(name, client, address, wanted, f"{name}: {consent.strip()[:500]}")


@blueprint.delete("/api/subscribers/<path:address>")
def unsubscribe(address: str) -> tuple[str, int]:
    """Unsubscribe, also at a newer address; always 204, whether or not they subscribed."""
    name, client = _client()
    address = _address(address)
    slugs = _newsletters(client, request.args.getlist("newsletter") or None)
    now = pages.clock()
    with pages.database.row_locked.begin() as session:
        _count(session, name, client, _LEAVES)
        signups.withdraw_signup(session, address, slugs)
        for subscriber in address_change.lock_addresses_linked(session, [address]):
            evidence = ConsentEvidence(Channel.API, f"by {name}")
            ended = opt_out.unsubscribe(session, subscriber, slugs, evidence, now)
            if ended and pages.settings.web.undo_mail == "everybody":
                outbox.enqueue(session, EmailType.LEFT, subscriber, now, {"left": ended[0]})
    pages.wake()
    return "", 204


def _ask(name: str, client: ApiClientSettings, wanted: SignupRequest) -> tuple[Response, int]:
    """As the form does: one row, and the same answer for every address."""
    now = pages.clock()
    with pages.database.row_locked.begin() as session:
        _count(session, name, client)
        if not signups.request_signup(session, wanted, pages.settings.signup, now):
            raise _ApiError(503, "too many wait", {"Retry-After": "3600"})
    pages.wake()
    return jsonify(status="asked"), 202


def _vouch(
    name: str, client: ApiClientSettings, address: str, wanted: SubscriptionRequest, consent: str
) -> tuple[Response, int]:
    """In at once, but for what they left before: that only they can say yes to."""
    now = pages.clock()
    try:
        with pages.database.write.begin() as session:
            _count(session, name, client)
            subscriber = lifecycle.add_subscriber(
                session, address, wanted, consent, now, Channel.API
            )
            asked = lifecycle.newsletters_to_confirm(session, subscriber, wanted)
            if asked:
                signups.consume_confirm_mail(session, address, pages.settings.signup, now)
                outbox.enqueue(session, EmailType.CONFIRM, subscriber, now, {"newsletters": asked})
    except NewsletterError as error:
        raise _ApiError(409, str(error)) from error
    pages.wake()
    confirmed = [slug for slug in wanted.newsletters if slug not in asked]
    return jsonify(status="asked" if asked else "confirmed", confirmed=confirmed, asked=asked), 200


def _body() -> dict[str, Any]:
    if not request.is_json:
        raise _ApiError(400, "the body must be JSON, with Content-Type: application/json")
    try:
        given = request.get_json(silent=True)
        json.dumps(given, ensure_ascii=False).encode()  # half a pair of surrogates is no text
    except (RecursionError, UnicodeEncodeError):
        given = None
    if not isinstance(given, dict):
        raise _ApiError(400, "the body must be a JSON object")
    return given


def _client() -> tuple[str, ApiClientSettings]:
    """The client whose token the request bears; all are compared, in constant time."""
    found = [
        (name, client)
        for name, client in pages.settings.api.items()
        if has_bearer_token(client.token)
    ]
    if not found:
        raise _ApiError(401, "no token of [api]", {"WWW-Authenticate": "Bearer"})
    return found[0]


def _count(session: Session, name: str, client: ApiClientSettings, scope: str = _SIGNUPS) -> None:
    use = LimitKey(Limit(scope, client.per_hour, _AN_HOUR), form_limits.key_of(session, name))
    now = pages.clock()
    if form_limits.consume(session, [use], now) is not None:
        wait = (form_limits.opens_again(session, use) or now + _AN_HOUR) - now
        seconds = str(math.ceil(wait.total_seconds()))
        raise _ApiError(429, "this token's hour is used up", {"Retry-After": seconds})


def _address(given: Any) -> str:  # noqa: ANN401 - what JSON holds
    try:
        return normalize_address(given if isinstance(given, str) else "")
    except WrongUseError as error:
        raise _ApiError(400, str(error)) from error


def _newsletters(client: ApiClientSettings, given: Any) -> list[str]:  # noqa: ANN401 - what JSON holds
    """The newsletters of the token, or those of them that are named."""
    offered = [slug for slug in pages.newsletters if slug in client.newsletters]
    if given is None:
        return offered
    if not isinstance(given, list) or not given or not all(isinstance(s, str) for s in given):
        raise _ApiError(400, "newsletters must be a list of their slugs")
    if not set(given) <= set(offered):
        raise _ApiError(403, f"this token is for {', '.join(offered)}")
    return [slug for slug in offered if slug in given]
