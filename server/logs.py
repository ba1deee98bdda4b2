"""Logs: one line an event on standard error, as key=value pairs that a person and a program can read."""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Set up structlog for the process.

    Args:
        level: debug, info, warning or error; what is below is dropped.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
