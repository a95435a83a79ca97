"""Rankings of the same papers for the same readers: ours, and what it is compared with.

Each is made once for the candidates; `earlier` are papers that words are counted in.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from benchmarks.document_frequencies import count_words
from newsletter.interests import DayIndex, Interests, LikedPaper, compile_profile, pick_papers
from newsletter.interests.lexicon import Lexicon, parse
from newsletter.interests.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.sources.base import Paper

NOT_RANKED = -math.inf
NEEDS_SKLEARN = "the SVM is left out: it needs scikit-learn (pip install scikit-learn)"
_KEYWORDS = 20
_SVM_TERMS = 20_000
_SVM_OTHERS = 4000  # earlier papers that nobody is said to like, beside the candidates


class Ranking(Protocol):
    name: str

    def scores(self, liked: Sequence[Paper]) -> Sequence[float]:
        """Of each candidate for who likes these papers."""


def text_of(paper: Paper) -> str:
    return f"{paper.title}\n{paper.abstract}"


def likes(papers: Sequence[Paper]) -> Interests:
    return Interests(
        liked=[
            LikedPaper(paper.title, paper.abstract, categories=paper.categories) for paper in papers
        ]
    )


def lexicon_of(earlier: Sequence[Paper]) -> Lexicon:
    return parse(list(count_words(map(text_of, earlier))))


class Ours:
    name = "ours"

    def __init__(
        self, candidates: Sequence[Paper], lexicon: Lexicon, most: int | None = None
    ) -> None:
        self._day, self._lexicon, self._most = DayIndex(candidates, lexicon), lexicon, most
        self._places = {paper.id.arxiv_id: place for place, paper in enumerate(candidates)}

    def scores(self, liked: Sequence[Paper]) -> Sequence[float]:
        scores = [NOT_RANKED] * len(self._places)
        for pick in pick_papers(
            self._day, compile_profile(likes(liked), self._lexicon), self._most
        ):
            scores[self._places[pick.paper.id.arxiv_id]] = pick.score
        return scores


class Keywords:
    """How many a paper has of the twenty heaviest words of what somebody likes."""

    name = f"{_KEYWORDS} keywords"

    def __init__(self, candidates: Sequence[Paper], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._held = [set(words_of(text_of(paper))) for paper in candidates]

    def scores(self, liked: Sequence[Paper]) -> Sequence[float]:
        weights: Counter[str] = Counter()
        for paper in liked:
            vector = self._lexicon.vector(paper.title, paper.abstract)
            weights.update({term: weight for term, weight in vector.items() if " " not in term})
        keywords = {word for word, _ in weights.most_common(_KEYWORDS)}
        return [len(keywords & held) or NOT_RANKED for held in self._held]


class Svm:
    """As arxiv-sanity-lite ranks: a linear SVM a reader, over tf-idf of words and pairs of words.

    What a reader likes is told from all candidates and other earlier papers. Authors' names, which
    arxiv-sanity-lite counts as words, are left out: here they would tell what is looked for.
    """

    name = "arXiv Sanity's SVM"

    def __init__(self, candidates: Sequence[Paper], earlier: Sequence[Paper]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer = TfidfVectorizer(
            strip_accents="unicode",
            stop_words="english",
            token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",  # noqa: S106 - no password
            ngram_range=(1, 2),
            max_features=_SVM_TERMS,
            sublinear_tf=True,
            min_df=5,
            max_df=0.5,
        )
        self._vectorizer.fit(map(text_of, earlier))
        self._candidates = self._vectorizer.transform(map(text_of, candidates))
        self._others = earlier[-_SVM_OTHERS:]
        self._of_others = self._vectorizer.transform(map(text_of, self._others))

    def scores(self, liked: Sequence[Paper]) -> Sequence[float]:
        from scipy.sparse import vstack
        from sklearn.svm import LinearSVC

        theirs = {paper.id.arxiv_id for paper in liked}
        others = [at for at, it in enumerate(self._others) if it.id.arxiv_id not in theirs]
        of_liked = self._vectorizer.transform(map(text_of, liked))
        told = vstack([of_liked, self._candidates, self._of_others[others]]).tocsr()
        is_liked = [place < len(liked) for place in range(told.shape[0])]
        svm = LinearSVC(C=0.01, class_weight="balanced", max_iter=10_000, tol=1e-6, random_state=0)
        svm.fit(told, is_liked)
        found: list[float] = svm.decision_function(self._candidates).tolist()
        return found


def has_sklearn() -> bool:
    try:
        import sklearn  # noqa: F401 - asked for only here
    except ImportError:
        return False
    return True
