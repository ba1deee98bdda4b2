"""Writes the statements of the session back as text, the part of `canonical` that is PostgreSQL's.

Of a statement around another one only the frame is written here.
"""

import re
from typing import Final, assert_never

from server.dialect.literals import format_postgres_literal
from server.statements import (
    AlterUser,
    Argument,
    Begin,
    Checkpoint,
    CloseCursor,
    Commit,
    CopyFormat,
    CopyOptions,
    CreateUser,
    Deallocate,
    Declare,
    Discard,
    DropUser,
    ExecutePrepared,
    Fetch,
    Identifier,
    Listen,
    Literal,
    Notify,
    Parameter,
    ParameterStatement,
    Prepare,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetConstraints,
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
    ShowFlags,
    ShowParameter,
    TransactionModes,
    TransactionStatement,
    Unlisten,
    Value,
)
from server.statements.models import MASK

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")
# Names that would be taken for the word of a clause somewhere.
_TAKEN: Final = frozenset(
    re.findall(
        r"\w+",
        """
        absolute all as authorization backward binary catalog constraints current current_role current_user cursor
        for first forward from if in last local login names next null password prepare prior relative role savepoint
        schema session session_user time to transaction with xml
        """,
    )
)

_Plain = (
    ExecutePrepared
    | Deallocate
    | Fetch
    | CloseCursor
    | Listen
    | Unlisten
    | Notify
    | Discard
    | CreateUser
    | AlterUser
    | DropUser
    | Checkpoint
)


def format_transaction(statement: TransactionStatement) -> str:
    match statement:
        case Begin(modes, says_start):
            return ("START TRANSACTION" if says_start else "BEGIN") + _modes(modes)
        case Commit(chain):
            return "COMMIT AND CHAIN" if chain else "COMMIT"
        case Rollback(chain):
            return "ROLLBACK AND CHAIN" if chain else "ROLLBACK"
        case Savepoint(name):
            return f"SAVEPOINT {_name(name)}"
        case RollbackTo(name):
            return f"ROLLBACK TO SAVEPOINT {_name(name)}"
        case Release(name):
            return f"RELEASE SAVEPOINT {_name(name)}"
        case SetTransaction(modes):
            return f"SET TRANSACTION{_modes(modes)}"
        case SetSessionCharacteristics(modes):
            return f"SET SESSION CHARACTERISTICS AS TRANSACTION{_modes(modes)}"
        case SetConstraints(names, deferred):
            which = ", ".join(".".join(map(_name, name.parts)) for name in names) or "ALL"
            return f"SET CONSTRAINTS {which} {'DEFERRED' if deferred else 'IMMEDIATE'}"
        case _:
            assert_never(statement)


def format_parameter(statement: ParameterStatement) -> str:
    match statement:
        case SetParameter(parameter, values, scope):
            written = ", ".join(map(format_postgres_literal, values)) or "DEFAULT"
            return f"SET {'LOCAL ' if scope is SetScope.LOCAL else ''}{_parameter(parameter)} TO {written}"
        case ShowFlags():
            return "SHOW FLAGS"
        case ShowParameter(parameter):
            return f"SHOW {_parameter(parameter)}"
        case ResetParameter(parameter):
            return f"RESET {_parameter(parameter)}"
        case _:
            assert_never(statement)


def format_session(statement: _Plain, *, mask_secrets: bool) -> str:
    """Any other statement of the session that has no statement in it."""
    match statement:
        case ExecutePrepared(name, arguments):
            values = ", ".join(_argument(argument, mask_secrets) for argument in arguments)
            return f"EXECUTE {_name(name)}" + (f" ({values})" if values else "")
        case Deallocate(name):
            return f"DEALLOCATE {_name_or(name, 'ALL')}"
        case Fetch(cursor, direction, count, move):
            verb = "MOVE" if move else "FETCH"
            return f"{verb} {direction} {'ALL' if count is None else count} FROM {_name(cursor)}"
        case CloseCursor(name):
            return f"CLOSE {_name_or(name, 'ALL')}"
        case Listen(channel):
            return f"LISTEN {_name(channel)}"
        case Unlisten(channel):
            return f"UNLISTEN {_name_or(channel, '*')}"
        case Notify(channel, payload):
            return f"NOTIFY {_name(channel)}" + ("" if payload is None else f", {_value(payload)}")
        case Discard(kind):
            return f"DISCARD {kind}"
        case CreateUser(name, password, if_not_exists, superuser):
            head = f"CREATE USER {'IF NOT EXISTS ' if if_not_exists else ''}{_name(name)}"
            head += " SUPERUSER" if superuser else ""
            return head + ("" if password is None else _password(password, mask_secrets))
        case AlterUser(name, password, sets_password, superuser):
            head = f"ALTER USER {_name(name)}"
            head += "" if superuser is None else " SUPERUSER" if superuser else " NOSUPERUSER"
            return head + (_password(password, mask_secrets) if sets_password else "")
        case DropUser(name, if_exists):
            return f"DROP USER {'IF EXISTS ' if if_exists else ''}{_name(name)}"
        case Checkpoint():
            return "CHECKPOINT"
        case _:
            assert_never(statement)


def format_prepare_head(statement: Prepare) -> str:
    types = f" ({', '.join(statement.types)})" if statement.types else ""
    return f"PREPARE {_name(statement.name)}{types} AS "


def format_declare_head(statement: Declare) -> str:
    binary = "BINARY " if statement.binary else ""
    scroll = "" if statement.scroll is None else "SCROLL " if statement.scroll else "NO SCROLL "
    hold = "WITH HOLD " if statement.hold else ""
    return f"DECLARE {_name(statement.name)} {binary}{scroll}CURSOR {hold}FOR "


def format_copy_options(options: CopyOptions) -> str:
    """The options with a blank before them; nothing when they are PostgreSQL's defaults."""
    if options == CopyOptions():
        return ""
    written = [f"FORMAT {options.format}"]
    if options.format is not CopyFormat.BINARY:
        written.append(f"DELIMITER {format_postgres_literal(options.delimiter)}")
        written.append(f"NULL {format_postgres_literal(options.null)}")
    if options.header:
        written.append("HEADER true")
    if options.format is CopyFormat.CSV:
        written.append(f"QUOTE {format_postgres_literal(options.quote)}")
        written.append(f"ESCAPE {format_postgres_literal(options.escape)}")
    if options.force_quote is None:
        written.append("FORCE_QUOTE *")
    elif options.force_quote:
        written.append(f"FORCE_QUOTE ({', '.join(map(_name, options.force_quote))})")
    if options.encoding is not None:
        written.append(f"ENCODING {format_postgres_literal(options.encoding)}")
    return f" ({', '.join(written)})"


def _modes(modes: TransactionModes) -> str:
    written: list[str] = []
    if modes.isolation is not None:
        written.append(f"ISOLATION LEVEL {modes.isolation.upper()}")
    if modes.read_only is not None:
        written.append("READ ONLY" if modes.read_only else "READ WRITE")
    if modes.deferrable is not None:
        written.append("DEFERRABLE" if modes.deferrable else "NOT DEFERRABLE")
    return f" {', '.join(written)}" if written else ""


def _argument(argument: Argument, mask_secrets: bool) -> str:
    value = "NULL" if argument.value is None else _value(_masked(argument.value, mask_secrets))
    return value if argument.type is None else f"{value}::{argument.type}"


def _password(password: Value | None, mask_secrets: bool) -> str:
    return " PASSWORD " + ("NULL" if password is None else _value(_masked(password, mask_secrets)))


def _masked(value: Value, mask_secrets: bool) -> Value:
    return Literal(MASK) if mask_secrets and isinstance(value, Literal) else value


def _value(value: Value) -> str:
    match value:
        case Literal(text):
            return format_postgres_literal(text)
        case Parameter(number):
            return f"${number}"
        case _:
            assert_never(value)


def _name(name: Identifier) -> str:
    return _quoted(name.name)


def _name_or(name: Identifier | None, word: str) -> str:
    return word if name is None else _name(name)


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name) and name not in _TAKEN:
        return name
    return '"' + name.replace('"', '""') + '"'


def _parameter(parameter: str | None) -> str:
    return "ALL" if parameter is None else ".".join(map(_quoted, parameter.split(".")))
