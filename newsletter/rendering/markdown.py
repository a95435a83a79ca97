"""An issue as Markdown in the format of the Chinese digest this project grew from.

The words are arXiv's own, TeX and all, without what nobody sees. Its links name the PDF by `http`,
as that digest did; arXiv sends them on to `https`.
"""

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueEntry, IssueSection
from newsletter.rendering.markup.note_markup import to_markdown as note_markdown
from newsletter.rendering.translations import Catalogue, translations
from newsletter.rendering.wording.texts import IssueTexts
from newsletter.text import one_line, visible

_Section = tuple[str, str, list[IssueEntry]]  # heading, tag, papers


def to_markdown(content: IssueContent) -> str:
    """The digest: title, counts, then new papers with cross-lists, then replacements."""
    words = translations(content.language)
    say = words.gettext
    new = content.section(IssueSection.NEW) + content.section(IssueSection.CROSS)
    replaced = content.section(IssueSection.REPLACE)
    sections: tuple[_Section, ...] = (
        (say("New"), "new", new),
        (say("Replacements"), "replaced", replaced),
    )
    head = [f"# {content.title} {';  '.join(content.categories)}\n"]
    head += [
        f"- **{say('%(section)s: %(num)s') % {'section': heading, 'num': len(entries)}}**\n"
        for heading, _, entries in sections
    ]
    head += _editor(content, words)
    first = [entry for entry in content.entries if entry.put_first]
    if first:
        sections = ((say("Editor's choice"), "first", first), *map(_without_first, sections))
    lines = ["\n".join(head), "\n", *(_section(*section, words) for section in sections)]
    return visible("".join(lines))


def _without_first(section: _Section) -> _Section:
    heading, tag, entries = section
    return heading, tag, [entry for entry in entries if not entry.put_first]


def _editor(content: IssueContent, words: Catalogue) -> list[str]:
    """The editor's notes as quotations, and what the editor left out."""
    say = IssueTexts(words)
    lines = []
    for note in content.editor_notes:
        quoted = "\n>\n> ".join(note_markdown(note.text)).replace("\\\n", "\\\n> ")
        lines.append(f"> **{say.note_heading(content, note)}**\n>\n> {quoted}\n")
    for told, omissions in say.omitted(content):
        links = [f"[{left.paper_id}](https://arxiv.org/abs/{left.paper_id})" for left in omissions]
        lines.append(f"- **{told}** ({', '.join(links)})\n")
    return lines


def _section(heading: str, tag: str, entries: list[IssueEntry], words: Catalogue) -> str:
    shown = "\n".join(
        _entry(f"{tag} {number:03}", entry, words) for number, entry in enumerate(entries, start=1)
    )
    return f"## {heading}\n\n" + (f"{shown}\n" if entries else "")


def _entry(tag: str, entry: IssueEntry, words: Catalogue) -> str:
    say = words.gettext
    paper = entry.paper
    pdf = f"http://arxiv.org/pdf/{paper.id}"
    bullets = [(say("Categories"), "; ".join(paper.categories))]
    if entry.announced_on:
        bullets.insert(0, (say("Found later"), words.one_line_date(entry.announced_on)))
    if entry.put_first:
        bullets.insert(0, (say("Put first by the editor"), entry.put_first))
    if entry.summary.text and not entry.is_quiet:
        bullets.append((say("Summary"), one_line(entry.summary.text)))
    bullets.append((say("Link"), f"[{pdf}]({pdf})"))
    quoted = [(say("Authors"), "; ".join(paper.authors))]
    if paper.comment:
        quoted.append((say("Comment"), one_line(paper.comment)))
    quoted.append((say("Abstract"), one_line(paper.abstract)))
    lines = [f"#### [{tag}] {paper.title}"]
    lines += [f"- **{name}: {value}**\n" for name, value in bullets]
    lines.append("\n>\n".join(f"> **{name}:** {value}" for name, value in quoted))
    lines += [">", "---"]
    return "\n".join(lines)
