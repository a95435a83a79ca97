"""An operator changes how mails and pages look without touching the program."""

from datetime import date
from pathlib import Path

import pytest

from newsletter import config
from newsletter.colours import LEGIBLE, colour, contrast, made_legible, mixed
from newsletter.config import LookSettings, Settings
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.theme import Theme
from tests.rendering.days import LINKS, SITE, digest, paper

READER = Recipient(7, "ada@reader.example", "brief", "en", date(2025, 7, 3), "0123456789abcdef")


def html(looks: Theme) -> str:
    return IssueEmails(digest(paper()), SITE, LINKS, looks).mail(READER).html


def override(folder: Path, name: str, text: str) -> Theme:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return Theme(templates=folder)


def configured(settings: Settings, lines: str) -> Settings:
    file = settings.folder / config.FILE_NAME
    file.write_text(file.read_text() + lines, encoding="utf-8")
    return config.load(file, {})


def test_our_own_palette_is_legible_in_both_schemes_and_for_every_text() -> None:
    for scheme in (Theme().light, Theme().dark):
        for text in (scheme.ink, scheme.soft, scheme.quiet, scheme.accent):
            assert contrast(text, scheme.paper) >= LEGIBLE


def test_an_accent_of_their_own_is_used_by_light_and_by_dark(settings: Settings) -> None:
    own = configured(settings, '\n[look]\naccent = "#004488"\naccent_dark = "#9cf"\n')
    shown = html(Theme.of(own))
    assert 'color:#048">AUDIO' in shown
    assert "#9cf !important" in shown
    assert "#9b1c1c" not in shown


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('accent = "#ff8888"', r"look: accent #ff8888 on paper #ffffff has a contrast of 2\.3:1"),
        ('accent = "#ff8888"', r"text needs 4\.5:1; #[0-9a-f]{6} would do"),
        ('paper_dark = "#ffffff"', r"look: accent_dark #f0908a on paper_dark #ffffff"),
        ('accent = "red"', "look.accent: 'red' is no colour; write it like '#9b1c1c'"),
        ('logo_url = "https://a.example/l.png"', "look: logo_alt is missing"),
        ('logo_url = "http://a.example/l.png"', "look.logo_url: must begin with https://"),
        ('acent = "#000"', "unknown setting 'look.acent'; did you mean 'accent'"),
    ],
)
def test_looks_that_nobody_could_read_are_refused_in_words(
    settings: Settings, lines: str, reason: str
) -> None:
    with pytest.raises(WrongUseError, match=reason):
        configured(settings, f"\n[look]\n{lines}\n")


def test_the_colour_that_an_error_proposes_would_pass() -> None:
    for text, paper_ in (("#ff8888", "#ffffff"), ("#333333", "#131313"), ("#808080", "#777777")):
        mended = made_legible(text, paper_)
        assert contrast(mended, paper_) >= min(LEGIBLE, contrast("#000000", paper_))


def test_colours_as_wcag_counts_them() -> None:
    assert colour("#ABC") == "#aabbcc"
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert contrast("#767676", "#ffffff") >= LEGIBLE > contrast("#777777", "#ffffff")
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


def test_a_logo_stands_over_the_name_and_says_what_it_is() -> None:
    look = LookSettings(logo_url="https://lab.example/l.png", logo_alt='The "Lab"', logo_width=90)
    shown = html(Theme(look))
    assert 'src="https://lab.example/l.png"' in shown
    assert 'width="90"' in shown
    assert """alt='The "Lab"'""" in shown
    assert "<img" not in html(Theme())


def test_pages_take_the_same_palette_as_variables() -> None:
    css = Theme(LookSettings(accent="#004488")).css_variables()
    assert "--accent: #004488;" in css
    assert "--on-accent: #131313;" in css.partition("dark")[2]


def test_one_template_of_theirs_stands_for_ours(tmp_path: Path) -> None:
    looks = override(tmp_path, "email/issue/subject.txt", "{{ digest.day }}: <{{ digest.title }}>")
    mails = IssueEmails(digest(paper()), SITE, LINKS, looks)
    assert mails.mail(READER).content.subject == "2025-07-11: <Audio>"
    assert "A plain title" in mails.mail(READER).html


def test_a_card_of_their_own_is_used_for_every_paper(tmp_path: Path) -> None:
    looks = override(
        tmp_path, "email/issue/paper.html", '<p class="title">{{ paper.title }}!</p>\n'
    )
    assert ">A plain title!</p>" in html(looks)


def test_a_template_of_theirs_can_build_on_ours(tmp_path: Path) -> None:
    text = "{% extends 'email/letter.html' %}{% block letter %}{{ site.name }}{% endblock %}"
    looks = override(tmp_path, "email/extra.html", text)
    assert looks.templates == tmp_path
    assert "AUDIO" in html(looks)


@pytest.mark.parametrize(
    ("broken", "line", "reason"),
    [
        ("one\n{% if %}", 2, "Expected an expression"),
        ("one\n\n{{ nobody }}", 3, "'nobody' is undefined"),
        ("{{ paper.titel }}", 1, "has no attribute 'titel'"),
        ("one\n{{ 1 / 0 }}", 2, "division by zero"),
        ("one\n{% include 'email/no.html' %}", 2, "there is no template 'email/no.html'"),
        ("{{ paper.title | shorter }}", 1, "No filter named 'shorter'"),
    ],
)
def test_a_broken_template_gets_file_line_and_reason(
    tmp_path: Path, broken: str, line: int, reason: str
) -> None:
    looks = override(tmp_path, "email/issue/paper.html", broken)
    with pytest.raises(NewsletterError) as raised:
        html(looks)
    assert str(raised.value).startswith(f"{tmp_path}/email/issue/paper.html:{line}: ")
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_template_that_is_no_text_is_an_error_too(tmp_path: Path) -> None:
    looks = override(tmp_path, "email/issue/paper.html", "")
    (tmp_path / "email/issue/paper.html").write_bytes(b"\xff\xfe")
    with pytest.raises(NewsletterError, match="utf-8"):
        html(looks)


def test_a_folder_of_templates_that_is_not_there_is_told(settings: Settings) -> None:
    own = configured(settings, '\n[templates]\ndir = "mine"\n')
    with pytest.raises(WrongUseError, match=r"templates.dir: there is no folder .*mine"):
        Theme.of(own)
    (settings.folder / "mine").mkdir()
    assert Theme.of(own).templates == settings.folder / "mine"
