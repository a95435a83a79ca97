"""arXiv's archives and categories with their names (https://arxiv.org/category_taxonomy)."""

import re
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from functools import lru_cache

from newsletter.errors import WrongUseError, did_you_mean, nearest

# fmt: off
ARCHIVES: dict[str, str] = {
    "astro-ph": "Astrophysics", "cond-mat": "Condensed Matter", "cs": "Computer Science",
    "econ": "Economics", "eess": "Electrical Engineering and Systems Science",
    "gr-qc": "General Relativity and Quantum Cosmology",
    "hep-ex": "High Energy Physics - Experiment", "hep-lat": "High Energy Physics - Lattice",
    "hep-ph": "High Energy Physics - Phenomenology", "hep-th": "High Energy Physics - Theory",
    "math": "Mathematics", "math-ph": "Mathematical Physics", "nlin": "Nonlinear Sciences",
    "nucl-ex": "Nuclear Experiment", "nucl-th": "Nuclear Theory", "physics": "Physics",
    "q-bio": "Quantitative Biology", "q-fin": "Quantitative Finance",
    "quant-ph": "Quantum Physics", "stat": "Statistics",
}

_SUBJECTS: dict[str, dict[str, str]] = {
    "astro-ph": {
        "CO": "Cosmology and Nongalactic Astrophysics", "EP": "Earth and Planetary Astrophysics",
        "GA": "Astrophysics of Galaxies", "HE": "High Energy Astrophysical Phenomena",
        "IM": "Instrumentation and Methods for Astrophysics",
        "SR": "Solar and Stellar Astrophysics",
    },
    "cond-mat": {
        "dis-nn": "Disordered Systems and Neural Networks", "mes-hall": "Mesoscale and Nanoscale Physics",
        "mtrl-sci": "Materials Science", "other": "Other Condensed Matter", "quant-gas": "Quantum Gases",
        "soft": "Soft Condensed Matter", "stat-mech": "Statistical Mechanics",
        "str-el": "Strongly Correlated Electrons", "supr-con": "Superconductivity",
    },
    "cs": {
        "AI": "Artificial Intelligence", "AR": "Hardware Architecture", "CC": "Computational Complexity",
        "CE": "Computational Engineering, Finance, and Science", "CG": "Computational Geometry",
        "CL": "Computation and Language", "CR": "Cryptography and Security",
        "CV": "Computer Vision and Pattern Recognition", "CY": "Computers and Society", "DB": "Databases",
        "DC": "Distributed, Parallel, and Cluster Computing", "DL": "Digital Libraries",
        "DM": "Discrete Mathematics", "DS": "Data Structures and Algorithms", "ET": "Emerging Technologies",
        "FL": "Formal Languages and Automata Theory", "GL": "General Literature", "GR": "Graphics",
        "GT": "Computer Science and Game Theory", "HC": "Human-Computer Interaction",
        "IR": "Information Retrieval", "IT": "Information Theory", "LG": "Machine Learning",
        "LO": "Logic in Computer Science", "MA": "Multiagent Systems", "MM": "Multimedia",
        "MS": "Mathematical Software", "NA": "Numerical Analysis", "NE": "Neural and Evolutionary Computing",
        "NI": "Networking and Internet Architecture", "OH": "Other Computer Science", "OS": "Operating Systems",
        "PF": "Performance", "PL": "Programming Languages", "RO": "Robotics", "SC": "Symbolic Computation",
        "SD": "Sound", "SE": "Software Engineering", "SI": "Social and Information Networks",
        "SY": "Systems and Control",
    },
    "econ": {"EM": "Econometrics", "GN": "General Economics", "TH": "Theoretical Economics"},
    "eess": {
        "AS": "Audio and Speech Processing", "IV": "Image and Video Processing",
        "SP": "Signal Processing", "SY": "Systems and Control",
    },
    "math": {
        "AC": "Commutative Algebra", "AG": "Algebraic Geometry", "AP": "Analysis of PDEs",
        "AT": "Algebraic Topology", "CA": "Classical Analysis and ODEs", "CO": "Combinatorics",
        "CT": "Category Theory", "CV": "Complex Variables", "DG": "Differential Geometry",
        "DS": "Dynamical Systems", "FA": "Functional Analysis", "GM": "General Mathematics",
        "GN": "General Topology", "GR": "Group Theory", "GT": "Geometric Topology",
        "HO": "History and Overview", "IT": "Information Theory", "KT": "K-Theory and Homology",
        "LO": "Logic", "MG": "Metric Geometry", "MP": "Mathematical Physics", "NA": "Numerical Analysis",
        "NT": "Number Theory", "OA": "Operator Algebras", "OC": "Optimization and Control",
        "PR": "Probability", "QA": "Quantum Algebra", "RA": "Rings and Algebras",
        "RT": "Representation Theory", "SG": "Symplectic Geometry", "SP": "Spectral Theory",
        "ST": "Statistics Theory",
    },
    "nlin": {
        "AO": "Adaptation and Self-Organizing Systems", "CD": "Chaotic Dynamics",
        "CG": "Cellular Automata and Lattice Gases", "PS": "Pattern Formation and Solitons",
        "SI": "Exactly Solvable and Integrable Systems",
    },
    "physics": {
        "acc-ph": "Accelerator Physics", "ao-ph": "Atmospheric and Oceanic Physics",
        "app-ph": "Applied Physics", "atm-clus": "Atomic and Molecular Clusters", "atom-ph": "Atomic Physics",
        "bio-ph": "Biological Physics", "chem-ph": "Chemical Physics", "class-ph": "Classical Physics",
        "comp-ph": "Computational Physics", "data-an": "Data Analysis, Statistics and Probability",
        "ed-ph": "Physics Education", "flu-dyn": "Fluid Dynamics", "gen-ph": "General Physics",
        "geo-ph": "Geophysics", "hist-ph": "History and Philosophy of Physics",
        "ins-det": "Instrumentation and Detectors", "med-ph": "Medical Physics", "optics": "Optics",
        "plasm-ph": "Plasma Physics", "pop-ph": "Popular Physics", "soc-ph": "Physics and Society",
        "space-ph": "Space Physics",
    },
    "q-bio": {
        "BM": "Biomolecules", "CB": "Cell Behavior", "GN": "Genomics", "MN": "Molecular Networks",
        "NC": "Neurons and Cognition", "OT": "Other Quantitative Biology", "PE": "Populations and Evolution",
        "QM": "Quantitative Methods", "SC": "Subcellular Processes", "TO": "Tissues and Organs",
    },
    "q-fin": {
        "CP": "Computational Finance", "EC": "Economics", "GN": "General Finance",
        "MF": "Mathematical Finance", "PM": "Portfolio Management", "PR": "Pricing of Securities",
        "RM": "Risk Management", "ST": "Statistical Finance", "TR": "Trading and Market Microstructure",
    },
    "stat": {
        "AP": "Applications", "CO": "Computation", "ME": "Methodology", "ML": "Machine Learning",
        "OT": "Other Statistics", "TH": "Statistics Theory",
    },
}

# What became of the archives that were closed; papers of then still bear their names.
RETIRED_ARCHIVES: dict[str, str] = {
    "acc-phys": "physics.acc-ph", "adap-org": "nlin.AO", "alg-geom": "math.AG", "ao-sci": "physics.ao-ph",
    "atom-ph": "physics.atom-ph", "bayes-an": "physics.data-an", "chao-dyn": "nlin.CD",
    "chem-ph": "physics.chem-ph", "cmp-lg": "cs.CL", "comp-gas": "nlin.CG", "dg-ga": "math.DG",
    "funct-an": "math.FA", "mtrl-th": "cond-mat.mtrl-sci", "patt-sol": "nlin.PS",
    "plasm-ph": "physics.plasm-ph", "q-alg": "math.QA", "solv-int": "nlin.SI", "supr-con": "cond-mat.supr-con",
}

# Two names of one category; a paper of one bears the other, too.
_ALIASES: dict[str, str] = {
    "cs.NA": "math.NA", "cs.SY": "eess.SY", "math.IT": "cs.IT", "math.MP": "math-ph",
    "q-fin.EC": "econ.GN", "stat.TH": "math.ST",
}
_OTHER_NAMES = _ALIASES | {kept: name for name, kept in _ALIASES.items()}

# What people call a field, where arXiv has another name for it.
_ALSO_CALLED: dict[str, str] = {
    "astro-ph": "astronomy space", "cs.CL": "nlp llm natural language models linguistics speech",
    "cs.CR": "privacy", "cs.CV": "image vision", "cs.DC": "hpc", "cs.LG": "ml ai deep neural networks",
    "cs.NE": "neural networks", "cs.SD": "audio music speech", "eess.AS": "sound music voice",
    "hep-ex": "particle lhc", "hep-ph": "particle", "hep-th": "particle strings",
    "physics.ao-ph": "climate weather", "physics.chem-ph": "chemistry",
    "physics.comp-ph": "simulation", "physics.med-ph": "medicine", "q-bio.GN": "genetics dna",
    "q-bio.NC": "neuroscience brain", "quant-ph": "quantum computing information",
    "stat.ML": "ml",
}
# fmt: on

CATEGORIES: dict[str, str] = ARCHIVES | {
    f"{archive}.{subject}": name
    for archive, subjects in _SUBJECTS.items()
    for subject, name in subjects.items()
}

_LIKE = 0.7  # difflib's likeness of a word that was meant
_NAMED = 3  # fields
_LIKE_A_CODE = re.compile(r"[a-z-]+(\.[a-z-]+)?", re.IGNORECASE)
_BY_LOWER = {code.lower(): code for code in CATEGORIES}


def category(text: str) -> str:
    """The category as arXiv writes it (`CS.sd` -> `cs.SD`).

    Raises:
        WrongUseError: arXiv has no such archive or category; the line names the nearest.
    """
    code = _BY_LOWER.get(text.strip().lower())
    now = RETIRED_ARCHIVES.get(text.strip().lower())
    if now is not None:
        raise WrongUseError(f"arXiv closed the archive {text!r}; it is {now!r} now")
    if code is None:
        parts = [part for part in re.split(r"[\s,;+&|]+", text) if part]
        is_list = len(parts) > 1 and all(map(_LIKE_A_CODE.fullmatch, parts))
        if is_list and any(part.lower() in _BY_LOWER for part in parts):
            apart = ", ".join(f'"{part}"' for part in parts)
            raise WrongUseError(f"{text!r} is {len(parts)} in one string; write them {apart}")
        raise WrongUseError(
            f"arXiv has no category {text!r}{_nearest_category(text)}"
            " (all of them: https://arxiv.org/category_taxonomy)"
        )
    return code


def _nearest_category(text: str) -> str:
    """The tail of an error line: the same letters elsewhere, or like ones, or what is called so."""
    archive, dot, letters = text.strip().lower().partition(".")
    if dot and archive in ARCHIVES:
        if not any(map(str.isalnum, letters)):
            return f"; the whole archive is {archive!r}"
        elsewhere = [code for code in CATEGORIES if code.lower().endswith(f".{letters}")]
        if elsewhere:
            return f"; did you mean {_either(elsewhere)}?"
        near = nearest(letters, _SUBJECTS.get(archive, ()), _LIKE)
        return f"; did you mean '{archive}.{near}'?" if near else ""
    near = did_you_mean(text, CATEGORIES)
    if near or not text.strip():
        return near
    with suppress(WrongUseError):
        return f"; did you mean {_either(search(text)[:_NAMED])}?"
    return ""


def _either(codes: list[str]) -> str:
    *others, last = map(repr, codes)
    return f"{', '.join(others)} or {last}" if others else last


def search(text: str) -> list[str]:
    """The categories whose code or names hold words that begin so; the nearest come first.

    Raises:
        WrongUseError: there is none; the line names the nearest.
    """
    asked = _words(text)

    def found(where: str) -> bool:
        words = _words(where)
        return all(any(word.startswith(part) for word in words) for part in asked)

    def archive(code: str) -> str:
        return ARCHIVES[code.partition(".")[0]]

    exact = [code for code in CATEGORIES if code == text.lower()]
    by_name = [code for code, name in CATEGORIES.items() if found(name)]
    by_code = [code for code in CATEGORIES if found(f"{code} {_ALSO_CALLED.get(code, '')}")]
    by_archive = [code for code, name in CATEGORIES.items() if found(f"{name} {archive(code)}")]
    codes = list(dict.fromkeys([*exact, *by_name, *by_code, *by_archive])) if asked else []
    if not codes:
        raise WrongUseError(f"arXiv has no field {text!r}{_nearest(text)}")
    return codes


def _nearest(text: str) -> str:
    """The tail of the line: what is found by the words that were meant, else by the whole."""
    texts = [*CATEGORIES.values(), *_ALSO_CALLED.values()]
    known = sorted({word for name in texts for word in _words(name)})
    asked = _words(text)
    meant = [
        word
        if any(other.startswith(word) for other in known)
        else next(iter(get_close_matches(word, known, n=1, cutoff=_LIKE)), word)
        for word in asked
    ]
    if meant != asked:
        with suppress(WrongUseError):
            names = dict.fromkeys(repr(CATEGORIES[code]) for code in search(" ".join(meant)))
            return f"; did you mean {' or '.join([*names][:_NAMED])}?"
    near = did_you_mean(text, CATEGORIES.values(), _LIKE)
    return near or "; try other words, one field at a time"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def canonical(code: str) -> str:
    """The name under which arXiv keeps a category that has two (`cs.SY` -> `eess.SY`)."""
    return _ALIASES.get(code, code)


def covering(categories: Iterable[str]) -> frozenset[str]:
    """These, their archives and their other names: what covers any of them when it is followed."""
    return frozenset[str]().union(*map(_covering, categories))


def covers(followed: str, category: str) -> bool:
    """Whether a followed category or archive covers `category` (`cs` covers `cs.SD`)."""
    return followed in _covering(category)


@lru_cache(maxsize=1024)
def _covering(category: str) -> frozenset[str]:
    archive, _, _ = category.partition(".")
    return frozenset((category, archive, _OTHER_NAMES.get(category, category)))
