"""The documents tell the truth: what they name is there, and what they say can be read."""

import re
import statistics
from pathlib import Path

import pytest

from tests.test_layers import LAYERS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BY_NAME = {str(page.relative_to(ROOT)): page for page in PAGES}
NEWCOMERS_PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md")
OUR_FOLDERS = ("newsletter", "templates", "tests", "alembic", "docs", "pictures", "benchmarks")


def prose(text: str) -> str:
    """A page without its code, tables, pictures and headings."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for line in text.splitlines() if not line.startswith(("|", "#", "!"))]
    return re.sub(r"^(?:- |\d+\. )", "", "\n".join(lines).replace("**", ""), flags=re.MULTILINE)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?:;])\s+|\n\n", prose(text)) if part.split()]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_link_leads_to_a_file_of_this_repository(name: str) -> None:
    page = BY_NAME[name]
    links = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    for link in links:
        if re.match(r"https?:|mailto:", link):
            continue
        target = (page.parent / link).resolve()
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert target.exists(), f"{link} leads nowhere"


@pytest.mark.parametrize("name", BY_NAME)
def test_every_file_that_is_named_is_there(name: str) -> None:
    text = BY_NAME[name].read_text(encoding="utf-8")
    pattern = rf"`((?:{'|'.join(OUR_FOLDERS)})/[\w./*-]+)(?:::\w+)?`"
    for path in re.findall(pattern, text):
        assert list(ROOT.glob(path.rstrip("/"))), f"there is no {path}"


@pytest.mark.parametrize("name", BY_NAME)
def test_no_folder_outside_the_repository_is_named(name: str) -> None:
    page = BY_NAME[name]
    for path in re.findall(r"(?<![\w./])\.\./[\w./-]+", page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve()
        assert target.is_relative_to(ROOT), f"{path} lies outside of the repository"
        assert target.exists(), f"there is no {path}"


@pytest.mark.parametrize("name", NEWCOMERS_PAGES)
def test_sentences_are_short_enough_to_be_said_aloud(name: str) -> None:
    lengths = [len(sentence.split()) for sentence in sentences(BY_NAME[name].read_text("utf-8"))]
    assert statistics.median(lengths) < 18


def test_the_rooms_of_the_architecture_page_are_the_layers_in_their_order() -> None:
    text = BY_NAME["docs/architecture.md"].read_text(encoding="utf-8")
    table = text.split("## The rooms")[1].split("\n## ")[0]
    rooms = re.findall(r"^\| `([\w]+)(?:/|\.py)` \|", table, flags=re.MULTILINE)
    assert rooms == list(LAYERS)


def test_the_picture_of_the_flow_shows_what_its_text_says() -> None:
    folder = ROOT / "pictures"
    text = (folder / "flow.dot").read_text(encoding="utf-8")
    picture = (folder / "flow.svg").read_text(encoding="utf-8").replace("&#45;", "-")
    labels = re.findall(r'label="([^"]+)"', text)
    lines = [line for label in labels for line in label.split(r"\n")]
    assert len(lines) > len(LAYERS) / 2
    assert [line for line in lines if f">{line}</text>" not in picture] == []


def test_the_picture_of_the_flow_names_rooms_that_are_there() -> None:
    text = (ROOT / "pictures" / "flow.dot").read_text(encoding="utf-8")
    boxes = re.findall(r'label="([^"\\]+)\\n', text)
    assert {room for box in boxes for room in box.split(", ")} <= set(LAYERS)
