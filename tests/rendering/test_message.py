"""The bytes of a mail, as a parser and a mail program see them."""

import quopri
import re
from binascii import a2b_base64
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from newsletter import announcements, bootstrap, config, scaffold
from newsletter.interests.day_topics import Topic
from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.issues import issue_store
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import IssueEntry, IssueSection, Omission
from newsletter.rendering.message import Message, MessageContent, Placeholders
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.transfer_encodings.qp_template import TextFragment
from newsletter.rendering.transfer_encodings.quoted_printable import encode_quoted_printable
from newsletter.sources import bundled
from newsletter.sources.base import PaperId
from newsletter.subscribers.link_claims import UnsubscribeClaim
from newsletter.summaries import extractive_summarizer
from newsletter.summaries.base import AUTHORS, Sentence
from newsletter.summaries.extractive_summarizer import ExtractiveSummarizer
from tests.conftest import NOW
from tests.rendering.days import LINKS, SITE, digest, paper

PERSONAL = ("recipient", "unsubscribe", "preferences", "since")
READER = Recipient(7, "ada@reader.example", "full", "en", date(2025, 7, 3), "0123456789abcdef")


def parsed(mail: Message) -> EmailMessage:
    return message_from_bytes(mail.as_bytes(), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    assert not body.defects
    content: str = body.get_content()
    return content.replace("\r\n", "\n")


def well_formed(raw: bytes) -> None:
    """What the parser's own list of defects does not tell (RFC 5322, 2.1.1; RFC 2045, 6.7)."""
    head, _, body = raw.partition(b"\r\n\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 200
    assert body.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\0" not in raw
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def bundled_day(tmp_path_factory: pytest.TempPathFactory) -> IssueContent:
    folder = tmp_path_factory.mktemp("bundled-day")
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        announcements.store_fetched(
            session, bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY), NOW
        )
        return issue_store.compose_issue(
            session, settings.newsletters[0], bundled.DAY, ExtractiveSummarizer(), NOW
        )


@pytest.mark.parametrize("detail", config.DETAILS)
@pytest.mark.parametrize("language", config.LANGUAGES)
def test_a_mail_of_the_bundled_day_is_well_formed(
    bundled_day: IssueContent, detail: str, language: str
) -> None:
    reader = replace(READER, detail=detail, language=language)
    mail = IssueEmails(bundled_day, SITE, LINKS).mail(reader)
    raw = mail.as_bytes()
    well_formed(raw)
    message = parsed(mail)
    assert not message.defects
    assert part(message, "html").rstrip("\n") == mail.html.rstrip("\n")
    assert part(message, "plain").rstrip("\n") == mail.text.rstrip("\n")
    assert len(mail.html.encode()) <= 100_000


def test_the_headers_of_a_bulk_mail_stand_unmangled_on_the_wire() -> None:
    mail = IssueEmails(digest(paper()), SITE, LINKS).mail(READER)
    raw = mail.as_bytes().decode("ascii")
    url = mail.values["unsubscribe"]
    token = url.rpartition("/")[2]
    by_mail = f"<mailto:daily@papers.example.org?subject={token}>"
    assert f"\r\nList-Unsubscribe: <{url}>,\r\n {by_mail}\r\n" in raw
    assert LINKS.read(UnsubscribeClaim, token) == UnsubscribeClaim(7, "audio")
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert "\r\nMessage-ID: <0123456789abcdef@papers.example.org>\r\n" in raw
    assert "\r\nList-Id: <audio.papers.example.org>\r\n" in raw
    assert "\r\nAuto-Submitted: auto-generated\r\n" in raw
    assert "\r\nDate: Fri, 11 Jul 2025 06:30:00 +0000\r\n" in raw


def test_a_repeated_attempt_is_the_same_message() -> None:
    mails = [IssueEmails(digest(paper()), SITE, LINKS).mail(READER) for _ in range(2)]
    assert mails[0].as_bytes() == mails[1].as_bytes()


def test_each_reader_gets_their_own_values_and_nobody_elses() -> None:
    issue = IssueEmails(digest(paper()), SITE, LINKS)
    bob = replace(READER, subscriber_id=8, email="o'bob@reader.example", reference="b" * 16)
    ada, bobs = issue.mail(READER), issue.mail(bob)
    assert ada.content is bobs.content
    assert "o&#x27;bob@reader.example" in part(parsed(bobs), "html")
    assert "o'bob@reader.example" in part(parsed(bobs), "plain")
    assert bobs.values["unsubscribe"] in part(parsed(bobs), "plain")
    assert "ada@reader.example" not in bobs.as_bytes().decode()


@pytest.mark.parametrize("place", ["title", "abstract", "comment", "authors", "categories"])
def test_nothing_from_arxiv_becomes_markup_or_a_header(place: str) -> None:
    nasty = 'x\r\nBcc: all@example.org\r\n\r\n"><script>alert(1)</script>{{ 7*7 }}{% raw %}'
    value = (nasty,) if place in {"authors", "categories"} else nasty
    message = parsed(IssueEmails(digest(paper(**{place: value})), SITE, LINKS).mail(READER))
    assert message["Bcc"] is None
    assert len(message.get_all("Subject", [])) == 1
    html = part(message, "html")
    assert "<script" not in html
    assert "49" not in html


HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(["\r\n", "Bcc: all@example.org", "-->", "]]>", "<!--", "{{", "%}", "\0"]),
        st.sampled_from(['" onclick="x', "<script>", "</h3>", "&lt;b&gt;", "\u202e"]),
        st.sampled_from(["\\href{javascript:x}{y}", "\\url{https://a.example/'\"}"]),
        st.sampled_from(["=?utf-8?q?x?=", "--=_0", "\r\n.\r\n", "<!DOCTYPE", "$<$img src=x$>$"]),
    ),
    max_size=6,
).map("".join)
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "tbody"}
TAGS |= {
    "p",
    "h1",
    "h2",
    "h3",
    "a",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "em",
    "code",
    "br",
    "b",
}


@settings_of_hypothesis(max_examples=15, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(config.DETAILS))
def test_no_title_comment_or_name_becomes_markup_or_a_header(
    title: str, text: str, name: str, detail: str
) -> None:
    hostile = paper(
        title=title, abstract=text, comment=text, authors=(name, title), categories=(name, "cs.SD")
    )
    reader = replace(READER, detail=detail)
    raw = IssueEmails(digest(hostile, paper()), SITE, LINKS).mail(reader).as_bytes()
    well_formed(raw)
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Bcc"] is None
    assert message["To"] == READER.email
    page = lxml.html.document_fromstring(part(message, "html"))
    elements = [each for each in page.iter() if isinstance(each.tag, str)]
    assert {each.tag for each in elements} <= TAGS
    assert not [each for each in elements for name in each.attrib if str(name).startswith("on")]
    links = [each.get("href", "") for each in elements if each.tag == "a"]
    assert all(each.startswith(("https://", "http://")) for each in links)
    assert links[-1] == page.xpath("//p[@class='links']/a")[-1].get("href")  # the footer is whole


def test_chinese_subjects_and_names_are_valid_encoded_words() -> None:
    site = SITE.model_copy(
        update={"sender": "音频日报与信号处理每日快讯 <daily@papers.example.org>"}
    )
    issue = digest(paper(title="音" * 90), language="zh")
    raw = IssueEmails(issue, site, LINKS).mail(replace(READER, language="zh")).as_bytes()
    well_formed(raw)
    message = message_from_bytes(raw, policy=policy.default)
    assert message["From"].addresses[0].display_name == "音频日报与信号处理每日快讯"
    assert message["Subject"].startswith("1 篇论文：音音")
    for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 76 or b"=?" not in line, line


def test_what_is_missing_is_a_number_and_a_link() -> None:
    from newsletter.rendering.issue_entry import ListingNote
    from newsletter.sources.base import ListingState

    ids = tuple(f"2507.{number:05}" for number in range(225))
    notes = (
        ListingNote("cs.SD", ListingState.PARTIAL, 9, 234, ids),
        ListingNote("eess.AS", ListingState.PARTIAL, 9, 10),
    )
    mail = IssueEmails(replace(digest(paper()), listings=notes), SITE, LINKS).mail(READER)
    told = "225 papers of cs.SD and eess.AS could not be retrieved."  # the issue holds one of them
    assert told in " ".join(mail.text.split())
    assert "/2025-07-11#missing\n" in mail.text
    assert re.search(r'/2025-07-11#missing"[^>]*>225 papers of cs.SD and', mail.html)
    assert "2507.00007" not in mail.html + mail.text


def test_a_paper_that_two_categories_lack_is_one_and_without_pages_it_is_linked() -> None:
    from newsletter.rendering.issue_entry import ListingNote
    from newsletter.sources.base import ListingState

    notes = tuple(
        ListingNote(category, ListingState.PARTIAL, 1, 2, (name,))
        for category, name in (("cs.SD", "2507.00009"), ("eess.AS", "2507.00009v2"))
    )
    alone = SITE.model_copy(update={"url": ""})
    mail = IssueEmails(replace(digest(paper()), listings=notes), alone, LINKS).mail(READER)
    assert "1 paper of cs.SD and eess.AS could not be retrieved." in " ".join(mail.text.split())
    assert "\nhttps://arxiv.org/abs/2507.00009\n" in mail.text
    assert 'href="https://arxiv.org/abs/2507.00009"' in mail.html


def test_what_could_not_be_read_and_what_arxiv_had_counted_is_said() -> None:
    from newsletter.rendering.issue_entry import ListingNote
    from newsletter.sources.base import ListingState

    notes = (
        ListingNote("cs.SD", ListingState.RECONSTRUCTED, 49, 50, ("2507.00009",)),
        ListingNote("eess.AS", ListingState.UNREACHABLE, 0),
    )
    mail = IssueEmails(replace(digest(paper()), listings=notes), SITE, LINKS).mail(READER)
    text = " ".join(mail.text.split())
    assert "1 paper of cs.SD could not be retrieved. Nothing could be read of eess.AS." in text
    assert "not exactly it. By arXiv's own count: 49 of 50 in cs.SD." in text
    assert "Nothing could be read of eess.AS." in mail.html


def test_where_papers_are_missing_no_mail_says_that_nothing_is_new() -> None:
    from newsletter.rendering.issue_entry import ListingNote
    from newsletter.sources.base import ListingState

    whole = digest(paper(), section=IssueSection.CROSS)
    lack = ListingNote(whole.categories[0], ListingState.PARTIAL, 1, 2, ("2507.00009",))
    unread = ListingNote(whole.categories[0], ListingState.UNREACHABLE, 0)
    for note, language, told in (
        (lack, "en", f"1 paper is cross-listed in {whole.categories[0]}"),
        (unread, "en", f"1 paper is cross-listed in {whole.categories[0]}"),
        (lack, "de", f"1 Cross-Listing in {whole.categories[0]}"),
    ):
        issue = replace(whole, listings=(note,), language=language)
        reader = replace(READER, language=language)
        text = " ".join(IssueEmails(issue, SITE, LINKS).mail(reader).text.split())
        assert told in text
        assert not re.search("Nothing is new|Nichts Neues", text)
    assert "Nothing is new in" in IssueEmails(whole, SITE, LINKS).mail(READER).text


def test_the_day_at_the_head_of_a_mail_begins_with_a_capital() -> None:
    issue = replace(digest(paper()), language="fr", day=date(2025, 8, 1))
    mail = IssueEmails(issue, SITE, LINKS).mail(replace(READER, language="fr"))
    assert mail.text.splitlines()[1] == "Vendredi 1er août 2025"
    assert ">Ven. 1er août 2025</h1>" in mail.html
    assert ", vendredi 1er août 2025</title>" in mail.html


def test_nobody_is_told_that_nothing_is_new_where_new_papers_were_left_out() -> None:
    whole = digest(paper(), paper(id=PaperId("2507.00002", 1)))
    cross = replace(whole.entries[1], section=IssueSection.CROSS)
    both = replace(whole, entries=(whole.entries[0], cross))
    left_out = Omission(both.day, whole.entries[0].paper.id, "A title", "", IssueSection.NEW)
    by_editor = replace(both, entries=(cross,), omissions=(left_out,))
    for content, hidden in ((both, "new"), (by_editor, "")):
        reader = replace(READER, left_out=hidden)
        text = IssueEmails(content, SITE, LINKS).mail(reader).text
        assert f"1 paper is cross-listed in {both.categories[0]}" in " ".join(text.split())
        assert "Nothing is new" not in text


def test_a_withdrawn_paper_is_marked() -> None:
    comment = "This paper has been withdrawn by the author due to an error in Lemma 2"
    issue = digest(paper(comment=comment), section=IssueSection.REPLACE)
    assert "withdrawn · v1 · This paper" in IssueEmails(issue, SITE, LINKS).mail(READER).text
    assert not paper(comment="The dataset of [3] was withdrawn").withdrawn


def test_3435_authors_are_six_names_and_a_number() -> None:
    many = paper(authors=tuple(f"Author {number}" for number in range(3435)))
    mail = IssueEmails(digest(many), SITE, LINKS).mail(READER)
    assert "Author 5 and 3,429 more" in " ".join(mail.text.split())
    assert "Author 6" not in mail.html


def test_the_masthead_says_whose_the_sentences_are_and_a_card_where_it_differs() -> None:
    papers = [paper(id=PaperId(f"2507.{number:05}", 1)) for number in range(3)]
    issue = digest(*papers)
    first, second, third = issue.entries
    model = replace(second, summary=Sentence("Models it.", "en", "gpt-4o-mini"))
    mail = IssueEmails(replace(issue, entries=(first, model, third)), SITE, LINKS).mail(READER)
    for seen in (mail.html, mail.text):
        told = " ".join(seen.replace("&#39;", "'").split())
        assert told.count("Sentences are the authors' own unless marked.") == 1
        assert told.count("by gpt-4o-mini") == 1
        assert "authors' words" not in told
    mostly = replace(issue, entries=(model, model, first))
    told = " ".join(IssueEmails(mostly, SITE, LINKS).mail(READER).text.split())
    assert "Sentences are by gpt-4o-mini unless marked." in told
    assert told.count("authors' words") == 1
    for silent in (digest(*papers, section=IssueSection.REPLACE), issue):
        detail = "titles" if silent is issue else "full"
        bare = IssueEmails(silent, SITE, LINKS).mail(replace(READER, detail=detail))
        assert "unless marked" not in bare.html + bare.text
    week = replace(issue, by_day=True, first_day=issue.day)
    for picks in ((), (IssuePick("2507.00001", (PickReason(ReasonType.CATEGORY, "cs.SD"),)),)):
        of_week = IssueEmails(week, SITE, LINKS).mail(replace(READER, picks=picks))
        assert ("unless marked" in of_week.html) is ("unless marked" in of_week.text) is bool(picks)


def test_sentences_in_chinese_have_no_blank_between_them() -> None:
    issue = replace(digest(paper()), language="zh")
    mail = IssueEmails(issue, SITE, LINKS).mail(replace(READER, language="zh"))
    (note,) = re.findall(r'<p class="note"[^>]*>(.*?)</p>', mail.html)
    assert note.count("。") > 1
    assert "。 " not in note
    assert note in mail.text.replace("\n", "")


def test_a_line_of_text_is_72_columns_at_most_and_links_are_whole(
    bundled_day: IssueContent,
) -> None:
    from wcwidth import wcswidth

    mail = IssueEmails(bundled_day, SITE, LINKS).mail(replace(READER, language="zh"))
    for line in mail.text.splitlines():
        assert wcswidth(line) <= 72 or line.strip().startswith("https://")


@example(["recipient"], {"recipient": "\xa0" * 8 + "𐀀𐀀<"})  # fills its line to the end
@example(["recipient"], {"recipient": "\xa0" * 8 + "𐀀𐀀abcd"})
@given(
    st.lists(st.sampled_from([*PERSONAL, "ä音 =. \n", "x" * 90, ".", "\n.", "\r\n..", "\ud800"])),
    st.dictionaries(
        st.sampled_from(PERSONAL),
        st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs", "Cc"])),
    ),
)
def test_spliced_bytes_parse_back_to_the_filled_text(
    pieces: list[str], values: dict[str, str]
) -> None:
    blanks = Placeholders.fresh()
    text = "".join(blanks.text.get(piece, piece) for piece in pieces)
    html = "".join(blanks.html.get(piece, piece) for piece in pieces)
    content = MessageContent.of("A subject", html, text, blanks)
    mail = Message("a@b.example", "ref", "s", ("", "s@b.example"), (), content, values)
    well_formed(mail.as_bytes())
    message = parsed(mail)
    assert not [line for line in mail.as_bytes().splitlines() if line.startswith(b".")]
    for kind, shown in (("plain", mail.text), ("html", mail.html)):
        sent = shown.replace("\r\n", "\n").encode(errors="replace").decode()
        assert part(message, kind).rstrip("\n") == sent.rstrip("\n")


@given(st.text(st.sampled_from("x=ä \t."), max_size=160), st.sampled_from(["", " ", "\t", "\n"]))
@example("x" * 74, " \n")
@example("=" * 25, " \n")
def test_no_line_of_quoted_printable_is_too_long(text: str, end: str) -> None:
    encoded = encode_quoted_printable(text + end)
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    assert quopri.decodestring(encoded).decode() == (text + end).replace("\n", "\r\n")


@given(
    st.lists(st.sampled_from([*PERSONAL, "ä音 =. \n", "x" * 90, "y", "", "\ud800"])),
    st.dictionaries(st.sampled_from(PERSONAL), st.text(st.characters(exclude_categories=["Cs"]))),
)
def test_base64_with_spliced_values_is_the_filled_text(
    pieces: list[str], values: dict[str, str]
) -> None:
    blanks = Placeholders.fresh()
    html = "".join(blanks.html.get(piece, piece) for piece in pieces)
    parts = [TextFragment(html)]
    content = MessageContent("A subject", parts, [TextFragment("x\n")], blanks, "base64")
    mail = Message("a@b.example", "ref", "s", ("", "s@b.example"), (), content, values)
    lines = mail.as_bytes().partition(b"base64\r\n\r\n")[2].partition(b"\r\n--")[0]
    assert max(map(len, lines.split(b"\r\n"))) <= 76
    sent = a2b_base64(lines.replace(b"\r\n", b""), strict_mode=True) if lines.strip() else b""
    shown = "".join(
        escape(values.get(piece, "")) if piece in PERSONAL else piece.replace("\n", "\r\n")
        for piece in pieces
    )
    assert sent == shown.encode(errors="replace")


def test_a_broken_template_is_one_line_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    from newsletter import paths
    from newsletter.errors import NewsletterError
    from newsletter.rendering import templates

    broken = tmp_path / "templates"
    shutil.copytree(paths.templates(), broken)
    file = broken / "email" / "issue" / "body.txt"
    file.write_text(file.read_text() + "{% if %}")
    monkeypatch.setattr(paths, "templates", lambda: broken)
    templates.template_environment.cache_clear()
    try:
        with pytest.raises(NewsletterError, match=r"^email/issue/body.txt:\d+: "):
            IssueEmails(digest(paper()), SITE, LINKS).mail(READER)
    finally:
        templates.template_environment.cache_clear()


def test_the_masthead_counts_and_draws_only_sections_that_have_something() -> None:
    issue = replace(digest(paper()), listings=())
    page = IssueEmails(issue, SITE, LINKS).mail(READER).html
    (counts,) = re.findall(r'<p class="counts".*?</p>', page)
    assert "https://papers.example.org/audio/2025-07-11#new" in counts
    assert "cross" not in counts
    assert 'aria-label="New 100 %"' in page
    late = replace(issue.entries[0], announced_on=issue.day - timedelta(days=1))
    page = IssueEmails(replace(issue, entries=(late,)), SITE, LINKS).mail(READER).html
    (counts,) = re.findall(r'<p class="counts".*?</p>', page)
    assert re.search(r"/audio/2025-07-11#found-later[^>]*>1\xa0found\xa0later</a>", counts)


def test_the_first_sentence_says_what_the_day_is_about_before_anything_can_be_pressed() -> None:
    issue = digest(paper(), paper(id=PaperId("2507.00002", 1)))
    for part_of in (issue, replace(issue, language="zh")):
        mail = IssueEmails(part_of, SITE, LINKS).mail(replace(READER, language=part_of.language))
        for seen in (mail.html.partition("<body")[2], mail.text):
            before = seen.partition(mail.values["unsubscribe"])[0]
            assert "A plain title" in before.partition("https://")[0]
    replaced = digest(paper(), section=IssueSection.REPLACE)
    told = IssueEmails(replaced, SITE, LINKS).mail(READER).text
    assert "Nothing is new in cs.SD; 1 paper is replaced: A plain title" in told
    topics = (Topic("ASR", 2), Topic("point clouds", 4), Topic("voice conversion", 1))
    about = "4 papers on point clouds, 2 on ASR and 1 on voice conversion."
    told = IssueEmails(replace(issue, topics=topics), SITE, LINKS).mail(READER).text
    assert f"Among what is new in cs.SD: {about} " in " ".join(told.split())
    many = digest(*(paper(id=PaperId(f"2507.{number:05}", 1)) for number in range(1, 42)))
    known = (Topic("ASR", 2, ("2507.00001", "2507.00002")), Topic("codecs", 2, ("2507.00003",) * 2))
    for few in (many, replace(many, entries=many.entries[:40])):
        linked = IssueEmails(replace(few, topics=known), SITE, LINKS).mail(READER).html
        (about,) = re.findall(r'<p class="about".*?</p>', linked)
        anchors = re.findall(r"/audio/2025-07-11#([^\"]+)", about)
        assert anchors == (["topic-1", "topic-2"] if few is many else [])
    single = replace(issue, topics=(Topic("ASR", 1), Topic("codecs", 1)))
    assert "new in cs.SD: ASR and codecs." in IssueEmails(single, SITE, LINKS).mail(READER).text
    first = replace(replaced.entries[0], put_first="Read it")
    for named, words in ((topics, "conversion. Put first by"), ((), "Put first by")):
        edited = replace(issue, entries=(first, *issue.entries), topics=named)
        told = IssueEmails(edited, SITE, LINKS).mail(READER).text
        assert f"{words} the editor: A plain title\n" in told.replace("\nthe", " the")


def test_who_wrote_a_sentence_is_not_broken_over_two_lines() -> None:
    issue = digest(paper(), paper(id=PaperId("2507.00002", 1)), paper(id=PaperId("2507.00003", 1)))
    model = replace(issue.entries[0], summary=Sentence("Models it.", "en", "m"))
    entries = (model, *issue.entries[1:])
    page = IssueEmails(replace(issue, entries=entries), SITE, LINKS).mail(READER).html
    assert "\xa0· <span>" in page
    assert re.search(r"\.facts span\s*\{\s*display: inline-block", page)


def test_a_chinese_newsletter_says_that_the_authors_sentence_is_english() -> None:
    by_model = Sentence("该论文属于语音识别任务，旨在解决低资源问题。", "zh", "a model")
    papers = [paper(id=PaperId(f"2507.0000{number}", 1)) for number in range(1, 5)]
    entries = [
        IssueEntry(IssueSection.NEW, each, Sentence("It works.", "en", AUTHORS)) for each in papers
    ]
    told = [replace(each, summary=by_model) for each in entries[1:]]
    issue = replace(digest(paper()), entries=(entries[0], *told), language="zh")
    mail = IssueEmails(issue, SITE, LINKS).mail(replace(READER, language="zh"))
    assert mail.html.count("作者原句（英文摘要）") == 1
    assert mail.text.count("作者原句（英文摘要）") == 1


def test_full_marks_the_sentence_where_it_stands_and_prints_it_once() -> None:
    said = (
        r"Speech is hard. In this paper, we (boldly) propose an $O(n)$ codec. It works on a \& b."
    )
    chosen = paper(abstract=said)
    found = IssueEntry(IssueSection.NEW, chosen, extractive_summarizer.sentence(chosen))
    assert found.summary.text != said
    replaced = paper(id=PaperId("2507.00002", 3), abstract=said, comment="9 pages. Fixed Lemma 2")
    again = IssueEntry(IssueSection.REPLACE, replaced, found.summary)
    mail = IssueEmails(replace(digest(paper()), entries=(found, again)), SITE, LINKS).mail(READER)
    assert mail.html.count("codec") == mail.text.count("codec") == 1
    assert "Speech is hard. <b" in mail.html
    assert "codec.</b> It works on a &amp; b." in mail.html
    assert "*In this paper, we (boldly) propose an O(n) codec.* It works" in " ".join(
        mail.text.split()
    )
    assert "v3\xa0· Fixed Lemma 2\xa0· cs.SD" in mail.html


def test_marks_of_direction_and_what_nobody_sees_do_not_leave_a_title() -> None:
    odd = "On \u202eTurning\u2066 Things\u200b A\ufeffround\u00ad\U000e0041"
    mail = IssueEmails(digest(paper(title=odd)), SITE, LINKS).mail(READER)
    for seen in (mail.html, mail.text, mail.content.subject):
        assert "On Turning Things Around" in seen


@pytest.mark.parametrize("nothing", ["", " \u200b\u2060", "\u3164", "$ $", r"{\bf}"])
def test_where_nothing_of_a_title_can_be_seen_its_identifier_stands_for_it(nothing: str) -> None:
    mail = IssueEmails(digest(paper(title=nothing)), SITE, LINKS).mail(READER)
    assert re.search(r'org/abs/2507.00001v1"[^>]*>arXiv:2507.00001v1</a>', mail.html)
    assert "\narXiv:2507.00001v1\n" in mail.text
    assert mail.content.subject == "1 paper: arXiv:2507.00001v1 (Audio, 11 Jul)"


def test_styles_spend_no_byte_on_spaces_and_texts_keep_theirs() -> None:
    said = 'A style="a; b" of writing'
    page = IssueEmails(digest(paper(title=said)), SITE, LINKS).mail(READER).html
    assert 'A style="a; b" of\xa0writing</a>' in page
    assert not re.search(r'<[a-z][^<>]* style="[^"]*; ', page)


@pytest.mark.parametrize(
    ("title", "end"),
    [
        (
            "A study of large N-D images",
            "large N\u2011D\u00a0images</",
        ),
        (
            "Summaries for t-SNE & $x^2$",
            "for t-SNE &amp;\u00a0<em>x</em><sup>2</sup></",
        ),
        ("Learning multi-dimensionalities electromagnetically", "nalities electromagnetically</"),
        ("Rotorcraft", ">Rotorcraft</"),
        ("Shift via Meta-learning", "Shift via\u00a0Meta\u2011learning</"),
        ("Electroencephalography for Fact-Checking", "for\u00a0Fact\u2011Checking</"),
        ("Electroencephalographically Fact-Checking", "graphically Fact\u2011Checking</"),
    ],
)
def test_no_word_of_a_title_stands_alone_in_its_last_line(title: str, end: str) -> None:
    mails = IssueEmails(digest(paper(title=title)), SITE, LINKS)
    assert end in " ".join(mails.page("full", "en").split(" ")).replace("\n", " ")
    last = end.rpartition("\u00a0")[2]  # of a short card its category stands behind it
    assert f"{last}a>\u00a0<small>cs.SD" in mails.page("titles", "en").replace("\n", " ")
