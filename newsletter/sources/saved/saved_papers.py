"""Papers as saved answers of API and OAI describe them."""

from collections.abc import Iterable
from dataclasses import replace

from newsletter.sources.base import Paper, PaperId
from newsletter.sources.listing_status import ListingEntry
from newsletter.sources.oai import Record


class SavedPapers:
    """The papers that API and OAI answers describe."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self._by_api: dict[str, list[Paper]] = {}

    def add(self, papers: Iterable[Paper]) -> None:
        for paper in papers:
            versions = self._by_api.setdefault(paper.id.arxiv_id, [])
            versions.append(paper)
            versions.sort(key=lambda paper: paper.id, reverse=True)

    def add_records(self, records: Iterable[Record]) -> None:
        """Of two records of a paper the one that knows more versions is kept."""
        for record in records:
            known = self.records.setdefault(record.paper.id.arxiv_id, record)
            if len(known.versions) < len(record.versions):
                self.records[record.paper.id.arxiv_id] = record

    def of(self, line: ListingEntry, told: Paper | None) -> list[Paper]:
        """Versions of a listed paper, best first: by the API from the newest on, OAI, the feed."""
        record = self.records.get(line.arxiv_id)
        by_oai = [] if record is None else _in_version_of(line, record, told)
        return [*self._by_api.get(line.arxiv_id, ()), *by_oai, *_one(told)]


def _one(paper: Paper | None) -> list[Paper]:
    return [] if paper is None else [paper]


def _in_version_of(line: ListingEntry, record: Record, told: Paper | None) -> list[Paper]:
    """A record that states no version is of the one announced, if that is known."""
    if record.versions:
        return [record.paper]
    version = line.version or (told.id.version if told else None)
    if version is None and not line.kind.is_replacement:
        version = 1
    return [replace(record.paper, id=PaperId(line.arxiv_id, version))] if version else []
