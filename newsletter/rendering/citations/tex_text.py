r"""TeX of strangers as TeX that compiles: their formulas where we know each command, else as text.

BibTeX counts every brace, `\{` as well, so a brace that stands for itself is spelled out.
"""

import re
from functools import cache
from unicodedata import decomposition, normalize

from newsletter.rendering.markup.paper_text import plain
from newsletter.tex import symbols
from newsletter.tex.names import names

# A formula in dollars that holds no other dollar.
_FORMULA = re.compile(r"(?<![\\$])(\$(?:[^$\\]|\\[^$])+\$)(?!\$)")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
# Comments, arguments, cells, and two scripts on one letter, which TeX refuses.
_NO_FORMULA = re.compile(r"(?<!\\)[%#&]|[_^]\s*(?:[_^}$]|$)|([_^])(?:\{[^{}]*\}|\\[A-Za-z]+|.)\1")
_SCRIPTS = {"<super>": "textsuperscript", "<sub>": "textsubscript"}
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "…": r"\ldots{}",
    "\u2212": r"\ensuremath{-}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
# Of LaTeX, amsmath and amssymb: what changes nothing outside of its formula.
_LETTERS = frozenset(
    names("""
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi
Pi Sigma Upsilon Phi Psi Omega infty partial nabla ell hbar Re Im aleph forall exists emptyset
varnothing surd top bot angle triangle square flat natural sharp prime dagger ddagger times div pm
mp cdot ast star circ bullet oplus otimes odot cup cap wedge vee setminus sqcup uplus le leq ge
geq ne neq ll gg approx equiv sim simeq cong propto subset subseteq supset supseteq in ni notin to
rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow mapsto longrightarrow
uparrow downarrow mid parallel perp vdash models lesssim gtrsim rightsquigarrow sum prod int oint
""")
)
_STYLES = frozenset(
    names("""
mathbb mathbf mathcal mathfrak mathit mathrm mathscr mathsf mathtt text textbf textit textrm
textsf texttt boldsymbol frac sqrt hat widehat tilde widetilde bar overline underline vec dot ddot
lfloor rfloor lceil rceil langle rangle Vert vert ldots dots cdots quad log ln exp sin cos tan min
max sup inf lim arg det dim ker deg gcd Pr left right big Big bigl bigr
""")
)
_MARKS = frozenset(" ,;:!%_&#|")


def tex_text(source: str) -> str:
    """The source as one line of LaTeX, safe between BibTeX's braces."""
    pieces = _FORMULA.split(" ".join(source.split()))
    if not all(map(_is_closed, pieces)):
        return escape_tex(plain(source))
    told = (
        piece if number % 2 and _is_known_formula(piece) else _prose(piece)
        for number, piece in enumerate(pieces)
    )
    return "".join(told).strip()


def escape_tex(text: str) -> str:
    """Plain text as LaTeX; Greek letters and signs as LaTeX names them, the rest in UTF-8."""
    return "".join(map(_escaped, normalize("NFC", text)))


def _prose(piece: str) -> str:
    """The blanks around it stay, since a formula stands beyond them."""
    before = " " if piece.startswith(" ") else ""
    after = " " if piece.endswith(" ") and piece.strip() else ""
    return f"{before}{escape_tex(plain(piece))}{after}"


def _is_closed(text: str) -> bool:
    """Whether every brace has its other one, as BibTeX counts them."""
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _is_known_formula(formula: str) -> bool:
    commands = _COMMAND.findall(formula)
    return (
        formula.isascii()
        and formula.isprintable()
        and not _NO_FORMULA.search(formula)
        and all(name in _LETTERS or name in _STYLES or name in _MARKS for name in commands)
        and commands.count("left") == commands.count("right")
    )


def _escaped(sign: str) -> str:
    if sign.isascii():
        return _SPECIAL.get(sign, sign)
    known = _SPECIAL.get(sign) or _signs().get(sign)
    if known:
        return known
    kind, _, points = decomposition(sign).partition(" ")
    if kind in _SCRIPTS:
        base = "".join(chr(int(point, 16)) for point in points.split())
        return f"\\{_SCRIPTS[kind]}{{{escape_tex(base)}}}"
    return sign


@cache
def _signs() -> dict[str, str]:
    """Signs of Unicode, and how LaTeX, amsmath and amssymb call them."""
    tables = (
        *(symbols.ORDINARY, symbols.RELATION, symbols.OPERATOR, symbols.BIG),
        *(symbols.OPENING, symbols.CLOSING),
    )
    signs = {
        sign: f"\\ensuremath{{\\{name}}}"
        for table in tables
        for name, sign in reversed(table.items())
        if name in _LETTERS | _STYLES and not sign.isascii()
    }
    letters = {
        sign: f"\\ensuremath{{\\mathbb{{{letter}}}}}" for letter, sign in symbols.BLACKBOARD.items()
    }
    return signs | letters
