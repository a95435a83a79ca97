"""Papers and announcements of arXiv's, and the sentences made of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Float, String, Text, false
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class PaperRow(Base):
    """A version of a paper as arXiv described it; what a frozen issue holds is not rewritten."""

    __tablename__ = "paper"

    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    abstract: Mapped[str] = mapped_column(Text)
    authors: Mapped[list[str]]
    categories: Mapped[list[str]]  # primary first
    comment: Mapped[str | None] = mapped_column(Text)
    journal_ref: Mapped[str | None] = mapped_column(Text)
    doi: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    has_html: Mapped[bool] = mapped_column(default=False, server_default=false())


class AnnouncementRow(Base):
    __tablename__ = "announcement"

    day: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))


class ListingRow(Base):
    """The state of a category's announcements of a day: whether they are complete."""

    __tablename__ = "listing"

    day: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    expected: Mapped[int | None]
    found: Mapped[int]
    missing: Mapped[list[str]]  # ids that were announced and could not be had
    source: Mapped[str] = mapped_column(Text)
    # Papers of it that may have been announced in this category on another day.
    in_doubt: Mapped[int] = mapped_column(default=0, server_default="0")
    # On a later day arXiv's page of that day may say better; what is empty is not final yet.
    may_be_corrected: Mapped[bool] = mapped_column(
        "may_heal", default=False, server_default=false()
    )
    fetched_at: Mapped[datetime]


class SummaryRow(Base):
    __tablename__ = "summary"

    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)  # of the text itself
    summarizer: Mapped[str] = mapped_column(String(120), primary_key=True)
    # Of the prompt and the model's parameters: with others it is asked anew.
    recipe: Mapped[str] = mapped_column(
        String(32), primary_key=True, default="", server_default=sql_text("''")
    )
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    tokens_asked: Mapped[int] = mapped_column(default=0, server_default="0")
    tokens_answered: Mapped[int] = mapped_column(default=0, server_default="0")


class SummaryFailure(StrEnum):
    REJECTED = "rejected"  # answered, but a check spoke against it
    CUT = "cut"  # answered; one sentence of it is printed, and the rest is not
    REFUSED = "refused"  # will not be answered the way it is asked
    FAILED = "failed"  # no answer; the next run asks again


class SummaryFailureRow(Base):
    """Why a summarizer's sentence does not stand under a paper."""

    __tablename__ = "setback"

    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)  # that was asked for
    summarizer: Mapped[str] = mapped_column(String(120), primary_key=True)
    recipe: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the answer; 0: there was none
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    tokens_asked: Mapped[int] = mapped_column(default=0, server_default="0")
    tokens_answered: Mapped[int] = mapped_column(default=0, server_default="0")


class SummarizerDayRow(Base):
    """The tokens of all machines on a day (UTC), for the caps that they share."""

    __tablename__ = "summarizer_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    tokens_asked: Mapped[int]
    tokens_answered: Mapped[int]


class AnswerCountRow(Base):
    """Outcomes of asking a summarizer: counters that only grow."""

    __tablename__ = "answer_count"

    summarizer: Mapped[str] = mapped_column(String(120), primary_key=True)
    # "printed", "refused", "failed", or the check that spoke against it
    outcome: Mapped[str] = mapped_column(String(32), primary_key=True)
    answers: Mapped[int] = mapped_column(BigInteger)
    tokens_asked: Mapped[int] = mapped_column(BigInteger)
    tokens_answered: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)
