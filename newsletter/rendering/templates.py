"""The Jinja2 environment: one for mails and pages, with the filters that arXiv's texts need."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.exceptions import TemplateSyntaxError
from markupsafe import Markup

from newsletter import paths
from newsletter.errors import NewsletterError
from newsletter.rendering import phrases, tex
from newsletter.rendering.wording import Catalogue
from newsletter.rendering.wrapping import wrapped


@cache
def environment(catalogue: Catalogue) -> Environment:
    """Templates in one language. HTML is escaped; an unknown name is an error, not a silence."""
    made = Environment(
        loader=FileSystemLoader(paths.templates()),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "language": catalogue.tag,
        "say": phrases.Phrases(catalogue),
        "shows_sentence": phrases.shows_sentence,
    }
    made.filters |= {
        "tex": lambda source: Markup(tex.to_html(source)),  # noqa: S704 - to_html escapes
        "tex_unlinked": lambda source: Markup(_unlinked(tex.to_html(source))),  # noqa: S704
        "plain": phrases.plain,
        "wrapped": wrapped,
        "long_date": catalogue.long_date,
        "short_date": catalogue.short_date,
        "shortened": phrases.shortened,
    }
    return made


@contextmanager
def explained() -> Iterator[None]:
    """A broken template becomes one line with its file, line and reason."""
    try:
        yield
    except TemplateSyntaxError as error:
        raise NewsletterError(
            f"{_short(error.filename)}:{error.lineno}: {error.message}"
        ) from error
    except TemplateError as error:
        raise NewsletterError(f"a template cannot be rendered: {error}") from error


def _unlinked(html: str) -> str:
    """For text that stands inside a link already."""
    return re.sub(r"</?a\b[^>]*>", "", html)


def _short(file: str | None) -> str:
    if file is None:
        return "a template"
    path = Path(file)
    return (
        str(path.relative_to(paths.templates())) if path.is_relative_to(paths.templates()) else file
    )
