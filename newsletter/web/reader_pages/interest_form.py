"""Reads the form of a reader's interests, and finds what is wrong in it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from flask import abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from newsletter.errors import NewsletterError, WrongUseError
from newsletter.interests import named_interest, named_papers
from newsletter.interests.files import ListedPaper, ReadingList, UnreadableListError, read_file
from newsletter.interests.named_interest import MOST, Interest, InterestType
from newsletter.interests.phrases import is_pattern
from newsletter.text import one_line
from newsletter.web.pages import gettext
from newsletter.web.reader_pages.refused_papers import why_unreadable

LARGEST_FILE = 4_000_000  # bytes: some 2,500 papers with their abstracts
_LARGEST_TEXT = 2_000_000  # bytes of everything that is no file
_LONGEST_LIST = 20_000  # characters that come back into a field
_LONGEST_CARRIED = 800  # characters of an abstract, of a paper that is only known by its title
LISTS = {
    "author": (InterestType.AUTHOR, True),
    "word": (InterestType.WORD, True),
    "category": (InterestType.CATEGORY, True),
    "not-author": (InterestType.AUTHOR, False),
    "not-word": (InterestType.WORD, False),
    "not-category": (InterestType.CATEGORY, False),
}
_TURN_WITHIN_S = 10.0
_reading = BoundedSemaphore(2)  # files at once: the worst take seconds, and others want to read
_BETWEEN = {
    InterestType.AUTHOR: re.compile(r"[\r\n;]"),  # a comma stands in "Lovelace, Ada"
    InterestType.WORD: re.compile(r"[\r\n;,]"),
    InterestType.CATEGORY: re.compile(r"[\s;,]"),
}


class FormError(NewsletterError):
    """A fault in the form, in the reader's language; `at_fault` is its field."""

    def __init__(self, at_fault: str, text: str) -> None:
        super().__init__(text)
        self.at_fault = at_fault


@dataclass(frozen=True)
class InterestForm:
    """The lists as they shall be, and what changes among the papers."""

    named: tuple[Interest, ...] = ()  # authors, words and categories
    taken_back: frozenset[str] = frozenset()  # names of papers
    mixed_up: frozenset[str] = frozenset()  # authors who are not told from namesakes any more
    papers: tuple[ListedPaper, ...] = ()  # that come with it, by pasting, a file, or a step before
    beyond: int = 0  # papers that are more than anybody can have
    likes_papers: bool = True
    reading_lists: tuple[ReadingList, ...] = field(default=())

    def new_papers(self) -> Iterator[Interest]:
        for paper in self.papers:
            yield Interest(InterestType.PAPER, paper.arxiv_id, self.likes_papers, paper=paper)

    def carried(self) -> str:
        """The papers that came with it, for the next step; as `_carried` reads them."""
        return json.dumps(
            [
                (
                    paper.arxiv_id,
                    paper.title,
                    "" if paper.arxiv_id else paper.abstract[:_LONGEST_CARRIED],
                )
                for paper in self.papers
            ],
            ensure_ascii=False,
        )


def read_form() -> InterestForm:
    """Read this request's form.

    Raises:
        FormError: the first thing that is wrong with it.
    """
    most = LARGEST_FILE + _LARGEST_TEXT
    if (request.content_length or 0) > most:
        raise _too_long("file")
    request.max_content_length = most
    request.max_form_memory_size = _LARGEST_TEXT
    try:
        form = request.form
    except RequestEntityTooLarge as error:
        raise _too_long("file") from error
    named = [interest for name in LISTS for interest in _listed(name, form.get(name, ""))]
    _check_sides(named)
    papers = {named_papers.name_of(paper): paper for paper in _carried()}
    reading_lists = []
    for at_fault, content in _contents(form):
        reading_list = _read(at_fault, content)
        reading_lists.append(reading_list)
        papers |= {named_papers.name_of(paper): paper for paper in reading_list.papers}
    most_papers = MOST[InterestType.PAPER]
    return InterestForm(
        tuple(named),
        frozenset(form.getlist("take-back")),
        frozenset(form.getlist("mixed-up")),
        tuple(papers.values())[:most_papers],
        max(0, len(papers) - most_papers),
        form.get("judged") != "not",
        tuple(reading_lists),
    )


def typed() -> tuple[dict[str, str], InterestForm]:
    """The lists as they stand in a form with a slip, and what else must not be named twice."""
    try:
        lists = {name: request.form.get(name, "")[:_LONGEST_LIST] for name in LISTS}
        likes = request.form.get("judged") != "not"
        return lists, InterestForm(papers=tuple(_carried()), likes_papers=likes)
    except RequestEntityTooLarge:
        return {}, InterestForm()


def _listed(name: str, text: str) -> list[Interest]:
    kind, wanted = LISTS[name]
    values = list(dict.fromkeys(filter(None, map(str.strip, _BETWEEN[kind].split(text)))))
    if len(values) > MOST[kind]:
        limits = {"most": MOST[kind], "number": len(values)}
        raise FormError(name, gettext("%(most)s are the most here; these are %(number)s.") % limits)
    interests = {}
    for value in values:
        try:
            interest = named_interest.checked(Interest(kind, value, wanted))
        except WrongUseError as error:
            raise FormError(name, _no_such(kind, value) % {"value": value[:60]}) from error
        interests[interest.value] = interest
    return list(interests.values())


def _no_such(kind: InterestType, value: str) -> str:
    match kind:
        case InterestType.AUTHOR:
            return gettext("“%(value)s” is no name.")
        case InterestType.CATEGORY:
            return gettext("“%(value)s” is no category of arXiv; write it as cs.SD.")
        case InterestType.WORD if is_pattern(value):
            return gettext(
                "“%(value)s” would find nothing: write words, and a star only at the end of the"
                " last one, behind three letters or more."
            )
        case _:
            return gettext("“%(value)s” is no word.")


def _check_sides(named: Sequence[Interest]) -> None:
    """Both wanted and not is a slip, and too many on both sides together are too many."""
    wanted = {(interest.kind, interest.value.casefold()) for interest in named if interest.wanted}
    for name, (kind, is_wanted) in LISTS.items():
        if is_wanted:
            continue
        refused = [
            interest.value for interest in named if interest.kind is kind and not interest.wanted
        ]
        both = next((value for value in refused if (kind, value.casefold()) in wanted), None)
        if both is not None:
            raise FormError(
                name, gettext("“%(value)s” stands on both sides.") % {"value": both[:60]}
            )
        number = sum(interest.kind is kind for interest in named)
        if number > MOST[kind]:
            limits = {"most": MOST[kind], "number": number}
            raise FormError(
                name, gettext("%(most)s are the most here; these are %(number)s.") % limits
            )


def _contents(form: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The pasted text and the uploaded file, if there are any."""
    pasted = form.get("pasted", "").strip()
    if pasted:
        yield "pasted", pasted.encode("utf-8", "replace")
    file = request.files.get("file")
    if file is not None and file.filename:
        yield "file", file.stream.read(LARGEST_FILE + 1)


def _read(at_fault: str, content: bytes) -> ReadingList:
    if len(content) > LARGEST_FILE:
        raise _too_long(at_fault)
    if not _reading.acquire(timeout=_TURN_WITHIN_S):
        abort(503)
    try:
        return read_file(content)
    except UnreadableListError as error:
        reason = {"reason": why_unreadable(error)}
        raise FormError(at_fault, gettext("No paper was found: %(reason)s.") % reason) from error
    finally:
        _reading.release()


def _too_long(at_fault: str) -> FormError:
    limit = {"most": LARGEST_FILE // 1_000_000}
    return FormError(at_fault, gettext("A file can have %(most)s MB; this is more.") % limit)


def _carried() -> Iterator[ListedPaper]:
    """The papers of an earlier step; other contents are ignored."""
    text = request.form.get("carried", "")
    try:
        data = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return
    for entry in data if isinstance(data, list) else []:
        match entry:
            case [str(arxiv_id), str(title), str(abstract)]:
                paper = ListedPaper(
                    one_line(arxiv_id)[:40],
                    one_line(title)[:500],
                    one_line(abstract)[:_LONGEST_CARRIED],
                )
                try:
                    named_papers.name_of(paper)
                except WrongUseError:
                    continue
                yield paper
