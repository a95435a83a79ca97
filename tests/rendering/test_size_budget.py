"""However much arXiv announces, a mail stays whole in Gmail."""

import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import Message as EmailMessage
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import config
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.message import Message
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.size_budget import NOTHING, DetailLevel, Weight, less_begins, plan_levels
from newsletter.rendering.wording.quoted_sentence import marked_abstract
from newsletter.sources.base import PaperId
from newsletter.summaries.base import Sentence
from tests.rendering.days import LINKS, SITE, busy_day, digest, digest_of, entry, paper

if TYPE_CHECKING:
    from newsletter.rendering.issue_entry import Block

LONGEST_ADDRESS = f"{'o' * 60}'{'x' * 3}@{'.'.join(['d' * 60] * 3)}.example"
READER = Recipient(10**9, LONGEST_ADDRESS, "full", "en", date(2025, 9, 30), "0123456789abcdef")


def mail(issue: IssueContent, detail: str = "full", language: str = "en") -> Message:
    return mails_of(issue).mail(replace(READER, detail=detail, language=language))


@lru_cache(maxsize=4)
def mails_of(issue: IssueContent) -> IssueEmails:
    return IssueEmails(issue, SITE, LINKS)


def html_part(sent: Message) -> bytes:
    """The second part as it stands on the wire, without its header and boundary."""
    part = sent.as_bytes().partition(b"Content-Type: text/html")[2].partition(b"\r\n\r\n")[2]
    return part.rpartition(b"\r\n--=_")[0]


def slow(*values: object) -> ParameterSet:
    return pytest.param(*values, marks=pytest.mark.slow)


def held_to_the_budget(sent: Message) -> None:
    part = message_from_bytes(sent.as_bytes()).get_payload(1)
    assert isinstance(part, EmailMessage)
    decoded = part.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    assert len(html_part(sent)) < 102_000
    assert len(decoded) <= 100_000


def shown(part: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"arxiv\.org/abs/([\w./-]+)", part)))


def promised_more(part: str) -> int:
    found = re.findall(r"(\d+)\s(?:more )?[a-z -]+ on the web|网页上(?:还)?有\s(\d+)\s篇", part)
    return sum(int(english or chinese) for english, chinese in found)


@pytest.mark.parametrize("detail", config.DETAILS)
@pytest.mark.parametrize(
    ("papers", "language"), [(26, "en"), (26, "zh"), (150, "en"), (150, "zh"), (400, "zh")]
)
@pytest.mark.slow
def test_a_busy_day_fits_and_loses_no_paper(papers: int, language: str, detail: str) -> None:
    issue = busy_day(papers, language)
    sent = mail(issue, detail, language)
    held_to_the_budget(sent)
    kept = shown(sent.html)
    announced = [str(each.paper.id) for each in issue.entries]
    assert kept == shown(sent.text) == announced[: len(kept)]
    assert len(kept) == papers or len(kept) > (340 if detail == "titles" else 200)
    assert promised_more(sent.html) == promised_more(sent.text) == papers - len(kept)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "least", "new"), [("en", 185, None), ("zh", 110, None), ("zh", 110, 300)]
)
def test_a_day_of_317_papers_has_a_sentence_on_each_new_one_or_on_most_in_chinese(
    language: str, least: int, new: int | None
) -> None:
    issue = busy_day(317, language)
    entries = issue.entries
    if new:
        entries = tuple(replace(each, section=IssueSection.NEW) for each in entries[:new])
        issue = replace(issue, entries=entries + issue.entries[new:])
    if language == "zh":
        told = Sentence("该论文提出一种面向低资源语音识别的方法。" * 4, "zh", "a model")
        entries = tuple(replace(each, summary=told) for each in issue.entries)
        issue = replace(issue, entries=entries)
    sent = mail(issue, "brief", language)
    encoded = sent.as_bytes().partition(b"Content-Type: text/html")[2]
    assert len(encoded.partition(b"\r\n\r\n")[2]) < 102_000
    assert len(sent.html.replace("\n", "\r\n").encode()) <= 100_000
    leading = sum(each.section is not IssueSection.REPLACE for each in issue.entries)
    assert sent.html.count("</b></a>") >= least
    assert len(shown(sent.html)) >= min(leading, 170)


@pytest.mark.slow
def test_what_has_no_room_is_a_link_to_the_whole_issue() -> None:
    sent = mail(busy_day(600))
    assert promised_more(sent.text) > 150
    assert "https://papers.example.org/audio/2025-07-11" in sent.text.splitlines()


@pytest.mark.slow
def test_the_budget_is_used_up_and_the_abstracts_without_room_are_counted() -> None:
    issue = busy_day(150)
    sent = mail(issue)
    assert len(html_part(sent)) > 97_000 or len(sent.html.encode()) > 95_000
    told = "Whole abstract on the web only: 71 new and 17 cross-lists."
    assert told in " ".join(sent.text.split())
    assert told in " ".join(sent.html.split())
    assert "Whole abstract" not in mail(issue, "brief").text + mail(busy_day(26)).text


@pytest.mark.parametrize(("papers", "language"), [(40, "en"), slow(80, "en")])
def test_who_has_interests_says_more_or_less_of_each_card_that_has_room_for_the_links(
    papers: int, language: str
) -> None:
    issue = busy_day(papers, language)
    reader = replace(READER, detail="brief", language=language)
    plain = mails_of(issue).mail(reader)
    sent = mails_of(issue).mail(replace(reader, picks=()))
    held_to_the_budget(sent)
    mine = f'="{LINKS.tune(reader.subscriber_id, reader.email)}'
    asked = re.findall(rf"{mine}/([^/]+)/(more|less)\"", sent.html)
    numbers = {number for number, _ in asked}
    assert len(asked) == 2 * len(numbers)
    everything = len(numbers) == len(issue.entries)
    assert everything is (papers == 40)
    assert sent.text.count("/tune/") == len(numbers) + (not everything) > 10
    of_all = f'{mine}/{issue.slug}/{issue.day}/{issue.day}"'  # where no card is without them
    assert sent.html.count(of_all) == (not everything)
    assert "/tune/" not in plain.html + plain.text
    if papers == 40:
        without = re.sub(rf"\xa0· <a href{mine}[^<]*</a>", "", sent.html)
        before, _, behind = without.partition("<h2")
        head, _, rest = behind.partition("The rest of the day</h2>\n")
        assert "Nothing today is close to what you named." in head
        assert f"{before}{rest}" == plain.html  # no paper has less for it


@pytest.mark.slow
def test_3435_authors_and_a_comment_without_end_weigh_no_more_than_others() -> None:
    atlas = paper(
        authors=tuple(f"Author {number} {'of the Collaboration' * 9}" for number in range(3435)),
        comment="Accepted, " * 4_000,
        title="Search " * 500,
        categories=("hep-ex",) * 60,
    )
    sent = mail(digest(*[replace(atlas, id=PaperId(f"2507.{n:05}", 1)) for n in range(60)]))
    held_to_the_budget(sent)
    assert len(shown(sent.html)) == 60


def test_a_section_that_a_reader_leaves_out_is_one_word_in_the_masthead_and_no_more() -> None:
    issue = busy_day(26)
    mails = mails_of(issue)
    reader = replace(READER, detail="brief", left_out="cross replace")
    sent = mails.mail(reader)
    held_to_the_budget(sent)
    new = [str(each.paper.id) for each in issue.section(IssueSection.NEW)]
    assert shown(sent.html) == shown(sent.text) == new
    told = "On the web only, as you chose: 3 cross-lists and 11 replacements."
    assert told in " ".join(sent.text.split())
    assert told in " ".join(mails.mail(replace(reader, picks=())).text.split())
    assert "All here but" not in sent.text
    assert sent.content.subject.startswith(f"{len(new)} papers: ")
    assert mails.mail(replace(READER)).content.subject.startswith("26 papers: ")
    assert mails.mail(replace(reader, picks=())).content.subject == sent.content.subject
    assert promised_more(sent.html) == promised_more(sent.text) == 0
    assert ">REPLACEMENTS<" not in sent.html
    assert (
        sent.content
        is mails.mail(replace(READER, detail="brief", left_out="cross replace")).content
    )
    late = replace(issue, entries=issue.entries[-11:] + issue.entries[12:15])  # no new one
    masthead = mails_of(late).mail(replace(reader, left_out="replace"))
    head = masthead.html.partition('class="counts"')[0]
    assert "11 papers are replaced" not in head
    for hidden in late.section(IssueSection.REPLACE):
        assert hidden.paper.title not in masthead.html + masthead.text
    nothing = replace(issue, entries=tuple(issue.section(IssueSection.REPLACE)))
    bare = mails_of(nothing).mail(replace(READER, left_out="replace"))
    assert "On the web only, as you chose: 11 replacements. " in " ".join(bare.text.split())
    assert "All here but" not in bare.html + bare.text
    assert bare.content.subject == "No papers in your sections (Audio, 11 Jul)"
    for hidden in nothing.entries:
        assert hidden.paper.title not in bare.html + bare.text


def test_a_newsletter_of_several_categories_can_be_set_by_category() -> None:
    issue = replace(busy_day(26), categories=("eess.SP", "cs.SD"), by_category=True)
    sent = mail(issue, "titles")
    assert sent.text.index("eess.SP · NEW") < sent.text.index("eess.SP · REPLACEMENTS")
    assert sent.text.index("eess.SP · REPLACEMENTS") < sent.text.index("cs.SD · NEW")
    assert sorted(shown(sent.html)) == sorted(str(each.paper.id) for each in issue.entries)
    counted = re.search(r"eess.SP (\d+) · cs.SD (\d+)", sent.text)
    assert counted is not None
    assert int(counted[1]) + int(counted[2]) == 26
    led = dict(re.findall(r'2025-07-11(?:#([\w.]+))?"[^>]*>([^<]+)</a>', sent.html)[:5])
    assert led["eess.SP"] == f"eess.SP\xa0{counted[1]}"
    assert led["cs.SD"] == f"cs.SD\xa0{counted[2]}"
    assert led.keys() == {"", "eess.SP", "cs.SD"}  # what all of them have leads to all of them
    standing: dict[Block, list[int]] = {block: [] for block in issue.blocks}
    for place, each in enumerate(issue.entries):
        standing[issue.block(each)].append(place)
    (new,), (cross,), _, (first, *others), *_ = standing.values()
    levels = dict.fromkeys(range(26), DetailLevel.TITLE)
    levels |= dict.fromkeys([new, first], DetailLevel.COMPACT)
    assert less_begins(issue, levels) == {cross, others[0]}
    flat = replace(issue, by_category=False)
    assert less_begins(flat, dict.fromkeys(range(26), DetailLevel.TITLE)) == set()
    replaced = [place for place, each in enumerate(issue.entries) if each.is_quiet]
    levels = dict.fromkeys(range(26), DetailLevel.SUMMARY) | {replaced[-1]: DetailLevel.COMPACT}
    assert less_begins(flat, levels) == {replaced[-1]}


@pytest.mark.parametrize(
    ("papers", "detail", "said", "at_the_top"),
    [
        (60, "full", ["whole abstracts"], "Whole abstract on the web only: "),
        (150, "full", ["authors, comments and links"], "Whole abstract on the web only: "),
        (150, "brief", ["authors, comments and links"], ""),
        (650, "brief", ["titles only"], "No room for authors, comments and links. "),
        (650, "titles", [], ""),
    ],
)
@pytest.mark.slow
def test_where_less_of_the_papers_begins_a_line_says_what_ends_there_and_leads_to_it(
    papers: int, detail: str, said: list[str], at_the_top: str
) -> None:
    sent = mail(busy_day(papers), detail)
    assert at_the_top in " ".join(sent.text.split())
    assert bool(at_the_top.startswith("No room")) == ("No room for" in sent.html)
    words = r"From here (?:no )?room for ([a-z, ]+)"
    found = list(re.finditer(rf'#([\w./-]+)"[^>]*>{words}<', sent.html))
    assert [begun[2] for begun in found] == said
    told = re.findall(rf"{words}\n\S+#(\S+)", sent.text)
    assert told == [(what, name) for name, what in (begun.groups() for begun in found)]
    for begun in found:
        assert shown(sent.html[begun.end() :])[0].startswith(f"{begun[1]}v")


@pytest.mark.slow
def test_papers_of_a_section_are_more_only_beside_others_of_it() -> None:
    text = mail(busy_day(650), "brief").text
    assert re.findall(r"^\d+ (.*) on the web$", text, re.MULTILINE)[-2:] == [
        "cross-lists",
        "replacements",
    ]
    assert " more replacements on the web" in mail(busy_day(320), "brief").text


TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["<script>", "音频" * 900, "$x_1^2$ " * 900, "\\textbf{", "&", "=" * 400]),
    st.sampled_from(["https://github.com/a/b " * 50, "'\"" * 200, "\x00\x1b\ud800", "é" * 2000]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6),
    st.sampled_from([1, 3, 25]),
    st.sampled_from(config.DETAILS),
    st.sampled_from(config.LANGUAGES),
)
@pytest.mark.slow
def test_no_text_of_arxivs_breaks_the_budget_or_parts_the_parts(
    texts: list[tuple[str, str, str]], times: int, detail: str, language: str
) -> None:
    entries = [
        entry(
            paper(id=PaperId(f"2507.{number:05}", 1), title=title, abstract=abstract, comment=note),
            section,
            abstract,
        )
        for section in IssueSection
        for number, (title, abstract, note) in enumerate(texts * times)
    ]
    sent = mail(digest_of(*entries, language=language), detail, language)
    held_to_the_budget(sent)
    assert shown(sent.html) == shown(sent.text)


WEIGHTS = st.lists(st.tuples(*[st.integers(1, 900)] * 5).map(sorted), min_size=1, max_size=30)


@given(WEIGHTS, st.sampled_from(DetailLevel), st.integers(0, 20_000), st.data())
def test_a_plan_fits_and_gives_no_paper_more_than_one_before_it(
    weights: list[list[int]], ceiling: DetailLevel, room: int, data: st.DataObject
) -> None:
    def weigh(level: DetailLevel) -> list[Weight]:
        return [Weight(each[level - 1], each[level - 1]) for each in weights]

    more = Weight(40, 40)
    leading = data.draw(st.integers(0, len(weights)))
    levels = plan_levels(weigh, ceiling, Weight(room, room), more, leading)
    used = sum((weigh(level)[number] for number, level in enumerate(levels)), NOTHING)
    if len(levels) < len(weights):
        used += more
    assert used.decoded <= room or not levels
    assert levels == sorted(levels, reverse=True)
    assert max(levels, default=DetailLevel.TITLE) <= ceiling


FLAT = {
    DetailLevel.TITLE: 10,
    DetailLevel.COMPACT: 20,
    DetailLevel.SUMMARY: 40,
    DetailLevel.EXCERPT: 60,
    DetailLevel.FULL: 100,
}


@pytest.mark.parametrize(
    ("room", "levels"),
    [
        (46, [2, 2]),  # room is kept for sentences first, five bytes for the line on the others
        (65, [2, 2, 2]),
        (95, [2, 2, 2, 2, 1]),
        (101, [2, 2, 2, 2, 1, 1]),
        (141, [3, 2, 2, 2, 2, 2]),
        (600, [5, 5, 5, 5, 5, 5]),
    ],
)
def test_titles_come_first_then_sentences_then_the_others_then_everybody_gets_more(
    room: int, levels: list[int]
) -> None:
    planned = plan_levels(
        lambda level: [Weight(FLAT[level], FLAT[level])] * 6,
        DetailLevel.FULL,
        Weight(room, room),
        Weight(5, 5),
        leading=4,
    )
    assert planned == levels


def test_a_day_too_big_for_its_titles_still_opens_with_sentences() -> None:
    levels = plan_levels(
        lambda level: [Weight(10 if level is DetailLevel.TITLE else 30, 10)] * 100,
        DetailLevel.SUMMARY,
        Weight(800, 800),
        Weight(20, 20),
        leading=100,
    )
    assert levels == [DetailLevel.COMPACT] * 18 + [DetailLevel.TITLE] * 24
    many = plan_levels(
        lambda level: [Weight(1 if level is DetailLevel.TITLE else 3, 1)] * 900,
        DetailLevel.SUMMARY,
        Weight(600, 600),
        Weight(20, 20),
        leading=900,
    )
    assert many == [DetailLevel.COMPACT] * 112 + [DetailLevel.TITLE] * 244


def test_a_summary_of_two_sentences_is_found_in_the_abstract_as_one_piece() -> None:
    first, second = "We study random matrices.", "However, we show that all are singular."
    shown = paper(abstract=f"They are many. {first} {second} It works.")
    said = entry(shown, sentence="We study random matrices; we show that all are singular.")
    found = marked_abstract(said, DetailLevel.FULL)
    assert found == ("They are many.", f"{first} {second}", "It works.")
