"""An issue as Markdown in the format of the Chinese digest this project grew from.

The words are arXiv's own, TeX and all. Its links name the PDF by `http`, as that digest did; arXiv
sends them on to `https`.
"""

from dataclasses import dataclass

from newsletter.rendering.content import Digest, Entry, Section
from newsletter.sources.announced import one_line


@dataclass(frozen=True)
class _Words:
    newest: str
    updated: str
    count: str
    categories: str
    summary: str
    link: str
    authors: str
    comment: str
    abstract: str


_WORDS = {
    "zh": _Words("最新发布", "更新", "{} {} 篇", "分类", "简介", "链接", "作者", "备注", "摘要"),
    "en": _Words(
        "New",
        "Replaced",
        "{}: {}",
        "Categories",
        "Summary",
        "Link",
        "Authors",
        "Comment",
        "Abstract",
    ),
}


def markdown(digest: Digest) -> str:
    """The digest: title, counts, then new papers with cross-lists, then replacements."""
    words = _WORDS[digest.language]
    new = digest.section(Section.NEW) + digest.section(Section.CROSS)
    replaced = digest.section(Section.REPLACE)
    head = [
        f"# {digest.title} {';  '.join(digest.categories)}\n",
        f"- **{words.count.format(words.newest, len(new))}**\n",
        f"- **{words.count.format(words.updated, len(replaced))}**\n",
    ]
    return (
        "\n".join(head)
        + "\n"
        + _section(words.newest, "new", new, words)
        + _section(words.updated, "replaced", replaced, words)
    )


def _section(heading: str, tag: str, entries: list[Entry], words: _Words) -> str:
    shown = "\n".join(
        _entry(f"{tag} {number:03}", entry, words) for number, entry in enumerate(entries, start=1)
    )
    return f"## {heading}\n\n" + (f"{shown}\n" if entries else "")


def _entry(tag: str, entry: Entry, words: _Words) -> str:
    paper = entry.paper
    pdf = f"http://arxiv.org/pdf/{paper.id}"
    bullets = [(words.categories, "; ".join(paper.categories))]
    if entry.section is not Section.REPLACE and entry.summary.text:
        bullets.append((words.summary, one_line(entry.summary.text)))
    bullets.append((words.link, f"[{pdf}]({pdf})"))
    quoted = [(words.authors, "; ".join(paper.authors))]
    if paper.comment:
        quoted.append((words.comment, one_line(paper.comment)))
    quoted.append((words.abstract, one_line(paper.abstract)))
    lines = [f"#### [{tag}] {paper.title}"]
    lines += [f"- **{name}: {value}**\n" for name, value in bullets]
    lines.append("\n>\n".join(f"> **{name}:** {value}" for name, value in quoted))
    lines += [">", "---"]
    return "\n".join(lines)
