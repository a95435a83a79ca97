"""A day's topics in one sentence: mail programs summarize from it."""

import re

from newsletter.interests.day_topics import Topic
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueEntry, IssueSection
from newsletter.rendering.markup.paper_text import plain, shortened
from newsletter.rendering.wording.day_sentences import DaySentences

_TITLE_CHARACTERS = 90
_TOPIC = re.compile("\0(.*?)\0")


class OpeningSentence(DaySentences):
    """In one language; of papers found later only, there is nothing to say."""

    def about_linked(self, content: IssueContent) -> list[tuple[str, str]]:
        """The topics of the day, in pieces; each with where its papers are on the page."""
        pieces = _TOPIC.split(self._about(content))
        anchors = map(content.topic_anchor, _most_first(content))
        return [(words, next(anchors) if at % 2 else "") for at, words in enumerate(pieces)]

    def _about(self, content: IssueContent) -> str:
        if not content.entries:  # a reader left out all sections that the day has
            return self._say("No papers in your sections")
        first = content.entries[0]
        topics = self._topics(content) if content.topics else ""
        if first.put_first:
            put_first = self._say("Put first by the editor: %(title)s")
            return self.together([topics, put_first % {"title": self._title(first)}])
        if not content.leading:
            return ""
        if topics:
            return topics
        count, papers = self._count, len(content.leading)
        is_whole = not content.may_lack_new
        sentence = {
            IssueSection.NEW: count(
                "%(num)s paper is new in %(categories)s: %(title)s",
                "%(num)s papers are new in %(categories)s; first: %(title)s",
                papers,
            ),
            IssueSection.CROSS: count(
                "Nothing is new in %(categories)s; %(num)s paper is cross-listed: %(title)s",
                "Nothing is new in %(categories)s; %(num)s papers are cross-listed;"
                " first: %(title)s",
                papers,
            )
            if is_whole
            else count(
                "%(num)s paper is cross-listed in %(categories)s: %(title)s",
                "%(num)s papers are cross-listed in %(categories)s; first: %(title)s",
                papers,
            ),
            IssueSection.REPLACE: count(
                "Nothing is new in %(categories)s; %(num)s paper is replaced: %(title)s",
                "Nothing is new in %(categories)s; %(num)s papers are replaced; first: %(title)s",
                papers,
            )
            if is_whole
            else count(
                "%(num)s paper is replaced in %(categories)s: %(title)s",
                "%(num)s papers are replaced in %(categories)s; first: %(title)s",
                papers,
            ),
        }[content.leading[0].section]
        return sentence % {
            "num": self._number(papers),
            "categories": self._categories(content.categories),
            "title": self._title(content.leading[0]),
        }

    def _topics(self, content: IssueContent) -> str:
        """The topics that papers of the leading section share, with numbers if any has two."""
        say, is_whole = self._say, not content.may_lack_new
        sentence = {
            IssueSection.NEW: say("Among what is new in %(categories)s: %(topics)s."),
            IssueSection.CROSS: say(
                "Nothing is new in %(categories)s. Among the cross-lists: %(topics)s."
            )
            if is_whole
            else say("Among the cross-lists of %(categories)s: %(topics)s."),
            IssueSection.REPLACE: say(
                "Nothing is new in %(categories)s. Among the replacements: %(topics)s."
            )
            if is_whole
            else say("Among the replacements of %(categories)s: %(topics)s."),
        }[content.leading[0].section]
        counts = any(topic.papers > 1 for topic in content.topics)
        topics = []
        for place, (words, papers, _) in enumerate(_most_first(content)):
            first = self._count("%(num)s paper on %(topic)s", "%(num)s papers on %(topic)s", papers)
            line = say("%(num)s on %(topic)s") if place else first
            told = line % {"topic": words, "num": self._number(papers)}
            topics.append((told if counts else words).join("\0\0"))
        categories = self._categories(content.categories)
        return sentence % {"categories": categories, "topics": self._list(topics)}

    @staticmethod
    def _title(entry: IssueEntry) -> str:
        return shortened(plain(entry.paper.title), _TITLE_CHARACTERS)


def _most_first(content: IssueContent) -> list[Topic]:
    return sorted(content.topics, key=lambda topic: -topic.papers)
