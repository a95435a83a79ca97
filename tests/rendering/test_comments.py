"""The quiet line under a paper: what its authors say of it, and where its code is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import taxonomy
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.translations import translations
from newsletter.rendering.wording import comments
from newsletter.rendering.wording.field_names import field_name
from newsletter.rendering.wording.paper_links import paper_links
from newsletter.rendering.wording.texts import IssueTexts
from tests.rendering.days import entry, paper

SAY = IssueTexts(translations("en"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Code: https://github.com/a/b.", ["GitHub"]),
        (r"See \href{https://gitlab.com/a/b}{our code}", ["GitLab"]),
        ("Models at huggingface.co/lab/model, data at www.zenodo.org/records/1", None),
        ("Demo at https://lab.github.io/demo/ and code at github.com/lab/demo", None),
        ("Codeberg holds it: https://codeberg.org/a/b", ["Codeberg"]),
        ("https://github.com/ is where it will be", []),
        ("DOI https://doi.org/10.1/2, https://arxiv.org/abs/2507.00001", []),
        ("mail me: me@github.com/x or not.github.community", []),
        ("https://[broken and http://]", []),
    ],
)
def test_code_and_pages_that_an_abstract_names_are_links(
    text: str, names: list[str] | None
) -> None:
    found = [each.name for each in paper_links(paper(abstract=text, comment=None))]
    assert found == (names if names is not None else found)
    assert len(found) == (2 if names is None else len(names))


def test_a_comment_may_name_any_page_and_comes_first() -> None:
    described = paper(
        comment="Audio: https://sounds.example.org/x", abstract="Code: https://github.com/a/b"
    )
    assert [(each.name, each.url) for each in paper_links(described)] == [
        ("sounds.example.org", "https://sounds.example.org/x"),
        ("GitHub", "https://github.com/a/b"),
    ]


def test_a_page_on_any_host_is_a_project_page_where_the_comment_says_so() -> None:
    described = paper(comment="ICCV 2025, project website: https://ada.example.org/p")
    assert [each.name for each in paper_links(described)] == ["project page"]


def test_three_links_are_enough() -> None:
    hosts = ("github.com", "gitlab.com", "zenodo.org", "osf.io", "kaggle.com")
    many = paper(abstract=" ".join(f"https://{host}/a/b" for host in hosts))
    assert len(paper_links(many)) == 3


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("12 pages, 5 figures, accepted at ICML 2025", "accepted at ICML 2025"),
        ("12 pages, 5 figures", ""),
        ("6 pages,2 figures,accepted by ICASSP 2026", "accepted by ICASSP 2026"),
        ("9pp, 4figures; no tables. Fixed Lemma 2", "Fixed Lemma 2"),
        ("10 pages, 6 figures, 2 tables Accepted for A&A", "Accepted for A&A"),
        ("8 pages (6 pages of main text + 2 pages of references). At IROS", "At IROS"),
        ("All comments are welcome. (16 pages, 10 figures)", "All comments are welcome"),
        ("To ApJ; 11 pages + appendix, with 6 eps figures in AASTeX format", "To ApJ"),
        ("10,000 figures are released", "10,000 figures are released"),
        ("Tables 2 and 3 are new, Fig. 4 corrected", "Tables 2 and 3 are new, Fig. 4 corrected"),
        ("Accepted by WACV 2026, Project Page: this https URL", "Accepted by WACV 2026"),
        (
            "Accepted to Interspeech 2025. For code, and materials, see https://github.com/a/b",
            "Accepted to Interspeech 2025",
        ),
        ("Code at https://github.com/a/b", ""),
        ("Report: https://lab.example.org/report", "Report"),
        ("Fixed. Models are available at https://lab.example.org/models.", "Fixed"),
        ("ICCV 2025; Project page: https://ada.example.org/p", "ICCV 2025"),
        ("ICLR 2026", "ICLR 2026"),
        ("pages: 22", ""),
        ("5 pages, 2 figures, and 4 tables, accepted to ICASSP", "accepted to ICASSP"),
        ("At ACL 2025: 29 pages, including 3 figures", "At ACL 2025"),
        ("Pages: 12, Figures: 3. To ApJ", "To ApJ"),
        ("22p", ""),
        ("共 12 页，3 幅图", ""),
        ("v2: 12 pages, typo fixed", "v2: typo fixed"),
        ("v2: 12 pages; v1: 10 pages", ""),
        ("Main: 8 pages, Appendix: 10 pages", ""),
        ("Main text 10 pages, ~5 figures", ""),
        ("Main: 10 pages; Supp: 3+ pages. Oral at ICLR", "Oral at ICLR"),
        ("PhD thesis, ix+120 pages", "PhD thesis"),
        ("Main text accepted at ACL", "Main text accepted at ACL"),
        ("Accepted (8 pages + refs). 3 p-values", "Accepted. 3 p-values"),
        ("39 pages, 5 figures, Code: https://lab.example.org/code", ""),
        ("Code: https://lab.example.org/code, at IROS", "at IROS"),
        ("In total 22 pages with 9 figures, 3 tables; submitted to IJCV", "submitted to IJCV"),
        ("fourteen pages, two figures, published in PAMI", "published in PAMI"),
        ("10 pages excluding references, 6 figures, EMNLP Findings", "EMNLP Findings"),
        ("A 10-page paper with 3 figures, AAAI", "AAAI"),
        ("4-page short paper, 2 listings, SIGIR 2026", "short paper, SIGIR 2026"),
        ("under 10 pages, WACV workshop", "WACV workshop"),
        ("29 páginas, 4 figuras, en español", "en español"),
        ("12 Seiten, 3 Abbildungen, KI 2026", "KI 2026"),
        ("5 pages including reference", ""),
        ("This manuscript contains 7 figures. Comments are welcome", "Comments are welcome"),
        ("pp. 1-12, In Proceedings of LREC", "pp. 1-12, In Proceedings of LREC"),
        ("6", ""),
        ("ICCV accept;code, demos, and project are at https://lab.github.io/x/", "ICCV accept"),
        ("for associated video, see https://lab.example.org/video", ""),
        ("Video samples are available here: https://lab.example.org/video", ""),
        ("Published, 3 pages; see https://lab.example.org/p", "Published"),
        ("TL;DR: it is fast", "TL;DR: it is fast"),
        ("30 pages incl. 10 pages of appendices, ICLR 2026 (oral)", "ICLR 2026 (oral)"),
        ("9 pages main, 14 pages total, ACM MM '26", "ACM MM '26"),
        ("16 pages in total, 4 of them references; CVPR 2026", "CVPR 2026"),
        ("18 pages, of which 6 are appendix. NAACL 2026", "NAACL 2026"),
        ("Comments: 10 Pages, 5 Figures and 3 Tables", ""),
        ("42 p., 11 fig., 5 tab., 1 alg.", ""),
        ("19 pages double-column, 8 color figures", ""),
        ("10 pages, IEEE two-column format, 3 figures in colour, ICC", "ICC"),
        ("17 sides, 4 diagrams, and 6 supplementary videos", "6 supplementary videos"),
        ("12 pages and a proof by J. Doe", "a proof by J. Doe"),
        ("vi+34 pages; LaTeX; comments welcome", "comments welcome"),
        ("15 pages | 5 figures - ECCV 2026", "ECCV 2026"),
        ("[9 (+12) pages]. No. of figures 4; 15 page paper", ""),
        ("9 pages, 2 figures. The paper is short", "The paper is short"),
        ("9 pages, 2 figures. Appendix is long", "Appendix is long"),
        ("1000 pages of documents annotated", "1000 pages of documents annotated"),
        ("v3: added 2 figures and 1 table", "v3: added 2 figures and 1 table"),
        ("NeurIPS 2025 / Project page: https://github.com/a/b", "NeurIPS 2025"),
        ("To appear in TMLR (https://openreview.net/forum?id=abc)", "To appear in TMLR"),
        ("Accepted to ICLR 2026 (see https://github.com/a/b)", "Accepted to ICLR 2026"),
        ("ICLR 2026 (oral, code at https://github.com/a/b)", "ICLR 2026 (oral)"),
        ("Accepted at ACL: https://openreview.net/forum?id=b", "Accepted at ACL"),
        ("Accepted at ACL Code: https://github.com/a/b", "Accepted at ACL"),
        (
            "The paper was accepted at ACL, code at https://github.com/a/b",
            "The paper was accepted at ACL",
        ),
        ("Code: https://github.com/a/b / AAAI 2026", "AAAI 2026"),
        ("We release the code at https://github.com/a/b", ""),
        ("Accepted by ICCV (https://lab.example.org/x)", "Accepted by ICCV"),
        ("pp. 12, figs 3", ""),
        ("6p, 2f", ""),
        ("30 p., 4 ill.", ""),
        ("Accepted to ICCV 2025 (Oral) - 10 pages", "Accepted to ICCV 2025 (Oral)"),
        ("[v3] 10 pages; added Fig. 4", "[v3] added Fig. 4"),
        ("Withdrawn.", ""),
        ("This paper has been withdrawn by the author(s)", ""),
        ("Withdrawn for an error in Lemma 2", "Withdrawn for an error in Lemma 2"),
        ("Found\u2028late", "Found late"),
    ],
)
def test_a_comment_says_what_its_links_and_a_page_count_do_not(said: str, shown: str) -> None:
    assert comments.comment(paper(comment=said)) == shown


@pytest.mark.parametrize("said", ["1 page of which ", "12 pages, main, ", "one 1+(+1) ", "refs, "])
def test_a_comment_of_counts_without_end_is_read_at_once(said: str) -> None:
    assert len(comments.comment(paper(comment=said * 200 + "z"))) <= 200


def test_a_long_comment_ends_with_a_sentence_or_else_with_the_clause_it_would_part() -> None:
    warning = (
        "This paper, presented at one of the most renowned conferences of a large field of"
        " computer science in general and at large, is almost entirely fabricated"
    )
    more = ", and its results are not reproducible. Authors of others that build on it, be warned"
    assert comments.comment(paper(comment=warning + more)) == f"{warning} …"
    accepted = "Accepted at the main track of a conference on machines that learn"
    more = ". The extended version has proofs, experiments and all else that reviewers asked for"
    assert comments.comment(paper(comment=accepted + more)) == f"{accepted} …"


def test_facts_are_version_categories_and_comment_in_this_order() -> None:
    replaced = entry(
        paper(categories=("cs.SD", "eess.AS", "H.5.5", "68T10"), comment="Fixed a typo"),
        IssueSection.REPLACE,
    )
    assert SAY.facts(replaced, DetailLevel.SUMMARY) == ["v1", "Fixed a typo", "cs.SD eess.AS"]
    assert SAY.facts(replaced, DetailLevel.TITLE) == ["v1", "cs.SD"]


def test_a_paper_of_many_categories_names_five() -> None:
    many = entry(paper(categories=("cs.SD", "cs.LG", "cs.AI", "cs.CL", "cs.CV", "cs.IR")))
    assert SAY.facts(many, DetailLevel.SUMMARY)[0] == "cs.SD cs.LG cs.AI cs.CL cs.CV …"


def test_what_is_not_known_is_not_shown() -> None:
    from newsletter.rendering.issue_email import IssueEmails
    from tests.rendering.days import LINKS, SITE, digest

    unknown = paper(authors=(), comment=None, categories=("cs.SD",))
    mails = IssueEmails(digest(unknown), SITE, LINKS)
    for shown in (mails.page("full", "en"), mails.plain_page("full", "en")):
        assert "None" not in shown
        assert "Unknown" not in shown
        assert "·  ·" not in shown


@given(st.text(), st.text())
def test_no_comment_or_abstract_breaks_the_facts(comment: str, abstract: str) -> None:
    odd = paper(comment=comment, abstract=abstract)
    assert len(paper_links(odd)) <= 3
    assert len(comments.comment(odd)) <= 200
    assert all(each.url.startswith(("http://", "https://")) for each in paper_links(odd))


@pytest.mark.parametrize(
    ("language", "before", "facts"),
    [
        ("zh", "证明：", "组合数学 math.CO"),
        ("ja", "証明：", "math.CO"),
        ("fr", "", "math.CO"),
        ("en", "", "math.CO"),
    ],
)
def test_a_sentence_in_another_language_is_led_by_what_it_does_and_its_field_is_named(
    language: str, before: str, facts: str
) -> None:
    say = IssueTexts(translations(language))
    listed = entry(
        paper(categories=("math.CO",), comment=None), sentence="We prove it for planar graphs."
    )
    assert say.what_it_does(listed.summary) == before
    assert say.facts(listed, DetailLevel.COMPACT) == [facts]
    assert say.facts(listed, DetailLevel.TITLE) == ["math.CO"]
    by_model = replace(listed.summary, made_by="a model", language=language)
    assert say.what_it_does(by_model) == ""


def test_every_category_has_a_chinese_name() -> None:
    assert all(field_name(category, "zh") for category in taxonomy.CATEGORIES)
    assert field_name("cs.CL", "fr") == field_name("hep-xx", "zh") == ""
