"""The judge itself is judged: each fault it must see, and a page without any."""

import pytest
from playwright.sync_api import Page

from tests.gates.browser import SCHEMES, Eyes, Scheme

pytestmark = pytest.mark.slow

GOOD = """<!DOCTYPE html><html lang="en"><head><title>Good</title>
<meta name="color-scheme" content="light dark"><style>{}</style></head>
<body><main><h1>Good</h1><p>{}</p></main></body></html>"""


def page(body: str = "All is well.", style: str = "") -> str:
    return GOOD.format(style, body)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_good_page_has_no_faults(eyes: Eyes, scheme: Scheme) -> None:
    assert eyes.look(page(), 360, scheme).faults == []
    assert eyes.picture(page(), 360, scheme).startswith(b"\x89PNG")


def test_grey_on_white_is_a_violation(eyes: Eyes) -> None:
    look = eyes.look(page(style="p { color: #bbbbbb }"))
    assert [each.split(":")[0] for each in look.violations] == ["color-contrast"]


def test_a_fault_of_the_dark_alone_is_seen_in_the_dark_alone(eyes: Eyes) -> None:
    # axe-core takes what sets no background for white, whatever the colour scheme.
    rule = "@media (prefers-color-scheme: dark) { body { background: #131313 } }"
    style = f"p {{ color: #333333 }} {rule}"
    light, dark, again = eyes.looks(
        page(style=style), [(360, "light"), (360, "dark"), (360, "light")]
    )
    assert light.faults == again.faults == []
    assert len(dark.violations) == 1


def test_a_long_word_that_makes_the_page_scroll_sideways_is_seen(eyes: Eyes) -> None:
    assert eyes.look(page("x" * 200)).overflow > 0
    assert eyes.look(page("x" * 200, "p { word-break: break-word }")).overflow <= 0


def test_a_page_too_wide_for_a_phone_alone_is_seen_on_a_phone_alone(eyes: Eyes) -> None:
    wide = page('<p style="width: 700px">wide</p>')
    phone, desk = eyes.looks(wide, [(360, "light"), (800, "light")])
    assert phone.overflow > 0 >= desk.overflow


def test_a_picture_from_elsewhere_is_refused_and_named(eyes: Eyes) -> None:
    look = eyes.look(page('<img alt="" src="https://tracker.example/pixel.png">'))
    assert look.remote == ("https://tracker.example/pixel.png",)


def test_a_visit_can_act_in_the_page(eyes: Eyes) -> None:
    def press(opened: Page, _remote: list[str]) -> str:
        opened.get_by_role("button").click()
        return opened.title()

    button = "<button onclick=\"document.title = 'pressed'\">Press</button>"
    assert eyes.visit(page(button), press) == "pressed"
