"""Whatever is asked, of whichever address the site has: an answer, and never a server error."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, unquote_to_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from newsletter import bootstrap, scaffold
from newsletter.cli.main import _run
from newsletter.config import Settings
from newsletter.machine_clock import utc_now
from newsletter.subscribers import erasure, lifecycle, opt_out
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.subscribers.link_claims import Purpose
from newsletter.web import create_app
from tests.conftest import BY_HAND

_METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "get", "X" * 50)
_FIELDS = (
    *("email", "newsletter", "website", "language", "pause", "detail-audio", "detail", "from"),
    *("all", "List-Unsubscribe", "\0", "a" * 500),
)
_VALUES = ("ada@reader.example", "audio", "text", "9999-12-31", "2025-07-12", "full", "One-Click")
_TYPES = (
    *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7"),
    *("multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary="),
    *("application/json", "text/plain; charset=nonsense", "", "\u00e4/\u00f6"),
)
_HEADERS = (
    *("Accept-Language", "Accept", "Host", "X-Forwarded-For", "X-Forwarded-Proto", "Cookie"),
    *("X-Forwarded-Host", "Range", "If-None-Match", "If-Modified-Since", "If-Range", "Referer"),
    *("Content-Encoding", "Transfer-Encoding", "Expect", "Origin", "User-Agent"),
    *("X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"),
)
# What a server hands on in a header: Latin-1 without line breaks.
_header = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
_piece = st.one_of(
    st.text(max_size=40).map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="")),
    st.binary(max_size=20).map(lambda raw: quote(raw, safe="")),
    st.sampled_from(["audio", "2025-07-11", "0001-01-01", "..%2f..%2f", "style.css", "feed", "%"]),
)


@dataclass(frozen=True)
class Site:
    app: Flask
    # Good ones for every purpose, of people here, gone and erased.
    tokens: tuple[str, ...] = field(repr=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("fuzz")
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    assert _run(["run", "--config", str(folder / "newsletter.toml")]) == 0
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        wish = SubscriptionRequest(["audio"], "brief", "en")
        people = [
            lifecycle.add_subscriber(session, f"r{each}@reader.example", wish, "yes", NOW)
            for each in "abc"
        ]
        numbers = [each.id for each in people]
        emails = [each.email for each in people]
        opt_out.unsubscribe(session, people[1], None, BY_HAND, NOW)
        erasure.erase(session, people[2], NOW)
    app = create_app(settings)
    yield Site(app, tuple(tokens(settings, numbers, emails)))
    app.extensions["newsletter.database"].dispose()


NOW = utc_now()
ENDS = (NOW + timedelta(days=1), NOW - timedelta(days=1))


def tokens(settings: Settings, numbers: list[int], emails: list[str]) -> Iterator[str]:
    links = bootstrap.signed_links(settings)
    for number, email in zip(numbers, emails, strict=True):
        yield links.preferences(number, email).rpartition("/")[2]
        for purpose in Purpose:
            for what in ("audio", "-", "audio_text", str(number), "nosuch"):
                for until in ("", *(f".{int(end.timestamp()):x}" for end in ENDS)):
                    yield links.sign(purpose, f"{number}.{what}{until}")


def address(site: Site, which: int, blanks: list[int | str], query: str) -> str:
    """A route of the site, each blank filled with a good token, a cut one, or something wild."""
    rules_ = sorted(site.app.url_map.iter_rules(), key=repr)
    rule = rules_[which % len(rules_)]
    path = rule.rule
    for name, blank in zip(sorted(rule.arguments), blanks, strict=False):
        filled = blank
        if isinstance(blank, int):
            token = site.tokens[blank % len(site.tokens)]
            filled = token[: blank % 50] if blank % 5 == 0 else token
        path = path.replace(f"<path:{name}>", f"<{name}>").replace(f"<{name}>", str(filled))
    return f"{path}?{query}"


body = st.one_of(
    st.dictionaries(st.sampled_from(_FIELDS), st.one_of(st.sampled_from(_VALUES), st.text())),
    st.binary(max_size=300),
    st.just(b"far too much"),
    st.just(b"email=%ff%00&newsletter=audio&newsletter=%ed%a0%80"),
    st.just(b'--x\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\n1\r\n--x--'),
)


@rules(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.tuples(
        st.integers(0, 1000),
        st.lists(st.one_of(st.integers(0, 1000), _piece), min_size=3, max_size=3),
        st.one_of(st.just(""), _piece),
    ),
    method=st.sampled_from(_METHODS),
    sent=body,
    media=st.sampled_from(_TYPES),
    headers=st.dictionaries(st.sampled_from(_HEADERS), _header, max_size=4),
)
@pytest.mark.slow
def test_no_request_brings_an_error_of_ours(
    site: Site,
    place: tuple[int, list[int | str], str],
    method: str,
    sent: dict[str, str] | bytes,
    media: str,
    headers: dict[str, str],
) -> None:
    path, _, query = address(site, *place).partition("?")
    sent = sent * 7000 if sent == b"far too much" else sent
    environ = EnvironBuilder(path="/", method=method, data=sent).get_environ()
    environ |= {"PATH_INFO": raw(path), "QUERY_STRING": query}
    if isinstance(sent, bytes):
        environ["CONTENT_TYPE"] = media
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": each for name, each in headers.items()}
    answer, status, given = run_wsgi_app(site.app, environ, buffered=True)  # and closed
    text = b"".join(answer)
    assert int(status.split()[0]) < 500, (method, path, status)
    assert "Set-Cookie" not in given
    assert b"Traceback" not in text


def raw(path: str) -> str:
    """Percent signs undone as a server does it: bytes in Latin-1 (PEP 3333)."""
    return unquote_to_bytes(path).decode("latin-1")


@pytest.mark.slow
def test_a_signed_link_about_nothing_is_answered_at_every_door(site: Site) -> None:
    client = site.app.test_client()
    about_nothing = [token for token in site.tokens if ".nosuch." in token]
    doors = {each.rule for each in site.app.url_map.iter_rules() if each.arguments == {"token"}}
    for door in doors:
        for token in about_nothing:
            path = door.replace("<token>", token)
            assert client.get(path).status_code < 500, path
            assert client.post(path).status_code < 500, path
    assert len(doors) > 8
