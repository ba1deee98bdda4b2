"""What a running query may ask for: the session it runs in, what it can read, and how much it may still do."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, Self

from protocol.codec import ValueSettings
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import Oid
from server.errors import Diagnostic
from server.parameters import Setting
from server.query.random_numbers import RandomNumbers
from server.query.relations.interface import Database, Row

# How many steps (rows looked at, mostly) pass between two looks at whether a query was cancelled, at first and at
# most; in between as many as take so many seconds.
_FIRST_STRIDE: Final = 16
_MOST_STEPS: Final = 2000
_PACE: Final = 0.004
# Bytes that a query holds without asking, and then takes at once: most never ask.
_UNCOUNTED: Final = 64 * 1024
_PORTION: Final = 1024 * 1024


class Parameters(Protocol):
    """The session's run-time parameters, for current_setting and set_config."""

    def show(self, name: str) -> str | None:
        """The value as SHOW prints it; None when there is no such parameter."""

    def set(self, name: str, value: str | None, *, local: bool) -> str:
        """Set it, or reset it for None, and give the new value.

        Raises:
            OdpsError: as SET does.
        """

    def settings(self) -> Iterable[Setting]:
        """All that SHOW ALL shows, as pg_settings has them."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """The session, as functions see it.

    Attributes:
        user: the session's principal, a role name.
        database: the session's project.
        schema: the current schema.
        search_path: the schemas that unqualified names are looked for in, in order, pg_catalog among them.
        names_catalog: the path itself names pg_catalog.
        client: (address, port), (None, None) for one that has none; `server` likewise.
    """

    user: str
    database: str
    schema: str
    search_path: tuple[str, ...]
    process_id: int
    server_start: datetime
    names_catalog: bool = False
    client: tuple[str | None, int | None] = (None, None)
    server: tuple[str | None, int | None] = (None, None)


class Limits:
    """Bounds one query in time and memory; looked at in every loop of the evaluator.

    Args:
        check: called every few milliseconds; raises when the query was cancelled or has taken too long.
        rest: sleeps for so many seconds, and raises as `check` does.
        most_bytes: what it may hold, by estimate.
        take: takes so many bytes more of what all queries may hold together, or says that they are not to be had.
    """

    def __init__(
        self,
        check: Callable[[], None] = lambda: None,
        rest: Callable[[float], None] = time.sleep,
        *,
        most_bytes: int = 256 * 1024 * 1024,
        take: Callable[[int], bool] = lambda size: True,
    ) -> None:
        self._check = check
        self.rest = rest
        self._stride = self._left = _FIRST_STRIDE
        self._looked = 0.0
        self.held = 0
        self.most_bytes = most_bytes
        self._take = take
        self._taken = min(_UNCOUNTED, most_bytes)

    def step(self) -> None:
        """One row more."""
        self._left -= 1
        if self._left < 0:
            self._look()

    def steps(self, count: int) -> None:
        """So many rows more."""
        self._left -= count
        if self._left < 0:
            self._look()

    def _look(self) -> None:
        """Look at whether to stop, and reckon after how many steps it is time to look again."""
        spent = time.monotonic() - self._looked
        if spent > _PACE:
            self._stride = max(int(self._stride * _PACE / spent), 1)
        elif self._stride < _MOST_STEPS and spent < _PACE / 2:
            self._stride *= 2
        self._left = self._stride
        self._check()
        self._looked = time.monotonic()

    def hold(self, size: int) -> None:
        """Take `size` more bytes of what the query may hold, by estimate.

        Raises:
            InvalidValue: it would hold too much.
        """
        self.held += size
        if self.held > self._taken:
            self._take_more()

    def _take_more(self) -> None:
        more = max(self.held - self._taken, _PORTION)
        if self.held > self.most_bytes or not self._take(more):
            raise InvalidValue("out of memory", sqlstate=SqlState.OUT_OF_MEMORY)
        self._taken += more

    def release(self, size: int) -> None:
        """Give back what `hold` took."""
        self.held -= size


@dataclass(slots=True)
class Belongings:
    """What a session has besides the catalog, as far as a SELECT can see it or work on it; filled in by the session.

    Attributes:
        prepared_statements, cursors: rows of pg_prepared_statements and pg_cursors.
        channels: those it listens to.
        notify: (channel, payload), sent when the transaction commits.
    """

    prepared_statements: Callable[[], Sequence[Row]] = lambda: ()
    cursors: Callable[[], Sequence[Row]] = lambda: ()
    channels: Callable[[], Sequence[str]] = lambda: ()
    notify: Callable[[str, str], None] = lambda channel, payload: None
    random_numbers: RandomNumbers = field(default_factory=RandomNumbers)


class References(Protocol):
    """Names of objects, as the session sees them."""

    def format(self, kind: Oid, oid: int) -> str:
        """How a value of regclass or its kin is written."""

    def find(self, kind: Oid, text: str) -> int | None:
        """The reverse; None when there is no such object."""


@dataclass(slots=True)
class Runtime:
    """Everything a query needs besides its own text, for one run.

    Attributes:
        statement_time, transaction_time: aware datetimes.
        values: of `$1`, `$2` ..
        settings: how values become text and back, under the session's parameters.
        notices: what to tell the client besides.
        activity: the sessions of the server: by the names of pg_stat_get_activity's columns, with `datname` and
            `usename` in the place of OIDs; what is left out is NULL.
        signal: (process id, whether to end it): cancel the statement of a session, or end it; False for none.
    """

    session: SessionView
    statement_time: datetime
    transaction_time: datetime
    database: Database
    parameters: Parameters
    settings: ValueSettings
    limits: Limits
    references: References
    values: Sequence[object] = ()
    activity: Callable[[], Sequence[Mapping[str, object]]] = lambda: ()
    belongings: Belongings = field(default_factory=Belongings)
    notices: list[Diagnostic] = field(default_factory=list)
    signal: Callable[[int, bool], bool] = lambda process_id, terminate: False
    clock: Callable[[], float] = time.time
    scratch: dict[object, object] = field(default_factory=dict)
    is_passing: bool = False

    @property
    def passing(self) -> Self:
        """Itself, to be asked what another statement or session finds different: the times, process, client, clock.

        Whatever was asked so makes the answer one that must not be kept.
        """
        self.is_passing = True
        return self
