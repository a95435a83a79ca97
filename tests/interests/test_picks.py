"""Picks: what comes first for one person, in which order, and whether each reason is true."""

import math
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.errors import WrongUseError
from newsletter.interests import (
    DayIndex,
    FollowedAuthor,
    Interests,
    LikedPaper,
    Pick,
    ReasonType,
    author_index,
    compile_profile,
    not_this_one,
    pick_papers,
)
from newsletter.interests.authors import (
    FoldedName,
    fold_name,
    name_keys,
    same_name,
)
from newsletter.interests.lexicon import parse, shipped
from newsletter.interests.phrases import is_pattern
from newsletter.interests.picks import FLOOR, MOST_PICKS
from newsletter.interests.profile import LONGEST_PROFILE
from newsletter.interests.words import lowercase_text, parts_in, words_of
from newsletter.rendering.personal_mails.marked_words import mark_words
from newsletter.rendering.transfer_encodings.qp_template import TextFragment
from newsletter.sources.base import Paper, PaperId

CODEC = LikedPaper(
    "A neural audio codec with a small latent space",
    "A neural codec compresses speech into discrete latent tokens by residual quantization.",
)
PLANTS = LikedPaper(
    "Photosynthesis in arid grassland",
    "Grassland stomata close at noon; drought lowers the yield of photosynthesis.",
)


def paper(
    number: int,
    title: str,
    abstract: str = "",
    authors: tuple[str, ...] = ("Some Body",),
    categories: tuple[str, ...] = ("cs.SD",),
) -> Paper:
    return Paper(PaperId(f"2507.{number:05}"), title, abstract, authors, categories)


def picks_of(papers: list[Paper], interests: Interests, most: int | None = 10) -> list[Pick]:
    return pick_papers(DayIndex(papers), compile_profile(interests), most)


def titles(picks: list[Pick]) -> list[str]:
    return [pick.paper.title for pick in picks]


def test_authors_come_first_then_titles_then_abstracts_then_what_is_close() -> None:
    day = [
        paper(1, "Nothing to see", "Whales sing."),
        paper(2, "Residual quantization of latent speech tokens", "A neural codec."),
        paper(3, "Whales", "Their songs by diffusion."),
        paper(4, "Diffusion of whales"),
        paper(5, "Untitled", authors=("Ada K. Lovelace", "Bob Two")),
    ]
    interests = Interests(
        liked=[PLANTS, CODEC], authors=[FollowedAuthor("Lovelace, Ada")], words=["diffusion"]
    )
    picks = picks_of(day, interests)
    assert [pick.paper.id.arxiv_id[-1] for pick in picks] == ["5", "4", "3", "2"]
    assert [str(pick.reasons[0]) for pick in picks] == [
        "by Ada K. Lovelace, whom you follow",
        "has Diffusion in its title",
        "mentions diffusion",
        f"close to “{CODEC.title}”, which you like (codec, quantization, Residual)",
    ]


def test_what_is_unwanted_is_no_pick_whatever_else_is_true() -> None:
    day = [
        paper(1, "A survey of neural codecs", authors=("Ada Lovelace",)),
        paper(2, "Neural codecs", authors=("Ada Lovelace", "Eve Nil")),
        paper(3, "Neural codec", authors=("Ada Lovelace",), categories=("cs.AI", "cs.CY")),
        paper(4, "Neural codec for speech", authors=("Ada Lovelace",)),
    ]
    interests = Interests(
        authors=[FollowedAuthor("Ada Lovelace")],
        words=["codec"],
        unwanted_words=["survey"],
        unwanted_authors=["Eve Nil"],
        unwanted_categories=["cs.CY"],
    )
    assert titles(picks_of(day, interests)) == ["Neural codec for speech"]


def test_less_like_this_is_a_veto_for_what_is_closer_to_it_and_for_nothing_else() -> None:
    about_plants = paper(1, "Drought and stomata", "Photosynthesis of grassland at noon.")
    about_codecs = paper(2, "A neural speech codec", "Discrete latent tokens.")
    liked = [CODEC, PLANTS]
    alone = picks_of([about_plants, about_codecs], Interests(liked=liked))
    assert len(alone) == 2
    drought = LikedPaper("Drought, stomata, photosynthesis", "Grassland at noon.", "2507.00009")
    judged = Interests(liked=liked, disliked=[drought])
    after = picks_of([about_plants, about_codecs], judged)
    assert after == [pick for pick in alone if pick.paper is about_codecs]
    word = Interests(liked=liked, disliked=[drought], words=["stomata"])
    assert titles(picks_of([about_plants], word)) == ["Drought and stomata"]
    itself = paper(9, "Stomata again")
    assert picks_of([itself], word) == []


def test_of_papers_equally_close_the_one_comes_first_that_is_not_close_to_the_whole_day() -> None:
    liked = LikedPaper("Zyxcodec zyxstoma")
    day = [paper(n, f"Zyxcodec whale{n}") for n in range(20)]
    picks = picks_of([*day, paper(20, "Zyxstoma whale20")], Interests(liked=[liked]))
    assert titles(picks)[:2] == ["Zyxstoma whale20", "Zyxcodec whale0"]


def test_a_new_version_of_a_liked_paper_says_so() -> None:
    liked = LikedPaper(CODEC.title, CODEC.abstract, "2507.00007")
    (pick,) = picks_of([paper(7, CODEC.title, CODEC.abstract)], Interests(liked=[liked]))
    assert pick.reasons[0].kind is ReasonType.REVISED
    assert 0.7 < pick.score < 1.03  # a little less than 1, since these are few words


def test_a_reader_who_follows_john_smith_can_tell_them_apart() -> None:
    ours = paper(1, "Codecs", authors=("John Smith", "Ann Ours"), categories=("cs.SD",))
    physicist = paper(2, "Quarks", authors=("J. Two", "John Smith"), categories=("hep-ph",))
    more_quarks = paper(3, "More quarks", authors=("John Smith",), categories=("hep-ph", "cs.SD"))
    day = [ours, physicist, more_quarks, paper(4, "Else", authors=("Joan Smith", "J. Smith"))]
    john = FollowedAuthor("John Smith")
    assert titles(picks_of(day, Interests(authors=[john]))) == ["Codecs", "Quarks", "More quarks"]
    john = not_this_one(john, physicist.authors, physicist.categories)
    assert titles(picks_of(day, Interests(authors=[john]))) == ["Codecs", "More quarks"]
    john = not_this_one(john, more_quarks.authors, more_quarks.categories)
    assert titles(picks_of(day, Interests(authors=[john]))) == ["Codecs"]
    with_ann = FollowedAuthor("John Smith", with_authors=["Ours, Ann"])
    assert titles(picks_of(day, Interests(authors=[with_ann]))) == ["Codecs"]
    without_two = FollowedAuthor("John Smith", not_with_authors={"Joe Two", "J. Two"})
    assert titles(picks_of(day, Interests(authors=[without_two]))) == ["Codecs", "More quarks"]
    in_hep = FollowedAuthor("John Smith", with_categories=["hep-ph"])
    assert titles(picks_of(day, Interests(authors=[in_hep]))) == ["Quarks", "More quarks"]


def test_a_strangers_call_is_understood_or_told_what_is_wrong() -> None:
    smith = paper(1, "Codecs", authors=("John Smith",))
    day = [smith, smith, smith, paper(2, "Bees")]
    both = Interests(authors=["John Smith"], words=(word for word in ("codec", "bee")))
    profile = compile_profile(both)
    for _ in range(2):
        assert titles(pick_papers(DayIndex(iter(day)), profile)) == ["Codecs", "Bees"]
        assert compile_profile(both) == profile
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"words": "codec"}, r"words are several: write \['codec'\] for one"),
        ({"liked": ["2507.07270"]}, "liked: '2507.07270' is not a LikedPaper"),
        ({"authors": [3]}, "authors: 3 is not a FollowedAuthor or a str"),
        ({"words": None}, "words are several, and None is none of that"),
        ({"liked": [LikedPaper("A", categories="cs.SD")]}, "categories of a liked paper are"),
    )
    for fields, line in wrong:
        with pytest.raises(WrongUseError, match=line):
            Interests(**fields)
    with pytest.raises(WrongUseError, match="with_authors are several"):
        FollowedAuthor("John Smith", with_authors="Ann Ours")
    with pytest.raises(WrongUseError, match=r"with_authors: '\?' is no name"):
        FollowedAuthor("John Smith", with_authors=["?"])


def test_an_author_is_found_with_or_without_an_apostrophe_and_told_apart_so() -> None:
    names = ("Pat O'Brien", "Pat OBrien", "Pat O Brien", "Pat Brien")
    day = [paper(place, "Bees", authors=(name, "Al D’Arc")) for place, name in enumerate(names, 1)]

    def found(author: FollowedAuthor) -> list[str]:
        return [pick.reasons[0].about for pick in picks_of(day, Interests(authors=[author]))]

    assert found(FollowedAuthor("O'Brien, Pat")) == list(names[:3])
    assert found(FollowedAuthor("Pat OBrien")) == list(names[:2])
    assert found(FollowedAuthor("Pat OBrien", with_authors=["Al DArc"])) == list(names[:2])
    assert found(FollowedAuthor("Pat OBrien", not_with_authors=["Al DArc"])) == []


def test_a_namesake_of_a_large_collaboration_costs_nobody_their_category() -> None:
    crowd = ("John Smith", *(f"Author{n} Family{n}" for n in range(80)))
    theirs = paper(1, "A detector", authors=crowd, categories=("cs.CV",))
    again = paper(2, "More of it", authors=crowd[::-1], categories=("cs.LG",))
    first = paper(3, "Its software", authors=(*crowd[1:9], "John Smith"), categories=("hep-ex",))
    ours = paper(4, "Pictures", authors=("John Smith",), categories=("cs.CV",))
    john = not_this_one(FollowedAuthor("John Smith"), theirs.authors, theirs.categories)
    assert titles(picks_of([theirs, again, first, ours], Interests(authors=[john]))) == ["Pictures"]
    with pytest.raises(WrongUseError, match="the paper has no author John Smith"):
        not_this_one(FollowedAuthor("John Smith"), ("Jon Smith",), ("cs.CV",))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Jürgen Müller", "Jurgen Muller", True),
        ('J\\"urgen M{\\"u}ller', "Jürgen Müller", True),
        ("Müller, Jürgen", "Jürgen A. Müller", True),
        ("Joerg Mueller", "Jörg Müller", True),
        ("Soerensen, Bo", "Bo Sørensen", True),
        ("Wei Xue", "Wei Xu", False),
        ("Yang Janet Liu", "Yang Liu", False),
        ("Yang J. Liu", "Yang Liu", True),
        ("Yang J. Liu", "Yang Janet Liu", True),
        ("Jean-Pierre Serre", "Jean Pierre Serre", True),
        ("Jean-Pierre Serre", "Jean P. Serre", True),
        ("Jean-Pierre Serre", "Jean Serre", False),
        ("Wei Wang", "Wei-Wei Wang", False),
        ("Wei Wang", "Wang Wei", False),
        ("van der Berg, Jan", "Jan Van Der Berg", True),
        ("Berg, Jan van der", "Jan van der Berg", True),
        ("Jan Berg", "Jan van der Berg", False),
        ("Mary Smith-Jones", "Mary Smith Jones", True),
        ("Mary Jones", "Mary Smith-Jones", False),
        ("Conor O'Brien", "Conor O’Brien", True),
        ("Conor Brien", "Conor O'Brien", False),
        ("Prof. Dr. Ada Lovelace, PhD", "Ada Lovelace", True),
        ("Ada B. Lovelace", "Ada C. Lovelace", False),
        ("Martin King Jr.", "Martin King", True),
        ("Søren Kierkegaard (Copenhagen)", "Soren Kierkegaard", True),
        ("John Smith", "J. Smith", False),
        ("J. Smith", "J Smith", True),
        ("", "", False),
        ("王伟", "王伟", True),
        ("Ada Love\u200blace", "\u202eAda Lovelace", True),
        ("X-AI:Ada Lovelace", "Ada Lovelace", True),
        ("King Jr., Martin", "Martin King Jr.", True),
        ("King, Jr., Martin", "Martin King", True),
        ("Martin King, Jr.", "Martin King III", True),
        ("Jr., Martin", "Martin Jr.", False),
        ("The ATLAS Collaboration", "ATLAS Collaboration", True),
        ("the LIGO Scientific Collaboration", "LIGO Scientific Collaboration", True),
        ("The Anh Nguyen", "Anh Nguyen", False),
        ("Pat OBrien", "Pat O'Brien", True),
        ("OBrien, Pat", "Pat O’Brien", True),
        ("Pat O Brien", "Pat O'Brien", True),
        ("Ann DAngelo", "Ann M. D'Angelo", True),
        ("MHamed Ali", "M'Hamed Ali", True),
        ("Pat OBrien", "Pat Brien", False),
        ("Yan-Pei Cao", "Yanpei Cao", True),
        ("Smithjones, Mary", "Mary B. Smith-Jones", True),
        ("Yan-Pei Cao", "Pei Cao", False),
        ("Can Y\u0131ld\u0131z", "Can Yildiz", True),
        ("Gu\u00f0r\u00fan Ma\u0127", "Gudrun Mah", True),
    ],
)
def test_names_are_compared_as_people_do(one: str, other: str, *, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same
    if same:
        assert name_keys([one]) & name_keys([other])


def test_a_readers_words_are_found_in_any_spelling_and_never_inside_another_word() -> None:
    day = [
        paper(1, "Text-to-Speech with large codecs"),
        paper(2, "Text to speech", "DIFFUSIONS"),
        paper(3, "Context to speechless", "Diffusive, not the word itself"),
        paper(4, 'Schr\\"odinger bridges for $\\alpha$-divergences'),
        paper(5, "Part C: a plan", "From C++11 towards C\\# with A* search"),
    ]

    def found(word: str) -> list[int]:
        return [int(p.paper.id.arxiv_id[-1]) for p in picks_of(day, Interests(words=[word]))]

    assert found("text to speech") == found("text-to-speech") == [1, 2]
    assert found("codec") == found("co\u200bd\u00adec\u202e") == [1]
    assert found("diffusion") == [2]
    assert found("diffus*") == [2, 3]
    told = picks_of(day, Interests(words=["diffus*", "diff*", "diffusions", "text to spe*"]))
    assert {pick.paper.id.arxiv_id[-1]: "; ".join(map(str, pick.reasons)) for pick in told} == {
        "1": "has Text-to-Speech in its title",
        "2": "has Text to speech in its title; mentions DIFFUSIONS",
        "3": "mentions Diffusive",
    }
    assert found("SCHRÖDINGER bridge") == [4]
    assert found("α-divergence") == [4]
    assert found("to*") == [1, 2, 3]  # too short for a beginning: the word "to"
    assert found("...") == found("") == found("C+") == found("(a+)+$") == found("b*") == []
    assert found("c++") == found("C#") == found("A*") == found("towards C#") == [5]


@pytest.mark.parametrize(
    ("typed", "title", "said"),
    [
        ("codec", "Neural Codecs", "Codecs"),
        ("Codec", "A CODEC", "CODEC"),
        ("gpt 4", "With GPT-4", "GPT-4"),
        ("nerf", "Fast NeRFs", "NeRFs"),
        ("text to speech", "Text-to-Speech", "Text-to-Speech"),
        ("text speech", "Text. (Speech)", "Text Speech"),
        ("se(3) equivariant", "SE(3)-Equivariant nets", "SE(3)-Equivariant"),
        ("SO(3)", "On $SO(3)$", "SO(3)"),
        ("so 3", "On SO(3) again", "SO(3)"),
        ("e.g.", "Birds, e.g. herons", "e.g."),
        ("r2", "Which R² is it", "R²"),
        ("istanbul", "Buses of İstanbul", ""),
        ("İstanbul buses", "In İstanbul, buses", "İstanbul, buses"),
        ("R&D", "Where R&D goes", "R&D"),
        ("AT&T", "AT&T and others", "AT&T"),
        ("C", "From C to C++", "C"),
        ("C", "Faster C++", ""),
        ("C#", "C# and C++", "C#"),
        (".NET", "Untangling the net", ""),
        (".net", "Garbage in .NET programs", ".NET"),
        ("#1", "Type 1 diabetes", "1"),
        ("S4*", "S4 layers", "S4"),
        ("LoRA+", "LoRA", ""),
        ("LoRA+", "LoRA+ and LoRA++", "LoRA+"),
        ("RRT*", "Smoother RRT* paths", "RRT*"),
        ("e+ e-", "e+e- collisions", "e+e-"),
    ],
)
def test_a_reason_says_what_stands_there(typed: str, title: str, said: str) -> None:
    picks = picks_of([paper(1, title)], Interests(words=[typed]))
    assert [reason.words for pick in picks for reason in pick.reasons] == [(said,)] * bool(said)
    if said:
        card = f"<b>{escape(title)}</b>"
        marked = mark_words(TextFragment(card), (said,)).text
        assert f"<u>{escape(said)}" in marked.replace(". (", " ")
        assert marked.replace("<u>", "").replace("</u>", "") == card


@pytest.mark.parametrize(
    ("typed", "title", "said"),
    [
        ("policy", "Policies for robots", "Policies"),
        ("class", "classes", "classes"),
        ("box", "Boxes", "Boxes"),
        ("bias", "Biases of models", "Biases"),
        ("matrix", "Matrices", "Matrices"),
        ("analysis", "Two analyses", "analyses"),
        ("phenomenon", "Odd phenomena", "phenomena"),
        ("GANs", "A GAN", "GAN"),
        ("policies", "A policy", "policy"),
        ("neural boundaries", "The neural boundary", "neural boundary"),
        ("vertices", "A vertex", "vertex"),
        ("processes", "A process", "process"),
        ("topics", "The topic", "topic"),
        ("news", "A new model", ""),
        ("dynamics", "Dynamic graphs", ""),
        ("GPS", "A GP model", ""),
        ("loss", "Los Angeles", ""),
        ("cases", "Sequences of Cas9 and cas", ""),
        ("multi-modal", "Multimodal models", "Multimodal"),
        ("multimodal model", "Multi-modal models", "Multi-modal models"),
        ("UNet", "A U-Net", "U-Net"),
        ("multim*", "Multi-modality", "Multi-modality"),
        ("email", "E\u2010mail", "E\u2010mail"),
        ("naive bayes", "Naïve Bayes", "Naïve Bayes"),
        ("naïve bayes", "A naive Bayes model", "naive Bayes"),
        ("Lojasiewicz", "Kurdyka\u2013Łojasiewicz functions", "Łojasiewicz"),
        ("Poincare map", "Poincar\\'e maps", "Poincaré maps"),
        ("Schröd*", "Schrodinger", "Schrodinger"),
        ("\u30ab", "\u30ac", ""),  # another letter
    ],
)
def test_one_or_several_hyphens_and_accents_do_not_matter(
    typed: str, title: str, said: str
) -> None:
    day = [paper(1, title), paper(2, "Else", title)]
    found = picks_of(day, Interests(words=[typed]))
    assert [pick.reasons[0].words for pick in found] == [(said,)] * 2 * bool(said)
    unwanted = Interests(unwanted_words=[typed], categories=["cs.SD"])
    assert len(picks_of(day, unwanted)) == 2 * (not said)


@pytest.mark.parametrize(
    "text",
    [
        *["(a+)+$", "di*", "diffus* model", "*fusion", r"\d+", "a|b|cd|ef"],
        *["[Dd]iffusion", "colou?r", r"\bx\b", "(?i)codec", "a{1,3}", "[a-z]x"],
    ],
)
def test_what_is_written_as_a_pattern_is_known_for_one(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize(
    "text",
    [
        *["diffus*", "music gen*", "A* search", "$K^*$", "C++", "LoRA+", r"$\ell_1$", "SO(3)"],
        *["H_{2}O", "5{,}000", "[18F]FDG", r"$\ell_{2,0}$-norm", "p(x|y)", "[FeFe]-hydrogenase"],
        *["why?", "[mm]"],
    ],
)
def test_words_with_signs_are_no_patterns(text: str) -> None:
    assert not is_pattern(text)


def test_a_reason_leaves_out_other_forms_and_what_is_hardly_close_behind_a_stronger_one() -> None:
    text = "Grasslands, stomata, photosynthetic photosynthesis in drought."
    liked = LikedPaper("Grassland stomata", text)
    whales = "Whales sing at night below ships, and herons listen to their songs in harbours. "
    near = paper(1, "Stomata of grasslands", "Stomata: photosynthetic photosynthesis. Grassland.")
    far = paper(
        2,
        "Songs of whales",
        whales * 2 + "Ships and harbours keep boats, sailors and ropes. Nobody minds a drought.",
    )
    close, hardly = picks_of([near, far], Interests(liked=[liked]))
    assert FLOOR <= hardly.score < 2 * FLOOR < close.score
    assert str(hardly.reasons[0]) == "close to “Grassland stomata”, which you like (drought)"
    assert len({word[:6] for word in close.reasons[0].words}) == 3
    by_word = picks_of([near, far], Interests(liked=[liked], words=["herons", "stomata"]))
    assert [[str(why.kind) for why in pick.reasons] for pick in by_word] == [
        ["in-title", "close"],
        ["in-abstract"],
    ]


def test_where_nothing_is_close_there_is_no_pick() -> None:
    day = [paper(number, "Whales sing at night", "They are whales.") for number in range(30)]
    assert picks_of(day, Interests(liked=[CODEC])) == []
    assert picks_of([], Interests(liked=[CODEC], words=["codec"])) == []
    assert picks_of(day, Interests()) == []


def test_a_chosen_category_fills_up_behind_everything_else_in_the_order_of_the_day() -> None:
    day = [paper(n, f"Whales {n}", categories=("cs.SD", "cs.LG")) for n in range(1, 14)]
    day.append(paper(20, CODEC.title, CODEC.abstract, categories=("cs.CL",)))
    picks = picks_of(day, Interests(liked=[CODEC], categories=["cs.LG"]))
    assert len(picks) == MOST_PICKS
    assert titles(picks)[:3] == [CODEC.title, "Whales 1", "Whales 2"]
    assert str(picks[1].reasons[0]) == "in cs.LG, which you chose"


def test_words_stay_as_they_are() -> None:
    assert words_of("State-of-the-art $O(n^2)$ LLM's, 3D: naïve_x") == [
        *("state-of-the-art", "o", "n²".replace("²", "2"), "llm's", "3d", "naïve", "x"),
    ]
    assert parts_in("text-to-speech") == ["text", "to", "speech"]


def test_the_shipped_words_know_what_is_telling() -> None:
    lexicon = shipped()
    assert len(lexicon.frequencies) == 20_000
    assert lexicon.papers > 20_000
    assert lexicon.rarity("the") < 0.1 < lexicon.rarity("codec") < lexicon.rarity("qwertyuiop")
    assert lexicon.is_telling("neural codec")
    assert not any(map(lexicon.is_telling, ("however", "the codec", "42", "x", "propose")))
    for word in ("how", "was", "were", "her", "ought", "whom", "how models", "se"):
        assert not lexicon.is_telling(word)
        assert lexicon.rarity(word) > 1  # it counts as before


def test_a_lexicon_is_what_its_lines_say() -> None:
    lexicon = parse(["3", "3 -however", "2 codec", "1 whale"])
    assert lexicon.papers == 3
    assert lexicon.frequencies == {"codec": 2, "however": 3, "whale": 1}
    assert lexicon.no_topics == {"however"}


def test_a_paper_of_thousands_is_read_once_and_not_for_each_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd = tuple(f"Author{n} Family" for n in range(5000))
    day = DayIndex([paper(n, "Crowd", authors=("John Smith", *crowd)) for n in range(3)])
    followed = [FollowedAuthor("John Smith"), FollowedAuthor("Smith, John"), FollowedAuthor("Ada")]
    profile = compile_profile(Interests(authors=followed, unwanted_authors=["Author9 Family"]))
    folded: list[str] = []

    def counted(name: str) -> FoldedName:
        folded.append(name)
        return fold_name(name)

    monkeypatch.setattr(author_index, "fold_name", counted)
    assert pick_papers(day, profile) == []
    assert folded == ["Smith, John"]  # all others are written as in the paper


def test_hostile_papers_cost_no_more_than_they_are_worth() -> None:
    crowd = paper(1, "Crowd", authors=tuple(f"Author{n} Family{n % 7}" for n in range(5000)))
    endless = paper(2, "(" * 5000, "a" * 10_000_000)
    day = DayIndex([crowd, endless])
    profile = compile_profile(
        Interests(
            liked=[LikedPaper("word " * 1_000_000, "$" * 1000)],
            authors=[FollowedAuthor("Author4999 Family1"), FollowedAuthor("," * 10_000)],
            words=["(a+)+$", "*" * 1000, "crowd"],
        )
    )
    (pick,) = pick_papers(day, profile)
    assert [str(reason) for reason in pick.reasons] == [
        "by Author4999 Family1, whom you follow",
        "has Crowd in its title",
    ]


def test_an_archive_stands_for_all_of_its_categories() -> None:
    day = [
        paper(1, "Bees", categories=("cs.SD",)),
        paper(2, "Quarks", categories=("hep-ph",)),
        paper(3, "Proofs", categories=("math.NA", "cs.NA")),
    ]
    (bees, proofs) = picks_of(day, Interests(categories=["cs"]))
    assert [pick.paper for pick in (bees, proofs)] == [day[0], day[2]]
    assert str(bees.reasons[0]) == "in cs, which you chose"
    assert picks_of(day, Interests(authors=["Ada"], unwanted_categories=["cs", "hep-ph"])) == []
    everything = Interests(categories=["cs", "hep-ph"], unwanted_categories=["math"])
    assert [pick.paper for pick in picks_of(day, everything)] == day[:2]
    (found,) = picks_of(
        day, Interests(authors=[FollowedAuthor(day[1].authors[0], with_categories=["math"])])
    )
    assert found.paper == day[2]


VOCABULARY = "neural codec latent speech whale drought stomata quantization noon the of model"
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)
NAMES = st.sampled_from(["Ada Lovelace", "Bob Two", "Eve Nil", "John Smith"])
CATEGORIES = st.sampled_from(["cs.SD", "cs.LG", "cs.CL"])
LIKED = st.builds(LikedPaper, TEXTS, TEXTS)
INTERESTS = st.builds(
    Interests,
    liked=st.lists(LIKED, max_size=4),
    disliked=st.lists(LIKED, max_size=2),
    authors=st.lists(NAMES.map(FollowedAuthor), max_size=2),
    unwanted_authors=st.lists(NAMES, max_size=1),
    words=st.lists(WORDS, max_size=2),
    unwanted_words=st.lists(WORDS, max_size=1),
    categories=st.lists(CATEGORIES, max_size=1),
    unwanted_categories=st.lists(CATEGORIES, max_size=1),
)
DAYS = st.lists(
    st.tuples(TEXTS, TEXTS, st.lists(NAMES, min_size=1, max_size=2), CATEGORIES), max_size=14
).map(
    lambda rows: [
        paper(number, title, abstract, tuple(authors), (category,))
        for number, (title, abstract, authors, category) in enumerate(rows)
    ]
)


@settings(max_examples=60, deadline=None)
@given(DAYS, INTERESTS)
def test_every_pick_is_a_paper_once_in_order_with_reasons_that_are_true(
    day: list[Paper], interests: Interests
) -> None:
    everything = picks_of(day, interests, None)
    picks = picks_of(day, interests)
    close = DayIndex(day).closeness(compile_profile(interests))
    strong = [
        pick
        for pick in everything
        if any(why.kind != ReasonType.CLOSE for why in pick.reasons)
        or close[day.index(pick.paper)] >= FLOOR
    ]
    assert [pick.paper for pick in picks] == [pick.paper for pick in strong][:MOST_PICKS]
    order = [(-pick.score, day.index(pick.paper)) for pick in everything]
    assert order == sorted(set(order))
    for pick in everything:
        assert pick.reasons
        text = f"{pick.paper.title} {pick.paper.abstract}"
        assert not set(interests.unwanted_words) & set(parts_in(lowercase_text(text)))
        assert not set(interests.unwanted_authors) & set(pick.paper.authors)
        assert not set(interests.unwanted_categories) & set(pick.paper.categories)
        for reason in pick.reasons:
            assert set(" ".join(reason.words).split()) <= set(words_of(text))
            if reason.kind is ReasonType.AUTHOR:
                assert reason.about in pick.paper.authors
            if reason.kind is ReasonType.CLOSE:
                assert any(
                    set(reason.words) <= set(shipped().vector(liked.title, liked.abstract))
                    for liked in interests.liked
                    if liked.title == reason.about
                )


# Rare words, so many of them that such a paper is closer than 1 to itself.
LONG_TEXTS = st.builds(
    lambda first, number, word: " ".join(
        [word, *(f"term{n}" for n in range(first, first + number))]
    ),
    st.sampled_from([0, 100, 300]),
    st.integers(50, 200),
    WORDS,
)
LONG_DAYS = st.lists(st.tuples(TEXTS, LONG_TEXTS, NAMES, CATEGORIES), min_size=2, max_size=8).map(
    lambda rows: [
        paper(number, title, abstract, (author,), (category,))
        for number, (title, abstract, author, category) in enumerate(rows)
    ]
)
STRONGER = [ReasonType.AUTHOR, ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT]


@settings(max_examples=60, deadline=None)
@given(LONG_DAYS, st.lists(WORDS, max_size=1), st.lists(NAMES, max_size=1), CATEGORIES)
def test_the_stronger_kind_decides_however_close_the_others_are(
    day: list[Paper], words: list[str], authors: list[str], category: str
) -> None:
    liked, *_, other = day
    interests = Interests(
        liked=[LikedPaper(liked.title, liked.abstract, "", liked.categories)],
        words=[*words, other.abstract.partition(" ")[0]],
        authors=[FollowedAuthor(author) for author in authors],
        categories=[category],
    )
    strongest = [pick.reasons[0].kind for pick in picks_of(day, interests, None)]
    ranks = [STRONGER.index(kind) if kind in STRONGER else 3 for kind in strongest]
    assert ranks == sorted(ranks)


@settings(max_examples=40, deadline=None)
@given(DAYS, st.lists(LIKED, min_size=1, max_size=4))
def test_whole_numbers_say_what_the_cosine_says(day: list[Paper], liked: list[LikedPaper]) -> None:
    profile = compile_profile(Interests(liked=liked))
    assert len(profile.weights.terms) <= LONGEST_PROFILE
    lexicon = shipped()
    centroid: dict[str, float] = {}
    for one in liked:
        for term, weight in lexicon.vector(one.title, one.abstract).items():
            centroid[term] = centroid.get(term, 0) + weight
    length = math.sqrt(sum(weight**2 for weight in centroid.values())) or 1
    for announced, closeness in zip(day, DayIndex(day).closeness(profile), strict=True):
        vector = lexicon.vector(announced.title, announced.abstract)
        cosine = sum(weight * centroid.get(term, 0) for term, weight in vector.items()) / length
        assert closeness == pytest.approx(cosine, rel=0.025, abs=0.002)
        assert 0 <= closeness <= 1.025
