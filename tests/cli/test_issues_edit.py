"""An operator edits the issue of a day before it is frozen, and readers are told so."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter import bootstrap, languages
from newsletter.config import Settings
from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.issues import issue_edits, issue_queries, issue_store
from newsletter.issues.issue_edits import IssueEdit
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.markdown import to_markdown
from newsletter.rendering.markup import note_markup
from newsletter.rendering.several_days import combine_days, combine_week
from newsletter.rendering.size_budget import DetailLevel, own_level
from newsletter.rendering.translations import translations
from newsletter.rendering.wording.texts import IssueTexts
from newsletter.sources.base import PaperId
from tests.conftest import Cli
from tests.rendering.days import LINKS, SITE, digest_of, entry, paper
from tests.rendering.test_message import READER

DAY = "2025-07-11"
NOTE = "Seminar at **four**, on [this](https://example.org/a?b=1&c=2).\n\n- <b>bring</b> tea"
FIRST, OMITTED = "2507.07867", "2507.07318"


@pytest.fixture
def edited(cli: Cli, readers: list[str], settings: Settings) -> Cli:
    """The bundled day, not fetched yet, with a note, a paper first and one left out."""
    assert readers
    (settings.folder / "note.md").write_text(NOTE)
    for change in (
        ["--note-file", "note.md"],
        ["--first", f"https://arxiv.org/abs/{FIRST}v1", "--reason", "The group reads it"],
        ["--leave-out", OMITTED, "--leave-out", "2507.99999", "--reason", "Off <topic>"],
    ):
        said = cli("issues", "edit", "audio", *change)
        assert (said.code, said.err) == (0, "")
    return cli


@pytest.mark.slow
def test_what_preview_shows_is_what_is_sent_and_stays(edited: Cli, settings: Settings) -> None:
    assert "not among the papers" not in edited("issues", "edit", "audio").err  # not fetched yet
    text = edited("preview", "--format", "text").out
    assert edited("fetch").code == 0
    assert (
        f"2507.99999 is not among the papers of audio {DAY}"
        in edited("issues", "edit", "audio").err
    )
    assert edited("run").code == 0
    assert edited("preview", "--format", "text").out == text
    mails = sorted((settings.folder / "outbox").glob("*.eml"))
    assert mails
    with bootstrap.open_database(settings) as database, database.read() as session:
        issue = issue_queries.get_issue(session, "audio", date.fromisoformat(DAY))
        content = issue_store.load_issue(session, issue)
        assert issue_edits.load(session, "audio", issue.day) == IssueEdit()
    assert content.entries[0].paper.id.arxiv_id == FIRST
    assert content.topics == content.with_topics().topics != ()
    assert not content.without("new").topics
    assert [left.paper_id.arxiv_id for left in content.omissions] == [OMITTED]
    assert sum(content.counts.values()) == len(content.entries) == 25
    shown = edited("issues", "show").out
    assert "The group reads it" in shown
    assert '"left_out"' in edited("issues", "show", "--json").out
    for change in (["--note", "More"], ["--keep", OMITTED], []):
        said = edited("issues", "edit", "audio", *change)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert "is frozen since" in said.err
        assert "--day 2025-07-14" in said.err


def test_what_was_set_can_be_undone_and_wrong_wishes_are_one_line(
    edited: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert edited("rename", "audio", "speech").code == 0
    edit = ("issues", "edit", "speech")
    for wrong, said in (
        (["--day", "2025-07-12"], "weekend"),
        (["--keep", "2507.07319"], f"did you mean '{OMITTED}'?"),
        (["--first", OMITTED], "needs a reason"),
        (["--reason", "why"], "name a paper"),
        (["--note", " "], "--no-note"),
        (["--note", "x" * 2001], "2001 characters"),
        (["--note", "x", "--no-note"], "at a time"),
        (["--first", "1", "--reason", "x"], "no arXiv identifier"),
        (["--first", FIRST, "--reason", "x", "--reason", "y"], "2 reasons for 1 paper"),
        ([*("--first", FIRST, "--reason", "x") * 2, "--first", OMITTED], "2 reasons for 3 papers"),
        (["--first", FIRST, "--reason", "x"] * 2, f"{FIRST} has two reasons"),
    ):
        refused = edited(*edit, *wrong)
        assert refused.code
        assert said in refused.err
        assert refused.err.count("\n") == 1
    monkeypatch.setenv("VISUAL", "sh -c 'echo From the editor. > \"$0\"'")
    assert edited(*edit, "--editor").code == 0
    assert "From the editor." in edited(*edit, "--first", OMITTED, "--reason", "Read it").out
    both = ("--first", FIRST, "--reason", "To read", "--first", OMITTED, "--reason", "To hear")
    assert json.loads(edited(*edit, *both, "--json").out)["first"] == {
        FIRST: "To read",
        OMITTED: "To hear",
    }
    undo = ("--not-first", FIRST, "--not-first", OMITTED, "--keep", "2507.99999", "--no-note")
    assert "nothing is set" in edited(*edit, *undo).out
    text = edited("preview", "--format", "text").out
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        assert issue_edits.load(session, "speech", date.fromisoformat(DAY)) == IssueEdit()
    assert "编者" not in text


def edited_day(day: int = 11, edit: IssueEdit | None = None) -> IssueContent:
    """Three papers of a day: a new one, a cross-list and a replacement."""
    entries = [
        entry(paper(id=PaperId(f"2507.{day:03}{number:02}", 1), title=f"Title {number}"), section)
        for number, section in enumerate(IssueSection)
    ]
    content = replace(digest_of(*entries), day=date(2025, 7, day))
    wishes = edit or IssueEdit(NOTE, {f"2507.{day:03}02": "Now *right*"}, {f"2507.{day:03}01": ""})
    return issue_edits.apply(content, wishes)


@pytest.mark.parametrize("language", languages.CODES)
def test_readers_are_told_in_their_language_in_every_format(language: str) -> None:
    content = replace(edited_day(), language=language)
    reader = replace(READER, language=language, detail="brief")
    mail = IssueEmails(content, SITE, LINKS).mail(reader)
    text, html, markdown = mail.text, mail.html, to_markdown(content)
    if language == "en":
        for part in (text, html):
            assert "EDITOR'S NOTE" in part.replace("&#39;", "'")
            assert "1 paper left out by the editor" in part
            assert "Put first by the editor: Now *right*" in part
        assert "> **Editor's note**" in markdown
        assert "1 new · 1 replacement" in text
    assert mail.content.subject.count("Title 2") == 1
    assert html.count('<h3 class="title"') == 2  # the other is a replacement put first
    first = text.partition("Title 2")[2].partition("Title 0")[0]
    assert "Ada Lovelace" in first
    assert "It works." in first
    lesser = dict.fromkeys((0, 1), DetailLevel.TITLE)
    holds = IssueTexts(translations(language)).contents_line(content, lesser, DetailLevel.SUMMARY)
    assert holds == "Title only: 1 new and 1 replacement." or language != "en"
    for part in (text, html, markdown):
        assert "https://arxiv.org/abs/2507.01101v1" in part  # what is left out, as a link
        assert part.index("2507.01102") < part.index("2507.01100")
    assert "<b>four</b>" in html
    assert "&lt;b&gt;bring&lt;/b&gt; tea" in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert "\\<b>bring" in markdown
    assert "• <b>bring</b> tea" in text
    left_out = IssueEmails(content, SITE, LINKS).mail(replace(reader, left_out="replace")).text
    assert "Title 2" not in left_out  # a reader's own choice of sections holds
    left_out = IssueEmails(content, SITE, LINKS).mail(replace(reader, left_out="cross")).text
    assert "2507.01101" not in left_out  # nor are they told which of one the editor left out


def test_picks_come_before_what_the_editor_puts_first_and_one_paper_bears_both_reasons() -> None:
    reason = PickReason(ReasonType.AUTHOR, "Ada Lovelace")
    mails = IssueEmails(edited_day(), SITE, LINKS)
    ours = replace(READER, picks=(IssuePick("2507.01100", (reason,)),))
    text = mails.mail(ours).text
    order = ["Seminar", "FOR YOU", "\nTitle 0", "rest of the day", "* Put first", "\nTitle 2"]
    assert sorted(order, key=text.index) == order
    same = replace(READER, picks=(IssuePick("2507.01102", (reason,)),))
    text = mails.mail(same).text
    order = [
        "whom you follow",
        "* Put first by the editor",
        "\nTitle 2",
        "rest of the day",
        "NEW\n\nTitle 0",
    ]
    assert sorted(order, key=text.index) == order
    assert text.count("* Put first") == 1
    assert "CHOICE" not in text


def test_what_the_editor_puts_first_comes_before_what_a_group_named() -> None:
    reason = PickReason(ReasonType.AUTHOR, "Ada Lovelace", of_newsletter=True)
    picks = tuple(IssuePick(f"2507.0110{n}", (reason,)) for n in (0, 2))
    for picked, order in (
        (
            picks,
            ["Seminar", "* Put first", "\nTitle 2", "FOR THIS GROUP", "\nTitle 0", "rest of the"],
        ),
        (picks[1:], ["* Put first", "\nTitle 2", "rest of the day", "\nTitle 0"]),
    ):
        content = replace(edited_day(), picks=picked)
        text = IssueEmails(content, SITE, LINKS).mail(READER).text
        assert sorted(order, key=text.index) == order
        assert text.count("\nTitle 2") == 1
        assert ("FOR THIS GROUP" in text) is (len(picked) > 1)


def test_days_in_one_issue_keep_each_day_s_edits_and_readers_see_those_of_their_days() -> None:
    both = combine_days([edited_day(10), edited_day(11)])
    assert [note.day.day for note in both.editor_notes] == [10, 11]
    assert [entry.put_first for entry in both.entries] == ["Now *right*"] * 2 + [""] * 2
    kept = issue_edits.from_json(
        replace(both, editor_notes=(), omissions=()), issue_edits.to_json(both)
    )
    assert kept == both
    later = both.since(date(2025, 7, 11))
    assert [note.day.day for note in later.editor_notes] == [11]
    assert [left.paper_id.arxiv_id for left in later.omissions] == ["2507.01101"]
    week = IssueEmails(combine_week(edited_day(11), [edited_day(10)]), SITE, LINKS)
    text = week.mail(READER).text
    assert "EDITOR'S NOTE · THU, 10 JULY 2025" in text
    assert "2 papers left out by the editor" in text
    again = replace(edited_day(10, IssueEdit(omitted={"2507.01000": ""})), day=date(2025, 7, 11))
    assert not combine_days([edited_day(10), again]).omissions  # each stands there of a day


def test_a_day_of_which_all_is_left_out_is_no_issue_and_says_why(
    cli: Cli, readers: list[str]
) -> None:
    assert readers
    assert cli("fetch").code == 0
    shown = cli("preview", "--format", "markdown").out
    ids = {line.split("/pdf/")[1].split("v")[0] for line in shown.splitlines() if "[http" in line}
    wishes = [part for name in ids for part in ("--leave-out", name)]
    assert cli("issues", "edit", "audio", *wishes).code == 0
    for command in ("preview", "run"):
        said = cli(command)
        assert "the editor left out all papers" in said.out + said.err


@pytest.mark.parametrize(
    ("source", "html", "text"),
    [
        ("a * b < c & d", "a * b &lt; c &amp; d", "a * b < c & d"),
        ("**a *b* c", "**a <i>b</i> c", "**a _b_ c"),
        ("**a *b* c** d", "<b>a <i>b</i> c</b> d", "*a _b_ c* d"),
        ("*a **b***", "<i>a <b>b</b></i>", "_a *b*_"),
        (
            "**see** https://a.example/a_b*c*d?x=**",
            '<b>see</b> <a href="https://a.example/a_b*c*d?x=">https://a.example/a_b*c*d?x=</a>**',
            "*see* https://a.example/a_b*c*d?x=**",
        ),
        (r"\*a\*", "*a*", "*a*"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        (
            "see https://a.example/(b). Then",
            'see <a href="https://a.example/(b)">https://a.example/(b)</a>. Then',
            "see https://a.example/(b). Then",
        ),
        ('[x](https://a.example/?q="><i>)', "[x](https://a.example/?q=&quot;&gt;&lt;i&gt;)", None),
    ],
)
def test_a_note_is_markdown_in_little_and_nothing_else_is_obeyed(
    source: str, html: str, text: str | None
) -> None:
    assert note_markup.to_html(source) == [html]
    assert note_markup.to_text(source) == [text or source]
    assert note_markup.to_html("a\nb\n\n- c\n- d") == ["a b", "• c<br>\n• d"]


def test_a_note_in_markdown_means_no_more_than_in_a_mail() -> None:
    written = note_markup.to_markdown(
        "# A <b> [x](javascript:alert(1)) [y](https://a.example/y) **b *c***\n- https://a.example/_z_"
    )
    link = "[y](https://a.example/y) **b *c***"
    assert written == [
        rf"\# A \<b> \[x\](javascript:alert(1)) {link}\
• <https://a.example/_z_>"
    ]


def test_what_the_editor_puts_first_has_its_whole_card_wherever_it_has_a_sentence() -> None:
    first, other = edited_day(edit=IssueEdit(first={"2507.01102": "Read it"})).entries[:2]
    assert own_level(first, DetailLevel.COMPACT) is DetailLevel.SUMMARY
    assert own_level(first, DetailLevel.TITLE) is DetailLevel.TITLE  # for who wants titles
    assert own_level(other, DetailLevel.COMPACT) is DetailLevel.COMPACT


def test_many_papers_left_out_are_a_few_links_and_absent_ones_are_told_with_the_issue(
    cli: Cli, readers: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert readers
    assert cli("fetch").code == 0
    new = [f"--leave-out={name}" for name in ("2507.07318", "2507.07384", "2507.07799")]
    more = [f"--leave-out={name}" for name in ("2507.07526", "2507.07764", "2507.07867")]
    cli("issues", "edit", "audio", *new, *more, "--leave-out=2507.99999", "--reason", "\u202eoff")
    text = cli("preview", "--format", "text").out
    told, _, rest = text.partition("#left-out")
    assert rest
    assert told.count("https://arxiv.org/abs/") == 5
    assert "\u202e" not in text
    assert "not announced, so neither put first nor left out: 2507.99999" in caplog.text


def test_no_date_of_the_year_is_longer_than_a_phone_is_wide() -> None:
    for code in languages.CODES:
        catalogue = translations(code)
        for number in range(366):
            day = catalogue.one_line_date(date(2026, 1, 1) + timedelta(days=number))
            assert len(day) <= 21, day
