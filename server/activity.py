"""What each session is doing: the content of pg_stat_activity, and the way to cancel or end one from another.

Source: PostgreSQL manual, "The Cumulative Statistics System", pg_stat_activity.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from server.catalog.values import Timestamp
from server.times import to_datetime

# As PostgreSQL's track_activity_query_size, in characters.
LONGEST_TEXT: Final = 1024
# What may hold a secret in the text itself is not shown.
_SECRETS: Final = ("apikey", "password")
# Statements whose values are no secrets. In all others one may stand where none should, behind a key that is misspelt.
_QUERY: Final = r"[\s(]*(?:select|with(?!\s+options)|values|table)\b"
_HARMLESS: Final = re.compile(
    r"(?:[\s(]|--[^\n]*\n|/\*.*?\*/)*+"
    r"(?:(?:show|desc|describe|fetch|move|close|set|reset|discard|deallocate|use|begin|start|commit|end|rollback|abort"
    r"|savepoint|release|listen|unlisten|checkpoint)\b"
    rf"|{_QUERY}|explain(?:\s+analyze|\s+verbose|\s*\([^)]*\))*{_QUERY}|copy(?:\s+\w|{_QUERY})"
    rf"|declare[^'\"]*\sfor\s{_QUERY})",
    re.IGNORECASE | re.DOTALL,
)
# Where the values of a statement begin.
_VALUES: Final = re.compile(r"['\"`$(=]")
# More than one statement.
_ANOTHER: Final = re.compile(r";\s*[^\s;]")
# Characters; a statement of more is refused, and looking through it at every question would take others' time.
_LONGEST_KEPT: Final = 2 * 1024 * 1024
# Characters; of a longer one an idle session keeps what is shown, which takes a look through it.
_LONGEST_AT_REST: Final = 4096
# What an idle session waits for, and one in pg_sleep.
_FOR_CLIENT: Final = ("Client", "ClientRead")
_SLEEPING: Final = ("Timeout", "PgSleep")
_HIDDEN: Final = "<text not shown: it may hold a secret>"
_DENIED: Final = "<insufficient privilege>"


def hide_secret(text: str) -> str:
    """The beginning of a client's text as anybody may see it."""
    lowered = text.lower()
    if any(word in lowered for word in _SECRETS):
        return _HIDDEN
    text = text[:LONGEST_TEXT]
    values = _VALUES.search(text)
    if values is None or (_HARMLESS.match(text) and not _ANOTHER.search(text)):
        return text
    return f"{text[: values.start()].rstrip()} ..."


@dataclass(frozen=True, slots=True)
class Encryption:
    """What TLS has settled on, in OpenSSL's words.

    Attributes:
        bits: of the cipher's key.
        client: the common name in the client's certificate, None when it showed none.
    """

    version: str
    cipher: str
    bits: int
    client: str | None = None


@dataclass(eq=False, slots=True)
class Activity:
    """One session. Times are seconds since 1970, but for `transaction_start`, the catalog's microseconds.

    Attributes:
        query: the text of the statement under way, or of the last one.
        statements: how many there have been.
        state: active, idle, idle in transaction, or idle in transaction (aborted).
        waits_for: PostgreSQL's (wait_event_type, wait_event) while a statement sleeps.
        encryption: of the connection, None in clear.
        cancel, terminate: stop its statement, end it.
    """

    process_id: int
    user: str
    database: Callable[[], str]
    application: Callable[[], str]
    client: tuple[str | None, int | None]
    started: float = field(default_factory=time.time)
    query: str = ""
    statements: int = 0
    state: str = "idle"
    query_start: float | None = None
    transaction_start: Callable[[], Timestamp | None] = lambda: None
    state_change: float = field(default_factory=time.time)
    waits_for: tuple[str, str] | None = None
    encryption: Encryption | None = None
    cancel: Callable[[], None] = lambda: None
    terminate: Callable[[], None] = lambda: None

    def row(self, *, privileged: bool = True) -> dict[str, object]:
        """By the names of pg_stat_activity's columns; without those that mean nothing here.

        Args:
            privileged: whoever looks may see what the session does, and from where.
        """
        if not privileged:
            # PostgreSQL tells others this much.
            shown = (self.process_id, self.user, self.database(), self.application(), _DENIED)
            return dict(zip(("pid", "usename", "datname", "application_name", "query"), shown, strict=True))
        began = self.transaction_start()
        active = self.state == "active"
        query_start = None if self.query_start is None else _moment(self.query_start)
        # As in PostgreSQL, a statement outside a transaction is one by itself.
        transaction_start = query_start if active else None
        if began is not None:
            # The catalog's clock is read a moment after the statement that begins the transaction has come.
            transaction_start = min(to_datetime(began), query_start or to_datetime(began))
        kind, event = (self.waits_for if active else _FOR_CLIENT) or (None, None)
        encryption = self.encryption
        return {
            "pid": self.process_id,
            "usename": self.user,
            "datname": self.database(),
            "application_name": self.application(),
            "client_addr": self.client[0],
            "client_port": self.client[1],
            "backend_start": _moment(self.started),
            "xact_start": transaction_start,
            "query_start": query_start,
            "state_change": _moment(self.state_change),
            "state": self.state,
            "wait_event_type": kind,
            "wait_event": event,
            "query": hide_secret(self.query),
            "ssl": encryption is not None,
            "sslversion": None if encryption is None else encryption.version,
            "sslcipher": None if encryption is None else encryption.cipher,
            "sslbits": None if encryption is None else encryption.bits,
            "ssl_client_dn": None if encryption is None or encryption.client is None else f"/CN={encryption.client}",
        }

    def begin(self, text: str) -> None:
        """A statement begins."""
        self.query = text if len(text) <= _LONGEST_KEPT else _HIDDEN
        self.state = "active"
        self.query_start = self.state_change = time.time()

    def sleeping(self, rest: Callable[[float], None]) -> Callable[[float], None]:
        """`rest`, with a word in the activity that the statement does so."""

        def sleep(seconds: float) -> None:
            self.waits_for = _SLEEPING
            try:
                rest(seconds)
            finally:
                self.waits_for = None

        return sleep

    def answer_again(self, text: str) -> None:
        """A statement was answered with what had been kept of it, and the session waits for its client again."""
        self.query = _at_rest(text)
        self.statements += 1
        self.query_start = self.state_change = time.time()

    def rest(self, status: str) -> None:
        """The session waits for its client; `status` is ReadyForQuery's."""
        self.query = _at_rest(self.query)
        self.state = _STATES[status]
        self.state_change = time.time()


def _at_rest(text: str) -> str:
    """What an idle session keeps of a text."""
    return text if len(text) <= _LONGEST_AT_REST else hide_secret(text)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_STATES: Final = {"I": "idle", "T": "idle in transaction", "E": "idle in transaction (aborted)"}
