"""An issue's words around its papers, the same in HTML and in text.

Plain strings: the template that prints them escapes them as its format needs.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache

from newsletter.interests.pick_reasons import REASON_TEMPLATES, PickReason, ReasonType
from newsletter.languages import WITHOUT_SPACES
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import Block, EditorNote, IssueEntry, IssueSection, Omission
from newsletter.rendering.markup.paper_text import is_category, is_plain, plain, shortened
from newsletter.rendering.size_budget import DetailLevel, shows_sentence
from newsletter.rendering.wording.author_list import CreditedAuthor, list_authors, read_authors
from newsletter.rendering.wording.comments import comment
from newsletter.rendering.wording.field_names import field_name
from newsletter.rendering.wording.masthead import MastheadTexts
from newsletter.rendering.wording.paper_links import PROJECT_PAGE, PaperLink
from newsletter.sources.base import UNNAMED_MODEL, Paper
from newsletter.summaries.base import Sentence
from newsletter.summaries.extractive.sentence_type import SentenceType, sentence_type

_SHOWN_AUTHORS = 6
_SHOWN_GROUPS = 2
_NAME_CHARACTERS = 80
REASON_CHARACTERS = 50  # of a name or title
_SHOWN_CATEGORIES = 5
WORDS = "%(words)s"  # in a template of reasons


class IssueTexts(MastheadTexts):
    """And those on the papers."""

    def label(self, block: Block) -> str:
        """The label over the papers of a block."""
        day = self._catalogue.one_line_date(block.day) if block.day else ""
        first = self._say("Editor's choice").upper() if block.is_first else ""
        late = self._say("Found later").upper() if block.is_late else ""
        section = self.section(block.section).upper()
        return " · ".join(filter(None, [first, late, block.category, day, section]))

    def found_later(self, number: int, day: date) -> str:
        """Where the papers stand that were found after an issue had gone out."""
        return self._count(
            "%(num)s paper of this day was found later: it stands in the issue of %(day)s.",
            "%(num)s papers of this day were found later: they stand in the issue of %(day)s.",
            number,
        ) % {"num": self._number(number), "day": self._catalogue.long_date(day)}

    def put_first(self, entry: IssueEntry) -> str:
        """Why a paper comes before all others for everybody."""
        return self._say("Put first by the editor") + self._say(": ") + entry.put_first

    def note_heading(self, content: IssueContent, note: EditorNote) -> str:
        """The heading of an editor's note; of several days also which one it is on."""
        heading = self._say("Editor's note")
        if content.first_day is None:
            return heading
        return f"{heading} · {self._catalogue.one_line_date(note.day)}"

    def omitted(self, content: IssueContent) -> list[tuple[str, list[Omission]]]:
        """How many papers the editor left out for each reason, in words, and which."""
        by_reason: dict[str, list[Omission]] = {}
        for left in content.omissions:
            by_reason.setdefault(left.reason, []).append(left)
        return [(self._omitted(reason, len(left)), left) for reason, left in by_reason.items()]

    def _omitted(self, reason: str, papers: int) -> str:
        words = self._count(
            "%(num)s paper left out by the editor", "%(num)s papers left out by the editor", papers
        ) % {"num": self._number(papers)}
        return words + (self._say(": ") + reason if reason else "")

    def authors(self, paper: Paper, named: str = "") -> str:
        """The first few by name, the others by number; never "and 1 more".

        One of those who is `named`, as the paper has the name, stands in the place of the last.
        """
        authors = _credited(paper.authors)
        if len(authors) <= _SHOWN_AUTHORS + 1:
            return list_authors(authors, _short_name)
        last = next((author for author in authors[_SHOWN_AUTHORS:] if author.name == named), None)
        shown = authors[: _SHOWN_AUTHORS - (last is not None)]
        names = list_authors(shown, _short_name)
        names = names if last is None else f"{names}, … {_short_name(last.name)}"
        hidden = [author for author in authors[len(shown) :] if author is not last]
        more = sum(author.stands_for for author in hidden)
        many = self._count("%(names)s and %(num)s more", "%(names)s and %(num)s more", more)
        groups = [*dict.fromkeys(filter(None, (author.spoken_for for author in hidden)))]
        told = many % {"names": names, "num": self._number(more)}
        return " ".join([told, *map(_short_name, groups[:_SHOWN_GROUPS])])

    def all_authors(self, paper: Paper) -> str:
        """Each by name, where `authors` has only some; else nothing."""
        authors = _credited(paper.authors)
        is_short = len(authors) <= _SHOWN_AUTHORS + 1
        return "" if is_short else list_authors(authors, _short_name)

    def facts(self, entry: IssueEntry, level: DetailLevel) -> list[str]:
        """The quiet line before the links: categories and comment.

        Of a replacement first its version, and what its authors say of it.
        """
        paper = entry.paper
        is_short = level <= DetailLevel.COMPACT
        most = 1 if is_short else _SHOWN_CATEGORIES
        own = list(filter(is_category, paper.categories))
        categories = " ".join(own[:most]) + " …" * (len(own) > most > 1)
        said = "" if is_short else comment(paper)
        if own and shows_sentence(entry, level) and self._is_foreign(entry.summary):
            categories = f"{field_name(own[0], self._language)} {categories}".lstrip()
        if entry.section is IssueSection.REPLACE:
            facts = [f"v{paper.id.version}", said, categories]
        else:
            facts = [categories, said]
        return list(filter(None, facts))

    def what_it_does(self, sentence: Sentence) -> str:
        """Of the authors' words in another script than the reader's: what they do, if known.

        Readers of Latin letters see it in the words themselves. It stands right before them, so it
        ends with its own blank.
        """
        is_strange = self._language in WITHOUT_SPACES and self._is_foreign(sentence)
        kind = sentence_type(sentence.text) if is_strange else None
        if kind is None:
            return ""
        say = self._say
        told = {
            SentenceType.PROPOSES: say("Proposes:"),
            SentenceType.PROVES: say("Proves:"),
            SentenceType.SHOWS: say("Shows:"),
            SentenceType.ARGUES: say("Argues:"),
            SentenceType.FINDS: say("Finds:"),
            SentenceType.REPORTS: say("Reports:"),
            SentenceType.MEASURES: say("Measures:"),
            SentenceType.EVALUATES: say("Evaluates:"),
            SentenceType.STUDIES: say("Studies:"),
            SentenceType.SURVEYS: say("Surveys:"),
        }
        return told[kind] if told[kind].endswith("\N{FULLWIDTH COLON}") else f"{told[kind]} "

    def _is_foreign(self, sentence: Sentence) -> bool:
        return sentence.is_quotation and bool(sentence.text) and sentence.language != self._language

    def resource(self, resource: PaperLink) -> str:
        """The name of a link."""
        return self._say("project page") if resource.name == PROJECT_PAGE else resource.name

    def origin(self, sentence: Sentence) -> str:
        """The writer of a sentence."""
        say = self._say
        if self._is_foreign(sentence):
            return say("authors' words (English abstract)")
        if sentence.is_quotation:
            return say("authors' words")
        if sentence.made_by == UNNAMED_MODEL:
            return say("by a language model")
        if sentence.translator:
            return say("machine translation (%(model)s)") % {"model": sentence.translator}
        return say("by %(model)s") % {"model": sentence.made_by}

    def picks_label(self, for_everybody: bool) -> str:  # noqa: FBT001 - templates name none
        """The label over the papers that come first."""
        return self._say("FOR THIS GROUP") if for_everybody else self._say("FOR YOU")

    def picks_line(
        self,
        content: IssueContent,
        number: int,
        others: int,
        for_everybody: bool,  # noqa: FBT001 - templates name none
        is_cut: bool = False,  # noqa: FBT001, FBT002 - templates name none
    ) -> str:
        """Their grounds: so many follow from what the reader named, others from the group's."""
        say, by_day = self._say, content.by_day
        is_cut = is_cut or bool(content.omissions)
        if for_everybody and others:
            return (
                say("By what this group named.")
                if is_cut
                else say("By what this group named; nothing is left out below.")
            )
        if for_everybody and by_day:
            return say("Nothing of these days is close to what this group named.")
        if for_everybody:
            return say("Nothing today is close to what this group named.")
        if number and others:
            return (
                say("By what you named, then what this group named.")
                if is_cut
                else say(
                    "By what you named, then what this group named; nothing is left out below."
                )
            )
        if number:
            return (
                say("By what you named.")
                if is_cut
                else say("By what you named; nothing is left out below.")
            )
        nothing = (
            say("Nothing of these days is close to what you named.")
            if by_day
            else say("Nothing today is close to what you named.")
        )
        return f"{nothing} {say('What follows is for this group.')}" if others else nothing

    def reasons(self, reasons: Sequence[PickReason]) -> str:
        """Why a paper comes first for somebody, the strongest reason first."""
        return self._say("; ").join(map(self._reason, reasons))

    def _reason(self, reason: PickReason) -> str:
        return self.reason_template(reason) % {
            "about": display_name(reason.about),
            "words": ", ".join(reason.words),
        }

    def reason_template(self, reason: PickReason) -> str:
        """The template of its kind, where `WORDS` stands for its words."""
        return self._kinds[reason.of_newsletter][reason.kind]

    @cached_property
    def close_templates(self) -> Sequence[str]:
        """Of closeness to a paper: where the reader named it, and where the group did."""
        return [kinds[ReasonType.CLOSE] for kinds in self._kinds]

    @cached_property
    def _kinds(self) -> Sequence[Mapping[ReasonType, str]]:
        """The template of each kind: where the reader named it, and where the group did."""
        return [
            {kind: self._say(named[by_group]) for kind, named in REASON_TEMPLATES.items()}
            for by_group in (False, True)
        ]

    def quiet(self, content: IssueContent, issues: int) -> str:
        """How many issues of the month before the issue's had nothing for a reader, and no mail."""
        line = self._count(
            "In %(month)s %(num)s issue had nothing for you; it stands in the archive.",
            "In %(month)s %(num)s issues had nothing for you; they stand in the archive.",
            issues,
        )
        month = content.day.replace(day=1) - timedelta(days=1)
        return line % {"month": self._catalogue.month(month), "num": self._number(issues)}

    def why(self, reader: Mapping[str, str]) -> str:
        return self._say("You get this since you confirmed on %(date)s, at %(address)s.") % {
            "date": reader["since"],
            "address": reader["recipient"],
        }


def display_name(source: str) -> str:
    """The name or title that a reason has."""
    return shortened(source if is_plain(source) else plain(source), REASON_CHARACTERS)


def _short_name(source: str) -> str:
    return shortened(plain(source), _NAME_CHARACTERS)


@lru_cache(maxsize=64)  # a collaboration's thousands are named for one reader after the other
def _credited(names: tuple[str, ...]) -> tuple[CreditedAuthor, ...]:
    return tuple(read_authors(names))
