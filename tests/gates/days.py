"""Days to judge: the bundled one, a made-up busy one, and real ones where somebody has them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import SECTION_OF, IssueEntry, IssueSection, ListingNote
from newsletter.sources import bundled
from newsletter.sources.base import Announcement, ListingState, Paper, PaperId
from newsletter.summaries import extractive_summarizer
from newsletter.summaries.base import Sentence

DIGESTS = Path(__file__).parents[3] / "shared" / "arxiv" / "digests"
FROZEN = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)


@cache
def bundled_day(language: str) -> IssueContent:
    """The 26 papers that ship, with the sentences that came with them, else the authors' own."""
    fetched = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
    strongest: dict[PaperId, Announcement] = {}
    for announced in (each for listing in fetched.listings for each in listing.announcements):
        known = strongest.get(announced.paper)
        if known is None or announced.kind.rank < known.kind.rank:
            strongest[announced.paper] = announced
    told = {
        each.paper: Sentence(each.text, each.language, each.made_by)
        for each in fetched.summaries
        if each.language == language
    }
    papers = fetched.papers
    return _digest(
        language,
        [
            IssueEntry(
                SECTION_OF[each.kind],
                papers[each.paper],
                told.get(each.paper) or extractive_summarizer.sentence(papers[each.paper]),
            )
            for each in strongest.values()
        ],
        [
            ListingNote(each.category, each.state, len(each.announcements))
            for each in fetched.listings
        ],
    )


@cache
def busy_day(language: str, papers: int = 150) -> IssueContent:
    """A day of many papers, with one of everything that has ever broken a mail somewhere."""
    base = bundled_day(language).entries
    entries = []
    for number in range(papers):
        entry = base[number % len(base)]
        paper = replace(entry.paper, id=PaperId(f"2507.{10000 + number}", 1))
        for every, offset, change in _TROUBLES:
            if number % every == offset:
                paper = change(paper)
        section = _section(number / papers)
        if section is IssueSection.REPLACE:
            paper = replace(paper, id=PaperId(paper.id.arxiv_id, 2 + number % 7))
        summary = entry.summary if number % 3 else extractive_summarizer.sentence(paper)
        entries.append(IssueEntry(section, paper, summary))
    notes = [
        ListingNote(
            "cs.SD", ListingState.PARTIAL, papers, papers + 2, ("2507.09998", "2507.09999")
        ),
        ListingNote("eess.SP", ListingState.COMPLETE, papers, papers),
    ]
    return _digest(language, entries, notes)


def _section(place: float) -> IssueSection:
    if place < 0.6:
        return IssueSection.NEW
    return IssueSection.CROSS if place < 0.8 else IssueSection.REPLACE


def _of_many_authors(paper: Paper) -> Paper:
    return replace(paper, authors=tuple(f"Ada {chr(65 + n % 26)}. Author{n}" for n in range(300)))


def _of_a_collaboration(paper: Paper) -> Paper:
    return replace(paper, authors=tuple(f"N. Physicist{n}" for n in range(3435)))


def _of_accents(paper: Paper) -> Paper:
    return replace(
        paper,
        authors=(r"Ma\v{r}ik L\'opez-\O{}stergaard", "王小明", "Đặng Thị <Hà>", 'O\'Neil "Q"'),
    )


def _in_tex(paper: Paper) -> Paper:
    title = r"$\mathcal{O}(n^{2})$ \emph{Attention} for $\alpha_{i}$-Mixing: 100\% of \textbf{WER}"
    more = (
        r"We show $\|x_{t+1}-x^\ast\|_2 \le \gamma^{t}$ and cost \$5; see \cite{a,b} \& {\it more}."
    )
    return replace(paper, title=title, abstract=f"{more} {paper.abstract}")


def _in_bad_tex(paper: Paper) -> Paper:
    return replace(
        paper, title=r"On $\frac{1}{ and \unknown{macros} _{ ^ $$ \\ }", comment=r"\o/ $"
    )


def _in_chinese(paper: Paper) -> Paper:
    return replace(
        paper,
        title="面向低资源语音识别的自监督预训练：一种“轻量级”方法（第二版）" * 2,
        abstract="我们提出一种方法，在没有标注数据的情况下训练模型。" * 30,
        comment="已被《声学学报》录用，共 12 页，5 幅图",
    )


def _with_addresses(paper: Paper) -> Paper:
    long = f"https://github.com/example/{'a-very-long-name-' * 12}/tree/main/src?x=1&y=<2>"
    code = r"Code: \url{https://github.com/example/code}."
    return replace(
        paper, abstract=f"{paper.abstract} {code} Data at {long}.", comment=f"See {long}"
    )


def _with_a_long_word(paper: Paper) -> Paper:
    word = "Lopadotemachoselachogaleokranioleipsanodrimhypotrimmatosilphiokarabo" * 3
    return replace(paper, title=f"{word} in Speech", abstract=f"{word} {paper.abstract}")


def _in_markup(paper: Paper) -> Paper:
    nasty = '<b>Bold</b> & "quoted" <script>alert(1)</script> </td></table> {{ 7*7 }} &amp; <!--'
    return replace(paper, title=nasty, comment=nasty, abstract=f"{nasty} {paper.abstract}")


def _withdrawn(paper: Paper) -> Paper:
    reason = "This paper has been withdrawn by the authors due to an error in Lemma 2"
    return replace(paper, comment=reason)


def _from_before_2007(paper: Paper) -> Paper:
    return replace(paper, id=PaperId(f"cond-mat/{paper.id.arxiv_id.replace('.', '')[:7]}", 1))


_TROUBLES = (
    (25, 3, _of_many_authors),
    (150, 41, _of_a_collaboration),
    (13, 2, _of_accents),
    (7, 1, _in_tex),
    (29, 5, _in_bad_tex),
    (17, 4, _in_chinese),
    (11, 6, _with_addresses),
    (31, 8, _with_a_long_word),
    (37, 9, _in_markup),
    (19, 10, _withdrawn),
    (140, 11, _from_before_2007),
)


def _digest(language: str, entries: list[IssueEntry], notes: list[ListingNote]) -> IssueContent:
    order = list(IssueSection)
    return IssueContent(
        slug="audio",
        title={"zh": "音频与信号"}.get(language, "Audio & Signals"),
        day=bundled.DAY,
        language=language,
        categories=bundled.CATEGORIES,
        entries=tuple(sorted(entries, key=lambda entry: order.index(entry.section))),
        listings=tuple(notes),
        frozen_at=FROZEN,
    ).with_topics()


def real_days() -> list[Path]:
    """Digests of real days in the Markdown that this project grew from; none, mostly."""
    return sorted(DIGESTS.glob("*/*.md"))


def real_day(file: Path, language: str) -> IssueContent:
    """Read such a digest back; what is not of its form is left out."""
    stamp = file.parent.name.partition("_")[0]
    digest = _digest(language, list(_entries(file)), [])
    entries = digest.entries
    note = ListingNote(entries[0].paper.categories[0], ListingState.UNCHECKED, len(entries))
    return replace(digest, slug=file.stem, day=date.fromisoformat(stamp), listings=(note,))


_ENTRY = re.compile(
    r"^#### \[(?P<kind>new|replaced) \d+\] (?P<title>.*)\n"
    r"- \*\*分类: (?P<categories>.*)\*\*\n"
    r"(?:\n- \*\*简介: (?P<summary>.*)\*\*\n)?"
    r"\n- \*\*链接: \[.*?/pdf/(?P<id>[^\]]+)\].*\n"
    r"\n> \*\*作者:\*\* (?P<authors>.*)\n"
    r"(?:>\n> \*\*备注:\*\* (?P<comment>.*)\n)?"
    r">\n> \*\*摘要:\*\* (?P<abstract>.*)$",
    re.MULTILINE,
)


@cache
def _entries(file: Path) -> tuple[IssueEntry, ...]:
    return tuple(map(_entry, _ENTRY.finditer(file.read_text(encoding="utf-8"))))


def _entry(found: re.Match[str]) -> IssueEntry:
    paper = Paper(
        id=PaperId.read(found["id"]),
        title=found["title"],
        abstract=found["abstract"],
        authors=tuple(found["authors"].split("; ")),
        categories=tuple(found["categories"].split("; ")),
        comment=found["comment"],
    )
    section = IssueSection.NEW if found["kind"] == "new" else IssueSection.REPLACE
    told = found["summary"]
    summary = (
        Sentence(told, "zh", "language model") if told else extractive_summarizer.sentence(paper)
    )
    return IssueEntry(section, paper, summary)
