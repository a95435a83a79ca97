"""When things last happened that leave no other trace."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class MomentRow(Base):
    """`run` and `feedback`: when they last went well. `alarm <hash>`: when a trouble was told."""

    __tablename__ = "moment"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
