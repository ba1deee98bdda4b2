"""Logs: one line an event on standard error, as key=value pairs or as JSON.

A line that cannot be written, since the disk is full or its reader has gone, is lost, and nothing else: who logs never
hears of it.
"""

import logging
import re
import sys
from contextlib import suppress
from enum import StrEnum
from typing import Final

import msgspec
import structlog
from structlog.typing import EventDict

_PLAIN: Final = re.compile(r"[^\s\"=\x00-\x1f\x7f-\x9f]*")


class LogFormat(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


class _Lines:
    """Writes them, by whatever name structlog calls for it."""

    def __init__(self, *_: object) -> None:
        self._file = sys.stderr

    def msg(self, line: str) -> None:
        # In one piece, so that lines of two threads do not mix.
        with suppress(OSError):
            self._file.write(line + "\n")
            self._file.flush()

    debug = info = warning = error = msg


def configure_logs(level: str, form: LogFormat = LogFormat.TEXT) -> None:
    """Set up structlog for the process.

    Args:
        level: debug, info, warning or error; what is below is dropped.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _write_json if form is LogFormat.JSON else _write_text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_Lines,
    )


# Two lines for each connection have to cost next to nothing: structlog's own renderers take three times as long.


def _write_text(_: object, __: str, event: EventDict) -> str:
    """As logfmt: a value stands in quotes, and escaped as in JSON, where it would not stand alone."""
    first = {"timestamp": event.pop("timestamp"), "level": event.pop("level"), "event": event.pop("event")}
    return " ".join([f"{key}={_write_value(value)}" for key, value in (*first.items(), *event.items())])


def _write_value(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else msgspec.json.encode(text).decode()


def _write_json(_: object, __: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
