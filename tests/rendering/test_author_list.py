"""Authors as people would write them, from lists that arXiv took apart at commas and colons."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.markdown import to_markdown
from newsletter.rendering.translations import translations
from newsletter.rendering.wording.texts import IssueTexts
from newsletter.sources.arxiv_api import papers_in
from newsletter.sources.author_names import authors_of
from tests.rendering.days import LINKS, SITE, digest, paper
from tests.rendering.test_message import READER
from tests.sources.samples import Told, answer

SAY = IssueTexts(translations("en"))
SEVEN = tuple(f"Ada {letter}" for letter in "ABCDEFG")


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("OpenAI", ":", "Josh A", "Steven B"), "OpenAI: Josh A, Steven B"),
        (("LHCb Collaboration: R. Aaij", "B. Adeva"), "LHCb Collaboration: R. Aaij, B. Adeva"),
        (("LHCb Collaboration:", "R. Aaij"), "LHCb Collaboration: R. Aaij"),
        (("DeepSeek-AI:Ada L", "Bob M"), "DeepSeek-AI: Ada L, Bob M"),
        (
            ("Team GLM::Ada L", "X Collaboration:{\\'E}a M"),
            "Team GLM: Ada L; X Collaboration: Éa M",
        ),
        (("Step-Audio:李明", "Ada S:t Erik"), "Step-Audio: 李明, Ada S:t Erik"),
        (("智谱：Ada L", "Bob M"), "智谱: Ada L, Bob M"),
        (("NVIDIA", ":", "Ada L", "Google", ":", "Bob M"), "NVIDIA: Ada L; Google: Bob M"),
        (("The Lab", ":", "Its Team", ":", "Ada L"), "The Lab: Its Team: Ada L"),
        (("The Lab", ":", ":", "Ada L"), "The Lab: Ada L"),
        ((":", "Ada L"), "Ada L"),
        (("OpenAI", ":"), "OpenAI"),
        (("Ada L", "and Bob M"), "Ada L, Bob M"),
        (("Ada L", "and", "& Bob M"), "Ada L, Bob M"),
        (("Ada L and", "and and Bob M"), "Ada L, Bob M"),
        (("X Group", "and Y Group", ":", "Ada L"), "X Group; Y Group: Ada L"),
        (
            ("Anand L", "Roland M", "Ada and Bob N", "Band"),
            "Anand L, Roland M, Ada and Bob N, Band",
        ),
        (("The BABAR Collaboration: B. A", "et al"), "The BABAR Collaboration: B. A et al."),
        (("L.M. Z", "et al.", "for the Belle Group"), "L.M. Z et al. for the Belle Group"),
        (("Ada L", "Bob M (for the X Collaboration)"), "Ada L, Bob M (for the X Collaboration)"),
        (("Ada L", "(for the X Collaboration)"), "Ada L (for the X Collaboration)"),
        (
            ("LIGO Collaboration", "Virgo Collaboration", "KAGRA Collaboration", ":", "R. A"),
            "LIGO Collaboration, Virgo Collaboration, KAGRA Collaboration: R. A",
        ),
        (
            ("Ada L", "for the X Collaboration", "for the Y Collaboration"),
            "Ada L for the X Collaboration, for the Y Collaboration",
        ),
        (("Ada L (X Collaboration) (Y Team)",), "Ada L (X Collaboration) (Y Team)"),
        (("Ada L", "on behalf of X Collaboration"), "Ada L on behalf of X Collaboration"),
        (("Ada L", "Bob M", "and others"), "Ada L, Bob M et al."),
        (("Ada L", "and 20 others"), "Ada L and 20 others"),
        (("Ada L", "Bob M", "20 others"), "Ada L, Bob M and 20 others"),
        (("Ada L", "Bob M and 1,234 other co-authors"), "Ada L, Bob M and 1,234 other co-authors"),
        (("Ada L", "and many others (for the X Team)"), "Ada L and many others (for the X Team)"),
        (
            ("Ada L", "(84 additional authors not shown)"),
            "Ada L and 84 additional authors not shown",
        ),
        (("Ada L", "Bob M et al."), "Ada L, Bob M et al."),
        (("Ada L", "AND 3 colleagues"), "Ada L and 3 colleagues"),
        (("Ada Others", "Others B. Who"), "Ada Others, Others B. Who"),
        (("(The X Collaboration)",), "(The X Collaboration)"),
        (("Vazgen S (Eds.)", "Ada L"), "Vazgen S (Eds.), Ada L"),
        (("Ada L", "(equal contribution)", "Bob M", "(MIT)"), "Ada L, Bob M"),
        (("Ada L", ",", "-", ""), "Ada L"),
        (("Sand And", "And Y. Who", "And"), "Sand And, And Y. Who, And"),
        (("Ada L", "AND Bob M", "& Cy D"), "Ada L, Bob M, Cy D"),
        ((), ""),
    ],
)
def test_a_list_reads_as_people_would_write_it(names: tuple[str, ...], read: str) -> None:
    assert SAY.authors(paper(authors=names)) == read


def test_a_colon_parts_author_lines_also_without_a_space() -> None:
    assert authors_of("X-AI:Ada L, Bob S:t M") == ("X-AI", ":", "Ada L", "Bob S:t M")
    assert authors_of("X Collaboration:\\'Emile L") == ("X Collaboration", ":", "\\'Emile L")


def test_an_and_behind_a_bracket_takes_nothing_with_it() -> None:
    line = "Ada L (for the X and the Y Collaborations) and Bob M"
    assert authors_of(line, parted_by_and=True) == (
        "Ada L (for the X and the Y Collaborations)",
        "Bob M",
    )


def test_collaborations_that_are_named_together_stay_together() -> None:
    together = "X. Wu for the STAR and PHENIX Collaborations"
    assert authors_of(f"A. Bee and {together}", parted_by_and=True) == ("A. Bee", together)


def test_whom_they_speak_for_is_said_where_the_names_are_too_many() -> None:
    many = paper(authors=(*SEVEN, "Zoe Z (for the X Collaboration)"))
    assert SAY.authors(many).endswith("Ada F and 2 more (for the X Collaboration)")
    counted = paper(authors=(*SEVEN, "Zoe Z", "and 20 others"))
    assert SAY.authors(counted).endswith("Ada F and 22 more")
    assert SAY.all_authors(counted).endswith("Ada G, Zoe Z and 20 others")


def test_a_group_and_its_colon_count_as_no_authors() -> None:
    assert SAY.authors(paper(authors=("OpenAI", ":", *SEVEN))).endswith("Ada F, Ada G")


def test_mail_and_text_show_the_readable_list_and_the_markdown_arxivs_own() -> None:
    ((told, *_),) = [papers_in(answer(Told(authors=("OpenAI", ":", "Josh A")))).values()]
    issue = digest(replace(told, categories=("cs.SD",)))
    mail = IssueEmails(issue, SITE, LINKS).mail(READER)
    assert "OpenAI: Josh A" in mail.html
    assert "OpenAI: Josh A" in mail.text
    assert "OpenAI; :; Josh A" in to_markdown(issue)


@given(st.lists(st.text("ab (),:&.", max_size=12) | st.sampled_from(["and X", ":", "et al"])))
def test_no_list_of_names_ends_in_an_error_or_stray_colon(names: list[str]) -> None:
    read = SAY.authors(paper(authors=tuple(names)))
    assert not read.startswith((":", ","))
    assert ", :" not in read
