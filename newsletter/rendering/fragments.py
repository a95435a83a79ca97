"""The pieces of an issue in one language: rendered, inlined and encoded once at each level."""

import logging
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cssutils
from jinja2 import Environment
from markupsafe import Markup
from premailer import Premailer

from newsletter.rendering.issue_content import IssueContent, IssueSection
from newsletter.rendering.qp_template import TextFragment
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.templates import explain_template_error


@dataclass(frozen=True)
class Frame:
    """What stands around the papers."""

    head: TextFragment
    labels: Mapping[IssueSection, TextFragment]
    foot: TextFragment

    def around(
        self, papers: Sequence[tuple[IssueSection, TextFragment]], more: TextFragment | None
    ) -> list[TextFragment]:
        """All pieces of a part in order, a label before the first paper of each section."""
        pieces = [self.head]
        section: IssueSection | None = None
        for own_section, paper in papers:
            if own_section is not section:
                section = own_section
                pieces.append(self.labels[section])
            pieces.append(paper)
        return [*pieces, *([more] if more else []), self.foot]


class PaperFragments:
    """One part, HTML or text, of one issue.

    `shown` is what the templates see; with `reader`, a set of blanks, they also show a footer
    for that reader.
    """

    def __init__(
        self,
        content: IssueContent,
        templates: Environment,
        context: Mapping[str, object],
        ending: str,
    ) -> None:
        self._digest = content
        self._environment = templates
        self._shown = {"digest": content, **context}
        self._ending = ending
        self._levels: dict[DetailLevel, list[TextFragment]] = {}
        self._more: dict[int, TextFragment] = {}

    @cached_property
    def frame(self) -> Frame:
        present = [section for section in IssueSection if self._digest.counts[section]]
        labels = [self._render("section", section=section) for section in present]
        head, *pieces, foot = self._finished(labels)
        return Frame(head, dict(zip(present, pieces, strict=True)), foot)

    def papers(self, level: DetailLevel) -> list[TextFragment]:
        if level not in self._levels:
            entries = self._digest.entries
            rendered = [
                self._render(
                    "paper", entry=entry, paper=entry.paper, level=level, levels=DetailLevel
                )
                for entry in entries
            ]
            self._levels[level] = self._finished(rendered)[1:-1]
        return self._levels[level]

    def more(self, number: int) -> TextFragment:
        """The line that stands for so many papers."""
        if number not in self._more:
            _, self._more[number], _ = self._finished([self._render("more", number=number)])
        return self._more[number]

    def _finished(self, fragments: Sequence[str]) -> list[TextFragment]:
        """The frame's head, the fragments and the foot; HTML with its styles inlined."""
        cut = f"<!--{secrets.token_hex(8)}-->"
        papers = Markup(cut + cut.join(fragments) + cut)  # noqa: S704 - our own rendering
        whole = self._render("body", papers=papers)
        if self._ending == "html":
            whole = inline(whole)
        return [TextFragment(text.rstrip("\n") + "\n") for text in whole.split(cut)]

    def _render(self, name: str, **more: object) -> str:
        with explain_template_error():
            template = self._environment.get_template(f"email/issue/{name}.{self._ending}")
            return template.render(**self._shown, **more)


# CSS into style attributes, as mail programs need it.

# premailer's parser state is shared: one at a time.
_ONE_AT_A_TIME = threading.Lock()

# Every byte of a style is one less for papers; a "<" of a text is escaped, so only tags match.
_STYLE = re.compile(r'(<[a-z][^<>]*? style=")([^"]*)')


class _OfflinePremailer(Premailer):  # type: ignore[misc]  # premailer ships no types
    """Never fetches anything: cssutils would follow an `@import`, even of a local file."""

    def _parse_css_string(self, css_body: str, validate: bool = True) -> object:  # noqa: FBT001, FBT002 - as in premailer
        return _parsed(css_body, validate)


@lru_cache(maxsize=32)  # only read by premailer; most of the work of a small mail
def _parsed(css: str, validate: bool) -> object:  # noqa: FBT001 - as in premailer
    parser = cssutils.CSSParser(fetcher=lambda _url: (None, b""), validate=validate)
    return parser.parseString(css)


def inline(html: str) -> str:
    """The page with its rules in style attributes; `@media` rules stay in the head."""
    with _ONE_AT_A_TIME:
        inlined: str = _OfflinePremailer(
            html,
            keep_style_tags=False,
            strip_important=False,
            allow_network=False,
            disable_validation=True,
            remove_classes=False,
            cssutils_logging_level=logging.CRITICAL,
            disable_basic_attributes=["bgcolor", "width", "height"],
        ).transform(pretty_print=False)
    return _STYLE.sub(lambda found: found[1] + found[2].replace("; ", ";"), inlined)
