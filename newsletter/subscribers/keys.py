"""Keys that lie in the database and never rotate: a rotated one would forget everybody."""

import secrets

from sqlalchemy.orm import Session

from newsletter.db import insert_missing
from newsletter.models import KeyRow


def key_for(session: Session, purpose: str) -> bytes:
    """The key of that purpose, made when first asked for; of two processes, the first one's."""
    row = session.get(KeyRow, purpose)
    if row is None:
        insert_missing(session, KeyRow, [{"purpose": purpose, "value": secrets.token_hex(32)}])
        row = session.get_one(KeyRow, purpose)
    return bytes.fromhex(row.value)
