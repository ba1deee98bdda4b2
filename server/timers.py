"""The time limits of one session at work: of the statement that waits, of the transaction, and of idleness.

Source: PostgreSQL's statement_timeout, transaction_timeout, idle_session_timeout and its kin. Seconds; 0 is no limit.
"""

import asyncio
from collections.abc import Callable

from server.errors import Condition

Act = Callable[[Condition], None]


class Timers:
    """One connection's.

    Args:
        cancel: stops the statement.
        end: ends the session, in the middle of a statement too.
        let_go: ends a session that is idle.
    """

    __slots__ = ("_cancel", "_end", "_idleness", "_let_go", "_statement", "_transaction", "_watched")

    def __init__(self, cancel: Act, end: Act, let_go: Act) -> None:
        self._cancel = cancel
        self._end = end
        self._let_go = let_go
        self._statement: asyncio.TimerHandle | None = None
        self._transaction: asyncio.TimerHandle | None = None
        self._idleness: asyncio.TimerHandle | None = None
        # What the transaction's limit holds for, and the limit.
        self._watched: tuple[object, float] | None = None

    def begin_statement(self, limit: float) -> None:
        """It has to wait: only what waits can take long."""
        self.end_statement()
        self._statement = _start(limit, self._cancel, Condition.STATEMENT_TIMEOUT)

    def end_statement(self) -> None:
        _stop(self._statement)
        self._statement = None

    def follow_transaction(self, transaction: object, limit: float) -> None:
        """What is open now, a transaction or a statement outside of one that waits; None for nothing."""
        watched = (transaction, limit) if limit and transaction is not None else None
        if watched != self._watched:
            self._watched = watched
            _stop(self._transaction)
            self._transaction = _start(limit, self._end, Condition.TRANSACTION_TIMEOUT) if watched else None

    @property
    def limits_idleness(self) -> bool:
        """Whether a session that is idle now has a limit for that."""
        return self._idleness is not None

    def begin_idleness(self, limit: float, condition: Condition) -> None:
        """The session waits for its client, from now on."""
        self.end_idleness()
        self._idleness = _start(limit, self._let_go, condition)

    def end_idleness(self) -> None:
        _stop(self._idleness)
        self._idleness = None

    def stop(self) -> None:
        """The connection is over, and not held by us any more."""
        self.end_statement()
        self.end_idleness()
        _stop(self._transaction)
        self._cancel = self._end = self._let_go = _nothing


def _nothing(condition: Condition) -> None:
    """What there is to do when the connection is over."""


def _start(limit: float, act: Act, condition: Condition) -> asyncio.TimerHandle | None:
    return asyncio.get_running_loop().call_later(limit, act, condition) if limit else None


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
