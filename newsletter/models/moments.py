"""When things last happened that leave no other trace."""

from datetime import datetime

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
