"""What each session is doing: the content of pg_stat_activity, and the way to cancel or end one from another.

Source: PostgreSQL manual, "The Cumulative Statistics System", pg_stat_activity.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from server.catalog.values import Timestamp
from server.times import to_datetime

# As PostgreSQL's track_activity_query_size, in characters.
_LONGEST_TEXT: Final = 1024
# What may hold a secret in the text itself is not shown.
_SECRETS: Final = ("apikey", "password")
# Characters; a statement of more is refused, and looking through it at every question would take others' time.
_LONGEST_KEPT: Final = 2 * 1024 * 1024
_HIDDEN: Final = "<text not shown: it may hold a secret>"


def hide_secret(text: str) -> str:
    """The beginning of a client's text as anybody may see it."""
    lowered = text.lower()
    return _HIDDEN if any(word in lowered for word in _SECRETS) else text[:_LONGEST_TEXT]


@dataclass(eq=False, slots=True)
class Activity:
    """One session. Times are seconds since 1970, but for `transaction_start`, the catalog's microseconds.

    Attributes:
        query: the text of the statement under way, or of the last one.
        state: active, idle, idle in transaction, or idle in transaction (aborted).
        cancel, terminate: stop its statement, end it.
    """

    process_id: int
    user: str
    database: Callable[[], str]
    application: Callable[[], str]
    client: tuple[str | None, int | None]
    started: float = field(default_factory=time.time)
    query: str = ""
    state: str = "idle"
    query_start: float | None = None
    transaction_start: Callable[[], Timestamp | None] = lambda: None
    state_change: float = field(default_factory=time.time)
    cancel: Callable[[], None] = lambda: None
    terminate: Callable[[], None] = lambda: None

    @property
    def shown_query(self) -> str:
        """The text as anybody may see it."""
        return hide_secret(self.query)

    def row(self) -> dict[str, object]:
        """By the names of pg_stat_activity's columns; without those that mean nothing here."""
        began = self.transaction_start()
        return {
            "pid": self.process_id,
            "usename": self.user,
            "datname": self.database(),
            "application_name": self.application(),
            "client_addr": self.client[0],
            "client_port": self.client[1],
            "backend_start": _moment(self.started),
            "xact_start": None if began is None else to_datetime(began),
            "query_start": None if self.query_start is None else _moment(self.query_start),
            "state_change": _moment(self.state_change),
            "state": self.state,
            "query": self.shown_query,
        }

    def begin(self, text: str) -> None:
        """A statement begins."""
        self.query = text if len(text) <= _LONGEST_KEPT else _HIDDEN
        self.state = "active"
        self.query_start = self.state_change = time.time()

    def answer_again(self, text: str) -> None:
        """A statement was answered with what had been kept of it."""
        self.query = text
        self.query_start = self.state_change = time.time()

    def rest(self, status: str) -> None:
        """The session waits for its client; `status` is ReadyForQuery's."""
        self.state = _STATES[status]
        self.state_change = time.time()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_STATES: Final = {"I": "idle", "T": "idle in transaction", "E": "idle in transaction (aborted)"}
