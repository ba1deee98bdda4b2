"""Reads the statements of the session: transactions and run-time parameters, as PostgreSQL writes them.

Each function begins after the words that chose it. Source: PostgreSQL manual, "SQL Commands". Names of
parameters are folded to lower case; a value that is a bare word keeps its case, so that `UTC` stays `UTC`.

What would change a transaction's meaning is never ignored: isolation levels and READ WRITE ask for no more
than every transaction gets here, READ ONLY asks for something else and is refused.
"""

from typing import Final

from server.dialect.cursor import Cursor
from server.statements import (
    Begin,
    Commit,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetParameter,
    SetScope,
    ShowParameter,
)

_LEVELS: Final = (
    ("SERIALIZABLE",),
    ("REPEATABLE", "READ"),
    ("READ", "COMMITTED"),
    ("READ", "UNCOMMITTED"),
)


def parse_begin(cursor: Cursor) -> Begin:
    """Reads `[WORK | TRANSACTION] [mode [,] ...]`."""
    cursor.accept_any("WORK", "TRANSACTION")
    while not cursor.at_end:
        _transaction_mode(cursor)
        if cursor.accept(",") and cursor.at_end:
            raise cursor.unexpected()
    return Begin()


def parse_start_transaction(cursor: Cursor) -> Begin:
    """Reads `[mode [,] ...]`."""
    if cursor.sees("WORK") or cursor.sees("TRANSACTION"):
        raise cursor.unexpected()
    return parse_begin(cursor)


def parse_commit(cursor: Cursor) -> Commit:
    """Reads `[WORK | TRANSACTION]`."""
    if cursor.sees("PREPARED"):
        raise cursor.not_supported("COMMIT PREPARED")
    _end_of_transaction(cursor)
    return Commit()


def parse_rollback(cursor: Cursor) -> Rollback | RollbackTo:
    """Reads `[WORK | TRANSACTION] [TO [SAVEPOINT] name]`."""
    if cursor.sees("PREPARED"):
        raise cursor.not_supported("ROLLBACK PREPARED")
    cursor.accept_any("WORK", "TRANSACTION")
    if not cursor.accept("TO"):
        _chain(cursor)
        return Rollback()
    return RollbackTo(parse_savepoint_name(cursor).name)


def parse_abort(cursor: Cursor) -> Rollback:
    """Reads `[WORK | TRANSACTION]`."""
    _end_of_transaction(cursor)
    return Rollback()


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


def parse_set(cursor: Cursor) -> SetParameter:
    """Reads `[SESSION | LOCAL] { name {= | TO} {value, ... | DEFAULT} | TIME ZONE ... | NAMES ... }`."""
    scope = SetScope.SESSION
    if not (cursor.sees("SESSION", "=") or cursor.sees("SESSION", "TO")) and cursor.accept("SESSION"):
        if cursor.accept("CHARACTERISTICS", "AS", "TRANSACTION"):
            return _session_characteristics(cursor)
    elif not (cursor.sees("LOCAL", "=") or cursor.sees("LOCAL", "TO")) and cursor.accept("LOCAL"):
        scope = SetScope.LOCAL
    for unsupported in ("TRANSACTION", "ROLE", "AUTHORIZATION", "CONSTRAINTS"):
        if cursor.sees(unsupported) and not (cursor.sees(unsupported, "=") or cursor.sees(unsupported, "TO")):
            named = "SESSION AUTHORIZATION" if unsupported == "AUTHORIZATION" else unsupported
            raise cursor.not_supported(f"SET {named}")
    if cursor.accept("TIME", "ZONE"):
        return SetParameter("timezone", _zone(cursor), scope)
    if cursor.sees("NAMES") and not (cursor.sees("NAMES", "=") or cursor.sees("NAMES", "TO")):
        cursor.accept("NAMES")
        return SetParameter("client_encoding", () if cursor.at_end else _values(cursor), scope)
    name = _parameter_name(cursor)
    cursor.expect_any("=", "TO")
    return SetParameter(name, _values(cursor), scope)


def parse_show(cursor: Cursor) -> ShowParameter:
    """Reads `name`, `ALL` or `TIME ZONE`."""
    return ShowParameter(_parameter_or_all(cursor))


def parse_reset(cursor: Cursor) -> ResetParameter:
    """Reads `name`, `ALL` or `TIME ZONE`."""
    return ResetParameter(_parameter_or_all(cursor))


def _end_of_transaction(cursor: Cursor) -> None:
    cursor.accept_any("WORK", "TRANSACTION")
    _chain(cursor)


def _chain(cursor: Cursor) -> None:
    if cursor.sees("AND", "CHAIN"):
        raise cursor.not_supported("AND CHAIN")
    cursor.accept("AND", "NO", "CHAIN")
    cursor.expect_end()


def _transaction_mode(cursor: Cursor) -> tuple[str, str]:
    """One mode, as the run-time parameter that means it and its value."""
    if cursor.sees("READ", "ONLY"):
        raise cursor.not_supported("READ ONLY")
    if cursor.accept("READ", "WRITE"):
        return ("read_only", "off")
    if cursor.accept("NOT", "DEFERRABLE"):
        return ("deferrable", "off")
    if cursor.accept("DEFERRABLE"):
        return ("deferrable", "on")
    if not cursor.accept("ISOLATION"):
        raise cursor.unexpected("ISOLATION LEVEL", "READ WRITE", "DEFERRABLE")
    cursor.expect("LEVEL")
    for level in _LEVELS:
        if cursor.accept(*level):
            return ("isolation", " ".join(level).lower())
    raise cursor.unexpected(*(" ".join(level) for level in _LEVELS))


def _session_characteristics(cursor: Cursor) -> SetParameter:
    """One mode; PostgreSQL keeps it in a parameter whose name begins with default_transaction_."""
    name, value = _transaction_mode(cursor)
    if not cursor.at_end:
        raise cursor.not_supported("more than one transaction mode")
    return SetParameter(f"default_transaction_{name}", (value,))


def _parameter_name(cursor: Cursor) -> str:
    parts = [cursor.identifier("a parameter name")]
    while cursor.accept("."):
        parts.append(cursor.identifier("a parameter name"))
    return ".".join(part.name for part in parts).lower()


def _parameter_or_all(cursor: Cursor) -> str | None:
    if cursor.accept("TIME", "ZONE"):
        name: str | None = "timezone"
    elif cursor.accept("ALL"):
        name = None
    else:
        name = _parameter_name(cursor)
    cursor.expect_end()
    return name


def _zone(cursor: Cursor) -> tuple[str, ...]:
    if cursor.sees("INTERVAL"):
        raise cursor.not_supported("SET TIME ZONE INTERVAL")
    if cursor.accept("LOCAL"):
        cursor.expect_end()
        return ()
    return _values(cursor)


def _values(cursor: Cursor) -> tuple[str, ...]:
    """The values up to the end; none for DEFAULT."""
    if cursor.accept("DEFAULT"):
        cursor.expect_end()
        return ()
    values = [_value(cursor)]
    while cursor.accept(","):
        values.append(_value(cursor))
    if not cursor.at_end:
        raise cursor.unexpected(private=True)
    return tuple(values)


def _value(cursor: Cursor) -> str:
    literal = cursor.accept_string() or cursor.accept_number()
    if literal is not None:
        return literal.value
    word = cursor.accept_word()
    return cursor.identifier("a value").name if word is None else word
