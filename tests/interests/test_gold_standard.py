"""The gold standard of reviewers, read as it is published: a tiny one that is made up."""

import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks import gold_standard
from benchmarks.gold_standard import loss, main, read_data_set, read_expertise
from benchmarks.personal_rankings import NEEDS_SKLEARN, NOT_RANKED, Keywords, Ours
from newsletter.interests.lexicon import shipped

_CODEC = "Neural audio codec tokens compress speech waveforms"
_BIRDS = "Herons sing at dawn: bioacoustic monitoring of wetland birds"
_PROOF = "Proofs of conjectures on random graphs and their colourings"


def _paper(name: str, title: str, abstract: str | None = "") -> dict[str, object]:
    return {"id": name, "content": {"title": title, "abstract": abstract, "year": 2021}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two researchers, one of whom told of three papers and one of two."""
    numbers = range(1, 11)
    columns = ["ParticipantID", *(f"{kind}{n}" for kind in ("Paper", "Expertise") for n in numbers)]
    told = [
        ["11", "a", "b", "c", *[""] * 7, "5.0", "2.0", "1.0", *[""] * 7],
        ["22", "a", "b", *[""] * 8, "1.0", "4.5", *[""] * 8],
    ]
    (tmp_path / "data").mkdir()
    rows = "".join("\t".join(row) + "\n" for row in [columns, *told])
    (tmp_path / "data" / "evaluations.csv").write_text(rows, encoding="utf-8")
    submissions = {"a": _CODEC, "b": _BIRDS, "c": _PROOF}
    written = {"11": ["Streaming neural audio codec"], "22": ["Wetland birds", "Singing herons"]}
    for name in ("d_20_1", "d_20_2", "d_full_1_1"):
        archives = tmp_path / "evaluation_datasets" / name / "archives"
        archives.mkdir(parents=True)
        papers = {name: _paper(name, title) for name, title in submissions.items()}
        (archives.parent / "submissions.json").write_text(json.dumps(papers), encoding="utf-8")
        for who, titles in written.items():
            lines = [json.dumps(_paper(f"{who}-{it}", it, None)) + "\n" for it in titles]
            (archives / f"~{who}.jsonl").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_a_copy_of_the_gold_standard_is_read_as_it_is_published(folder: Path) -> None:
    told = read_expertise(folder / "data" / "evaluations.csv")
    assert told == {"11": {"a": 5.0, "b": 2.0, "c": 1.0}, "22": {"a": 1.0, "b": 4.5}}
    data = read_data_set(folder / "evaluation_datasets" / "d_20_1")
    assert {name: paper.title for name, paper in data.submissions.items()}["b"] == _BIRDS
    titles = {who: [it.title for it in papers] for who, papers in data.archives.items()}
    assert titles["11"] == ["Streaming neural audio codec"]
    assert titles["22"] == ["Wetland birds", "Singing herons"]


def test_a_loss_is_how_much_expertise_is_in_the_wrong_order() -> None:
    told = {"11": {"a": 5.0, "b": 2.0, "c": 1.0}}
    assert loss({"11": {"a": 3, "b": 2, "c": 1}}, told, told) == 0
    assert loss({"11": {"a": 1, "b": 2, "c": 3}}, told, told) == 1
    assert loss({"11": {"a": 1, "b": 1, "c": 1}}, told, told) == 0.5
    # Of 3 + 4 + 1, the pair that weighs 1 is wrong.
    assert loss({"11": {"a": 3, "b": 1, "c": 2}}, told, told) == 1 / 8


def test_what_somebody_wrote_ranks_what_they_know(folder: Path) -> None:
    data = read_data_set(folder / "evaluation_datasets" / "d_20_1")
    candidates = [*data.submissions.values()]
    for ranking in Ours(candidates, shipped()), Keywords(candidates, shipped()):
        assert [*ranking.scores(data.archives["11"])][1:] == [NOT_RANKED, NOT_RANKED]
        first, birds, proof = ranking.scores(data.archives["22"])
        assert first == proof == NOT_RANKED < birds


def test_each_ranking_is_told_with_its_loss_in_one_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gold_standard, "has_sklearn", lambda: False)
    monkeypatch.setattr(sys, "argv", ["gold_standard", str(folder)])
    main()
    # Of 8 + 3.5, only the two papers that nothing is known of are a tie, which weighs 1.
    said, ours, keywords = capsys.readouterr().out.splitlines()
    assert said == NEEDS_SKLEARN
    assert re.fullmatch(r"ours: loss 0\.043 \+- 0\.02\d in 2 data sets", ours)
    assert keywords == ours.replace("ours", "20 keywords")


def test_another_folder_is_named_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gold_standard", str(tmp_path)])
    with pytest.raises(SystemExit, match="does not hold the gold standard as it is published"):
        main()
