"""Names of commands by what becomes of them: tables, no behaviour."""

from __future__ import annotations


def names(listed: str) -> list[str]:
    """The names of a list written as words."""
    return listed.split()


# Commands that cannot be a word of prose behind a line break.
UNMISTAKABLE = frozenset(
    names("""
        alpha beta gamma delta epsilon varepsilon zeta theta kappa lambda sigma omega rho tau phi
        chi psi Gamma Delta Theta Lambda Sigma Omega Phi Psi mathcal mathbb mathrm mathbf mathfrak
        mathsf textbf textit texttt emph frac sqrt sim simeq leq geq neq infty pm cdot ell
        rightarrow partial nabla ldots subset otimes oplus
    """)
)

# Fonts with an argument that is prose, and with one that is a formula.
PROSE_FONTS = {
    **dict.fromkeys(names("textbf strong bold alert"), "strong"),
    **dict.fromkeys(names("textit emph textsl textem"), "emphasis"),
    **dict.fromkeys(names("texttt code lstinline"), "code"),
    **dict.fromkeys(
        names("""
            text textrm textsf textnormal textup textmd textsc textlf textls textlatin textgreek
            textcyr textsw mbox hbox fbox framebox makebox vbox underline uline ul uuline uwave
            dashuline sout st hl textul caps centerline leftline rightline vtop
            caption Gls Glspl Ac Acp Acs Acl Acf
            reflectbox textcircled circled lowercase MakeLowercase intertext shortintertext
        """),
        "",
    ),
}
FORMULA_FONTS = {
    **dict.fromkeys(names("mathbf boldsymbol bm pmb bs vb mathbfit symbf mathbfsf"), "strong"),
    **dict.fromkeys(
        names(
            "mathcal mathscr mathit EuScript mathpzc mathcalligra symcal symit symscr "
            "mathbscr mathbfcal"
        ),
        "emphasis",
    ),
    "mathtt": "code",
    **dict.fromkeys(
        names("""
            mathrm mathsf mathfrak mathnormal mathup mathop mathbin mathrel mathord mathopen
            mathclose mathinner mathpunct operatorname operatornamewithlimits ensuremath smash
            symup overbrace underbrace boxed cancel mathclap mathrlap mathllap
            symfrak symsf mathlarger mathsmaller vcenter eval overbracket underbracket overparen
            overgroup mathbfup
        """),
        "",
    ),
}
KEEPS_SLANT = frozenset(
    names("ensuremath overbrace underbrace boxed cancel smash mathop mathbin mathrel mathord")
)
BLACKBOARD_FONTS = names("mathbb symbb mathds Bbb bbold mathbbm mathbbmss")
# Fonts for the rest of a group.
DECLARED_FONTS = {
    **dict.fromkeys(names("bf bfseries boldmath"), "strong"),
    **dict.fromkeys(names("it em sl itshape slshape SL"), "emphasis"),
    **dict.fromkeys(names("tt ttfamily"), "code"),
    **dict.fromkeys(
        names("cal rm sf sc mit frak scr rmfamily sffamily scshape upshape mdseries normalfont"),
        "",
    ),
}
UPRIGHT_FONTS = frozenset(names("rm sf bf sc tt rmfamily bfseries boldmath sffamily ttfamily"))

# What only a printer needs.
GONE = names("""
    noindent displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits displaylimits
    tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge centering raggedright
    protect relax xspace newpage clearpage maketitle nonumber notag allowbreak nobreak sloppy
    mathstrut strut leavevmode unboldmath bgroup egroup indent expandafter noexpand ignorespaces
    unskip null footnotemark selectfont onecolumn twocolumn singlespacing doublespacing
    nopagebreak pagebreak nolinebreak frenchspacing makeatletter makeatother global long outer
    begingroup endgroup qedhere negthinspace negmedspace negthickspace mathsurround appendix
    balance break displaylines tableofcontents hline hrule vrule toprule midrule bottomrule joinrel
    relbar Relbar else fi onehalfspacing phantomsection
""")
WITH_OPTION = frozenset(names("footnotemark linebreak pagebreak nolinebreak nopagebreak"))
SPACES = names("""
    quad qquad enspace enskip thinspace medspace thickspace space nobreakspace newline linebreak
    bigskip medskip smallskip cr crcr hfill hfil vfill thinmuskip
""")
# Sizes of brackets.
SIZES = names("""
    left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm
    biggm Biggm
""")
CITATIONS = names("""
    cite citep citet citealp citealt citeauthor citeyear citeyearpar citenum citetext parencite
    textcite autocite footcite fullcite supercite smartcite onlinecite Citet Citep nocite citeA
    citeN shortcite bibitem
""")
REFERENCES = names("""
    ref autoref cref Cref pageref nameref vref Vref subref Nameref titleref fullref zref zcref
    labelcref cpageref Cpageref namecref nameCref lcnamecref autopageref
""")
NOTES = names("footnote marginnote footnotetext thanks sidenote marginpar endnote tablefootnote")
# Commands whose arguments say nothing to a reader.
ONE_UNSAID = names("""
    label vspace hspace color pagestyle thispagestyle bibliographystyle bibliography usepackage
    index phantom vphantom hphantom input include hypersetup includegraphics pagecolor hyphenation
    pagenumbering selectlanguage documentclass captionsetup linespread sethlcolor cline hdotsfor
    sisetup graphicspath urlstyle
    fontfamily fontseries fontshape fontencoding setstretch addvspace enlargethispage
""")
TWO_UNSAID = names("""
    setlength addtolength newcommand renewcommand providecommand definecolor DeclareMathOperator
    markboth rule newtheorem addtocounter setcounter colorlet DeclareRobustCommand
    fontsize settowidth newenvironment savebox sbox DeclareUnicodeCharacter addtocontents
""")
# Commands with one argument, or two, in front of the one they are about.
SECOND_SHOWN = names("""
    mintinline textcolor colorbox raisebox scalebox rotatebox parbox foreignlanguage hypertarget
    adjustbox
""")
THIRD_SHOWN = names("fcolorbox resizebox multicolumn multirow")
HEADINGS = names("""
    section subsection subsubsection paragraph subparagraph chapter part title keywords
""")
FRACTIONS = names("frac dfrac tfrac cfrac nicefrac sfrac flatfrac")
ARROWS = {
    "xrightarrow": "→", "xleftarrow": "←", "xlongrightarrow": "⟶", "xhookrightarrow": "↪",
    "xRightarrow": "⇒", "xLeftarrow": "⇐", "xleftrightarrow": "↔", "xLeftrightarrow": "⇔",
    "xmapsto": "↦", "xhookleftarrow": "↩", "xtwoheadrightarrow": "↠", "xlongequal": "=",
    "xrightleftharpoons": "⇌", "xlongleftarrow": "⟵",
}  # fmt: skip
BETWEEN = {
    "abs": "||", "norm": "‖‖", "ket": "|⟩", "bra": "⟨|", "set": "{}",
    "ceil": "⌈⌉", "floor": "⌊⌋", "expval": "⟨⟩", "ev": "⟨⟩", "avg": "⟨⟩", "mean": "⟨⟩",
    "inner": "⟨⟩", "paren": "()", "parens": "()", "pqty": "()",
    "Ket": "|⟩", "Bra": "⟨|", "Norm": "‖‖", "Abs": "||", "card": "||", "bqty": "[]", "Bqty": "{}",
}  # fmt: skip
# Commands of physicists with two or three arguments: what stands before, between and behind them.
JOINED = {
    "comm": ("[", ", ", "]"), "commutator": ("[", ", ", "]"), "acomm": ("{", ", ", "}"),
    "anticommutator": ("{", ", ", "}"), "poissonbracket": ("{", ", ", "}"),
    "ketbra": ("|", "⟩⟨", "|"),
    "braket": ("⟨", "|", "⟩"), "Braket": ("⟨", "|", "⟩"), "ip": ("⟨", "|", "⟩"),
    "innerproduct": ("⟨", "|", "⟩"), "innerprod": ("⟨", ", ", "⟩"), "mel": ("⟨", "|", "⟩"),
    "matrixel": ("⟨", "|", "⟩"),
}  # fmt: skip
LENGTHS = names("kern mkern hskip vskip mskip penalty")

FORMULA_ENVIRONMENTS = frozenset(
    names("""
        equation align gather eqnarray multline math displaymath flalign alignat split
        subequations aligned gathered dmath
    """)
)
BRACKETED_ENVIRONMENTS = {
    "cases": ("{", ""), "rcases": ("", "}"), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"),
    "psmallmatrix": ("(", ")"),
}  # fmt: skip
LISTS = frozenset(names("itemize enumerate description"))
WITH_COLUMNS = frozenset(names("array tabular alignat minipage"))
