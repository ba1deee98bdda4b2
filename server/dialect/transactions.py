"""Reads the statements of transactions, as PostgreSQL writes them. Each begins after the words that chose it.

Source: PostgreSQL manual, "SQL Commands". What would change a transaction's meaning is never ignored: the
modes go on to whoever runs the statement, and what nobody here can do is refused by its name.
"""

from dataclasses import replace

from server.dialect.cursor import Cursor
from server.statements import (
    Begin,
    Commit,
    IsolationLevel,
    Release,
    Rollback,
    RollbackTo,
    Savepoint,
    TransactionModes,
)


def parse_begin(cursor: Cursor) -> Begin:
    """Reads `[WORK | TRANSACTION] [mode [,] ...]`."""
    cursor.accept_any("WORK", "TRANSACTION")
    return Begin(TransactionModes() if cursor.at_end else parse_modes(cursor))


def parse_start_transaction(cursor: Cursor) -> Begin:
    """Reads `[mode [,] ...]`."""
    return Begin(TransactionModes() if cursor.at_end else parse_modes(cursor), says_start=True)


def parse_commit(cursor: Cursor) -> Commit:
    """Reads `[WORK | TRANSACTION] [AND [NO] CHAIN]`."""
    if cursor.sees("PREPARED"):
        raise cursor.not_supported("COMMIT PREPARED")
    return Commit(_end_of_transaction(cursor))


def parse_rollback(cursor: Cursor) -> Rollback | RollbackTo:
    """Reads `[WORK | TRANSACTION] { [AND [NO] CHAIN] | TO [SAVEPOINT] name }`."""
    if cursor.sees("PREPARED"):
        raise cursor.not_supported("ROLLBACK PREPARED")
    cursor.accept_any("WORK", "TRANSACTION")
    if not cursor.accept("TO"):
        return Rollback(_chain(cursor))
    return RollbackTo(parse_savepoint_name(cursor).name)


def parse_abort(cursor: Cursor) -> Rollback:
    """Reads `[WORK | TRANSACTION] [AND [NO] CHAIN]`."""
    return Rollback(_end_of_transaction(cursor))


def parse_savepoint(cursor: Cursor) -> Savepoint:
    """Reads `name`."""
    name = cursor.identifier()
    cursor.expect_end()
    return Savepoint(name)


def parse_savepoint_name(cursor: Cursor) -> Release:
    """Reads `[SAVEPOINT] name`, which is all of RELEASE; a savepoint may be called savepoint."""
    says_savepoint = cursor.sees("SAVEPOINT")
    name = cursor.identifier()
    if says_savepoint and not cursor.at_end:
        name = cursor.identifier()
    cursor.expect_end()
    return Release(name)


def parse_modes(cursor: Cursor) -> TransactionModes:
    """Reads `mode [[,] mode ...]` to the end: at least one."""
    modes = _mode(cursor, TransactionModes())
    while not cursor.at_end:
        cursor.accept(",")
        modes = _mode(cursor, modes)
    return modes


def _mode(cursor: Cursor, modes: TransactionModes) -> TransactionModes:
    if cursor.accept("READ", "ONLY"):
        return replace(modes, read_only=True)
    if cursor.accept("READ", "WRITE"):
        return replace(modes, read_only=False)
    if cursor.accept("NOT", "DEFERRABLE"):
        return replace(modes, deferrable=False)
    if cursor.accept("DEFERRABLE"):
        return replace(modes, deferrable=True)
    if not cursor.accept("ISOLATION"):
        raise cursor.unexpected("ISOLATION LEVEL", "READ WRITE", "READ ONLY", "DEFERRABLE", "NOT DEFERRABLE")
    cursor.expect("LEVEL")
    for level in IsolationLevel:
        if cursor.accept(*level.upper().split()):
            return replace(modes, isolation=level)
    raise cursor.unexpected(*(level.upper() for level in IsolationLevel))


def _end_of_transaction(cursor: Cursor) -> bool:
    cursor.accept_any("WORK", "TRANSACTION")
    return _chain(cursor)


def _chain(cursor: Cursor) -> bool:
    """Whether the next transaction begins at once."""
    chain = cursor.accept("AND", "CHAIN")
    if not chain:
        cursor.accept("AND", "NO", "CHAIN")
    cursor.expect_end()
    return chain
