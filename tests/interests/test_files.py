"""Reading lists of all kinds: every entry is a paper or a refusal with its reason."""

import gzip
import json
from contextlib import suppress

import pytest

from newsletter.errors import NewsletterError
from newsletter.interests.files import ListedPaper, ReadingList, read_file
from newsletter.interests.files.arxiv_ids import identifiers_in

BIBTEX = r"""
% a comment about {braces
@string{corr = "CoRR"}
@comment{nothing}
@article{vaswani, title = {Attention {Is} All You Need}, eprint = {1706.03762v7},
  archivePrefix = {arXiv}, abstract = "The dominant {"}sequence{"} models."}
@article{DBLP:x, title={Deep Residual Learning}, journal={CoRR}, volume={abs/1512.03385}}
@inproceedings(paren, title = "Schr{\"o}dinger " # "bridges", year = 2023)
@online{biblatex, title = {GAN}, eprint = {1406.2661}, eprinttype = {arxiv}}
@misc{url, title = {Old}, howpublished = {\url{https://arxiv.org/abs/math/0309136v1}}}
@misc{doi, title = {By DOI}, doi = {10.48550/arXiv.2005.14165}}
@article{again, title = {Attention is all you need}, note = {arXiv:1706.03762}}
@article{physics, title = {Not arXiv's}, doi = {10.1103/2019.1234567}, volume = {1207.0580}}
@article{empty, year = 2020}
@article{open, title = {Never closed
@article{last, title = {Still read}, journal = {arXiv preprint arXiv:1810.04805}}
"""

RIS = """TY  - JOUR
TI  - A title over
      two lines
AB  - About whales.
UR  - http://arxiv.org/abs/2507.07270v2
ER  -

TY  - JOUR
T1  - By title only
DO  - 10.1000/xyz
ER  -
"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:bib="http://purl.org/net/biblio#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
 <bib:Article rdf:about="http://arxiv.org/abs/2005.14165"><z:itemType>journalArticle</z:itemType>
  <dc:title>Few-shot learners</dc:title><dcterms:abstract>About models.</dcterms:abstract>
  <dc:identifier><dcterms:URI><rdf:value>http://arxiv.org/abs/2005.14165</rdf:value></dcterms:URI>
  </dc:identifier></bib:Article>
 <rdf:Description rdf:about="#2"><z:itemType>preprint</z:itemType><dc:title>By extra</dc:title>
  <dc:description>arXiv:1706.03762 [cs]</dc:description></rdf:Description>
 <z:Attachment rdf:about="#3"><z:itemType>attachment</z:itemType></z:Attachment>
 <z:Collection rdf:about="#4"><dc:title>A folder</dc:title></z:Collection>
</rdf:RDF>"""

CSV = (
    '"Key","Item Type","Title","Abstract Note","Url","Extra"\r\n'
    '"A","preprint","Attention, again","Over\n two lines","","arXiv:1706.03762 [cs]"\r\n'
    '"B","journalArticle","By title only","","https://doi.org/10.1000/1",""\r\n'
)

CSL = [
    {"id": "a", "title": "One", "abstract": "About.", "URL": "https://arxiv.org/pdf/1706.03762"},
    {"id": "b", "title": "Two", "DOI": "10.48550/ARXIV.2005.14165"},
    {"id": "c", "title": "Three", "number": "arXiv:1512.03385"},
]
ZOTERO = [
    {"key": "A", "data": {"itemType": "preprint", "title": "One", "archiveID": "arXiv:1706.03762"}},
    {"key": "B", "data": {"itemType": "attachment", "title": "Full text"}},
]


def work(title: str, *ids: tuple[str, str]) -> dict[str, object]:
    external = [{"external-id-type": kind, "external-id-value": it} for kind, it in ids]
    return {"title": {"title": {"value": title}}, "external-ids": {"external-id": external}}


ORCID = {
    "group": [
        {"work-summary": [work("One", ("doi", "10.1/x")), work("One", ("arxiv", "1706.03762"))]},
        {"work-summary": [work("Two", ("doi", "10.48550/arxiv.2005.14165"))]},
        {"work-summary": [work("Three")]},
    ]
}


def read(text: str | object) -> ReadingList:
    if isinstance(text, bytes):
        return read_file(text)
    return read_file((text if isinstance(text, str) else json.dumps(text)).encode())


def names(reading_list: ReadingList) -> list[str]:
    return [paper.arxiv_id or paper.title for paper in reading_list.papers]


def test_bibtex_of_all_dialects_is_counted_entry_by_entry() -> None:
    found = read(BIBTEX)
    assert names(found) == [
        *("1706.03762", "1512.03385", r"Schr{\"o}dinger bridges", "1406.2661", "math/0309136"),
        *("2005.14165", "Not arXiv's", "1810.04805"),
    ]
    assert found.papers[0] == ListedPaper(
        "1706.03762", "Attention {Is} All You Need", 'The dominant {"}sequence{"} models.'
    )
    assert [(entry.name, entry.why) for entry in found.refused] == [
        ("1706.03762", "stands there twice"),
        ("empty", "has neither an arXiv identifier nor a title"),
        ("open", "the braces of title do not close"),
    ]
    assert found.counts() == ("11 read, 6 matched by arXiv identifier, 2 by title only, 3 refused")


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (RIS, "RIS", ["2507.07270", "By title only"]),
        (RDF, "Zotero RDF", ["2005.14165", "1706.03762"]),
        (CSV, "CSV", ["1706.03762", "By title only"]),
        (CSL, "CSL-JSON", ["1706.03762", "2005.14165", "1512.03385"]),
        ({"items": CSL[:1]}, "CSL-JSON", ["1706.03762"]),
        (ZOTERO, "Zotero JSON", ["1706.03762"]),
        (ORCID, "ORCID works", ["1706.03762", "2005.14165", "Three"]),
        ({"activities-summary": {"works": ORCID}}, "ORCID works", ["1706.03762"]),
        ("title;year\nOnly a title;2020\n", "CSV", ["Only a title"]),
        ("[1] see arXiv:1706.03762, and https://arxiv.org/pdf/2005.14165v4.pdf", "text", ["1706."]),
    ],
)
def test_other_kinds_are_told_by_what_is_in_them(
    content: object, kind: str, expected: list[str]
) -> None:
    found = read(content)
    assert found.kind == kind
    assert [name[: len(it)] for name, it in zip(names(found), expected, strict=False)] == expected
    assert found.read == len(found.papers) + len(found.refused)


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        ("TY  - GEN\nAU  - Nobody\nER  - \nTY  - GEN\nTI  - One\nER  - \n", (2, 0, 1)),
        ("Paper Title,Link\nOne,https://arxiv.org/abs/2507.07270\nTwo,\n", (2, 1, 1)),
        ("@article{a title = {No comma}, eprint = {2507.07270}}", (1, 1, 0)),
        (["2507.07270", "arXiv:2507.07318", None, "x"], (4, 2, 0)),
        ([{"title": "One"}, "2507.07270", None], (3, 1, 1)),
        ({"data": [{"externalIds": {"ArXiv": "2507.07270"}, "title": "One"}]}, (1, 1, 0)),
        ('[{"title": "One", "url": "arxiv.org/abs/2507.07270"}, {"title": "Tw', (2, 1, 0)),
        ('{"n": {}, "items": [{"title": "One"}, {"title": "Two"}, {"tit', (3, 0, 2)),
        ('{"title": "One", "id": "2507.07270"}\n{"ti\n{"title": "Three"}\n', (3, 1, 1)),
        ("arXiv:2507.07270 arXiv:2513.01234", (2, 1, 0)),
        ("https://huggingface.co/papers/2507.07270 arXiv-2507.07318", (2, 2, 0)),
        ("https://ar5iv.org/html/2507.07270 arxiv-lite.com/?rank=pid&pid=2507.07318", (2, 2, 0)),
        ("https://ui.adsabs.harvard.edu/abs/2025arXiv250707270C ２５０７．０７３１８", (2, 2, 0)),
        ("arXiv:2507.07270, https://example.org/2507.07318 and arxiv.org/list/cs.SD", (3, 1, 0)),
        ("2507.07270 beside arXiv:2507.073 arXiv: xx-yy/0001234 doi:10.1145/3292500", (4, 1, 0)),
        ("2507.07270\n2513.00001\nsee2507.07318 Version 2.0\n", (3, 1, 0)),
        ("Read:\n\n1. One, arXiv:2507.07270\n2. Two,\n   2017\n\n3. Three: 2507.07318", (3, 2, 0)),
        ("2507.07270\n2507.07318\nOnly a title\n", (3, 2, 0)),
        ({"a": {"title": "One", "id": "x"}, "b": {"URL": "arxiv.org/abs/2507.07270"}}, (2, 1, 1)),
        ({"x": {"2507.07270": "One", "b": None}, "2025": [{"title": "Two"}, "q"]}, (4, 1, 1)),
        ({"2507.07270": True, "2507.07318": 5, "x": None}, (3, 2, 0)),
        ([["2507.07270", "One"], ["x", 1], [1, 2]], (3, 1, 0)),
        ("@xdata{x, eprinttype={arxiv}}\n@misc{a, xdata={x}, eprint={2507.07270}}", (1, 1, 0)),
        (b"Half a character: \xed\xa0\xbd 2507.07270", (1, 1, 0)),
        ("papers/2507.07270.pdf ./2507.07318v2.pdf", (2, 2, 0)),
        ("https%3A%2F%2Farxiv.org%2Fabs%2F2507.07270 arxiv.org%252Fpdf%252F2507.07318", (2, 2, 0)),
    ],
)
def test_no_entry_vanishes_without_a_count(content: object, counts: tuple[int, int, int]) -> None:
    found = read(content)
    assert (found.read, found.matched, found.by_title) == counts
    assert found.read == len(found.papers) + len(found.refused)


NL = "\n"


@pytest.mark.parametrize("field", ["arxiv_id", "entry_id", "pdf_url", "url_abs"])
def test_json_of_programs_that_ask_arxiv_names_papers_by_their_fields(field: str) -> None:
    address = "https://arxiv.org/pdf/2507.07270v2"
    (paper,) = read(json.dumps([{field: address, "title": "One"}])).papers
    assert paper.arxiv_id == "2507.07270"


@pytest.mark.parametrize(
    ("content", "kind", "counts", "expected"),
    [
        ("title\nOne, and more\nTwo\n", "CSV", (2, 0, 2), ["One, and more", "Two"]),
        ("sep=;\ntitle;author\nOne;X\n", "CSV", (1, 0, 1), ["One"]),
        ("title|author\nOne|X\n", "CSV", (1, 0, 1), ["One"]),
        ("Titel;Jahr\nEins;2020\n", "CSV", (1, 0, 1), ["Eins"]),
        ("Título,Año\nUno,2020\n", "CSV", (1, 0, 1), ["Uno"]),
        ("タイトル,年\n一,2020\n", "CSV", (1, 0, 1), ["一"]),
        ('"In\nprint","Title"\nx,One\n', "CSV", (1, 0, 1), ["One"]),
        ("PT\tTI\tDI\nJ\tOne\t10.48550/arXiv.2507.07270\n", "CSV", (1, 1, 0), ["2507.07270"]),
        ("title,doi\nOne, two,10.48550/arXiv.2507.07270\n", "CSV", (1, 1, 0), ["2507.07270"]),
        (
            "name,link\nOne,https://arxiv.org/abs/2507.07270\nTwo,https://doi.org/10.1/x\nThree,\n",
            *("CSV", (3, 1, 0), ["2507.07270"]),
        ),
        ("2507.07270;2507.07318\nx;2507.07319\ny;z\n", "CSV", (4, 3, 0), ["2507.07270"]),
        (
            "%0 Generic\n%T One\n%U arxiv.org/abs/2507.07270\n\n%0 Generic\n%A X\n\n%T Two\n",
            *("EndNote", (3, 1, 1), ["2507.07270", "Two"]),
        ),
        (
            "\nPMID- 1\nTI  - One over\n      two lines\nAB  - About.\n\nPMID- 2\nAU  - X\n",
            *("PubMed", (2, 0, 1), ["One over two lines"]),
        ),
        (
            "FN Clarivate\nVR 1.0\nPT J\nTI One\n   two\nER\n\nPT J\nAU X\nER\n\nEF",
            *("Web of Science", (2, 0, 1), ["One two"]),
        ),
    ],
)
def test_what_systems_export_is_read_and_each_row_counted(
    content: str, kind: str, counts: tuple[int, int, int], expected: list[str]
) -> None:
    found = read(content)
    assert (found.kind, found.read, found.matched, found.by_title) == (kind, *counts)
    assert names(found)[: len(expected)] == expected
    assert found.read == len(found.papers) + len(found.refused)


def test_a_quote_that_does_not_close_costs_its_own_line_alone() -> None:
    rows = NL.join(f'Paper {n},"Name, X",https://arxiv.org/abs/2507.{n:05}' for n in range(1, 51))
    found = read(f'title,author,url\nOne,X,\n"Two,Y,\n{rows}\n"Th"ree,Z,\n"Four,Z,\nFive,Z,\n')
    assert (found.read, found.matched, found.by_title) == (55, 50, 3)
    why = "has a quote that does not close, or a cell without end"
    assert [(it.name, it.why) for it in found.refused] == [("line 3", why), ("line 55", why)]
    assert read('title,note\n"Over\ntwo lines",x\n').papers[0].title == "Over two lines"


def test_what_looks_like_an_entry_within_an_abstract_is_no_entry() -> None:
    found = read(
        "@article{a, title={One}, abstract={As in\n@misc{x, title={No}}\nand\n@misc{y}},\n"
        "  eprint={2507.07270}}\n@article{b, title={Two}, abstract={Never closed\n"
        "@article{c, title={Three}}\n@article{d, title={Four}}\n"
    )
    assert names(found) == ["2507.07270", "Two", "Three", "Four"]
    assert found.papers[0].abstract.endswith("and @misc{y}")
    assert found.read == 4


@pytest.mark.parametrize("piece", ["{\n", '{"a":\n', '{"a\n', "[\n"])
def test_of_json_that_only_breaks_a_thousand_pieces_are_tried(piece: str) -> None:
    found = read('{"title": "One"}\n' + piece * 100_000)
    assert (found.read, found.by_title, found.refused[-1].why) == (
        *(1001, 1),
        "and what follows is no JSON",
    )


def test_what_nobody_sees_is_taken_out_of_titles_and_names() -> None:
    found = read("@a{x\u202ey, year={1}}\n@a{z, title={Co\u200bdec\u2066 one\u2069}}")
    assert [paper.title for paper in found.papers] == ["Codec one"]
    assert [entry.name for entry in found.refused] == ["xy"]


@pytest.mark.parametrize(
    "content",
    ["2507.07270 2507.00000", "@misc{a, eprint={2507.07270}} @misc{b, eprint={2507.00000}}"],
)
def test_an_identifier_that_arxiv_cannot_have_costs_its_own_entry_alone(content: str) -> None:
    found = read(content)
    assert [paper.arxiv_id for paper in found.papers] == ["2507.07270"]
    ((name, why),) = [(entry.name, entry.why) for entry in found.refused]
    assert (found.read, name) == (2, "2507.00000")
    assert why == "is no identifier that arXiv can have given"


def test_abstracts_come_along() -> None:
    assert [read(it).papers[0].abstract for it in (RIS, RDF, CSV, CSL)] == [
        *("About whales.", "About models.", "Over two lines", "About."),
    ]


def test_identifiers_stand_in_any_text_and_other_numbers_do_not() -> None:
    text = """
    arXiv:2507.07270v1 [cs.SD]; https://arxiv.org/abs/hep-th/9901001 <arxiv.org/html/2501.00001v2>
    10.48550/arXiv.2502.00002, oai:arXiv.org:2503.00003. (2504.00004), math.GT/0309136
    ArXiv 0704.0001 https://arxiv.org/abs/q-bio/0401001v2
    no: 2513.00001 1999.1234 10.1109/2001.12345 v2505.000051 12505.00006 2505.00007.8 foo/1234567
    http://example.org/2506.00008 and/0309136
    """
    assert identifiers_in(text) == [
        *("2507.07270", "hep-th/9901001", "2501.00001", "2502.00002", "2503.00003", "2504.00004"),
        *("math/0309136", "0704.0001", "q-bio/0401001"),
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "there is no paper in the file"),
        (b"Dear all, nothing here.", "there is no paper in the file"),
        (b"%PDF-1.7 ...", "the file is a PDF"),
        (b"\0\1\2", "the file is no text"),
        (gzip.compress(b"2507.07270\n" * 100_000), "the file is compressed"),
        (b"x" * 20_000_001, "the file is longer than 20 MB"),
        (RDF.encode()[:700], "the RDF breaks off or is broken in line 10"),
        (
            RDF.replace(
                "<rdf:RDF", '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><rdf:RDF', 1
            ).encode(),
            "the RDF declares a document type",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(content: bytes, line: str) -> None:
    with pytest.raises(NewsletterError) as error:
        read_file(content)
    assert str(error.value).startswith(line)


def test_other_encodings_are_read() -> None:
    entry = '@article{a, title = "Größe", eprint = "1706.03762"}'
    for encoding in ("utf-8-sig", "utf-16", "utf-32", "cp1252"):
        assert read_file(entry.encode(encoding)).papers[0].title == "Größe"
    chinese = "@article{a, title={语音分离的新方法}, note={方法}}"
    assert read_file(chinese.encode("gb18030")).papers[0].title == "语音分离的新方法"
    mixed = "@a{a, title={Größe und Wäche}}\n@a{b, title={".encode() + b"Caf\xe9 noir}}"
    assert [paper.title for paper in read_file(mixed).papers] == ["Größe und Wäche", "Café noir"]


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("shift_jis", "深層学習の研究"),
        ("euc_jp", "深層学習の研究"),
        ("iso2022_jp", "深層学習の研究"),
        ("cp949", "대규모 언어 모델의 추론 능력"),
        ("koi8_r", "Глубокое обучение"),
        ("cp1251", "Глубокое обучение"),
    ],
)
def test_what_would_be_read_as_nonsense_is_refused(encoding: str, title: str) -> None:
    with pytest.raises(NewsletterError, match="neither Unicode nor western text"):
        read_file(f"title,author\n{title},X\n".encode(encoding))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_machine_ends_them(end: str) -> None:
    table = end.join(["title,doi", "One,10.48550/arXiv.2507.07270", '"Two",'])
    assert read(table).counts().startswith("2 read, 1 matched by arXiv identifier, 1 by title")
    entries = end.join(["@a{x,", "title={One}}", "@a{y,", "title={Two}}"])
    assert read(entries).by_title == 2


@pytest.mark.parametrize(
    "content",
    [
        "@article{a, title = {" + "{" * 100_000,
        '@article{a, title = "' + '\\"' * 50_000,
        "\n@article{" * 10_000,
        "@article{a," + " x = " * 20_000,
        "@a{b, c = 1" + " # 1" * 20_000,
        "arXiv " * 20_000,
        "arXiv" + " " * 100_000,
        "a-" * 50_000,
        "2507.0727" * 10_000,
        "2507.07270\n" + "arxiv-" * 50_000,
        "2507.07270\n" + "1" * 200_000 + "arxiv.org/" * 20_000,
        "2507.07270\n" + "a.b-" * 50_000 + " " * 200_000,
        "2507.07270\n" + "1. \n " * 40_000,
        '{"a":' * 10_000,
        "title,a\n" + '"' * 200_000,
        "title,a\n" + "x," * 100_000,
        "[" * 100_000,
        '{"group": ' * 10_000,
        "TY  - \n" * 20_000,
        "@a{" + " " * 200_000,
        'title,"a\n' + "x" * 200_000,
        '{"works":' * 1000 + "{}" + "}" * 1000,
    ],
    ids=range(22),
)
def test_no_hostile_file_holds_it_up_and_every_entry_is_told_of(content: str) -> None:
    with suppress(NewsletterError):  # there is no paper in some of them
        found = read(content)
        assert found.read == len(found.papers) + len(found.refused) > 0


@pytest.mark.slow
def test_a_file_of_ever_more_entries_is_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(NewsletterError, match="more than 100,000 entries"):
        read("@a{\n" * 100_001)


@pytest.mark.slow
def test_ten_megabytes_of_bibtex_are_read_whole() -> None:
    abstract = "{Many} words of an abstract. " * 36
    text = "".join(
        f"@article{{k{n}, title = {{Paper {n}}}, eprint = {{25{1 + n % 12:02}.{n:05}}},"
        f" abstract = {{{abstract}}}}}\n"
        for n in range(1, 9_001)
    )
    assert len(text) > 10_000_000
    assert read(text).counts().startswith("9000 read, 9000 matched")


def test_abbreviations_of_a_bibtex_file_stand_for_what_it_says() -> None:
    content = """@string{arx = "arXiv:"}
@STRING(attn = {1706.03762})
@string{bomb = bomb # bomb}
@article{a, title = "One", eprint = arx # attn}
@misc{b, title = attn # " revisited", year = 2020, month = jan}"""
    assert names(read(content)) == ["1706.03762", "1706.03762 revisited"]


def test_abbreviations_that_hold_each_other_twice_fill_no_memory() -> None:
    doubling = "".join(f"@string{{s{n + 1} = s{n} # s{n}}}\n" for n in range(200))
    found = read(f'@string{{s0 = "abcdefgh"}}\n{doubling}@misc{{a, title = s200 # s200}}')
    assert [len(paper.title) < 3000 for paper in found.papers] == [True]


def test_an_rdf_entry_that_does_not_say_its_type_is_read_and_journals_are_no_entries() -> None:
    content = RDF.replace("<z:itemType>journalArticle</z:itemType>", "").replace(
        "<z:Collection", "<bib:Journal><dc:title>A journal</dc:title></bib:Journal><z:Collection"
    )
    assert names(read(content)) == ["2005.14165", "1706.03762"]


def test_control_characters_that_xml_forbids_are_left_out_of_an_rdf() -> None:
    content = RDF.replace("Few-shot", "Few\x0b-shot&#x1F;&#8;&#xB7;")
    assert next(paper.title for paper in read(content).papers) == "Few-shot\xb7 learners"


def test_an_identifier_of_what_a_work_is_part_of_is_not_the_works() -> None:
    ids = [
        {"external-id-type": "arxiv", "external-id-value": f"2507.0727{n}"}
        | {"external-id-relationship": relationship}
        for n, relationship in enumerate(["part-of", "FUNDED_BY", "self"])
    ]
    work = {"title": {"title": {"value": "One"}}, "external-ids": {"external-id": ids}}
    assert names(read({"group": [{"work-summary": [work]}]})) == ["2507.07272"]


@pytest.mark.parametrize(
    ("about", "within"),
    [
        ("http://arxiv.org/abs/2507.00004", ""),
        ("#item_1", "<prism:number>arXiv:2507.00004</prism:number>"),
        ("http://arxiv.org/abs/2507.00009", "<dc:identifier>arXiv:2507.00004</dc:identifier>"),
    ],
)
def test_an_rdf_entry_is_found_by_its_own_address_and_its_number(about: str, within: str) -> None:
    head, end, rest = RDF.partition('dc/terms/">')
    namespace = ' xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">'
    item = f'<bib:Article rdf:about="{about}"><dc:title>T</dc:title>{within}</bib:Article>'
    content = "".join((head, end.removesuffix(">"), namespace, item, rest))
    assert names(read(content))[0] == "2507.00004"


def test_a_paper_from_before_2007_is_found_by_its_number_and_its_archive() -> None:
    entry = "@article{a, title={T}, eprint={9901001v2}, archiveprefix={arXiv}, %s}"
    found = [
        read_file((entry % where).encode()).papers[0].arxiv_id
        for where in (
            "primaryclass={hep-th}",
            "eprintclass = {math.GT}",
            "primaryclass={pdf}",
            "a=b",
        )
    ]
    assert found == ["hep-th/9901001", "math/9901001", "", ""]


TITLED = {"title": "A paper"}
BESIDE = [
    "@article{a, title={A paper}, note={arXiv preprint 2001.00001}}",
    "@article{a, title={A paper}, journal={arXiv}, volume={2001.00001}}",
    "@article{a, title={A paper}, journal={CoRR}, volume={2001.00001}}",
    "@article{a, title={A paper}, journal={ArXiv}, pages={2001.00001}}",
    "@article{a, title={A paper}, journal={arXiv e-prints}, eid={arXiv:2001.00001}}",
    "@misc{a, title={A paper}, publisher={arXiv}, number={2001.00001}}",
    "@inproceedings{a, title={A paper}, booktitle={arXiv preprint arXiv:2001.00001}}",
    "TY  - JOUR\nTI  - A paper\nJO  - arXiv\nSP  - 2001.00001\nER  - \n",
    "Title,Journal,Pages\nA paper,arXiv,2001.00001\n",
    json.dumps([{**TITLED, "itemType": "preprint", "extra": "arXiv ID: 2001.00001"}]),
    json.dumps([{**TITLED, "paper_url": "https://arxiv.org/abs/2001.00001"}]),
    json.dumps([{**TITLED, "openAccessPdf": {"url": "https://arxiv.org/pdf/2001.00001"}}]),
    json.dumps(
        [{**TITLED, "links": [{"rel": "pdf"}, {"href": "http://arxiv.org/abs/2001.00001"}]}]
    ),
    json.dumps([{"paper": {"id": "2001.00001"}, **TITLED}]),
    json.dumps([{"paper": {"id": "2001.00001", **TITLED}}]),
    json.dumps({"data": [{"citedPaper": {**TITLED, "externalIds": {"ArXiv": "2001.00001"}}}]}),
]


@pytest.mark.parametrize("content", BESIDE)
def test_an_identifier_is_found_wherever_it_stands_in_its_entry(content: str) -> None:
    reading_list = read_file(content.encode())
    assert [(it.arxiv_id, it.title) for it in reading_list.papers] == [("2001.00001", "A paper")]


@pytest.mark.parametrize(
    "content",
    [
        "@article{a, title={A paper}, journal={J. Foo}, pages={2001.00001}}",
        "@article{a, title={A paper}, abstract={We go beyond arXiv:2001.00001.}}",
        "@article{a, title={A paper}, keywords={arXiv}, volume={2001.00001}}",
        json.dumps([{**TITLED, "references": [{"id": "arXiv:2001.00001"}]}]),
        json.dumps([{**TITLED, "relation": {"is-review-of": [{"id": "arXiv:2001.00001"}]}}]),
    ],
)
def test_an_identifier_of_another_paper_is_not_the_entrys(content: str) -> None:
    assert [it.arxiv_id for it in read_file(content.encode()).papers] == [""]


def test_what_an_answer_says_of_itself_is_no_entry() -> None:
    places = [{"landing_page_url": "https://arxiv.org/abs/2001.00001"}]
    preprint = {"has-preprint": [{"id": "10.48550/arXiv.2001.00001", "id-type": "doi"}]}
    openalex = {
        "meta": {"count": 2, "page": 1},
        "results": [{**TITLED, "locations": places}, {"title": "Other"}],
        "group_by": [],
    }
    crossref = {
        "status": "ok",
        "message-type": "work-list",
        "message": {
            "total-results": 2,
            "items": [{"title": ["A paper"], "relation": preprint}, {"title": ["Other"]}],
        },
    }
    listed = {"name": "mine", "owner": {"login": "ada"}, "list": [{**TITLED, **preprint}, "no"]}
    for content in (openalex, crossref, listed):
        reading_list = read_file(json.dumps(content).encode())
        assert (reading_list.read, reading_list.matched) == (2, 1)
    by_key = read_file(json.dumps({"tags": [], "a": TITLED, "b": {"c": 1}, "d": "no"}).encode())
    assert (by_key.read, by_key.by_title) == (3, 1)


def test_each_item_of_a_bibliography_in_latex_is_counted() -> None:
    reading_list = read_file(
        rb"""As Ada showed~\cite{a}.
\begin{thebibliography}{9}
\bibitem[Ada(2001)]{a} A. Lovelace, \newblock Notes,
\newblock arXiv:2001.00001.
\bibitem{b} B. Other, Another title, J. Foo 3 (2001).
\bibitem{c} C. Third, A third one, 2003.
\end{thebibliography}"""
    )
    assert [it.arxiv_id for it in reading_list.papers] == ["2001.00001"]
    assert [(it.name[:11], it.why) for it in reading_list.refused] == [
        (r"\bibitem{b}", "has no arXiv identifier"),
        (r"\bibitem{c}", "has no arXiv identifier"),
    ]
    assert read_file(rb"\bibitem{b} B. Other, A title, 2001.").counts().startswith("1 read, 0")
