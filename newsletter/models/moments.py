"""When things last happened that leave no other trace, and the workers that run."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class MomentRow(Base):
    """`run` and `feedback`: when they last went well. `alarm <hash>`: when a trouble was told.

    `files refused`: when saved files were read last of which nothing was kept. `model in vain`:
    since when nothing usable came from the model; `model mostly in vain`: next to nothing.
    `site`: when site.url last answered as ours; `site in vain`: since when it does not; `site
    certificate ...`: from when until when it holds.
    """

    __tablename__ = "moment"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class WorkerRow(Base):
    """A `newsletter worker` as it tells of itself; gone with its orderly end."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)  # machine, process, a token
    queues: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]]  # section -> hash
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
