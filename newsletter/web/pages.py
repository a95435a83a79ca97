"""The frame of every page, in the language that the browser asks for."""

from flask import Flask, request

from newsletter.config import LANGUAGES, Settings
from newsletter.rendering.looks import Looks
from newsletter.rendering.templates import environment
from newsletter.rendering.wording import Catalogue, wording


class Pages:
    """Renders pages in the language that the browser asks for."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._looks = Looks.of(settings)

    def language(self) -> Catalogue:
        asked = request.accept_languages.best_match(LANGUAGES)
        return wording(asked or self._settings.newsletters[0].language)

    def render(self, name: str, **shown: object) -> str:
        return (
            environment(self.language(), self._looks)
            .get_template(name)
            .render(site=self._settings.site, url_for=self._app.url_for, **shown)
        )

    def said(self, heading: str, text: str) -> str:
        return self.render("web/said.html", heading=heading, text=text)

    def asked(self, heading: str, text: str, button: str) -> str:
        return self.render("web/asked.html", heading=heading, text=text, button=button)

    def title_of(self, slug: str) -> str:
        """The newsletter's title; of one that is no longer configured, its slug."""
        titles = {each.slug: each.title for each in self._settings.newsletters}
        return titles.get(slug, slug)
