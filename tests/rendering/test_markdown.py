"""The digest in the seed's own format, byte for byte."""

import json
import re
import sqlite3
from pathlib import Path

from tests.conftest import Cli

EXPORT = "issues export --format markdown"
SEED = Path(__file__).parents[1] / "data" / "seed.md"


def entries(markdown: str) -> dict[str, str]:
    """By paper, without running numbers and section headings."""
    found = {}
    for entry in re.split(r"^#### ", markdown, flags=re.MULTILINE)[1:]:
        paper = re.search(r"arxiv\.org/pdf/([^\]]+)\]", entry)
        assert paper is not None
        body = re.sub(r"^## .*\n\n?", "", entry, flags=re.MULTILINE)
        found[paper[1]] = re.sub(r"^\[(\w+) \d+\]", r"[\1]", body)
    return found


def exported(cli: Cli, *more: str) -> str:
    cli("demo", "here")
    config = ("--config", "here/newsletter.toml")
    said = cli("issues", "export", "audio", "--day", "2025-07-11", *config, *more)
    assert said.code == 0
    return said.out


def test_each_of_the_26_entries_is_the_seeds(cli: Cli) -> None:
    ours, seed = entries(exported(cli)), entries(SEED.read_text(encoding="utf-8"))
    assert len(seed) == 26
    assert ours == seed


def test_title_line_counts_and_headings_are_the_seeds(cli: Cli) -> None:
    def frame(markdown: str) -> str:
        return re.sub(r"^#### .*?^---\n", "", markdown, flags=re.MULTILINE | re.DOTALL)

    assert frame(exported(cli)) == frame(SEED.read_text(encoding="utf-8"))


def test_entries_are_numbered_through_each_section(cli: Cli) -> None:
    tags = re.findall(r"^#### \[(\w+ \d+)\]", exported(cli), flags=re.MULTILINE)
    new = [f"new {number:03}" for number in range(1, 16)]
    assert tags == new + [f"replaced {number:03}" for number in range(1, 12)]


def test_an_english_newsletter_gets_english_words(cli: Cli, tmp_path: Path) -> None:
    cli("demo", "here")
    file = tmp_path / "here" / "newsletter.toml"
    file.write_text(
        file.read_text()
        .replace('title = "\\u97f3\\u9891"', 'title = "Audio"')
        .replace('slug = "audio"', 'slug = "english"')
        .replace('language = "zh"', 'language = "en"')
    )
    said = cli("preview", "--format", "markdown", "--config", str(file))
    assert "- **New: 15**\n\n- **Replacements: 11**\n\n## New\n" in said.out
    assert "- **Categories: " in said.out
    assert "- **分类" not in said.out


def test_what_turns_a_line_round_or_hides_in_a_title_reaches_no_terminal(cli: Cli) -> None:
    cli("demo", "here")
    turned = "A right\u202e-to-left\u2066 and\u200b zero\u00ad w\u009bidth\U000e0041 name"
    with sqlite3.connect("here/newsletter.db") as database:
        database.execute("UPDATE paper SET title = ?, comment = ?", (turned, turned))
    invisible = re.compile("[\u0080-\u009f\u00ad\u200b\u202a-\u202e\u2066-\u2069\U000e0041]")
    for command in ("issues show", "preview --format text", "issues export --format csv", EXPORT):
        said = cli(*command.split(), "--config", "here/newsletter.toml")
        assert not invisible.search(said.out), command
        assert "A right-to-left and zero width name" in said.out, command
    for command in ("issues show --json", "issues export --format json"):
        said = cli(*command.split(), "--config", "here/newsletter.toml")
        assert not invisible.search(said.out), command
        assert turned in {told["title"] for told in json.loads(said.out)["papers"]}, command
