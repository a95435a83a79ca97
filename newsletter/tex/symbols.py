"""Names of LaTeX and their signs in Unicode: tables, no behaviour.

Only characters that mail fonts carry are used: no letters from beyond the basic plane.
"""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

from newsletter.tex.names import names


def _pairs(table: str) -> dict[str, str]:
    words = names(table)
    return dict(zip(words[::2], words[1::2], strict=True))


# Letters and signs that stand for themselves, in formulas and in prose alike.
ORDINARY = _pairs("""
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω digamma ϝ
Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν
Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω
varGamma Γ varDelta Δ varTheta Θ varLambda Λ varXi Ξ varPi Π varSigma Σ varPhi Φ varPsi Ψ
varOmega Ω upalpha α upbeta β upgamma γ updelta δ upepsilon ε upmu μ upnu ν uppi π uprho ρ
upsigma σ uptau τ upphi φ upchi χ uppsi ψ upomega ω uplambda λ upkappa κ upeta η uptheta θ
textalpha α textbeta β textgamma γ textdelta δ textepsilon ε textmu µ textlambda λ textomega ω
textOmega Ω textDelta Δ textsigma σ texttau τ textpi π texttheta θ
infty ∞ infinity ∞ partial ∂ nabla ∇ grad ∇ ell ℓ hbar ℏ hslash ℏ planckh ℎ Re ℜ Im ℑ wp ℘ aleph ℵ
beth ℶ gimel ℷ daleth ℸ eth ð imath ı jmath ȷ complement ∁ forall ∀ exists ∃ nexists ∄
emptyset ∅ varnothing ∅ surd √ top ⊤ bot ⊥ angle ∠ measuredangle ∡ sphericalangle ∢ triangle △
triangledown ▽ square □ Box □ blacksquare ■ Diamond ◇ lozenge ◊ blacklozenge ⧫ blacktriangle ▲
blacktriangledown ▼ qed ∎ clubsuit ♣ diamondsuit ♦ heartsuit ♥ spadesuit ♠ flat ♭ natural ♮
sharp ♯ checkmark ✓ cmark ✓ xmark ✗ textcheckmark ✓ maltese ✠ bigstar ★ backprime ‵ prime ′ dprime ″
dag † dagger † textdagger † ddag ‡ ddagger ‡ textdaggerdbl ‡ degree ° deg ° textdegree °
celsius °C textcelsius °C degreeCelsius °C arcmin ′ arcsec ″ fdg .° farcs .″ farcm .′ micron μm
ohm Ω Omegaup Ω textohm Ω mho ℧ textperthousand ‰ permil ‰ textpertenthousand ‱ percent %
textpercent % euro € EUR € texteuro € pounds £ pound £ textsterling £ textyen ¥ yen ¥ textcent ¢
textdollar $ dollar $ textbaht ฿ copyright © textcopyright © textregistered ® circledR ®
texttrademark ™ trademark ™ S § textsection § P ¶ textparagraph ¶ textordfeminine ª
textordmasculine º textonehalf ½ textonequarter ¼ textthreequarters ¾ textonesuperior ¹
texttwosuperior ² textthreesuperior ³ textnumero № textbullet • bullet • textperiodcentered ·
ldots … dots … cdots ⋯ dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ dotso … textellipsis … mathellipsis …
vdots ⋮ ddots ⋱ iddots ⋰ lbrace { rbrace } lbrack [ rbrack ] textbraceleft { textbraceright }
textbar | textbardbl ‖ textless < textgreater > textasciitilde ~ textasciicircum ^
textasciigrave ` textunderscore _ textbackslash ⧵ backslash ∖ slash / textasteriskcentered *
textvisiblespace ␣ textexclamdown ¡ textquestiondown ¿ textquotedbl " textquotesingle '
textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” quotedblbase „
quotesinglbase ‚ guillemotleft « guillemotright » guilsinglleft ‹ guilsinglright › lq ‘ rq ’
flqq « frqq » glqq „ grqq “ textendash – textemdash — textminus − texthyphen - hyphen - colon :
lt < gt > vert | Vert ‖ TeX TeX LaTeX LaTeX LaTeXe LaTeX2ε
BibTeX BibTeX astrosun ☉ sun ☉ Sun ☉ earth ⊕ Earth ⊕ mercury ☿ venus ♀ female ♀ male ♂ mars ♂
jupiter ♃ Jupiter ♃ saturn ♄ uranus ♅ neptune ♆ pluto ♇ leftmoon ☾ rightmoon ☽ Mars ♂ Venus ♀
faHeart ♥ Bbbk k hearts ♥ hsquare □
aa å AA Å ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł ss ß SS ẞ i ı j ȷ dh ð DH Ð dj đ DJ Đ th þ TH Þ
ng ŋ NG Ŋ textschwa ə angstrom Å Angstrom Å textbaht ฿ textcurrency ¤ textlnot ¬ textmho ℧
textpm ± textmultiply × texttimes × textdiv ÷ textdblhyphen ⸗ textreferencemark ※ textopenbullet ◦
textrightarrow → textleftarrow ← textuparrow ↑ textdownarrow ↓ textleftrightarrow ↔
textsuperone ¹ textapprox ≈ textasciiacute ´ textasciidieresis ¨ textasciimacron ¯ textsim ∼
textgreaterequal ≥ textlessequal ≤ quotesingle ' ding ✓ cdotp · ldotp . textinfty ∞
textzerooldstyle 0 textservicemark ℠ nobreakdash - dash - Lightning ↯ lightning ↯ smiley ☺ frownie ☹
Finv Ⅎ Game ⅁ circledS Ⓢ diagup ╱ diagdown ╲ vartriangle △ ij ĳ IJ Ĳ arrowvert |
Arrowvert ‖ bracevert | qedsymbol □ textprime ′ arcdeg ° degr ° uarcs ″ hdots …
hyp - nodata … fd .ᵈ fh .ʰ fm .ᵐ fs .ˢ
laplacian ∇² neg ¬ lnot ¬ varUpsilon Υ textsurd √ mathsection § Lsh ↰ Rsh ↱
""")

# Signs between two things that TeX sets with room on both sides.
RELATION = _pairs("""
leq ≤ le ≤ geq ≥ ge ≥ leqslant ⩽ geqslant ⩾ neq ≠ ne ≠ ll ≪ gg ≫ lll ⋘ ggg ⋙ leqq ≦ geqq ≧
lesssim ≲ gtrsim ≳ lsim ≲ gsim ≳ simlt ≲ simgt ≳ ltsim ≲ gtsim ≳ lessapprox ⪅ gtrapprox ⪆
lessgtr ≶ gtrless ≷ nleq ≰ ngeq ≱ nless ≮ ngtr ≯ lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ approx ≈
thickapprox ≈ approxeq ≊ sim ∼ thicksim ∼ backsim ∽ simeq ≃ nsim ≁ cong ≅ ncong ≇ equiv ≡ doteq ≐
doteqdot ≑ triangleq ≜ coloneqq ≔ coloneq ≔ eqqcolon ≕ defeq ≔ eqdef ≝ asymp ≍ propto ∝ varpropto ∝
bumpeq ≏ Bumpeq ≎ circeq ≗ prec ≺ succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼ succcurlyeq ≽ precsim ≾
succsim ≿ nprec ⊀ nsucc ⊁ in ∈ ni ∋ owns ∋ notin ∉ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇
subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ nsupseteq ⊉ Subset ⋐ Supset ⋑ sqsubset ⊏ sqsupset ⊐
sqsubseteq ⊑ sqsupseteq ⊒ subseteqq ⫅ supseteqq ⫆ subsetneqq ⫋ mid ∣ nmid ∤ parallel ∥
nparallel ∦ perp ⊥ indep ⫫ Perp ⫫ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭
smile ⌣ frown ⌢ bowtie ⋈ Join ⋈ ltimes ⋉ rtimes ⋊ trianglelefteq ⊴ trianglerighteq ⊵
triangleleft ◁ triangleright ▷ vartriangleleft ⊲ vartriangleright ⊳ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵
ntriangleleft ⋪ between ≬ pitchfork ⋔ therefore ∴ because ∵ iff ⇔ implies ⇒ impliedby ⇐
to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔
longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸
Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓
Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ hookrightarrow ↪ hookleftarrow ↩
twoheadrightarrow ↠ twoheadleftarrow ↞ rightarrowtail ↣ leftarrowtail ↢ rightleftharpoons ⇌
leftrightharpoons ⇋ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽
rightleftarrows ⇄ leftrightarrows ⇆ rightrightarrows ⇉ leftleftarrows ⇇ upuparrows ⇈
downdownarrows ⇊ leadsto ⇝ rightsquigarrow ⇝ squigarrow ⇝ leftrightsquigarrow ↭ curvearrowright ↷
curvearrowleft ↶ circlearrowright ↻ circlearrowleft ↺ dashrightarrow ⇢ dashleftarrow ⇠
Rrightarrow ⇛ Lleftarrow ⇚ multimap ⊸ nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏ nLeftrightarrow ⇎
lto → rarr → larr ← rarrow → larrow ← xto → dto → uarr ↑ darr ↓ restriction ↾ upharpoonright ↾
vcentcolon : coloncolon ∷ Coloneqq ⩴ colonapprox :≈ risingdotseq ≓ fallingdotseq ≒ eqsim ≂
Vvdash ⊪ nVdash ⊮ nVDash ⊯ precapprox ⪷ succapprox ⪸ precneqq ⪵ succneqq ⪶ precnsim ⋨ succnsim ⋩
lnsim ⋦ gnsim ⋧ lnapprox ⪉ gnapprox ⪊ lvertneqq ≨ gvertneqq ≩ nleqslant ≰ ngeqslant ≱ nleqq ≰
ngeqq ≱ npreceq ⋠ nsucceq ⋡ shortmid ∣ nshortmid ∤ shortparallel ∥ nshortparallel ∦ nsubseteqq ⊈
nsupseteqq ⊉ varsubsetneq ⊊ varsupsetneq ⊋ varsubsetneqq ⫋ varsupsetneqq ⫌ eqslantless ⪕
eqslantgtr ⪖ curlyeqprec ⋞ curlyeqsucc ⋟ lesseqgtr ⋚ gtreqless ⋛ lesseqqgtr ⪋ gtreqqless ⪌
trianglelefteqslant ⊴ trianglerighteqslant ⊵ ntrianglelefteq ⋬ ntrianglerighteq ⋭ ntriangleright ⋫
backsimeq ⋍ eqcirc ≖ mapsfrom ↤ longmapsfrom ⟻ longhookrightarrow ↪ nleftrightarrow ↮ nLeftarrow ⇍
upharpoonleft ↿ downharpoonleft ⇃ downharpoonright ⇂ ltapprox ⪅ gtapprox ⪆ proptosim ∝
blacktriangleleft ◀ blacktriangleright ▶ lessdot ⋖ gtrdot ⋗ smallsmile ⌣ smallfrown ⌢ backepsilon ∍
eqcolon ≕ looparrowleft ↫ looparrowright ↬ supsetneqq ⫌ lta ≲ gta ≳ simless ≲ simgreat ≳
approxlt ≲ approxgt ≳
""")

# Signs between two operands: room only where the author left some.
OPERATOR = _pairs("""
pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ cup ∪ cap ∩ Cup ⋓ Cap ⋒ uplus ⊎ sqcup ⊔ sqcap ⊓
vee ∨ lor ∨ wedge ∧ land ∧ veebar ⊻ barwedge ⊼ setminus ∖ smallsetminus ∖ wr ≀ amalg ⨿ oplus ⊕
ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ diamond ⋄ divideontimes ⋇
dotplus ∔ centerdot · intercal ⊺ circledast ⊛ circledcirc ⊚ circleddash ⊝ bigcirc ◯ bigtriangleup △
bigtriangledown ▽ curlyvee ⋎ curlywedge ⋏ leftthreetimes ⋋ rightthreetimes ⋌ plus + minus − Dot ·
plusmn ± xor ⊕ dotminus ∸ smallcirc ∘ bdot · cdotB · fatsemi ⨟ doublecap ⋒ doublecup ⋓
doublebarwedge ⩞
""")

# Signs that take limits or an integrand.
BIG = _pairs("""
sum ∑ prod ∏ coprod ∐ int ∫ smallint ∫ intop ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ bigcup ⋃ bigcap ⋂
bigsqcup ⨆ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ fint ⨍ dashint ⨍
iiiint ⨌ oiiint ∰ varointclockwise ∲ bigsqcap ⨅
""")

OPENING = _pairs("""
langle ⟨ lfloor ⌊ lceil ⌈ lbrace { lbrack [ llbracket ⟦ ulcorner ⌜ llcorner ⌞ lgroup ⟮ lparen (
lvert | lVert ‖
""")
CLOSING = _pairs("""
rangle ⟩ rfloor ⌋ rceil ⌉ rbrace } rbrack ] rrbracket ⟧ urcorner ⌝ lrcorner ⌟ rgroup ⟯ rparen )
rvert | rVert ‖
""")

FUNCTIONS = frozenset(
    names("""
        log ln lg exp sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth sech
        csch max min sup inf lim arg det dim ker gcd lcm Pr hom mod rank tr Tr trace diag sgn sign
        erf erfc span supp vol Var Cov Hom End Aut Gal Spec Ext Tor Irr Res Ker Coker coker Sym Alt
        ess softmax sigmoid ReLU relu poly polylog dist diam conv prox proj Proj curl rot rk ord ad
        Ad Li Lip Pic Jac logit sinc tg ctg
    """)
)
SPELLED = {
    "limsup": "lim sup", "liminf": "lim inf", "argmax": "arg max", "argmin": "arg min",
    "esssup": "ess sup", "essinf": "ess inf", "varlimsup": "lim sup", "varliminf": "lim inf",
    "injlim": "inj lim", "varinjlim": "inj lim", "varprojlim": "proj lim",
    "projlim": "proj lim", "bmod": "mod", "textmod": "mod",
}  # fmt: skip

# What a combining mark is called, as a command of prose and as one of formulas.
TEXT_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "d": "\u0323", "b": "\u0331", "r": "\u030a", "t": "\u0361", "textcommabelow": "\u0326",
}  # fmt: skip
MATH_ACCENTS = {
    "acute": "\u0301", "grave": "\u0300", "hat": "\u0302", "widehat": "\u0302", "ddot": "\u0308",
    "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304", "overline": "\u0305",
    "overleftarrow": "\u20d6", "overleftrightarrow": "\u20e1", "ddddot": "\u20dc",
    "underrightarrow": "\u20ef", "underleftarrow": "\u20ee",
    "dot": "\u0307", "breve": "\u0306", "check": "\u030c", "widecheck": "\u030c",
    "vec": "\u20d7", "overrightarrow": "\u20d7", "mathring": "\u030a", "dddot": "\u20db",
    "undertilde": "\u0330", "utilde": "\u0330", "Hat": "\u0302", "Tilde": "\u0303",
    "Bar": "\u0304", "wt": "\u0303", "wh": "\u0302",
}  # fmt: skip

BLACKBOARD = {
    "C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ",
}  # fmt: skip
# Authors' own one-letter names for number sets, known well enough to be taken for granted.
NUMBER_SETS = {name: BLACKBOARD[name[-1]] for name in names("C N Q R Z CC NN QQ RR ZZ")}

# Abbreviations that style files of conferences define.
ABBREVIATIONS = {
    "eg": "e.g.", "ie": "i.e.", "etc": "etc.", "etal": "et al.", "cf": "cf.", "vs": "vs.",
    "wrt": "w.r.t.", "viz": "viz.", "resp": "resp.", "aka": "a.k.a.", "iid": "i.i.d.",
    "Eg": "E.g.", "Ie": "I.e.", "Cf": "Cf.", "dof": "d.o.f.", "ala": "à la",
}  # fmt: skip

# Journals, units and the like that astronomers and physicists write as commands.
NAMES = {
    "kms": "km/s", "kmps": "km/s", "Msun": "M⊙", "msun": "M⊙", "Lsun": "L⊙", "lsun": "L⊙",
    "Msol": "M⊙",
    "Rsun": "R⊙", "rsun": "R⊙", "Zsun": "Z⊙", "zsun": "Z⊙", "Mpc": "Mpc", "kpc": "kpc",
    "Ha": "Hα", "Halpha": "Hα", "halpha": "Hα", "Hbeta": "Hβ", "lya": "Lyα", "Lya": "Lyα",
    "lyalpha": "Lyα", "Lyalpha": "Lyα", "epem": "e⁺e⁻", "ee": "ee", "pipi": "ππ", "lam": "λ",
    "eps": "ε", "veps": "ε", "vphi": "φ", "Lam": "Λ", "Om": "Ω", "om": "ω", "sig": "σ",
    "gam": "γ", "Gam": "Γ", "del": "δ", "kap": "κ", "al": "α", "invfb": "fb⁻¹", "fbinv": "fb⁻¹",
    "ifb": "fb⁻¹", "invpb": "pb⁻¹", "pbinv": "pb⁻¹", "ipb": "pb⁻¹", "babar": "BABAR",
    "snn": "√s_NN", "sqrts": "√s", "pt": "pT", "ttbar": "tt̄", "qqbar": "qq̄", "bbbar": "bb̄",
    "ppbar": "pp̄", "CO2": "CO₂", "LCDM": "ΛCDM", "lcdm": "ΛCDM", "invcm": "cm⁻¹",
    "apj": "ApJ", "apjl": "ApJL", "apjs": "ApJS", "aj": "AJ", "mnras": "MNRAS", "aap": "A&A",
    "araa": "ARA&A", "pasp": "PASP", "jcap": "JCAP", "prl": "PRL", "prd": "PRD",
    "physrep": "Phys. Rep.",
}  # fmt: skip
