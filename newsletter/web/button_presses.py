"""Tells a person who presses a button from a machine that follows links and presses all it finds.

Gateways that look for harm in mail do that. The form of each page with a button says, signed, for
which page and when it was shown, and has a hidden button. A press of the hidden button, one faster
than a person's, or one by a script is asked for once more, with a box to tick beside the button. A
script that presses again leaves the box empty; one that ticks everything ticks a hidden box as
well. A press that no person makes keeps the link in doubt for a while (`doubted_links`), so the
earlier page does not help. A program that names itself a machine is refused even with a tick. A
form of another page, or one sent without a button, does nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from hmac import compare_digest

from newsletter.subscribers import form_limits

DECOY = "robot"  # the name of the button, and of the box, that no person sees
MEANT = "meant"  # of the box that a person ticks where something was in doubt
BUTTON = "pressed"  # of those that people press, where it has no other
_BUTTONS = frozenset({BUTTON, "from", "way", "save", "not", "only"})
# They say that a person acted (`Sec-Fetch-User`) wherever they say anything; Safari never does.
_SAYS_MODE = re.compile(  # Chrome 80, Firefox 90, Safari 16.4, and later
    r"Chrome/(?:[89]\d|\d{3})|Firefox/(?:9\d|\d{3})"
    r"|Version/(?:16\.[4-9]|1[7-9]|[2-9]\d)\S* .*Safari/"
)
_SAYS_WHO = re.compile(r"Chrome/|Firefox/")
_MACHINE = re.compile(  # a program by its own word; it can lie, and then nothing tells
    r"(?i)headless|phantomjs|puppeteer|playwright|selenium|webdriver|cypress|slimerjs"
    r"|htmlunit|jsdom|zombie\.js|wkhtml|scrapy|(?<!cu)bots?\b|crawl|spider|scanner|urlscan"
    r"|proofpoint|mimecast|barracuda|safelinks|urldefen[sc]e|trendmicro|forcepoint|fireeye"
    r"|zscaler|sophos|symantec|bluecoat|checkpoint|cloudmark|ironport|\bvade|virustotal"
    r"|ms-?office|microsoft[ -](?:office|outlook|url|defender)|link-?(?:check|scan|preview)"
)
# The same, and what a person's own program may be made of.
_DRIVEN = re.compile(
    rf"{_MACHINE.pattern}|electron|splash|scan|preview|vade|python|\bcurl|wget|libwww|okhttp"
    r"|httpclient|axios|go-http|aiohttp|\bjava/|\bphp|\bruby"
)


class PressDoubt(StrEnum):
    """The sign of a machine in a press."""

    NONE = ""
    TOO_FAST = "too fast"
    DECOY = "decoy"
    NO_BUTTON = "no button"  # a script sent the form
    SCRIPTED = "scripted"  # a script pressed the button


class Sender(Enum):
    """The sender of a form, as its headers tell."""

    PERSON = "a person, as far as anything tells"
    DOUBTFUL = "asked once more"
    MACHINE = "by its own word"


@dataclass(frozen=True)
class ButtonPress:
    """Whether the button's act may happen; and what looked like a machine, now or a step before."""

    counts: bool
    doubt: PressDoubt = PressDoubt.NONE
    unticked: bool = False  # the box of the second time, which was there
    by_machine: bool = False  # ticked by what names itself one: its word outweighs the box


@dataclass(frozen=True)
class PressMarker:
    """The signed token in the form of one page; the page's link names purpose and reader."""

    key: bytes
    page: str  # the path that the form goes to

    @property
    def link_key(self) -> str:
        """A keyed hash of the page."""
        return form_limits.hashed(self.key, f"link {self.page}")

    def made(self, now: datetime, doubt: PressDoubt = PressDoubt.NONE) -> str:
        """When the page is shown, and what was in doubt before."""
        shown = f"{int(now.timestamp() * 1000):x}"
        return f"{shown}.{doubt.name}.{self._signature(shown, doubt.name)}"

    def read(
        self, form: Mapping[str, str], now: datetime, least: timedelta, sent_by: "Sender"
    ) -> ButtonPress:
        """Judge the sender of a form; people take `least` to read a page."""
        shown, _, rest = form.get("shown", "").partition(".")
        earlier, _, signature = rest.partition(".")
        expected = self._signature(shown, earlier)
        if not compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
            return ButtonPress(counts=False)
        if DECOY in form:
            return ButtonPress(counts=False, doubt=PressDoubt.DECOY)
        if not _BUTTONS & form.keys():
            return ButtonPress(counts=False, doubt=PressDoubt.NO_BUTTON)
        if now - datetime.fromtimestamp(int(shown, 16) / 1000, UTC) < least:
            return ButtonPress(counts=False, doubt=PressDoubt.TOO_FAST)
        if earlier == PressDoubt.NONE.name:
            doubt = PressDoubt.NONE if sent_by is Sender.PERSON else PressDoubt.SCRIPTED
            return ButtonPress(counts=not doubt, doubt=doubt)
        is_meant, by_machine = MEANT in form, sent_by is Sender.MACHINE
        return ButtonPress(
            is_meant and not by_machine,
            PressDoubt[earlier],
            unticked=not is_meant,
            by_machine=is_meant and by_machine,
        )

    def _signature(self, shown: str, doubt: str) -> str:
        return form_limits.hashed(self.key, f"shown {shown} {doubt} {self.page}")


def sender_of(headers: Mapping[str, str], *, over_https: bool) -> Sender:
    """Whether a person's browser sends such a form (Fetch Metadata, which needs https).

    Older browsers and Safari do not tell who pressed, and are believed; so is every browser without
    https. A driven browser that says so is refused. One that hides it passes for a person, as it
    does in `Sec-Fetch-User`.
    """
    agent = headers.get("User-Agent", "")
    named = f"{agent} {headers.get('Sec-Ch-Ua', '')}"
    if _MACHINE.search(named):
        return Sender.MACHINE
    if "Sec-Fetch-Mode" in headers:
        is_scripted = bool(_SAYS_WHO.search(agent)) and headers.get("Sec-Fetch-User") != "?1"
    else:
        is_browser = agent.startswith(("Mozilla/", "Opera/"))
        is_scripted = not is_browser or (over_https and _SAYS_MODE.search(agent) is not None)
    return Sender.DOUBTFUL if is_scripted or _DRIVEN.search(named) else Sender.PERSON
