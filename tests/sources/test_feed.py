"""What the feeds say, RSS and Atom, and what they must not make us believe."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from newsletter.sources.base import AnnouncementType, PaperId, SourceError
from newsletter.sources.feed import FeedEntry, parse_feed
from newsletter.sources.listing_status import ListingEntry, lines_of_feed
from tests.sources.samples import BOMB, NO_ANSWERS, Told, answer, atom, rss, shared

DAY = date(2025, 7, 11)


def only(content: bytes) -> FeedEntry:
    (item,) = parse_feed(content).items
    return item


def refused(content: bytes) -> str:
    with pytest.raises(SourceError) as error:
        parse_feed(content)
    assert "\n" not in str(error.value)
    return str(error.value)


def lines(category: str, *papers: Told, title: str = "cs, eess") -> tuple[ListingEntry, ...]:
    feed = parse_feed(rss(*papers, title=title))
    return lines_of_feed(category, feed.announced_in(category))


def kinds(category: str, *papers: Told, title: str = "cs, eess") -> list[AnnouncementType]:
    return [each.kind for each in lines(category, *papers, title=title)]


@pytest.mark.parametrize("written", [rss, atom])
def test_an_item_is_an_announcement_and_what_is_said_of_its_paper(
    written: Callable[..., bytes],
) -> None:
    item = only(written(Told("hep-th/9901001v3", "replace-cross", abstract="One\n  two")))
    assert item.announcement.paper == item.paper.id == PaperId("hep-th/9901001", 3)
    assert item.announcement.kind is AnnouncementType.REPLACE_CROSS
    assert item.day == DAY
    assert item.paper.title == "Hearing by Eye"
    assert item.paper.abstract == "One\ntwo"
    assert item.paper.authors == ("Ada L", "Bob M")
    assert item.paper.categories == ("cs.SD", "eess.AS")
    assert (item.paper.comment, item.paper.published_at, item.paper.updated_at) == (None,) * 3


def test_rss_and_atom_of_the_same_batch_say_the_same() -> None:
    as_rss = parse_feed(shared("rss/arxivfeedcode_rss_math.xml"))
    as_atom = parse_feed(shared("rss/arxivfeedcode_atom_math.xml"))
    assert len(as_rss.items) == 11
    assert as_rss == as_atom


@pytest.mark.parametrize(
    ("name", "categories", "items"),
    [
        ("rss/arxivfeedcode_rss_astro-ph.xml", ("astro-ph",), 28),
        ("rss/arxivfeedcode_rss_hep-lat.xml", ("hep-lat",), 1),
        ("rss/arxivfeedcode_rss_math.NT_math.AG.xml", ("math.NT", "math.AG"), 1),
        ("rss/zotero-arxiv-daily_arxiv_rss_example.xml", ("cs.AI",), 7),
        ("reconstructed/rss_cs.SD+eess.SP_20250711.xml", ("cs.SD", "eess.SP"), 26),
    ],
)
def test_real_feeds_are_read_whole(name: str, categories: tuple[str, ...], items: int) -> None:
    content = shared(name)
    feed = parse_feed(content)
    assert feed.categories == categories
    assert len(feed.items) == items == len(re.findall(rb"<(?:item|entry)>", content))
    assert all(
        item.paper.title and item.paper.abstract and item.paper.authors for item in feed.items
    )
    assert not any("Announce Type" in item.paper.abstract for item in feed.items)


@pytest.mark.parametrize(
    ("creator", "authors"),
    [
        (
            r"Andr\'e N, Bj{\"o}rn {\O}st, H. -W. Rix",
            (r"Andr\'e N", r"Bj{\"o}rn {\O}st", "H. -W. Rix"),
        ),
        ("Francesco R (Univ. of Palermo, Palermo, Italy), Ada L (1, 2)", ("Francesco R", "Ada L")),
        ("Ada L ((1) Here (there), (2) Where), Bob M", ("Ada L", "Bob M")),
        ("Ada L (unclosed, Bob M", ("Ada L (unclosed", "Bob M")),
        (
            "Robert S, Jr., Thomas N. G, III, Ivan I",
            ("Robert S, Jr.", "Thomas N. G, III", "Ivan I"),
        ),
        ("(The Collaboration)", ("(The Collaboration)",)),
        (
            "Ada L (CERN), Bob M (for the ATLAS Collaboration), Cleo N (1)",
            ("Ada L", "Bob M (for the ATLAS Collaboration)", "Cleo N"),
        ),
        (
            "Ada L (MIT, on behalf of the X Collaboration), Bob M (Institute for the Study of War)",
            ("Ada L (MIT, on behalf of the X Collaboration)", "Bob M"),
        ),
        (
            "Ada L, Bob M, (on behalf of the X, Y and Z Collaborations)",
            ("Ada L", "Bob M (on behalf of the X, Y and Z Collaborations)"),
        ),
        ("Ada L (Team Building Institute, Bonn)", ("Ada L",)),
        (
            "LHCb Collaboration: R. Aaij, B. Adeva",
            ("LHCb Collaboration", ":", "R. Aaij", "B. Adeva"),
        ),
        ("OpenAI, :, Josh A, Steven B", ("OpenAI", ":", "Josh A", "Steven B")),
        ("Ada L,\n Bob\tM", ("Ada L", "Bob M")),
        ("", ()),
    ],
)
def test_authors_are_told_apart_and_their_tex_is_left_as_it_is(
    creator: str, authors: tuple[str, ...]
) -> None:
    assert only(rss(Told(authors=(creator,)))).paper.authors == authors


def test_line_breaks_in_any_field_leave_single_lines() -> None:
    broken = Told(title="A\nB\r\n C", authors=("Ada\nL",), categories=("cs.SD\n", " eess.AS"))
    paper = only(rss(broken)).paper
    assert (paper.title, paper.authors) == ("A B C", ("Ada L",))
    assert paper.categories == ("cs.SD", "eess.AS")


def test_three_thousand_authors_are_no_trouble() -> None:
    names = tuple(f"Author {number}" for number in range(3435))
    assert only(rss(Told(authors=names))).paper.authors == names


def test_markup_and_comments_inside_a_field_hide_none_of_its_words() -> None:
    content = rss(Told(title="MARK")).replace(b"MARK", b"A <b>bold</b> <!-- no --><?p i?>title")
    assert only(content).paper.title == "A bold title"
    assert (
        only(rss(Told()).replace(b"<item>", b"<item><!-- c --><?p i?>")).paper
        == only(rss(Told())).paper
    )


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        (Told("nonsense"), "'oai:arXiv.org:nonsense' holds no arXiv identifier"),
        (Told("2507.07270"), "'oai:arXiv.org:2507.07270' does not say which version it is"),
        (Told(kind="retract"), "2507.07270v1 is announced as 'retract', none of new, cross,"),
    ],
)
def test_one_bad_item_is_one_clear_line(paper: Told, words: str) -> None:
    assert words in refused(rss(Told("2507.00001v1"), paper))


@pytest.mark.parametrize("stated", ["", "yesterday", "Fri, 99 Jul 2025", ", , ,", "0001-01-01"])
def test_an_item_without_a_date_is_named(stated: str) -> None:
    assert "2507.07270v1: the feed bears no date that can be read" in refused(
        rss(Told(), stated=stated)
    )


@pytest.mark.parametrize(("content", "word"), [*NO_ANSWERS, (answer(), "an answer of the API")])
def test_what_is_no_feed_is_told_for_what_it_is(content: bytes, word: str) -> None:
    line = refused(content)
    assert line.startswith("this is ")
    assert word in line
    assert line.endswith("not a feed of announcements")


@pytest.mark.parametrize("written", [rss, atom])
def test_a_feed_that_is_cut_off_anywhere_is_an_error(written: Callable[..., bytes]) -> None:
    whole = written(Told(), Told("2507.00001v2", "cross"))
    for length in range(0, len(whole), 7):
        refused(whole[:length])


def test_entities_are_not_expanded_and_files_are_not_read() -> None:
    refused(BOMB)
    secret = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    refused(rss(Told(title="MARK")).replace(b"<rss", secret + b"<rss").replace(b"MARK", b"&x;"))


def test_a_text_of_many_megabytes_is_an_error() -> None:
    refused(rss(Told(abstract="x" * 11_000_000)))


@pytest.mark.parametrize(
    "name", ["rss/arxivfeedcode_rss_cs.ZZ.xml", "rss/arxivfeedcode_rss_notacat.xml"]
)
def test_a_feed_that_is_arxivs_error_is_an_error(name: str) -> None:
    assert refused(shared(name)).startswith("arXiv refused the feed: Bad ")


def test_new_in_a_category_that_is_not_primary_is_a_cross_list() -> None:
    paper = Told(categories=("cs.SD", "eess.AS"))
    assert kinds("cs.SD", paper) == kinds("cs", paper) == [AnnouncementType.NEW]
    assert kinds("eess.AS", paper) == [AnnouncementType.CROSS]
    assert kinds("eess.AS", replace(paper, kind="replace")) == [AnnouncementType.REPLACE_CROSS]


def test_the_two_names_of_a_category_are_one() -> None:
    assert kinds("math.MP", Told(categories=("math-ph", "math.MP"))) == [AnnouncementType.NEW]
    assert kinds("math.MP", Told(categories=("math-ph",))) == [AnnouncementType.NEW]
    assert kinds("math-ph", Told(categories=("math.MP",))) == [AnnouncementType.NEW]


def test_a_paper_that_is_told_twice_is_there_once_as_the_strongest() -> None:
    twice = [Told(kind="replace"), Told(kind="cross"), Told(kind="new"), Told(kind="replace")]
    assert kinds("cs.SD", *twice) == [AnnouncementType.NEW]


@pytest.mark.parametrize("categories", [(), ("",), ("I.2.7", "68T50")])
def test_a_paper_with_no_category_of_arxivs_is_shown_rather_than_lost(
    categories: tuple[str, ...],
) -> None:
    assert len(lines("cs.SD", Told(categories=categories))) == 1


def test_a_feed_of_one_category_is_believed_about_its_own_papers() -> None:
    elsewhere = Told(categories=("cs.LG",))
    assert kinds("cs.SD", elsewhere, title="cs.SD") == [AnnouncementType.CROSS]
    assert not lines("cs.SD", elsewhere)


def test_items_of_an_older_day_are_not_announced_again() -> None:
    old = rss(Told("2507.00001v1"), stated="Thu, 10 Jul 2025 00:00:00 -0400")
    item = re.search(rb"<item>.*</item>", old, re.DOTALL)
    assert item is not None
    feed = parse_feed(rss(Told()).replace(b"</channel>", item[0] + b"</channel>"))
    assert feed.day == DAY
    assert [str(each.paper.id) for each in feed.announced_in("cs.SD")] == ["2507.07270v1"]
