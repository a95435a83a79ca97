"""What personal mails cost: `python -m benchmarks.personal_sending PAPERS [READERS ...]`.

A day of 400 of these papers (as in `personal.py`) goes to so many readers twice: nobody named
anything, then everybody likes 5 to 50 papers. Claims, picks, mails and ledger are the run's own, on
SQLite; the transport makes every byte and drops it. 400 profiles are made and shared, as they are
made once a change and not at sending. What a mail costs is the slope between half the readers and
all of them; what is left is paid once a run. Ranking alone and assembling alone are timed too, each
once for every profile: no two of these mails have a line of why in common but by chance. Assembling
is timed once more with likes that nobody had before, their titles' words in another order.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from benchmarks.personal import read_papers
from benchmarks.personal_rankings import likes
from benchmarks.sending import COLLECT_AFTER, no_bar, now, prepared, used_s
from newsletter import bootstrap
from newsletter.config import SiteSettings
from newsletter.daily_run import daily
from newsletter.interests import DayIndex, Profile, compile_profile, pick_papers, profile_store
from newsletter.interests.issue_picks import IssuePick, IssuePicks
from newsletter.issues import issue_store
from newsletter.models import InterestRow, ProfileRow, SubscriberRow
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import IssueEntry, IssueSection, ListingNote
from newsletter.rendering.recipient import Recipient
from newsletter.sending.readers import freezing
from newsletter.sources.base import ListingState, Paper
from newsletter.sources.bundled import DAY
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries import extractive_summarizer
from newsletter.transports.base import SendResult, SendStatus, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.database.db import Database
    from newsletter.interests.pick_reasons import PickReason
    from newsletter.rendering.message import Message

_DAY = 400  # papers
_PROFILES = 400
_TURNS = 5  # of timing the three kinds of mails one after the other


class Nowhere(Transport):
    at_once = 100

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            mail.as_bytes()
            yield mail, SendResult(SendStatus.ACCEPTED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path)
    parser.add_argument("readers", type=int, nargs="*", default=[1000, 10_000])
    chosen = parser.parse_args()
    papers = read_papers(chosen.papers)
    chance = random.Random(16)  # noqa: S311 - no secret
    profiles = [
        compile_profile(likes(chance.sample(papers[:-_DAY], chance.randint(5, 50))))
        for _ in range(_PROFILES)
    ]
    day = papers[-_DAY:]
    del papers
    # What this program holds for itself is not looked at again and again, as in none that sends;
    # new objects are looked at as seldom as in the command.
    gc.set_threshold(COLLECT_AFTER)
    gc.collect()
    gc.freeze()
    for readers in chosen.readers:
        ranking_ms, picks = _ranking_ms(day, profiles)
        plain_ms, personal_ms, new_ms = _assembling_ms(day, picks)
        for name, some in (("plain", []), ("personal", profiles)):
            half_s, whole_s = (_sending_s(day, n, some) for n in (readers // 2, readers))
            mail_s = (whole_s - half_s) / (readers - readers // 2)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{readers} readers, {name}: {1000 * mail_s:.3f} ms CPU a mail,"
                f" {whole_s - mail_s * readers:.1f} s once; peak {peak:.0f} MB"
            )
        print(
            f"alone: ranking {ranking_ms:.3f} ms CPU a reader; assembling {plain_ms:.3f} ms plain,"
            f" {personal_ms:.3f} ms personal, {new_ms:.3f} ms of likes that nobody had before"
        )


def _ranking_ms(day: list[Paper], profiles: list[Profile]) -> tuple[float, list[IssuePicks]]:
    index = DayIndex(day)
    began = time.process_time()
    ranked = [pick_papers(index, profile) for profile in profiles]
    ranking_s = time.process_time() - began
    return 1000 * ranking_s / len(profiles), [tuple(map(IssuePick.of, picks)) for picks in ranked]


def _assembling_ms(day: list[Paper], picks: list[IssuePicks]) -> list[float]:
    """Of a plain mail, of one with these picks, and of one with likes that nobody had before."""
    site = SiteSettings(
        sender="News <news@example.org>", url="https://news.example.org", secret_keys=["k" * 32]
    )
    mails = IssueEmails(_content(day), site, SignedLinks(site.url, ["k" * 32]))
    someone = Recipient(1, "", "brief", "en", date(2025, 1, 2), "")
    chance = random.Random(16)  # noqa: S311 - no secret
    taken_ms: list[list[float]] = [[], [], []]
    for turn in range(_TURNS + 1):
        new = [tuple(_liked_anew(pick, chance) for pick in his) for his in picks]
        kinds: list[Sequence[IssuePicks | None]] = [[None] * len(picks), picks, new]
        for kind, chosen in enumerate(kinds):
            readers = [
                replace(
                    someone,
                    subscriber_id=turn * len(picks) + n,
                    email=f"r{n}@d{turn}.example",
                    reference=f"{n:032x}",
                    picks=his,
                )
                for n, his in enumerate(chosen)
            ]
            began = time.process_time()
            for start in range(0, len(readers), Nowhere.at_once):  # as they are claimed
                made = [mails.mail(reader) for reader in readers[start : start + Nowhere.at_once]]
                for mail in made:
                    mail.as_bytes()
            taken_ms[kind].append(1000 * (time.process_time() - began) / len(readers))
    return [median(ms[1:]) for ms in taken_ms]  # the first made the variants


def _liked_anew(pick: IssuePick, chance: random.Random) -> IssuePick:
    def anew(reason: PickReason) -> PickReason:
        words = reason.about.split()
        return replace(reason, about=" ".join(chance.sample(words, len(words))))

    return replace(pick, reasons=tuple(map(anew, pick.reasons)))


def _content(day: list[Paper]) -> IssueContent:
    return IssueContent(
        slug="audio",
        title="Audio",
        day=DAY,
        language="en",
        categories=("cs.SD",),
        entries=tuple(
            IssueEntry(IssueSection.NEW, paper, extractive_summarizer.sentence(paper))
            for paper in day
        ),
        listings=(ListingNote("cs.SD", ListingState.COMPLETE, len(day), len(day)),),
        frozen_at=datetime.now(UTC),
    )


def _sending_s(day: list[Paper], readers: int, profiles: list[Profile]) -> float:
    """CPU of one run behind the freezing of its issue."""
    content = _content(day)
    with tempfile.TemporaryDirectory() as folder:
        settings = prepared(Path(folder), 1, readers, "brief")
        with bootstrap.open_services(settings, now, no_bar, lambda: False) as opened:
            parts = replace(opened, transport=Nowhere())
            _name(parts.database, readers, profiles)
            with parts.database.write.begin() as session:
                issue = issue_store.freeze_issue(session, content)
                assert issue is not None
                session.execute(update(SubscriberRow).values(language="en"))
                freezing.freeze_audience(session, issue)
                issue_id = issue.id
            daily.freeze_rest(parts, issue_id)
            began = used_s()
            result = daily.send_frozen_issue(parts, issue_id, content)
            assert result.account.sent == readers, result
            return used_s() - began


def _name(database: Database, readers: int, profiles: list[Profile]) -> None:
    """All readers named something; their profiles are ready."""
    if not profiles:
        return
    contents = cycle([profile_store.as_bytes(profile) for profile in profiles])
    numbers = range(1, readers + 1)
    with database.write.begin() as session:
        named = {"kind": "word", "value": "nothing of it", "wanted": True, "detail": {}}
        session.execute(
            insert(InterestRow),
            [{**named, "subscriber_id": n, "origin": "operator", "since": now()} for n in numbers],
        )
        ready = {"lexicon": profile_store.version(), "made_at": now()}
        session.execute(
            insert(ProfileRow),
            [{**ready, "subscriber_id": n, "content": next(contents)} for n in numbers],
        )


if __name__ == "__main__":
    main()
