"""Papers out of what people keep them in: a reading list of any of the usual kinds.

    reading_list = read_file(content)
    print(reading_list.kind, reading_list.counts())

Every entry ends as a paper or as a refusal with its reason; `docs/personal.md` has the kinds.
"""

from newsletter.interests.files.read_file import read_file
from newsletter.interests.files.reading_list import (
    ListedPaper,
    ReadingList,
    RefusedEntry,
    UnreadableListError,
)

__all__ = ["ListedPaper", "ReadingList", "RefusedEntry", "UnreadableListError", "read_file"]
