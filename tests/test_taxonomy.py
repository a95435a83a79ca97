"""arXiv's categories by name, by slip, by alias."""

import pytest

from newsletter import taxonomy
from newsletter.errors import WrongUseError, did_you_mean


def test_there_are_as_many_archives_and_categories_as_arxiv_has() -> None:
    assert len(taxonomy.ARCHIVES) == 20
    with_subjects = {code.partition(".")[0] for code in taxonomy.CATEGORIES if "." in code}
    # Nine archives of physics have no subjects: they are categories themselves.
    assert len(taxonomy.ARCHIVES.keys() - with_subjects) == 9
    assert len([code for code in taxonomy.CATEGORIES if "." in code]) == 146
    assert all(code.partition(".")[0] in taxonomy.ARCHIVES for code in taxonomy.CATEGORIES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cs.SD", "cs.SD"),
        (" CS.sd\n", "cs.SD"),
        ("math-ph", "math-ph"),
        ("MATH.mp", "math.MP"),
        ("Cond-Mat.STR-EL", "cond-mat.str-el"),
        ("q-bio", "q-bio"),
        ("hep-th", "hep-th"),
    ],
)
def test_a_category_is_written_as_arxiv_writes_it(text: str, code: str) -> None:
    assert taxonomy.category(text) == code


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("cs.SDD", "'cs.SDD'; did you mean 'cs.SD'?"),
        ("eess.ASP", "did you mean 'eess.SP'?"),
        ("hepth", "did you mean 'hep-th'?"),
        ("cs.AS", "'cs.AS'; did you mean 'eess.AS'?"),
        ("cs.GN", "did you mean 'econ.GN', 'math.GN', 'q-bio.GN' or 'q-fin.GN'?"),
        ("cs.*", "the whole archive is 'cs'"),
        ("cs.XX", "no category 'cs.XX' (all of them"),
        ("audio", "did you mean 'eess.AS' or 'cs.SD'?"),
        ("cs.SD, eess.AS", 'is 2 in one string; write them "cs.SD", "eess.AS"'),
        ("cs.SD\r\nBcc: x", "arXiv has no category 'cs.SD\\r\\nBcc: x'"),
        ("", "arXiv has no category ''"),
    ],
)
def test_a_slip_is_one_line_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(WrongUseError) as error:
        taxonomy.category(text)
    assert hint in str(error.value)
    assert "\n" not in str(error.value)


def test_a_closed_archive_leads_to_what_became_of_it() -> None:
    with pytest.raises(WrongUseError, match=r"closed the archive 'cmp-lg'; it is 'cs\.CL' now"):
        taxonomy.category("cmp-lg")
    assert set(taxonomy.RETIRED_ARCHIVES.values()) <= set(taxonomy.CATEGORIES)
    assert not set(taxonomy.RETIRED_ARCHIVES) & set(taxonomy.CATEGORIES)


@pytest.mark.parametrize(
    ("followed", "category", "covered"),
    [
        ("cs.SD", "cs.SD", True),
        ("cs", "cs.SD", True),
        ("cs.SD", "cs", False),
        ("math", "math-ph", False),
        ("math", "math.MP", True),
        ("math-ph", "math.MP", True),
        ("math.MP", "math-ph", True),
        ("cs.SY", "eess.SY", True),
        ("q-bio", "q-bio.NC", True),
        ("c", "cs.SD", False),
    ],
)
def test_an_archive_covers_its_categories_and_an_alias_its_other_name(
    followed: str, category: str, covered: object
) -> None:
    assert taxonomy.covers(followed, category) is covered


def test_a_hint_names_the_nearest_or_the_few_or_nothing() -> None:
    assert did_you_mean("SITE", ["site", "source"]) == "; did you mean 'site'?"
    assert did_you_mean("zzz", ["site", "source"]) == "; known: site, source"
    assert not did_you_mean("zzz", map(str, range(20)))
    assert not did_you_mean("zzz", [])
