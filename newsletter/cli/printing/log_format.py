"""A structured log on standard error, where it is asked for: --log, or NEWSLETTER_LOG."""

import json
import logging
import sys
from datetime import UTC, datetime

KINDS = ("text", "json")
_ALWAYS_THERE = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def start(kind: str) -> None:
    """Tell what this program does, a line an event. No address of a reader is in it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if kind == "json" else _Text())
    log = logging.getLogger("newsletter")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line_fields = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "part": record.name.removeprefix("newsletter."),
            "event": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            line_fields["error"] = self.formatException(record.exc_info)
        return json.dumps(line_fields, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={value}" for name, value in _facts(record).items())
        line = " ".join(f"{record.getMessage()}{facts}".split())
        text = f"{_time(record)} {record.levelname.lower():7} {line}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _facts(record: logging.LogRecord) -> dict[str, object]:
    """The values given in `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _ALWAYS_THERE}
