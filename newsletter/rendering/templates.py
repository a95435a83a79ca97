"""The Jinja2 environment: one for mails and pages, with the filters that arXiv's texts need."""

import re
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    select_autoescape,
)
from jinja2.exceptions import TemplateSyntaxError
from markupsafe import Markup

from newsletter import paths
from newsletter.errors import NewsletterError
from newsletter.languages import WITHOUT_SPACES
from newsletter.rendering.markup import note_markup, paper_text
from newsletter.rendering.size_budget import shows_sentence
from newsletter.rendering.theme import OURS, Theme
from newsletter.rendering.translations import Catalogue
from newsletter.rendering.wording import texts
from newsletter.rendering.wording.paper_links import paper_links
from newsletter.rendering.wording.quoted_sentence import marked_abstract
from newsletter.rendering.wrapping import wrap_text

# Far above what arXiv lets anybody write; a hostile text must not fill a mail.
_LONGEST = 6000
# Full stops and their kin, and the blank that our templates set between any two sentences.
_DOUBLE_GAP = re.compile(
    "([\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f])((?:</[a-z0-9]+>)*) +(?=\\S)"
)
_LAST_GAP = re.compile(r" (?=[^ <>]*(?:<[^<>]*>[^ <>]*)*\Z)")  # of a text, not of a tag
_LONGEST_END = 24  # characters of two words, so that the line before them is not left half empty
_LONGEST_LAST = 16  # characters of one word with hyphens
_SHORT_PART = re.compile(r"(?<=\b\w)-(?=\w)(?![^<>]*>)|(?<=\w)-(?=\w\b)(?![^<>]*>)")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)(?![^<>]*>)")
_COUNTED = re.compile(r"(?<=\d) (?=[^\W\d])")
# What an expression in a template can raise.
_MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class _Environment(Environment):
    """Compiles a template once, however many threads are the first to ask for it."""

    _compiling = RLock()

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja2's name
    ) -> Template:
        with self._compiling:
            return super().get_template(name, parent, globals)


class _WideTemplate(Template):
    """In a language whose full stops are as wide as a sign, and so have their gap."""

    def render(self, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - as in Jinja2
        return _DOUBLE_GAP.sub(r"\1\2", super().render(*args, **kwargs))


@cache
def template_environment(catalogue: Catalogue, theme: Theme = OURS) -> Environment:
    """Templates in one language. HTML is escaped; an unknown name is an error, not a silence.

    A template in the operator's own folder stands for ours of the same name.
    """
    folders = [theme.templates] if theme.templates else []
    environment = _Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in [*folders, paths.templates()]]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # the preview, where templates change, empties the cache
        extensions=["jinja2.ext.i18n"],
    )
    if catalogue.language in WITHOUT_SPACES:
        environment.template_class = _WideTemplate
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "language": catalogue.tag,
        "weekdays": catalogue.weekdays,
        "look": theme,
        "say": texts.IssueTexts(catalogue),
        "shows_sentence": shows_sentence,
        "marked_abstract": marked_abstract,
        "resources": paper_links,
        "note_html": note_markup.to_html,
        "note_text": note_markup.to_text,
    }
    environment.filters |= {
        "tex": _tex,
        "tex_unlinked": _tex_unlinked,
        "tex_title": _tex_title,
        "tex_lean_title": _tex_lean_title,
        "plain": paper_text.plain,
        "wrapped": wrap_text,
        "long_date": catalogue.long_date,
        "short_date": catalogue.short_date,
        "number": catalogue.number,
        "month": catalogue.month,
        "month_name": catalogue.month_name,
        "shortened": paper_text.shortened,
        "excerpt": _excerpt,
        "unbroken": _unbroken,
    }
    return environment


def original_names() -> list[str]:
    """Our templates of mails and pages, which an operator's file of the same name replaces."""
    ours = paths.templates()
    return [name for part in ("email", "web") for name in template_names(ours, part)]


def template_names(folder: Path, part: str = "") -> list[str]:
    """The files in a folder of templates, or in one part of it, by their names in templates."""
    files = sorted(file for file in (folder / part).rglob("*") if file.is_file())
    names = [file.relative_to(folder).as_posix() for file in files]
    return [name for name in names if not name.rpartition("/")[2].startswith(".")]


@contextmanager
def explain_template_error() -> Iterator[None]:
    """A broken template becomes one line with its file, line and reason."""
    try:
        yield
    except TemplateSyntaxError as error:
        place = f"{_short(error.filename)}:{error.lineno}"
        raise NewsletterError(f"{place}: {error.message}") from error
    except TemplateNotFound as error:
        raise NewsletterError(f"{_place(error)}: there is no template {error.name!r}") from error
    except (TemplateError, *_MISTAKES) as error:
        raise NewsletterError(f"{_place(error)}: {error}") from error


def _place(error: Exception) -> str:
    """Jinja2 gives each line of a template its own frame in the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame for frame in frames if Path(frame.filename).suffix in {".html", ".txt", ".css"}]
    return f"{_short(lines[-1].filename)}:{lines[-1].lineno}" if lines else "a template"


def _short(file: str | None) -> str:
    """Ours by its name, the operator's by its path."""
    if file is None:
        return "a template"
    path = Path(file)
    ours = paths.templates()
    return str(path.relative_to(ours)) if path.is_relative_to(ours) else file


def _tex(source: str) -> Markup:
    return Markup(paper_text.markup(source, _LONGEST))  # noqa: S704 - it escapes


def _tex_unlinked(source: str) -> Markup:
    """For text that stands inside a link already."""
    return Markup(paper_text.markup(source, _LONGEST // 10, linked=False))  # noqa: S704 - it escapes


def _tex_title(source: str) -> Markup:
    """A title whose last two words stay in one line, and the last with its parts, if not long.

    CSS cannot do this for cards, whose category stands behind the title.
    """
    whole = _tex_unlinked(source)
    rest, end, before, last = _last_word(whole)
    if not rest or len(f"{before} {last}") > _LONGEST_END:
        return Markup(f"{rest} {end}") if rest else whole  # noqa: S704 - it is markup
    start = rest.rfind(" ") + 1
    joined = _SHORT_PART.sub("\N{NON-BREAKING HYPHEN}", f"{rest[start:]}\N{NO-BREAK SPACE}{end}")
    return Markup(rest[:start] + joined)  # noqa: S704 - it is markup


def _tex_lean_title(source: str) -> Markup:
    """A title whose last word keeps its parts together, for what follows it in the same line."""
    whole = _tex_unlinked(source)
    rest, end, _, _ = _last_word(whole)
    return Markup(f"{rest} {end}") if rest else whole  # noqa: S704 - it is markup


def _last_word(whole: Markup) -> tuple[str, str, str, str]:
    """The text before the last word, and that word; then the last two as plain text.

    Its hyphens do not break, if it is not long. All is empty where there is one word.
    """
    html = str(whole)
    gap = _LAST_GAP.search(html)
    if gap is None:
        return "", "", "", ""
    *_, before, last = whole.striptags().split(" ")
    end = html[gap.end() :]
    if len(last) <= _LONGEST_LAST:
        end = _HYPHEN.sub("\N{NON-BREAKING HYPHEN}", end)
    return html[: gap.start()], end, before, last


def _unbroken(words: str) -> str:
    """The words with no line's end between a number and what it counts."""
    return _COUNTED.sub("\N{NO-BREAK SPACE}", words)


def _excerpt(source: str) -> str:
    return paper_text.shortened(paper_text.plain(source), paper_text.EXCERPT_CHARACTERS)
