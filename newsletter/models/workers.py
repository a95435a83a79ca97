"""The workers that run, on all machines."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class WorkerRow(Base):
    """A `newsletter worker` as it tells of itself; gone with its orderly end."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)  # machine, process, a token
    queues: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]]  # section -> hash
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
