"""The common ground of all pages: frame, language, database, and the reading of links."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from hmac import compare_digest
from typing import TypeVar, cast
from urllib.parse import unquote, urlsplit

from flask import Flask, abort, current_app, g, request
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from newsletter import slugs
from newsletter.config import NewsletterSettings, Settings
from newsletter.database.db import Database
from newsletter.languages import CODES, LANGUAGES
from newsletter.rendering.templates import template_environment
from newsletter.rendering.theme import Theme
from newsletter.rendering.translations import Catalogue, translations
from newsletter.subscribers import form_limits, health
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.link_claims import ALL, Claim, ConfirmClaim, UndoClaim, UnsubscribeClaim
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.web.button_presses import (
    BUTTON,
    DECOY,
    MEANT,
    ButtonPress,
    PressDoubt,
    PressMarker,
    sender_of,
)
from newsletter.web.doubted_links import forget_doubt, is_kept_doubt, recall_doubt, remember_doubt
from newsletter.web.unsubscribe_queue import UnsubscribeQueue

_C = TypeVar("_C", bound=Claim)
_THE_SAME = ("static", "look", "atom", "favicon")  # in every language
_WHOLE = re.compile(r"[\w.-]+\.[\w-]{27}", re.ASCII)  # a token, as far as it can be seen
_LOOK_AT_SLUGS = timedelta(seconds=1)
EXTENSION = "newsletter.pages"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# For pages with a script, which is a file of ours, and asks nobody but us.
SCRIPT_POLICY = f"{POLICY}; script-src 'self'; connect-src 'self'"


@dataclass
class Pages:
    """The parts that every view works with; `wake` wakes the outbox worker."""

    app: Flask
    settings: Settings
    database: Database
    links: SignedLinks
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    limits_key: bytes
    unsubscribe_queue: UnsubscribeQueue
    _looked_at: datetime | None = None

    @property
    def newsletters(self) -> dict[str, NewsletterSettings]:
        return {newsletter.slug: newsletter for newsletter in self.settings.newsletters}

    def look_at_slugs(self) -> None:
        """Serve on where a newsletter was renamed meanwhile; asked at most once a second."""
        now = self.clock()
        if self._looked_at is not None and now - self._looked_at < _LOOK_AT_SLUGS:
            return
        self._looked_at = now
        with suppress(SQLAlchemyError), self.database.read() as session:
            self.settings = slugs.settings_of_today(session, self.settings)

    def language(self) -> Catalogue:
        """The one that the address asks for, else the browser, else the first newsletter's."""
        if "catalogue" not in g:
            code = chosen_language() or request.accept_languages.best_match(CODES)
            g.catalogue = translations(code or self.settings.newsletters[0].language)
        catalogue: Catalogue = g.catalogue
        return catalogue

    def gettext(self, message: str) -> str:
        return self.language().gettext(message)

    def path(self, endpoint: str, **values: object) -> str:
        """The address of a page within the site, in the language that was chosen by hand."""
        chosen = chosen_language()
        if chosen and endpoint not in _THE_SAME:
            values = {"lang": chosen, **values}
        return self.app.url_for(self._endpoints[endpoint], **values)  # type: ignore[arg-type]  # a string, a date

    @cached_property
    def _endpoints(self) -> dict[str, str]:
        """Each view by its own name, without its blueprint's: so templates call them."""
        return {endpoint.rpartition(".")[2]: endpoint for endpoint in self.app.view_functions}

    def render(self, name: str, **shown: object) -> str:
        catalogue = self.language()
        return (
            template_environment(catalogue, Theme.of(self.settings))
            .get_template(name)
            .render(
                site=self.settings.site,
                path=self.path,
                shown=lambda target="": self._marker(target).made(
                    self.clock(), g.get("doubt", PressDoubt.NONE)
                ),
                pressed=BUTTON,
                decoy=DECOY,
                meant=MEANT if g.get("doubt") else None,
                origin="{0.scheme}://{0.netloc}".format(urlsplit(self.settings.site.url)),
                languages=LANGUAGES,
                spoken=catalogue.language,
                **shown,
            )
        )

    def press(self) -> ButtonPress:
        """Whether a person pressed the button; if not, the next page asks once more."""
        least = timedelta(seconds=self.settings.web.press_after_s)
        over_https = self.settings.site.url.startswith("https://")
        sent_by = sender_of(dict(request.headers), over_https=over_https)
        marker = self._marker()
        press = marker.read(request.form, self.clock(), least, sent_by)
        press = self._with_earlier_doubt(press, marker.link_key)
        g.doubt, g.unticked, g.by_machine = press.doubt, press.unticked, press.by_machine
        return press

    def _with_earlier_doubt(self, press: ButtonPress, link: str) -> ButtonPress:
        """Count earlier presses of this link as well, whichever page they came from."""
        now = self.clock()
        if press.counts and not press.doubt:
            with self.database.read() as session:
                earlier = recall_doubt(session, link, now)
            return ButtonPress(counts=False, doubt=earlier) if earlier else press
        if press.counts:
            with self.database.row_locked.begin() as session:
                forget_doubt(session, link)
        elif not press.unticked and is_kept_doubt(press.doubt):
            with self.database.row_locked.begin() as session:
                remember_doubt(session, link, press.doubt, now)
        return press

    def _marker(self, target: str = "") -> PressMarker:
        """Of the form that goes to that address, else to the one that is asked for."""
        page = unquote(urlsplit(target).path) if target else request.script_root + request.path
        return PressMarker(self.limits_key, page)

    def message_page(self, heading: str, *texts: str, **shown: object) -> str:
        """A page that only says something; `form` or `onward` may lead on from it."""
        return self.render("web/said.html", heading=heading, texts=texts, **shown)

    def confirm_page(self, heading: str, *texts: str, button: str, **shown: object) -> str:
        """A page with one button; what it does, the POST to the same address does."""
        if g.get("doubt"):
            again = self.gettext("Machines press buttons too. Read this, then press it once more.")
            texts = (self.once_more(again), *texts)
        return self.render("web/asked.html", heading=heading, texts=texts, button=button, **shown)

    def once_more(self, why: str) -> str:
        """The words of a page that asks again: `why`, or what was missing the first time."""
        if g.get("by_machine"):
            return self.gettext(
                "The program that you use calls itself a machine, so its press does not count."
                " Open this page in another browser, and press there."
            )
        missing = self.gettext("The box was not ticked. Tick it, then press the button.")
        return missing if g.get("unticked") else why

    def expired_page(self) -> str:
        """The page for a good link whose time is over, or whose subscriber has gone: 410."""
        g.has_ended = True
        return self.message_page(
            self.gettext("This link has had its day"),
            self.gettext("Take the one in the newest mail, or sign up again."),
            onward=(self.path("home"), self.gettext("To the newsletters")),
        )

    def title_of(self, slug: str) -> str:
        """The newsletter's title; of one that is no longer configured, its slug."""
        newsletter = self.newsletters.get(slug)
        return newsletter.title if newsletter else slug

    def claim(self, kind: type[_C], token: str) -> _C:
        """The claim of a link, with today's slugs.

        400 where it is forged or for another purpose; 410 where its key may have been removed.
        """
        claim = self.links.read(kind, token)
        if claim is None:
            abort(410 if _WHOLE.fullmatch(token) and self._lost_a_key() else 400)
        if isinstance(claim, UnsubscribeClaim) and claim.newsletter in (ALL, *self.newsletters):
            return claim  # who ends it looks at the slugs once more, with all that leave then
        with self.database.read() as session:
            if isinstance(claim, ConfirmClaim):
                named = slugs.of_today(session, claim.newsletters)
                return replace(claim, newsletters=tuple(named))
            if isinstance(claim, UnsubscribeClaim | UndoClaim):
                (named_now,) = slugs.of_today(session, [claim.newsletter])
                return replace(claim, newsletter=named_now)
        return claim

    def _lost_a_key(self) -> bool:
        with self.database.read() as session:
            return bool(health.lost_keys(self.settings, session))

    def evidence(self, wording_: str, way: Channel = Channel.PAGE) -> ConsentEvidence:
        return ConsentEvidence(way, wording_, self.network(), g.get("doubt") or None)

    def network(self) -> str:
        """A keyed hash of the client's network."""
        network = form_limits.network_of(request.remote_addr)
        return form_limits.hashed(self.limits_key, network)


# Those of the application that answers this request.
pages = cast("Pages", LocalProxy(lambda: current_app.extensions[EXTENSION]))


def gettext(message: str) -> str:
    """A message in the reader's language."""
    return pages.gettext(message)


def has_bearer_token(token: SecretStr) -> bool:
    """Whether the request bears that token (RFC 6750, 2.1); how long it takes tells nothing."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_same = compare_digest(given.strip().encode(), token.get_secret_value().encode())
    return is_same and scheme.lower() == "bearer"


def chosen_language() -> str | None:
    chosen = request.args.get("lang")
    return chosen if chosen in CODES else None
