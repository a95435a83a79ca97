"""A mail that opens with what comes first for its reader, and holds all the rest once."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from newsletter.config import Settings
from newsletter.interests import (
    FollowedAuthor,
    Interests,
    LikedPaper,
    PickReason,
    ReasonType,
    compile_profile,
)
from newsletter.interests.issue_picks import IssuePick
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import IssueEntry
from newsletter.rendering.personal_mails.first_paper import MOST_MARKS
from newsletter.rendering.personal_mails.marked_words import mark_words
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.several_days import combine_week
from newsletter.rendering.size_budget import LIMIT
from newsletter.rendering.transfer_encodings.qp_template import TextFragment
from newsletter.rendering.translations import translations
from newsletter.sending.readers.personal import choose
from newsletter.sources import lookup
from newsletter.sources.base import PaperId
from tests.conftest import Cli
from tests.rendering.days import LINKS, SITE, busy_day, digest, paper
from tests.rendering.test_message import READER
from tests.rendering.test_size_budget import slow

LONGEST = PickReason(ReasonType.CLOSE, "Neural <b> & 音频 " * 20, ("long-sequence " * 20,) * 3)
SMALL_DAY = busy_day(26)
SMALL = IssueEmails(SMALL_DAY, SITE, LINKS)


def listed(html: str) -> list[str]:
    """The papers, as their cards come."""
    return re.findall(r'<a href="https://arxiv.org/abs/([\d.]+)v\d+"', html)


def picks_of(entries: list[IssueEntry], *reasons: PickReason) -> tuple[IssuePick, ...]:
    return tuple(IssuePick(entry.paper.id.arxiv_id, reasons) for entry in entries)


def as_reader(**changed: object) -> Recipient:
    return replace(READER, **changed)  # type: ignore[arg-type]


def test_picks_open_the_mail_each_under_its_reason_and_stand_nowhere_else() -> None:
    heron = paper(title="Herons sing", authors=("Ada L",))
    others = [
        replace(paper(title=f"Other {n}"), id=replace(heron.id, arxiv_id=f"2507.1000{n}"))
        for n in range(3)
    ]
    mails = IssueEmails(digest(*others, heron), SITE, LINKS)
    named = Interests(words=["herons"], authors=[FollowedAuthor("Ada L")])
    reader = as_reader(detail="brief", language="en")
    mail = mails.mail(replace(reader, picks=choose(mails, reader, compile_profile(named))))
    assert listed(mail.html) == ["2507.00001", "2507.10000", "2507.10001", "2507.10002"]
    assert "by Ada L, whom you follow; has Herons in its title" in mail.html
    assert "<u>Herons</u>\u00a0sing" in mail.html
    order = ["FOR YOU", "* by Ada L, whom you follow", "Herons sing", "The rest of the day", "NEW"]
    assert sorted(order, key=mail.text.index) == order
    assert mail.text.count("Herons sing") == 1
    assert f"{mail.values['preferences']}/interests" in mail.html


def test_a_line_of_why_without_room_has_fewer_reasons_or_words_but_no_half_of_one() -> None:
    author = PickReason(ReasonType.AUTHOR, "Ada L")
    title = "Neural codecs that hear what nobody said of them"
    close = PickReason(ReasonType.CLOSE, title, ("understanding",) * 3)
    long_words = replace(close, words=("long-sequence reconstruction", "codec " * 20 + "talk", "a"))
    entry = SMALL_DAY.entries[3]
    for reasons, said in (
        ((author, close), "フォロー中のAda Lの論文"),
        ((long_words,), f"お気に入りの「{title}」に近い（long-sequence reconstruction）"),
    ):
        mail = SMALL.mail(as_reader(language="ja", picks=picks_of([entry], *reasons)))
        assert f'class="reason">{said}</p>' in re.sub(r' style="[^"]*"', "", mail.html)


def test_where_nothing_is_close_a_line_says_so_and_all_papers_follow() -> None:
    mail = SMALL.mail(as_reader(language="en", picks=()))
    assert "Nothing today is close to what you named." in mail.html
    assert "Nothing today is close to what you named." in mail.text
    assert listed(mail.html) == listed(SMALL.mail(as_reader(language="en")).html)


def test_who_named_nothing_gets_what_everybody_gets_byte_for_byte() -> None:
    before = SMALL.mail(READER).as_bytes()
    SMALL.mail(as_reader(picks=picks_of([SMALL_DAY.entries[3]], LONGEST)))
    assert SMALL.mail(READER).as_bytes() == before
    assert b"FOR YOU" not in before


@given(st.permutations(range(26)), st.integers(0, 10), st.sampled_from(["full", "brief", "titles"]))
@tried(max_examples=30, deadline=None)
def test_whatever_comes_first_every_paper_is_there_once(
    order: list[int], number: int, detail: str
) -> None:
    first = [SMALL_DAY.entries[place] for place in order[:number]]
    reader = as_reader(detail=detail, picks=picks_of(first, LONGEST))
    mail = SMALL.mail(reader)
    papers = [entry.paper.id.arxiv_id for entry in SMALL_DAY.entries]
    assert listed(mail.html)[:number] == [entry.paper.id.arxiv_id for entry in first]
    assert sorted(listed(mail.html)) == sorted(papers)
    assert all(mail.text.count(f"abs/{name}v") == 1 for name in papers)
    assert SMALL.mail(reader).as_bytes() == mail.as_bytes()
    # Spliced for one reader, it is what a template for many gives.
    shared = replace(mail, content=replace(mail.content, is_shared=True))
    assert shared.as_bytes() == mail.as_bytes()


@pytest.mark.parametrize(
    ("language", "detail"),
    [("zh", "brief"), *(slow(*it) for it in (("en", "full"), ("en", "brief"), ("zh", "titles")))],
)
@pytest.mark.slow
def test_a_large_day_keeps_its_limits_with_the_longest_reasons(language: str, detail: str) -> None:
    day = busy_day(320, language)
    mails = IssueEmails(day, SITE, LINKS)
    last = picks_of(list(day.entries[-10:]), LONGEST, LONGEST)
    mail = mails.mail(as_reader(language=language, detail=detail, picks=last))
    html_part = mail.as_bytes().partition(b"text/html")[2]
    assert len(mail.html.replace("\n", "\r\n").encode()) <= LIMIT.decoded
    assert len(html_part) <= LIMIT.encoded + 300  # with its header and the last boundary
    shown = listed(mail.html)
    assert len(shown) == len(set(shown))
    assert shown[:10] == [pick.arxiv_id for pick in last]
    more = re.findall(r'<p class="more".*?</a>', mail.html)
    hidden = sum(int(re.sub(r"<[^>]*>|\D", "", line)) for line in more)
    assert len(shown) + hidden == 320
    whole = translations(language).gettext("By what you named; nothing is left out below.")
    assert (whole in mail.html) is (not hidden)
    only_titles = translations(language).gettext("From here room for titles only")
    assert mail.html.count(only_titles) == mail.text.count(only_titles) <= 1
    # The room that is kept for picks is no larger than these picks: without any, hardly any.
    unpicked = listed(mails.mail(as_reader(language=language, detail=detail, picks=())).html)
    unnamed = listed(mails.mail(as_reader(language=language, detail=detail)).html)
    assert len(unpicked) >= len(unnamed) - 8 > 100
    # A pick leaves its place below, and a line over that place stays.
    behind = mail.html.partition(only_titles)[2]
    if behind:
        taken = [each for each in day.entries if each.paper.id.arxiv_id == listed(behind)[0]]
        picks = picks_of([*taken, *day.entries[-9:]], LONGEST, LONGEST)
        again = mails.mail(as_reader(language=language, detail=detail, picks=picks))
        assert again.html.count(only_titles) == again.text.count(only_titles) == 1


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_days_of_a_large_week_share_its_room_and_say_what_each_has_beyond(
    language: str,
) -> None:
    sizes = {1: 532, 2: 193, 3: 30, 4: 182, 7: 152}
    days = [
        replace(
            issue,
            day=date(2025, 7, day),
            entries=tuple(
                replace(each, paper=replace(each.paper, id=PaperId(f"250{day}.{number:05}")))
                for number, each in enumerate(issue.entries)
            ),
        )
        for day, size in sizes.items()
        for issue in [busy_day(size, language)]
    ]
    week = combine_week(days[-1], days[:-1])
    mails = IssueEmails(week, SITE, LINKS)
    for picks in (None, picks_of(list(week.entries[-10:]), LONGEST)):
        mail = mails.mail(as_reader(language=language, picks=picks))
        assert len(mail.html.replace("\n", "\r\n").encode()) <= LIMIT.decoded
        shown = listed(mail.html)
        assert len(shown) == len(set(shown))
        assert shown == re.findall(r"arxiv.org/abs/([\d.]+)v", mail.text)
        titles = Counter(int(name[3]) for name in shown[len(picks or ()) :])
        new = Counter(
            {
                day: sum(not each.is_quiet for each in it.entries)
                for day, it in zip(sizes, days, strict=True)
            }
        )
        assert titles[3] == new[3]
        assert max(titles.values()) - min(titles[day] for day in (1, 2, 4)) <= 1
        assert min(titles[day] for day in sizes if day != 3) >= 50
        for day, size in sizes.items():
            beyond = re.findall(rf'<a href="[^"]*/2025-07-0{day}#[^>]*>([^<]*)', mail.html)
            told = sum(int(re.sub(r"\D", "", line)) for line in beyond)
            assert told + sum(int(name[3]) == day for name in shown) == size


@pytest.mark.slow
def test_picks_take_no_more_room_than_their_own_cards_and_reasons() -> None:
    day = busy_day(317, "en")
    mails = IssueEmails(day, SITE, LINKS)
    first, ten = (
        mails.mail(as_reader(detail="brief", picks=picks_of(list(day.entries[:number]))))
        for number in (1, 10)
    )
    for mail in first, ten:
        html_part = mail.as_bytes().partition(b"text/html")[2]
        assert LIMIT.encoded - 4_000 < len(html_part) <= LIMIT.encoded + 300
    assert len(listed(ten.html)) > len(listed(first.html)) - 75


def test_sections_that_a_reader_leaves_out_are_not_picked() -> None:
    reader = as_reader(left_out="cross replace")
    titles = Interests(
        liked=[
            LikedPaper(each.paper.title, each.paper.abstract, "")
            for each in SMALL_DAY.entries
            if each.section == "replace"
        ]
    )
    chosen = choose(SMALL, reader, compile_profile(titles)) or ()
    sections = SMALL_DAY.sections
    assert {sections[pick.arxiv_id] for pick in chosen} == {"new"}


def test_a_pick_that_the_issue_does_not_hold_is_passed_over() -> None:
    gone = IssuePick("2001.00001", (LONGEST,))
    mail = SMALL.mail(as_reader(picks=(gone,)))
    assert len(listed(mail.html)) == 26


@pytest.mark.parametrize("name", ["Wei Wang", "Conor O'Brien-Müller"])
def test_a_followed_author_among_thousands_stands_in_the_author_line(name: str) -> None:
    crowd = (*(f"Ada B. Family{number}" for number in range(3000)), name)
    mails = IssueEmails(digest(paper(authors=crowd)), SITE, LINKS)
    reader = as_reader(detail="full", language="en")
    profile = compile_profile(Interests(authors=[FollowedAuthor(name)]))
    mail = mails.mail(replace(reader, picks=choose(mails, reader, profile)))
    shown = "Ada B. Family0, Ada B. Family1, Ada B. Family2, Ada B. Family3, Ada B. Family4, … "
    for part in (unescape(mail.html), " ".join(mail.text.split())):
        assert f"by {name}, whom you follow" in part
        assert f"{shown}{name} and 2,995 more" in part
        assert "Family5" not in part


def test_a_preview_for_nobody_in_particular_ranks_by_what_is_named(
    cli: Cli, settings: Settings
) -> None:
    assert settings.newsletters
    said = cli("preview", "--word", "neural", "--author", "Ada L", "--liked", "https://arxiv.org/pdf/2507.07877v1.pdf",
               "--format", "text")  # fmt: skip
    assert said.code == 0, said.err
    assert "为您优先" in said.out
    assert "2507.07877" in said.out
    wrong = cli("preview", "--as", "reader01@reader.example", "--word", "neural")
    assert wrong.code == 2
    assert "leave --liked and the like out" in wrong.err
    assert cli("preview", "--word", "!!").code == 2


def test_a_paper_that_is_here_is_asked_of_nobody(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.newsletters
    assert cli("run").code == 0
    monkeypatch.setattr(lookup, "find_paper", lambda *_: 1 / 0)
    said = cli("preview", "--liked", "2507.07877", "--format", "text")
    assert (said.code, said.out.count("为您优先")) == (0, 1)


@pytest.mark.parametrize(
    ("word", "card", "marked"),
    [
        ("k-means", "<p><em>k</em>-means, fast</p>", "<p><em><u>k</u></em><u>-means</u>, fast</p>"),
        ("CO2", "<p>of CO<sub>2</sub> in</p>", "<p>of <u>CO</u><sub><u>2</u></sub> in</p>"),
        ("SE(3)", "<p><em>SE</em>(3)&amp;</p>", "<p><em><u>SE</u></em><u>(3)</u>&amp;</p>"),
        ("net works", "<h3>net</h3><p>works</p>", "<h3>net</h3><p>works</p>"),
        ("gram", "<p><em>n</em>gram</p>", "<p><em>n</em>gram</p>"),
    ],
)
def test_a_word_is_marked_that_stands_partly_in_a_formula(
    word: str, card: str, marked: str
) -> None:
    assert mark_words(TextFragment(card), [word]).text == marked


@given(st.lists(st.sampled_from(["k", "-", "<em>", "</em>", "<b>", "x y", "&lt;", "</p><p>"])))
def test_no_more_is_marked_than_a_mail_has_room_for(parts: list[str]) -> None:
    card = TextFragment(f"<p>{''.join(parts)}</p>")
    marked = mark_words(card, ["k", "k-k", "x y"]).text
    assert marked.count("<u>") == marked.count("</u>") <= MOST_MARKS
    assert re.sub("</?u>", "", marked) == card.text


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_marking_words_changes_nothing_but_marks(text: str, words: list[str]) -> None:
    card = TextFragment(f'<p class="x">{text.replace("<", "&lt;")}</p>\n')
    marked = mark_words(card, words)
    assert re.sub("</?u>", "", marked.text) == card.text
