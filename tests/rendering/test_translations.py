"""Everything that a reader sees is there in every language."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from newsletter import config
from newsletter.languages import LANGUAGES, SOURCE, Language
from newsletter.rendering import translations as module
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.markup.paper_text import markup, plain
from newsletter.rendering.translations import Catalogue, translations
from tests import messages
from tests.gates.specimens import READER, letters, personal
from tests.rendering.days import LINKS, SITE, busy_day

TRANSLATED = [each for each in config.LANGUAGES if each != SOURCE]


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (str(message.id),)


def forms(string: object) -> tuple[str, ...]:
    return tuple(map(str, string)) if isinstance(string, tuple | list) else (str(string),)


def test_templates_pages_and_code_ask_for_messages() -> None:
    asked = {ids(each)[0] for each in messages.asked_for()}
    assert {"New", "%(num)s new", "%(num)s paper", "There is nothing here", "Abstract"} <= asked


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    translated = {ids(each): each.string for each in module.read_catalogue(language) if each.id}
    asked = {ids(each) for each in messages.asked_for() if each.id}
    told = "`make messages` brings the catalogue up to date"
    assert sorted(asked - translated.keys()) == [], told
    assert sorted(translated.keys() - asked) == [], told
    empty = [each for each, string in translated.items() if not all(forms(string))]
    assert empty == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_every_placeholder_and_has_every_plural(language: str) -> None:
    catalogue = module.read_catalogue(language)
    for message in filter(lambda each: each.id, catalogue):
        found = forms(message.string)
        assert len(found) == (catalogue.num_plurals if len(ids(message)) > 1 else 1)
        for form in found:
            assert placeholders(form) == placeholders(ids(message)[-1]), message.id


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|%", text))


# Words that these languages share with English.
SAME = {"Link", "Newsletters", "Abstract", "Feed", "Archive", "Test: %(subject)s", "Comment"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english_or_too_long_for_its_place(language: str) -> None:
    """A third longer, and the room of two words, is what pages and mails are laid out for."""
    for message in filter(lambda each: each.id, module.read_catalogue(language)):
        for form in forms(message.string):
            english = ids(message)[-1]
            letters = re.sub(r"%\(\w+\)s|[\W\d_]", "", english)
            assert form != english or not letters or english in SAME, english
            assert len(form) <= 1.4 * len(english) + 22, form
            assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", form)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_of_each_message_is_there_once(language: str) -> None:
    text = (messages.LOCALES / f"{language}.po").read_text(encoding="utf-8")
    found = re.findall(r'^msgid (?:""\n)?(".*?")\n(?=msg)', text, re.MULTILINE | re.DOTALL)
    assert len(found) == len(set(found)) > 50


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [
        ("fr", 0, "%(num)s article"),
        ("es", 2, "%(num)s artículos"),
        ("ja", 2, "論文%(num)s件"),
        ("en", 1, "%(num)s paper"),
        ("en", 0, "%(num)s papers"),
        ("zh", 1, "%(num)s 篇论文"),
    ],
)
def test_plurals_follow_the_language(language: str, number: int, shown: str) -> None:
    assert translations(language).ngettext("%(num)s paper", "%(num)s papers", number) == shown


# No word beside these numbers changes with them.
WITHOUT_PLURALS = {
    "%(section)s: %(num)s",
    "%(num)s of %(all)s in %(category)s",
    "%(num)s on %(topic)s",
    "%(most)s are the most here; these are %(number)s.",
}


def test_a_message_with_a_number_has_plurals() -> None:
    counted = {ids(message) for message in messages.asked_for() if message.id}
    singles = {found[0] for found in counted if len(found) == 1}
    assert {each for each in singles if re.search(r"%\(num", each)} == WITHOUT_PLURALS


def test_dates_and_numbers_follow_the_language() -> None:
    day = date(2025, 7, 11)
    assert translations("en").long_date(day) == "Friday, 11 July 2025"
    assert translations("zh").long_date(day) == "2025年7月11日 星期五"
    assert translations("en").short_date(day) == "11 Jul"
    assert translations("es").long_date(day) == "viernes, 11 de julio de 2025"
    assert translations("fr").long_date(day) == "vendredi 11 juillet 2025"
    assert translations("de").long_date(day) == "Freitag, 11. Juli 2025"
    assert translations("ja").long_date(day) == "2025年7月11日(金曜日)"
    first = date(2025, 8, 1)
    french = translations("fr")
    assert french.long_date(first) == "vendredi 1er août 2025"
    assert french.one_line_date(first) == "ven. 1er août 2025"
    assert (french.medium_date(first), french.short_date(first)) == ("1er août 2025", "1er août")
    assert translations("es").long_date(first) == "viernes, 1 de agosto de 2025"
    assert translations("de").number(3435) == translations("es").number(3435) == "3.435"
    assert translations("en").number(3435) == translations("zh").number(3435) == "3,435"


def test_a_third_language_is_one_line_and_one_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polish: three plurals, a space between thousands."""
    polish = Language("polski", "Polish", "pl", "pl_PL", "EEEE, d MMMM y", "d MMMM y", "d MMM")
    monkeypatch.setitem(LANGUAGES, "pl", polish)
    monkeypatch.setattr(module, "files", lambda _package: tmp_path)
    file = tmp_path / "pl.po"
    lacking = messages.update(file, "pl")
    assert "%(num)s new" in str(lacking)
    assert "New" in lacking
    source = file.read_text(encoding="utf-8")
    three = "".join(f'msgstr[{n}] "%(num)s {form}"\n' for n, form in enumerate(("a", "b", "c")))
    empty = re.compile(r'(msgid "%\(num\)s paper"\n.*\n)(?:msgstr\[\d\] ""\n)+')
    file.write_text(empty.sub(rf"\1{three}", source), encoding="utf-8")
    catalogue = Catalogue("pl")
    shown = [catalogue.ngettext("%(num)s paper", "%(num)s papers", n)[-1] for n in (1, 2, 5, 22)]
    assert shown == ["a", "b", "c", "b"]
    assert catalogue.gettext("New") == "New"  # what is not translated yet stays English
    assert catalogue.ngettext("%(num)s new", "%(num)s new", 2) == "%(num)s new"
    assert catalogue.long_date(date(2025, 7, 11)) == "piątek, 11 lipca 2025"
    assert catalogue.number(3435) in {"3435", "3\xa0435"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("We **show** that `foo_bar` works.", "We show that foo_bar works."),
        ("*Code available*; **Background:** a", "Code available; Background: a"),
        ("``quoted'' and `single' and a `b' c `d'", "“quoted” and ‘single’ and a ‘b’ c ‘d’"),
        ("A C*-algebra, *-homomorphisms, A* and B*", "A C*-algebra, *-homomorphisms, A* and B*"),
        ("p < 0.05*, p < 0.01**, 2 ** 3 ** 4", "p < 0.05*, p < 0.01**, 2 ** 3 ** 4"),
        ("$x^{**}$ and $a * b * c$", "x** and a * b * c"),
    ],
)
def test_of_markdown_in_an_abstract_only_the_words_are_shown(source: str, words: str) -> None:
    assert plain(source) == words
    assert re.sub("<[^>]*>", "", unescape(markup(source, 600))) == words


def test_no_blank_follows_a_full_stop_that_has_its_own_gap() -> None:
    mails = [*letters(), personal("zh")]
    for specimen in mails:
        for part in (specimen.mail.html, specimen.mail.text):
            assert not re.search(r"[。，；？！](?:</\w+>)* \S", part), specimen.name


def test_a_count_in_the_masthead_stays_on_one_line() -> None:
    mail = IssueEmails(busy_day(26), SITE, LINKS).mail(READER)
    assert re.findall(r'#(\w+)"[^>]*>(\d+\xa0[a-z-]+)</a>', mail.html) == [
        ("new", "12\xa0new"),
        ("cross", "3\xa0cross-lists"),
        ("replace", "11\xa0replacements"),
    ]
