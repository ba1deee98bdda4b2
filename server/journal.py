"""One session's lines in the log, and its part in the numbers: slow statements, failed ones.

What of a statement may stand in a log is narrower than what its client may see:
- Of a text that could not be read nothing is written: nobody knows what in it is a secret.
- A SELECT is written as it came, unless it has a word in it that goes with secrets (`hide_secret`).
- Of anything else the canonical form is written, with every string in it masked: a key may stand under a wrong name.
- Of a prepared statement it is the statement, never what was bound to it.
- Of an error it is the SQLSTATE and the name of the condition, not the text, which may quote a value.

Source: PostgreSQL manual, "Error Reporting and Logging", log_min_duration_statement, log_min_error_statement.
"""

from collections.abc import Sequence
from time import perf_counter
from typing import Final

import structlog

from server.activity import LONGEST_TEXT, Activity, hide_secret
from server.dialect import PlacedStatement, format_statement
from server.errors import OdpsError
from server.meter import UNREAD, Meter
from server.statements import CopyOut, Declare, Prepare, SelectStatement, Statement, mask_literals

_log = structlog.get_logger("modeld")

_MILLISECONDS: Final = 1000


class Journal:
    """Told of what the session does, message by message.

    Args:
        slow: seconds from which on a statement is slow; None where none is.
    """

    def __init__(self, activity: Activity, meter: Meter, slow: float | None) -> None:
        self._activity = activity
        self._meter = meter
        self._slow = slow
        # Of the message under way: its kind, "" for one that runs nothing; when it began; what is known of its text.
        self._phase = ""
        self._begun = 0.0
        self._text = ""
        self._failed = False
        self._statements: Sequence[tuple[Statement, int]] = ()
        # Of the statement under way.
        self.kind = UNREAD

    def begin(self, phase: str, text: str) -> None:
        """A message begins that runs or prepares the statements of `text`."""
        self._activity.begin(text)
        self._phase = phase
        self._text = text
        self._begun = perf_counter()

    def read(self, placed: Sequence[PlacedStatement]) -> None:
        """The statements in the text of the message under way."""
        self._statements = [(each.statement, each.start) for each in placed]

    def name(self, statement: Statement | None, start: int) -> None:
        """The one statement of the message under way, before values were bound to it; None for an empty text."""
        if statement is not None:
            self._statements = ((statement, start),)
            self.run(statement)

    def run(self, statement: Statement) -> None:
        """This statement is the one that whatever comes next is about."""
        self.kind = type(statement).__name__

    def succeed(self) -> None:
        """The statement has been run."""
        self._activity.statements += 1
        self._meter.count_statement(self.kind)

    def fail(self, error: Exception, sqlstate: str) -> None:
        """The message under way was refused."""
        self._activity.statements += 1
        self._meter.count_statement(self.kind, sqlstate)
        _log.info(
            "statement failed",
            sqlstate=sqlstate,
            error=error.condition.name if isinstance(error, OdpsError) else type(error).__name__,
            **self._describe(),
        )
        self._failed = True

    def end(self) -> None:
        """The message under way is answered."""
        if self._phase:
            seconds = perf_counter() - self._begun
            if self._phase not in ("parse", "bind"):
                self._meter.durations.add(seconds)
            if self._slow is not None and seconds >= self._slow and not self._failed:
                _log.warning("slow statement", milliseconds=round(seconds * _MILLISECONDS, 3), **self._describe())
            self._phase = self._text = ""
        self._statements = ()
        self._failed = False
        self.kind = UNREAD

    def _describe(self) -> dict[str, object]:
        activity = self._activity
        found: dict[str, object] = {
            "pid": activity.process_id,
            "user": activity.user,
            "database": activity.database(),
            "phase": self._phase or "message",
        }
        if self._statements:
            found["statement"] = log_text(self._text, self._statements)
        return found


def log_text(text: str, statements: Sequence[tuple[Statement, int]]) -> str:
    """What a log may hold of a text.

    Args:
        statements: those in it, each with where it begins.
    """
    starts = [*(start for _, start in statements), len(text)]
    shown = [_show(each, text[start:end]) for (each, start), end in zip(statements, starts[1:], strict=True)]
    return "; ".join(shown)[:LONGEST_TEXT]


def _show(statement: Statement, text: str) -> str:
    if _holds_select(statement):
        return hide_secret(text.strip().rstrip(";").rstrip())
    return format_statement(mask_literals(statement), mask_secrets=True)


def _holds_select(statement: Statement) -> bool:
    match statement:
        case Prepare(statement=inner):
            return _holds_select(inner)
        case Declare(query=query) | CopyOut(query=query):
            return isinstance(query, SelectStatement)
        case _:
            return isinstance(statement, SelectStatement)
