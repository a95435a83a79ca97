"""BibTeX, RIS and CSV of strangers' papers: what is written can be read, and loses nothing."""

import csv
import io
import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config import Settings
from newsletter.rendering.citations import FORMATS
from newsletter.rendering.citations.tex_text import tex_text
from newsletter.sources.base import PaperId
from newsletter.text import unescape_cell
from tests.conftest import Cli
from tests.gates.days import busy_day
from tests.rendering.days import entry, paper

# One entry: a key without TeX's own signs, and a line a field.
_ENTRY = re.compile(r"@(\w+)\{([^\s,{}%#~\\]+),\n((?:  \w+ = (?:\{.*\}|\w+),\n)+)\}\n")
HOSTILE = [
    "} @misc{stolen, title = {x",
    r"100% of {\bf $x_{1}$ & \{ #1 ~ \input{/etc/passwd} $\write18{rm}$",
    '=HYPERLINK("https://evil.example") | \r\nER  - \r\nTY  - JOUR',
    "a\u202eb\u2028c\x00\x1b[31m",
    r"\end{document} $x^{a}^{b}$ $\frac{1}$ $$y$$ \$ $",
]


def bibtex(*papers_: object) -> list[tuple[str, str, dict[str, str]]]:
    text = FORMATS["bibtex"].write([entry(each) for each in papers_])  # type: ignore[arg-type]
    assert _ENTRY.sub("", text).strip() == ""
    return [
        (kind, key, dict(re.findall(r"^  (\w+) = \{?(.*?)\}?,$", fields, re.MULTILINE)))
        for kind, key, fields in _ENTRY.findall(text)
    ]


def closed(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def test_a_citation_has_what_is_known_of_a_paper() -> None:
    known = paper(
        id=PaperId("2507.07270", 2),
        title=r"$\alpha_{i}$-Mixing of H$_2$O & Schr\"odinger's β: 100\% sure",
        authors=("Ludwig van Beethoven", "Sammy Davis Jr.", "ATLAS Collaboration", ":", "王小明"),
        categories=("cs.SD", "eess.AS"),
        comment="12 pages",
        journal_ref="Phys. Rev. D 76 (2007) 013009",
        doi="https://doi.org/10.1000/a_b 10.1000/other",
        published_at=datetime(2024, 12, 31, tzinfo=UTC),
    )
    ((kind, key, fields),) = bibtex(known)
    assert (kind, key) == ("article", "arXiv:2507.07270")
    assert fields["title"].strip("{}") == (
        r"$\alpha_{i}$-Mixing of H$_2$O \& Schrödinger's \ensuremath{\beta}: 100\% sure"
    )
    assert fields["author"].startswith("van Beethoven, Ludwig and Davis, Jr., Sammy and {ATLAS")
    assert fields["author"].endswith(" and 王小明")
    expected = {
        "year": "2024",
        "month": "dec",
        "eprint": "2507.07270",
        "archivePrefix": "arXiv",
        "primaryClass": "cs.SD",
        "version": "2",
        "doi": "10.1000/a_b",
        "journal": "Phys. Rev. D 76 (2007) 013009",
        "url": "https://arxiv.org/abs/2507.07270v2",
    }
    assert fields.items() >= expected.items()
    ris = FORMATS["ris"].write([entry(known)]).split("\r\n")
    assert {"TY  - JOUR", "AU  - Davis, Sammy, Jr.", "DO  - 10.1000/a_b", "PY  - 2024"} <= {*ris}
    assert ris[-2:] == ["ER  - ", ""]


@pytest.mark.parametrize(
    ("arxiv_id", "year", "month"),
    [
        ("0704.0001", "2007", "apr"),
        ("math/9201101", "1992", "jan"),
        ("hep-th/0309136", "2003", "sep"),
    ],
)
def test_the_identifier_tells_the_year_where_nothing_else_does(
    arxiv_id: str, year: str, month: str
) -> None:
    ((kind, key, fields),) = bibtex(paper(id=PaperId(arxiv_id), published_at=None))
    assert (kind, key) == ("misc", f"arXiv:{arxiv_id}")
    assert (fields["year"], fields["month"]) == (year, month)


@pytest.mark.parametrize("nasty", HOSTILE)
def test_a_hostile_paper_breaks_no_format(nasty: str) -> None:
    bad = paper(title=nasty, authors=(nasty, "x and y"), comment=nasty, abstract=nasty, doi=nasty)
    good = paper(id=PaperId("2507.99999"))
    entries = bibtex(bad, good)
    assert [key for _, key, _ in entries] == ["arXiv:2507.00001", "arXiv:2507.99999"]
    assert all(closed(value) for _, _, fields in entries for value in fields.values())
    ris = FORMATS["ris"].write([entry(bad), entry(good)])
    assert re.findall(r"^(TY|ER)  - ", ris, re.MULTILINE) == ["TY", "ER"] * 2
    assert "\x1b" not in ris
    table = FORMATS["csv"].write([entry(bad), entry(good)])
    rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert len(rows) == 2
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


@given(st.text(alphabet=st.sampled_from("ax1 {}\\$_^%&#~<>|\"'αé₂{}$\\"), max_size=40))
def test_any_text_is_tex_that_closes(source: str) -> None:
    told = tex_text(source)
    assert closed(told)
    assert not re.search(r"(?<!\\)[%#]", told)
    assert told.replace(r"\$", "").count("$") % 2 == 0


def test_a_busy_day_comes_back_whole() -> None:
    entries = busy_day("en", 60).entries
    table = FORMATS["csv"].write(entries).lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["arxiv_id"] for row in rows] == [each.paper.id.arxiv_id for each in entries]
    assert all(row["title"] and unescape_cell(row["abstract"]) for row in rows)
    text = FORMATS["bibtex"].write(entries)
    keys = [key for _, key, _ in _ENTRY.findall(text)]
    assert len({*keys}) == len(keys) == 60
    assert not [sign for sign in text if unicodedata.category(sign) == "Cc" and sign != "\n"]


def test_an_issue_is_exported(cli: Cli, settings: Settings) -> None:
    config = ("--config", str(settings.folder / "newsletter.toml"))
    assert cli("run", "audio", *config).code == 0
    for form, starts in (("bibtex", "@misc{"), ("ris", "TY  - "), ("csv", "\ufeff")):
        said = cli("issues", "export", "audio", "--format", form, *config)
        assert said.out.startswith(starts)
        assert said.out.count("https://arxiv.org/abs/") >= 26
