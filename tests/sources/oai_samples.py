"""OAI's answers, written small."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from tests.sources.samples import Told

SUBMITTED_AT = datetime(2025, 7, 9, 12, tzinfo=UTC)


def raw(paper: Told, *submitted: datetime) -> str:
    """A record in arXivRaw with versions, newest first as arXiv may give them."""
    bare = paper.id.rpartition("v")[0]
    dates = submitted or (SUBMITTED_AT,)
    versions = "".join(
        f'<version version="v{len(dates) - place}">'
        f"<date>{when:%a, %d %b %Y %H:%M:%S} GMT</date><size>9kb</size></version>"
        for place, when in enumerate(dates)
    )
    return _record(
        bare,
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{bare}</id>'
        f"<submitter>Ada L</submitter>{versions}{_told(paper)}"
        f"<authors>{escape(', '.join(paper.authors))}</authors></arXivRaw>",
    )


def parsed(paper: Told) -> str:
    """A record in arXiv's other format, without versions."""
    bare = paper.id.rpartition("v")[0]
    authors = "".join(
        f"<author><keyname>{escape(each)}</keyname></author>" for each in paper.authors
    )
    return _record(
        bare,
        f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{bare}</id>'
        f"<created>2025-07-09</created>{_told(paper)}<authors>{authors}</authors></arXiv>",
    )


def harvest(*records: str) -> bytes:
    return _whole(f"<ListRecords>{''.join(records)}</ListRecords>")


def refused_by_oai(code: str, words: str) -> bytes:
    return _whole(f"<error code='{code}'>{words}</error>")


def _whole(inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>2025-07-12T00:00:00Z</responseDate><request/>{inside}</OAI-PMH>"
    ).encode()


def _record(bare: str, metadata: str) -> str:
    return (
        f"<record><header><identifier>oai:arXiv.org:{bare}</identifier>"
        "<datestamp>2025-07-11</datestamp><setSpec>cs:cs:SD</setSpec></header>"
        f"<metadata>{metadata}</metadata></record>"
    )


def _told(paper: Told) -> str:
    return (
        f"<title>{escape(paper.title)}</title><categories>{' '.join(paper.categories)}</categories>"
        f"<comments>{escape(paper.comment)}</comments><abstract>{escape(paper.abstract)}</abstract>"
    )
