"""Stories of TeX as a reader sees it."""

from __future__ import annotations

import re

import pytest

from newsletter.tex import to_html, to_text


def stories(*rows: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("source", "seen"), rows)


@stories(
    (r"Schr\"{o}dinger and Erd\H{o}s", "Schrödinger and Erdős"),
    (r"Fran\c cois \v Cech \'{\i} na\"{\i}ve", "François Čech í naïve"),
    (r"K\o benhavn, {\L}ukasz, Stra\ss e", "København, Łukasz, Straße"),
    (r"1200 \AA resolution", "1200 Å resolution"),
    (r"Erd\H{o}s--R\'enyi and Poincar\'e", "Erdős–Rényi and Poincaré"),
)
def test_accents_and_letters_become_single_characters(source: str, seen: str) -> None:
    assert to_text(source) == seen
    assert to_html(source) == seen


@stories(
    (r"$k\geq3$", "k ≥ 3"),
    (r"$\geq$0.1, $\sim 10$", "≥0.1, ∼10"),
    (r"$64\times64$, $64 \times 64$", "64×64, 64 × 64"),
    (r"$n\log n$, $\log(n)$, $\sin\theta$", "n log n, log(n), sin θ"),
    (r"$-1.5$ and $a-b$ and $X-ray$", "−1.5 and a−b and X-ray"),
    (r"$\alpha \beta$ and $\bm x$", "αβ and x"),
    (r"$10\,\mathrm{GeV}/c^2$", "10 GeV/c²"),
)
def test_formulas_are_spaced_as_a_typesetter_would(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$x_i^2$, $10^{-15}$, $90^\circ$", "xᵢ², 10⁻¹⁵, 90°"),
    (r"$E_{\rm iso}$, $f_{\max}$", "E_iso, f_max"),
    (r"$x_{i,j}$, $n^{a/b}$, $R^{n_1}$", "x_(i,j), n^(a/b), R^(n₁)"),
    (r"24$^{\mathrm{th}}$, BaMn$_2$O$_3$", "24ᵗʰ, BaMn₂O₃"),
    (r"x^2 and 10^-3 {and} H_2O and H_0", "x² and 10⁻³ and H₂O and H₀"),
    (r"\emph{my_file.py} and snake_case_name", "my_file.py and snake_case_name"),
)
def test_scripts_are_unicode_where_all_are_there_and_words_stay_words(
    source: str, seen: str
) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\frac{a+b}{2\pi}$", "(a+b)/(2π)"),
    (r"$\frac12 mv^2$", "(1/2)mv²"),
    (r"$\sqrt{2}$, $\sqrt[3]{x+1}$", "√2, ∛(x+1)"),
    (r"$a \not\in A$, $a\not= b$", "a ∉ A, a ≠ b"),
    (r"$\left\langle x\right\rangle$, $\{1\}$", "⟨x⟩, {1}"),
    (r"$\overline{AB}$, $\hat x$", "A̅B̅, x̂"),
)
def test_structures_become_one_line(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\begin{pmatrix} a & b \\ c & d \end{pmatrix}$", "(a b; c d)"),
    (r"$\begin{cases} 1, & x>0 \\ 0, & \text{else}\end{cases}$", "{1, x > 0; 0, else"),
    (r"\begin{align} a &= b \\ &= c, \\ d &= e \\ \end{align}", "a = b = c, d = e"),
    (r"$\sum_{\substack{i<j\\k}} a$", "∑_(i<j; k) a"),
    (r"${n \choose k}$, ${1\over 2}mv^2$, $a+b \over c$", "(n choose k), (1/2)mv², (a+b)/c"),
    (r"{a \over b} \choose", "a over b choose"),
    (r"$\genfrac{(}{)}{0pt}{}{n}{k}$, $\genfrac{[}{]}{1pt}{}{a}{b}$", "(n choose k), [a/b]"),
    (r"$\genfrac{}{}{}{}{a}{b}c$", "(a/b)c"),
    (r"$\lVert x \rVert_2$, $\sideset{}{'}\sum$, $\prescript{14}{6}{C}$", "‖x‖₂, ∑′, ¹⁴₆C"),
    (r"$\varinjlim$, $\varprojlim_n$", "inj lim, proj limₙ"),
)
def test_rows_and_stacks_become_one_line(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"\SI{5}{\giga\electronvolt}, \SI{9.8}{\metre\per\second\squared}", "5 GeV, 9.8 m s⁻²"),
    (r"\qty{1.2(3)e-4}{\per\mega\parsec}", "1.2(3) × 10⁻⁴ Mpc⁻¹"),
    (r"\SI{1}{\square\metre}, \SI{3}{m/s}, \SI{2}{m.s^{-1}}", "1 m², 3 m/s, 2 m s⁻¹"),
    (r"\SIrange{1}{10}{\hertz}, \numrange{1}{3}", "1–10 Hz, 1–3"),
    (r"\num{1e-5}, \num{e6}, \num{\sim 3}, \ang{45}", "1 × 10⁻⁵, 10⁶, ∼3, 45°"),
    (r"\si{\micro\metre}, \SI{5}{\foo}, \SI{5}", "μm, 5 foo, 5"),
    (r"\ce{H2O}, \ce{SO4^2-}, \ce{Na+}", "H₂O, SO₄²⁻, Na⁺"),
    (r"\ce{2H2 + O2 -> 2H2O}, \ce{A <=> B}", "2H₂ + O₂ → 2H₂O, A ⇌ B"),
    (r"\ce{^{238}_{92}U}, \ce{LaFeAsO_{1-x}F_x}", "²³⁸₉₂U, LaFeAsO₁₋ₓFₓ"),
)
def test_quantities_and_chemistry_are_set_as_scientists_write_them(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"\ion{C}{iv}, \ion{Mg}{II} in \apj{} and \aap", "C IV, Mg II in ApJ and A&A"),
    (r"$\comm{A}{B}$, $\mel{a}{H}{b}$, $\braket{a|b}$, $\Ket{x}$", "[A, B], ⟨a|H|b⟩, ⟨a|b⟩, |x⟩"),
    (r"$\dv{f}{x}y$, $\pdv[2]{f}{x}$, $\dv{t}$", "(df/dx)y, ∂²f/∂x², d/dt"),
    (r"$a\kern-2pt b$, \hskip 1em low\hyp{}rank", "ab, low-rank"),
    (r"$X \xleftrightarrow{a} Y \xmapsto{} Z$, $a \nleqslant b$", "X ↔ᵃ Y ↦ Z, a ≰ b"),
    (r"$\cO_X$, $\calM$, $\bbR^n$", "O_X, M, ℝⁿ"),
    (r"\comm, \pdv and \kern", "comm, pdv and"),
)
def test_packages_of_astronomers_and_physicists_are_known(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (
        r"See \hyperref[sec:app]{the appendix}, \hyperlink{x}{this} too",
        "See the appendix, this too",
    ),
    (r"a mass of \unit[3.5]{GeV}, \unit[$\sim-3$]{K}", "a mass of 3.5 GeV, ∼−3 K"),
    (r"\unit[per-mode=symbol]{\metre\per\second}, \unit{\metre}", "m s⁻¹, m"),
    (r"at \unitfrac[10]{km}{s}, \unitfrac{km}{s}, \nicefrac[\tt]{1}{2}", "at 10 km/s, km/s, 1/2"),
    (r"\isotope[14][6]{C}, $\nuclide[235]{U}$", "¹⁴₆C, ²³⁵U"),
    (r"$A \xrightarrow[n]{f} B$", "A →ₙᶠ B"),
    (r"\makebox[2cm][l]{boxed}, \raisebox{1pt}[2pt]{up}", "boxed, up"),
    (
        r"\cite[see][p.~3]{doe}, \item[\textbf{First}] x",
        "[see doe, p. 3],⏎First x".replace("⏎", "\n"),
    ),
    (r"a\footnotemark[1] b\linebreak[4]c", "a b c"),
    (r"\SIlist{1;-2;3}{\metre}, \numlist{1;2}", "1, −2, 3 m, 1, 2"),
    (r"\stackon[1pt]{a}{b}", r"\stackon[1pt]{a}{b}"),
    (r"\section[Short]{A long title} begins", "A long title begins"),
    (r"\begin{enumerate}[label=(\roman*)]\item one\end{enumerate}", "• one"),
    (
        r"\todo[inline]{check} \mine[first words]{second} \foo[x] y",
        "check first words second foo[x] y",
    ),
)
def test_what_stands_in_brackets_before_an_argument_is_told_apart(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"the domain\footnote{The code is", "the domain The code is"),
    (r"better alignment. \rev{However, it", "better alignment. However, it"),
    (r"words \method{that end", "words method that end"),
    (r"results.\jane{But what", "results. But what"),
    (r"so…\me{But}, f(x)\ab{y}, 10.\jane{2 more}", "so… But, f(x)y, 10. 2 more"),
    (r"(see)\jane{and},\bob[inline]{so} x;\method{} is", "(see) and, so x; method is"),
    (r"\rev{Done.}\jane{\textbf{But} no}, word\jane{But what", "Done. But no, word But what"),
    (
        r"word\rev{ing}, non-\rev{linear}, (re)\rev{train}, U.\ab{S}., 3.\val{5}, 10\,\unitx",
        "wording, non-linear, (re)train, U.S., 3.5, 10 unitx",
    ),
    (r"word\cite{doe", "word doe"),
    ("a Stega}nography and Explan{ation", "a Steganography and Explanation"),
    ("PRMBench}comprises { 6 and 7 }", "PRMBench comprises { 6 and 7 }"),
    ("an open } and an open {", "an open and an open"),
    ("the word {another one", "the word another one"),
    ("to content standards.}", "to content standards."),
    ("Experts} and (4B parameters}) but < 2%}) fine", "Experts and (4B parameters) but < 2%) fine"),
    ("Framework.} DECO, {0, 1} and {a}}", "Framework. DECO, {0, 1} and a"),
    (r"the set \{ 1 \} and } x, \{ y", "the set {1} and x, {y"),
    ("B{=}32, Doc2Query{-}{-} to {+} and {-}", "B=32, Doc2Query-- to + and -"),
    ("the ``delta energy' and ``it's both''", "the “delta energy” and “it's both”"),
)
def test_what_is_never_closed_neither_glues_words_nor_is_shown(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\sqrt{s_{_{NN}}}$, $T_{_{\rm eff}}$, CO$_{_2}$, $x_{_a b}$", "√s_NN, T_eff, CO₂, x_(ₐ b)"),
    (r"Ada$^{1}$$^{,}$$^{2}$ of X$^{\textregistered}$, $_{,}$", "Ada¹,² of X®, ,"),
    (r"$M_{{}_{W}}$, $a_{\,_{b c}}$, $x_{{}}$", "M_W, a_(b c), x"),
    (r"\ifmmode \check{C}\else \v{C}\fi{}ernot\'{\i}k", "Černotík"),
    (r"$\ifmmode x\else y\fi$, \ifmmode a \ifmmode b\else c\fi\else d\fi, \ifmmode e", "x, d, e"),
    (
        r"\ch{H2O}, \ch{SO4^2-}, \ch{2 H2 + O2 -> 2 H2O}, $\ch(E)$",
        "H₂O, SO₄²⁻, 2 H₂ + O₂ → 2 H₂O, ch(E)",
    ),
    ("a gripper (~= 1.5 J), (~<5%), x ~= y", "a gripper (~= 1.5 J), (~<5%), x ~= y"),
    ("p~<~0.05, n~~=~~3", "p < 0.05, n = 3"),
    (r"$n$~=~5, $n$~=5, \textit{p}~=.05, a~=b, e~= 3\%", "n = 5, n =5, p =.05, a~=b, e~= 3%"),
    ("{-}", "-"),
    ("x {<} y, a{*}", "x < y, a*"),
    (r"\fontsize{9}{10}\selectfont We show \usefont{T1}{ptm}{m}{n}it", "We show it"),
    (r"\unitfrac[2]{J}{kg\,K}, \unit[-3]{^\circ C}, \unit[4]{\,kpc}", "2 J/(kg K), −3 °C, 4 kpc"),
    (r"\parbox[c][2cm][t]{3cm}{in a box} \parbox {1cm} {b}", "in a box b"),
    (r"\ifmmode\AA\else\AA\fi ngstrom, \ifmmode\pm\else$\pm$\fi 3", "Ångstrom, ± 3"),
    (r"\href{https://a.example} is, \hyperlink{x} is", "https://a.example is, x is"),
)
def test_scripts_conditions_and_sizes_of_other_programs_are_read(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (
        r"\def\ours{\textsc{Net}} We show that \ours wins; \ours{} too",
        "We show that Net wins; Net too",
    ),
    (r"\newcommand\ours{Net\xspace}We use \ours.", "We use Net."),
    (r"\providecommand{\ours}[0]{Net}\ours does", "Net does"),
    (r"\def\foo{our method} \foo works, \foo{} too", "our method works, our method too"),
    (r"\newcommand{\eg}{e.g.,} \eg this", "e.g., this"),
    (r"\newcommand\method[1]{M-#1} \method{x}, \method{\method{y}}", "M-x, M-M-y"),
    (r"\def\pair#1#2{<#1,#2>} $\pair{a}{b}$", "<a,b>"),
    (r"\newcommand{\todo}[1]{} Text \todo{gone} rest", "Text rest"),
    (r"\newcommand{\R}{\mathbb{R}}in $\R^n$", "in ℝⁿ"),
    (r"\newcommand{\size}[1]{|#1|}of $n$", "of n"),
    (r"\let\x=\alpha with $\x$", "with α"),
    (r"\def\x{\x}\x", "x"),
    (r"\sisetup{group-digits=none}We measure 3 km", "We measure 3 km"),
    (r"the bound $_{max}$ of T $_{max}$ and E$_{max}$", "the bound max of T_max and E_max"),
    (r"$n ~= 3$ and m ~= 4", "n ≈ 3 and m ~= 4"),
)
def test_an_authors_own_commands_stand_for_what_they_were_defined_as(
    source: str, seen: str
) -> None:
    assert to_text(source) == seen


@stories(
    ("6.2% &#177; 2.8% for p &lt; 0.05 &amp; more", "6.2% ± 2.8% for p < 0.05 & more"),
    ("with $p &lt; 0.05$", "with p < 0.05"),
    ("AT&T; &foo; R&D &#x3b1;&nbsp;b", "AT&T; &foo; R&D α b"),
    (r"\& and \&amp; and a \&lt; b", r"& and & and a &lt; b"),
    ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
)
def test_what_a_web_page_made_of_a_sign_is_that_sign(source: str, seen: str) -> None:
    assert to_text(source) == seen


def test_a_tag_that_comes_as_signs_of_a_web_page_is_still_no_tag() -> None:
    assert to_html("&lt;b&gt;x&lt;/b&gt;") == "&lt;b&gt;x&lt;/b&gt;"


def test_a_hyperlink_to_an_address_is_a_link() -> None:
    link = '<a href="https://example.org/a">our page</a>'
    assert to_html(r"\hyperlink{https://example.org/a}{our page}") == link


@stories(
    (r"\foo{a}{b} here", r"\foo{a}{b} here"),
    (r"$x + \foo{\bar a}{b}$", r"x + \foo{\bar a}{b}"),
    (r"\foo{<b>}{&}", r"\foo{<b>}{&}"),
    (r"\ours{}{\bf 3}", "ours3"),
)
def test_what_only_its_author_can_turn_stays_as_it_was(source: str, seen: str) -> None:
    assert to_text(source) == seen
    if "<" in seen:
        assert to_html(source) == r"\foo{&lt;b&gt;}{&amp;}"


@stories(
    ("from $5 to $10", "from $5 to $10"),
    ("costs $5 for $n$ samples", "costs $5 for n samples"),
    ("$1.5M (vs $3M)", "$1.5M (vs $3M)"),
    ("under US$230.", "under US$230."),
    (r"\$7 and $x$", "$7 and x"),
    ("$100K or 100 Days", "$100K or 100 Days"),
    (r"min-\$p\$ and top-\$k\$, \$5 to \$10", "min-p and top-k, $5 to $10"),
    ("the 61$Ni nucleus", "the 61Ni nucleus"),
    (r"\cal{O}(\alpha_s)$ in deep $t$-channel", "O(αₛ) in deep t-channel"),
    (r"$a=1$, \Delta b=2$ and $c=3$", "a = 1, Δ b=2 and c = 3"),
)
def test_a_dollar_is_money_or_a_formula_or_was_left_over(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"\method~uses \ours{} and \name", "method uses ours and name"),
    (r"\rev{new words}", "new words"),
    (r"\eg this, \ie{} that, \etc.", "e.g. this, i.e. that, etc."),
    (r"50% of 20\% remain % in the text", "50% of 20% remain % in the text"),
    (r"under-investi\-gated", "under-investigated"),
    (r"risk\-sensitive multi\-modal DK\-LLM", "risk-sensitive multi-modal DK-LLM"),
    (r"two networks\: one", "two networks: one"),
    (r"cut off in \textbf{the middle", "cut off in the middle"),
    (r"ends in \frac", "ends in"),
    (r"written twice: $\\alpha \\leq \\mathcal{O}(n)$", "written twice: α ≤ O(n)"),
    (r"a line\\ break and $\alpha$", "a line break and α"),
    (r"one line\\in three", "one line in three"),
)
def test_no_word_is_lost(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    ("``quoted'' and `single' but don't", "“quoted” and ‘single’ but don't"),
    ("a---b, 1--5, x -- y", "a—b, 1–5, x – y"),
    ("run it with --flag or <!-- so -->", "run it with --flag or <!-- so -->"),
    ("https://a.b/c--d", "https://a.b/c--d"),
    ("z~0.5, ~10%, Fig.~3, HZ~Her", "z~0.5, ~10%, Fig. 3, HZ Her"),
    (r"HE~0435$-$1223 at z~2", "HE 0435−1223 at z~2"),
)
def test_typography_knows_quotes_dashes_and_ties(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    ("one\ntwo", "one two"),
    ("one\n  two", "one\ntwo"),
    ("one\n\ntwo", "one\ntwo"),
    (r"\begin{itemize}\item a \item b\end{itemize}", "• a\n• b"),
)
def test_a_line_break_is_a_space_and_a_paragraph_a_line(source: str, seen: str) -> None:
    assert to_text(source) == seen
    assert to_html(source) == seen.replace("\n", "<br>")


@stories(
    (r"\href{https://a.b/c\_d}{here}.", "here (https://a.b/c_d)."),
    (r"\href{https://a.b/}{https://a.b}", "https://a.b/"),
    (r"\url{https://a.b/~c}", "https://a.b/~c"),
    (r"\href{this https URL}.", "this https URL."),
)
def test_links_in_text_show_where_they_go(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (
        "see https://a.b/c_d.",
        'see <a href="https://a.b/c_d">https://a.b/c_d</a>.',
    ),
    (
        "(https://a.b/A_(b)), x",
        '(<a href="https://a.b/A_(b)">https://a.b/A_(b)</a>), x',
    ),
    (
        r"\href{https://a.b/?x=1\&y=2}{\textbf{our} https://c.d}",
        '<a href="https://a.b/?x=1&amp;y=2"><strong>our</strong> https://c.d</a>',
    ),
)
def test_links_in_html_lose_the_punctuation_glued_on(source: str, seen: str) -> None:
    assert to_html(source) == seen


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "data:text/html,x", 'https://a.b/"onclick="x', "//a.b", "ftp:x"],
)
def test_only_plain_web_addresses_are_linked(target: str) -> None:
    seen = to_html(rf"\href{{{target}}}{{label}}")
    assert "<a" not in seen
    assert "label" in seen


def test_markup_from_outside_is_text() -> None:
    assert to_html("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert to_html(r"\textbf{<i>}") == "<strong>&lt;i&gt;</strong>"
    assert to_html(r"$a<b$") == "<em>a</em> &lt; <em>b</em>"


def test_fonts_become_elements() -> None:
    source = r"\emph{a \textbf{b}} {\tt c} $\mathcal{LD}$ x$_2^{3}$"
    seen = "<em>a <strong>b</strong></em> <code>c</code> <em>LD</em> x<sub>2</sub><sup>3</sup>"
    assert to_html(source) == seen


def test_control_characters_and_half_surrogates_vanish() -> None:
    assert to_text("a\x00b\x1b\ud800c") == "abc"
    to_html("\ud800").encode()


HOSTILE = {
    "deep groups": "{" * 25_000 + "x" + "}" * 25_000,
    "deep scripts": "$" + "x^{" * 12_000 + "y" + "}" * 12_000 + "$",
    "unclosed": r"\frac{" * 10_000,
    "chained": r"\bar" * 10_000,
    "dollars": "$ " * 12_000,
    "open formulas": r"\( the a " * 12_000,
    "open environments": r"\begin{align}\end{x}" * 2_000,
    "brackets": "http://a" + ")" * 25_000,
    "quotes": "`` a" * 20_000,
    "ties": "a~1" * 10_000,
    "blank lines": ("\n" + " " * 10) * 7_000 + "x",
    "angles": r"\la " * 7_000,
    "infixes": r"{a\over " * 4_000 + r"$\over\choose" * 4_000,
    "quantities": r"\SI{1" * 4_000 + r"\SI{1}{\metre" * 4_000 + r"\ce{^_" * 4_000,
    "rows": r"$a\\ b" * 4_000 + r"\begin{pmatrix}" * 2_000,
    "strangers": r"\foo{" * 4_000 + r"\foo{a}" * 4_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.slow
def test_hostile_texts_neither_crash_nor_stall(kind: str) -> None:
    assert not re.search(r"[\\]", to_text(HOSTILE[kind]))
    assert "<script" not in to_html(HOSTILE[kind])


@stories(
    ("pages 3{--}5 and {---} dash, read {/} write {:}", "pages 3–5 and — dash, read / write :"),
    ("`hi'' and the `so-called\" one", "“hi” and the “so-called” one"),
    (r"\left\{ x \right\} and a \langle y \rangle", "{x} and a ⟨y⟩"),
    ("from {*} to foo} and {bar", "from {*} to foo and bar"),  # a pair is the author's own
    ("a set of 6{,}000 images", "a set of 6,000 images"),
    ("Page: {https://example.org/x}.", "Page: https://example.org/x."),
    ("at https://example.org/x}{https://example.org/x. Next", "at https://example.org/x. Next"),
    ("at https://example.org/x}{example.org/x.", "at https://example.org/x."),
    ("see this https URL}{this https URL.", "see this https URL."),
    (r"see \href{https://example.org/x}{https://example.org/x}.", "see https://example.org/x."),
    ("the set {1, 2}", "the set {1, 2}"),
)
def test_braces_that_lost_their_command_are_not_shown(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"H{\sc i}, C\,{\sc iv}, [O\,\textsc{iii}]", "HI, C IV, [O III]"),
    (r"\textsc{Mix} and {\sc vicuna}", "Mix and vicuna"),
    (r"$0.5^{\prime\prime}$, $f^{\prime}$", "0.5″, f′"),
    (r"5 \textmu m", "5 µm"),
    (r"$\frac{dx}{dt}$, $\frac{\partial u}{\partial t}$", "dx/dt, ∂u/∂t"),
    (r"as in [\cite{a,b}] and Eq.~(\ref{c})", "as in [a, b] and Eq. (c)"),
)
def test_small_things_of_science_are_written_as_scientists_do(source: str, seen: str) -> None:
    assert to_text(source) == seen


def test_marks_in_html_say_no_more_than_the_author_did() -> None:
    assert to_html(r"$\underline{x}$") == "<em>x</em>"
    assert to_html(r"0.5$^{\prime\prime}$") == "0.5″"
    assert to_html(r"\texttt{a_b}") == "<code>a_b</code>"


@stories(
    (r"$\neg p \lor \lnot q$", "¬p ∨ ¬q"),
    (r"$a \lessdot b$ and $M \lta 5$", "a ⋖ b and M ≲ 5"),
    ("``a `b' c'' and ``don't'' and `d'", "“a ‘b’ c” and “don't” and ‘d’"),
    (r"\textquotedblleft so\textquotedblright{} they say", "“so” they say"),
)
def test_negations_and_quotes_within_quotes_are_signs(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\frac{1}{2$ of $x}$, $\frac{1{2}$, \(\sqrt{2\)", "1/2 of x, 1/2, √2"),
    (r"$\frac{\sqrt{2}{3}$, $\binom{n}{k$, \frac{1}{2 of it", "√2/3, (n choose k), 1/2 of it"),
    (r"$10^{-3 m$, $2^{2^{n$, $\sum_{i=1^n x_{i$", "10⁻³ m, 2^(2ⁿ), ∑ᵢ₌₁ⁿ xᵢ"),
    (r"$\mathcal{O}(n^{2)$, $\mathbb{R^n$, $p_{T > 5$ GeV", "O(n²), ℝⁿ, p_T > 5 GeV"),
    (r"\textbf{H$_{2$O} is $\ce{CO2$ at \SI{5}{GeV", "H₂O is CO₂ at 5 GeV"),
    (r"the {set $x$ of $\text{if $y$}$", "the set x of if y"),
)
def test_a_brace_that_nobody_closed_ends_with_what_it_is_about(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\overset[x]{a}{b}$, $\underset [x] {a}{b}$, $\mathbf[x]{v}$", "bᵃ, bₐ, v"),
    (r"\citep[see][]{doe}, \cite [see][p.~3] {doe}", "[see doe], [see doe, p. 3]"),
    (r"\nameref[x]{Intro}, \zref[page]{a}, \vref[x][y]{b}", "[Intro], [a], [b]"),
    (r"\textcolor [rgb] {1,0,0} {red}, \url[x]{https://a.b}", "red, https://a.b"),
    (r"$\sqrt[\alpha]{x}$, $\sqrt [3] {x}$, $\sqrt{}$", "^α√x, ∛x, √"),
)
def test_what_stands_in_brackets_is_no_argument(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    ("A &amp;amp; B, x &amp;lt; 5, it&amp;#39;s", "A & B, x < 5, it's"),
    (r"$a &amp;lt; b$, R\&amp;amp;D", "a < b, R&D"),
    ("AT&T; and &notasign; and &amp;foo;", "AT&T; and &notasign; and &amp;foo;"),
)
def test_a_sign_that_programs_wrote_twice_over_is_read(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\sqrt{s_{_\mathrm{NN}}}$, ${}_{92}$U, $_{x}$", "√s_NN, ₉₂U, ₓ"),
    (r"\iffalse hidden\else shown\fi, 5\ifmmode\times\else\texttimes\fi{}5", "shown, 5×5"),
    (r"\ch[x]{Fe^{III}}, \ch{$\alpha$-Fe2O3}, \ce{Na+(aq)}", "Fe^III, α-Fe₂O₃, Na⁺(aq)"),
    (r"\ch{CuSO4 * 5 H2O}, \ch{A <- B}", "CuSO₄ · 5 H₂O, A ← B"),
)
def test_scripts_conditions_and_chemistry_of_all_kinds_are_read(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$a &amp;&amp; b$, $\alpha && x$, $A &amp; B$, $a &= b$", "a && b, α && x, A & B, a = b"),
    (
        r"$\begin{array}{cc} a && b \\ c & d\end{array}$, $\pmatrix{a & b \cr c & d}$",
        "a b; c d, a b c d",
    ),
    (r"\hyperref{https://a.org/}{cat}{name}{text}", "text (https://a.org/)"),
    (r"\textbf[opt]{bold}, \underline [x] {it}", "bold, it"),
    (r"$\ifmmode\pm\else$\pm$\fi 5$, \ifmmode{\sim}\else{$\sim$}\fi 3", "±5, ∼ 3"),
    (r"\unit[3.5]{GeV/$c^2$}, \ang{45;30;}, ${n \brace k}$", "3.5 GeV/c², 45°30′, {n, k}"),
    (r"\href{https://a.org/} {text}, \caption[x]{cap}", "text (https://a.org/), cap"),
    (r"$\ifmmode L_2\else L$_2$\fi$, \ch{Na2SO3*5H2O}, 3~--~5", "L₂, Na₂SO₃·5H₂O, 3 – 5"),
    (r"\hyperlink{https://a.org/}{text", "text (https://a.org/)"),
    (r"\Gls{model} \mintinline{python}{x}, -{}-, n~$\sim$~5, \( \)x", "model x, --, n ∼ 5, x"),
)
def test_commands_keep_what_they_are_about(source: str, seen: str) -> None:
    assert to_text(source) == seen


@stories(
    (r"$\deg(v) \ge 2$ and $\max\deg p$", "deg(v) ≥ 2 and max deg p"),
    (r"$10\deg$, 20$\deg$ C, 30\deg, $5^{\deg}$", "10°, 20° C, 30°, 5°"),
    (r"Kullback\textendash Leibler \textemdash{} so", "Kullback–Leibler — so"),
)
def test_a_degree_is_of_a_vertex_or_of_heat(source: str, seen: str) -> None:
    assert to_text(source) == seen
