"""Faults that nobody waits for: in the loop's callbacks, in tasks nobody looks at, in `__del__`.

Python and asyncio write such a fault to standard error with the text of the exception and the arguments of the
callback, which may be a statement or a packet, and so a secret. Here it becomes one line of the log with the place
where it happened.
"""

import asyncio
import sys
import traceback
from types import TracebackType

import structlog

from server.workers import Interrupted

_log = structlog.get_logger("modeld")


def log_faults(loop: asyncio.AbstractEventLoop) -> None:
    """From now on, of this loop and of the process."""
    loop.set_exception_handler(_log_of_loop)
    sys.unraisablehook = _log_unraisable


def _log_of_loop(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    # Up to the arguments of what was called: "Exception in callback Connection._receive(b'...')".
    what = str(context.get("message", "")).partition("(")[0]
    error = context.get("exception")
    if isinstance(error, BaseException):
        _log_fault(what, type(error), error.__traceback__)
    else:
        _log.error("fault", what=what)


def _log_unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
    # Work that is interrupted within a `__del__` or a callback loses the interruption; the next one comes soon.
    if unraisable.exc_type is not Interrupted:
        _log_fault(unraisable.err_msg or "in what nobody waits for", unraisable.exc_type, unraisable.exc_traceback)


def _log_fault(what: str, kind: type[BaseException], where: TracebackType | None) -> None:
    _log.error("fault", what=what, exception=kind.__name__, traceback="".join(traceback.format_tb(where)))
