"""Issues and months as pages, and papers as files for reference managers."""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from newsletter import papers
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.issues import issue_edits, issue_store
from newsletter.issues.issue_edits import IssueEdit
from newsletter.rendering.issue_content import IssueContent
from tests.gates.browser import Eyes, Scheme
from tests.gates.days import FROZEN, busy_day
from tests.gates.test_validator import errors
from tests.web.conftest import ENGLISH, Hand, Site, opened

ISSUE = "/audio/2025-07-11"


def freeze(
    database: Database,
    day: date,
    number: int,
    edited: Callable[[IssueContent], IssueContent] = lambda content: content,
) -> None:
    content = edited(replace(busy_day("en", number), day=day, frozen_at=FROZEN))
    with database.write.begin() as session:
        for entry in content.entries:
            session.merge(papers.row_of(entry.paper))
        session.flush()
        issue_store.freeze_issue(session, content)


@pytest.fixture
def site(two: Settings) -> Iterator[Site]:
    for site in opened(two, Hand()):
        freeze(site.database, date(2025, 7, 11), 60)
        yield site


def test_papers_come_as_files_whole_or_one_by_one(site: Site) -> None:
    page = site.get(ISSUE).text
    for extension, mark in (("bib", "@misc{"), ("ris", "TY  - "), ("csv", "\n")):
        whole = site.get(f"{ISSUE}/papers.{extension}")
        assert f'"{ISSUE}/papers.{extension}"' in page.replace("?lang=en", "")
        assert whole.text.count(mark) >= 60
        assert whole.headers["Content-Disposition"] == (
            f'attachment; filename="audio-2025-07-11.{extension}"'
        )
        assert "public" in whole.headers["Cache-Control"]
        assert f"Disallow: /*.{extension}$" in site.get("/robots.txt").text
    links = [*re.findall(rf'"({ISSUE}/[^"]+/?[^"]+\.bib)', page)][1:]
    assert len(links) == 60
    old = next(link for link in links if "cond-mat/" in link)
    one = site.get(old)
    assert one.text.startswith("@misc{arXiv:cond-mat/")
    assert one.text.count("@misc{") == 1
    for nothing in (
        f"{ISSUE}/2507.99999.bib",
        f"{ISSUE}/papers.exe",
        "/audio/2025-07-10/papers.bib",
    ):
        assert site.get(nothing).status_code == 404


def test_an_issue_by_category_with_the_editor_s_word(site: Site) -> None:
    day = date(2025, 7, 15)
    freeze(site.database, day, 86, grouped)
    page = site.get(f"/audio/{day}").text
    anchors = re.findall(r'<h2 class="label" id="([^"]+)"', page)
    assert anchors[:2] == ["first-cs.SD-replace", "first"]  # the editor's, the group's
    (about,) = re.findall(r'<p class="lead">.*?</p>', page)
    assert re.findall(r'#(topic-[^"]+)', about) == re.findall(
        r'<section class="topic" id="([^"]+)', page
    )
    listed = re.findall(r'<li><a href="#([^"]+)', page.partition('id="topic-')[2])
    assert set(listed) <= set(re.findall(r'<article id="([^"]+)', page))
    told = [int(number) for number in re.findall(r"(\d+)\s(?:papers\s)?on\s", about)]
    assert len(listed) == sum(told) > 1
    lead, bar = page.index("the editor: "), page.index('<svg class="bar"')
    assert lead < bar < page.index("Tea <b>")
    widths = re.findall(r'<rect class="\w+" x="(\d+)" width="([\d.]+)"', page)
    assert [int(x) for x, _ in widths] == [0, float(widths[0][1]) + 0.5, 100 - int(widths[2][1])]
    assert len({*anchors}) == len(anchors) > 4
    assert {"new", "cross", "replace", "found-later"} < {*anchors}  # what mails link to
    assert '<a href="#found-later">1 found later</a>' in page
    numbers = [int(number) for number in re.findall(r'number">(\d+)</span></h2>\n<article', page)]
    assert sum(numbers) == page.count("<article") == 85
    links = re.findall(r'<a href="#([^"]+)">\S+ <span class="number">(\d+)', page)
    assert sum(int(number) for _, number in links) == 85
    categories = {category for category, _ in links}
    assert categories == set(re.findall(r'class="category" id="([^"]+)"', page))
    assert not re.search(r'<a href="#(?:new|cross|replace)">', page)  # where one category has them
    for shown in (page, site.get("/audio/feed").text.replace("&lt;", "<").replace("&gt;", ">")):
        assert "Tea <b>at four</b>" in shown
        assert "Read &amp; discussed" in shown.replace("&amp;amp;", "&amp;")
        assert re.search(r'[(]<a href="https://arxiv.org/abs/[^"]+v1"', shown)


def grouped(content: IssueContent) -> IssueContent:
    """By category, with a note, the last paper first, the second left out, one late, and a pick."""
    names = [entry.paper.id.arxiv_id for entry in content.entries]
    wishes = IssueEdit("Tea **at four**", {names[-1]: "Read & discussed"}, {names[1]: ""})
    categories = ("cs.SD", "eess.AS", "eess.SP")
    late = replace(content.entries[3], announced_on=content.day - timedelta(days=1))
    entries = tuple(late if entry is content.entries[3] else entry for entry in content.entries)
    content = replace(content, entries=entries)
    reason = PickReason(ReasonType.CATEGORY, "cs.SD", of_newsletter=True)
    picks = (IssuePick(names[0], (reason,)),)
    content = replace(content, categories=categories, by_category=True, picks=picks)
    return issue_edits.apply(content, wishes).with_topics()


def test_who_confirms_is_led_to_the_newest_issue(site: Site) -> None:
    site.sign_up("ada@reader.example")
    site.work()
    link = site.link(site.sent[0], "confirm")
    page = site.press(site.get(link), link).text
    assert re.findall(r'<a href="([^"]+)">Read the latest issue', page) == [ISSUE]


def test_a_calendar_tells_how_much_each_day_had(site: Site) -> None:
    for day, number in ((date(2025, 7, 8), 30), (date(2025, 5, 30), 10), (date(2024, 12, 2), 5)):
        freeze(site.database, day, number)
    newest = site.get("/audio").text
    cells = re.findall(r'<time class="day" datetime="([^"]+)">.*?class="papers">(\d+)', newest)
    assert cells == [("2025-07-08", "30"), ("2025-07-11", "60")]
    assert re.findall(r'<rect width="(\d+)"', newest) == ["50", "100"]
    assert "<caption" in newest
    assert newest.count('<th scope="col"') == 7
    assert newest.count("<tr>") == 1 + 5
    months = re.findall(r'href="/audio/(\d{4}-\d{2})"', newest)
    assert months == ["2025-05", "2025-07", "2025-05", "2024-12"]
    may = site.get("/audio/2025-05").text
    assert re.findall(r'rel="(\w+)" href="/audio/([\d-]+)', may) == [
        ("prev", "2024-12"),
        ("next", "2025-07"),
    ]
    for nothing in ("/audio/2025-06", "/audio/2025-13", "/nothing/2025-07"):
        assert site.get(nothing).status_code == 404
    assert site.get("/audio/2025-05").headers["ETag"]


@pytest.mark.slow
def test_a_phone_shows_the_first_paper_at_once_and_a_link_to_a_topic_needs_no_script(
    eyes: Eyes, site: Site, address: str
) -> None:
    day = date(2025, 7, 15)
    freeze(site.database, day, 86, IssueContent.with_topics)
    anchors = re.findall(r'#(topic-\d+)"', site.get(f"/audio/{day}").text)
    assert anchors

    def look(page: Page, _: list[str]) -> None:
        box = page.locator("article h3").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 740
        assert page.locator(".topic:visible").count() == 0

    def followed(page: Page, _: list[str]) -> None:
        assert page.locator(".topic:visible").get_attribute("id") == anchors[-1]
        assert page.locator(".topic:visible li a").first.is_visible()

    eyes.visit(f"{address}/audio/{day}", look)
    eyes.visit(f"{address}/audio/{day}#{anchors[-1]}", followed)


@pytest.mark.slow
def test_papers_are_found_marked_and_taken_along(eyes: Eyes, address: str) -> None:
    """By keyboard and by what is said aloud: names, states and the count."""

    def look(page: Page, remote: list[str]) -> None:
        told = page.get_by_role("status").first
        box = page.get_by_label("Words, authors, categories")
        assert told.inner_text() == "60 papers"
        box.fill("oSTERgaard")
        assert told.inner_text() == "5 of 60 papers"
        box.press("Escape")
        page.get_by_text("Categories · BibTeX").click()
        page.get_by_role("button", name="eess.AS").click()
        chosen = told.inner_text()
        assert page.locator("article:visible:not([data-in*='eess.AS'])").count() == 0
        assert chosen != "60 papers"
        box.fill('"no such phrase"')
        assert told.inner_text().startswith("No paper of this issue has all of that.")
        assert page.locator("main h2:visible").count() == 0
        box.press("Escape")
        page.get_by_role("button", name="eess.AS").click()
        box.press("Enter")
        assert page.evaluate("document.activeElement.closest('article') !== null")
        for number in (0, 30):
            page.locator("article").nth(number).get_by_role("button", name="Mark").press("Enter")
        page.reload()
        only = page.get_by_role("button", name="Marked papers 2")
        only.click()
        assert told.inner_text() == "2 of 60 papers"
        assert page.get_by_role("button", pressed=True).count() == 3
        page.get_by_role("link", name="12 cross-lists").click()  # which are not among them
        page.locator("#cross").wait_for(state="visible")
        assert told.inner_text() == "60 papers"
        taken = page.get_by_role("link", name="Marked papers 2: BibTeX, RIS, CSV")  # from anywhere
        assert taken.evaluate("it => it.getBoundingClientRect().bottom <= innerHeight")
        taken.press("Enter")
        assert page.get_by_role("button", name="Marked papers: BibTeX").is_visible()
        saved = {}
        for form in ("BibTeX", "RIS", "CSV"):
            with page.expect_download() as download:
                page.get_by_role("button", name=f"Marked papers: {form}").click()
            file = Path(download.value.path())
            saved[download.value.suggested_filename] = file.read_text(encoding="utf-8")
        assert [*saved] == [f"audio-2025-07-11-marked.{end}" for end in ("bib", "ris", "csv")]
        assert [text.count("https://arxiv.org/abs/") for text in saved.values()] == [2, 2, 2]
        page.goto(f"{address}/audio?lang=en")
        assert page.locator("#marks li").count() == 2
        page.once("dialog", lambda asked: asked.accept())
        page.get_by_role("button", name="Unmark all").click()
        assert not page.locator("#marks").is_visible()
        assert remote == []

    eyes.visit(f"{address}{ISSUE}?lang=en", look)


@pytest.mark.slow
def test_who_unmarks_by_keyboard_does_not_lose_the_place(eyes: Eyes, address: str) -> None:
    def look(page: Page, remote: list[str]) -> None:
        for number in (3, 30, 40):
            page.locator("article .mark").nth(number).press("Enter")
        only = page.get_by_role("button", name="Marked papers 3")
        only.click()
        for unmarked, next_shown in ((0, 0), (1, 0)):  # then the last one, behind which is none
            shown = page.locator("article:visible")
            shown.nth(unmarked).locator(".mark").press("Enter")
            assert shown.nth(next_shown).locator(".mark:focus").count() == 1
        page.once("dialog", lambda asked: asked.accept())
        page.get_by_role("button", name="Unmark all").press("Enter")
        assert not page.locator("#marks").is_visible()
        assert page.locator("main a:focus").count() == 1
        assert remote == []

    eyes.visit(f"{address}{ISSUE}?lang=en", look)


@pytest.mark.slow
def test_the_first_screen_of_a_large_day_is_below_100_kb(site: Site) -> None:
    freeze(site.database, date(2025, 7, 14), 650)
    page = site.client.get("/audio/2025-07-14", headers={**ENGLISH, "Accept-Encoding": "gzip"})
    gunzip = zlib.decompressobj(wbits=31)
    shown, loaded = b"", 0
    while shown.count(b"</article>") < 5:
        shown += gunzip.decompress(page.data[loaded : loaded + 1000])
        loaded += 1000
    for name in re.findall(rb'(?:stylesheet" |module" )(?:href|src)="([^"]+)"', shown):
        with site.get(name.decode()) as file:
            loaded += len(file.data)
    assert loaded < 50_000
    assert len(page.data) < 500_000


@pytest.mark.slow
def test_issues_and_months_have_no_fault(
    eyes: Eyes, site: Site, address: str, tmp_path: Path
) -> None:
    freeze(site.database, date(2025, 7, 8), 10)
    freeze(site.database, date(2025, 5, 30), 5)
    pages = ("/audio", "/audio/2025-05", ISSUE)
    views: tuple[tuple[str, int, Scheme], ...] = (("en", 360, "light"), ("zh", 1280, "dark"))
    faults = [
        (page, fault)
        for page in pages
        for language, width, scheme in views
        for fault in eyes.look(f"{address}{page}?lang={language}", width, scheme).faults
    ]
    assert not faults
    htmls = {
        f"{number}-{language}": site.get(f"{page}?lang={language}").text
        for number, page in enumerate(pages)
        for language in ("en", "zh")
    }
    folder = tmp_path / "pages"
    folder.mkdir()
    assert errors(folder, htmls) == []
