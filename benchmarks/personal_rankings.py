"""Rankings of the same papers for the same readers: ours, and what it is compared with.

Each is made once for the candidates; `earlier` are papers that words are counted in.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from heapq import nlargest
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.document_frequencies import count_words
from newsletter.interests import DayIndex, Interests, LikedPaper, compile_profile, pick_papers
from newsletter.interests.lexicon import Lexicon, parse
from newsletter.interests.profile import LONGEST_PROFILE
from newsletter.interests.term_weights import TermWeights
from newsletter.interests.words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsletter.interests import Profile
    from newsletter.sources.base import Paper

NOT_RANKED = -math.inf
NEEDS_SKLEARN = "scikit-learn is not there (pip install scikit-learn): what needs it is left out"
_KEYWORDS = 20
_SVM_TERMS = 20_000
_SVM_OTHERS = 4000  # earlier papers that nobody is said to like, beside the candidates
_RELATED_VOCABULARY = 5000  # the commonest telling words, which alone have related ones
_RELATED_EACH = 10  # that a word has, at most
_RELATED = 100  # that a profile is widened by, at most
_RELATED_LENGTH = 0.1  # of these, beside the profile's 1


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
        for pick in pick_papers(self._day, self.profile(liked), self._most):
            scores[self._places[pick.paper.id.arxiv_id]] = pick.score
        return scores

    def profile(self, liked: Sequence[Paper]) -> Profile:
        return compile_profile(likes(liked), self._lexicon)


class Related(Ours):
    """Ours, with profiles widened by words related to theirs: those with the same company.

    A word's company is how much oftener each other word stands in its papers than by chance (the
    positive mutual information); how related two words are is the cosine of their companies.
    """

    name = "ours and related words"

    def __init__(
        self,
        candidates: Sequence[Paper],
        earlier: Sequence[Paper],
        lexicon: Lexicon,
        most: int | None = None,
    ) -> None:
        super().__init__(candidates, lexicon, most)
        telling = filter(lexicon.is_telling, lexicon.frequencies)
        words = [*islice(telling, _RELATED_VOCABULARY)]
        places = {word: place for place, word in enumerate(words)}
        held = [
            {places[word] for word in words_of(text_of(paper)) if word in places}
            for paper in earlier
        ]
        self._related = {
            word: [(words[place], float(near)) for place, near in nearest]
            for word, nearest in zip(words, _same_company(held, len(words)), strict=True)
        }

    def profile(self, liked: Sequence[Paper]) -> Profile:
        sums: defaultdict[str, float] = defaultdict(float)
        for paper in liked:
            of_paper = self._lexicon.vector(
                paper.title, paper.abstract, categories=paper.categories
            )
            for term, weight in of_paper.items():
                sums[term] += weight
        related: defaultdict[str, float] = defaultdict(float)
        for term, weight in sums.items():
            for word, near in self._related.get(term, ()):
                if word not in sums:
                    related[word] += weight * near
        widened = _heaviest(_of_length(sums, 1), LONGEST_PROFILE)
        widened |= _of_length(_heaviest(related, _RELATED), _RELATED_LENGTH)
        weights = TermWeights.of(widened)
        return replace(super().profile(liked), weights=weights, owners=(0,) * len(widened))


def _heaviest(weights: Mapping[str, float], most: int) -> dict[str, float]:
    return dict(nlargest(most, weights.items(), key=itemgetter(1)))


def _of_length(weights: Mapping[str, float], length: float) -> dict[str, float]:
    scale = length / (math.hypot(*weights.values()) or 1)
    return {term: weight * scale for term, weight in weights.items()}


def _same_company(held: Sequence[set[int]], number: int) -> list[list[tuple[int, Any]]]:
    """For each of so many words the nearest others, from the words that each paper holds."""
    import numpy as np
    from scipy.sparse import csr_array

    at = np.cumsum([0, *map(len, held)])
    places = [place for words in held for place in words]
    holds = csr_array((np.ones(len(places), np.float32), places, at), shape=(len(held), number))
    together = (holds.T @ holds).toarray()
    papers = together.diagonal().copy()
    company = np.log(np.maximum(together * len(held) / np.outer(papers, papers), 1))
    np.fill_diagonal(company, 0)
    company /= np.maximum(np.linalg.norm(company, axis=1, keepdims=True), 1e-9)
    near = company @ company.T
    np.fill_diagonal(near, 0)
    nearest = np.argsort(-near, axis=1)[:, :_RELATED_EACH]
    return [[(int(to), near[word, to]) for to in row] for word, row in enumerate(nearest)]


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
