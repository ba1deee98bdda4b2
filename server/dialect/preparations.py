"""Reads PREPARE, EXECUTE and DEALLOCATE, as PostgreSQL writes them. Each begins after the words that chose it.

DEVIATION: the values of EXECUTE are literals or `$n`, not expressions.
"""

from typing import Final

from server.dialect.cursor import Cursor
from server.dialect.embedded import Inner
from server.dialect.type_names import parse_type_name
from server.statements import Argument, Deallocate, ExecutePrepared, Literal, Prepare

_INTEGERS: Final = (("integer", 2**31), ("bigint", 2**63))


def parse_prepare(cursor: Cursor, inner: Inner) -> Prepare:
    """Reads `name [(type, ...)] AS statement`."""
    if cursor.sees("TRANSACTION") and not (cursor.sees("TRANSACTION", "AS") or cursor.sees("TRANSACTION", "(")):
        raise cursor.not_supported("PREPARE TRANSACTION")
    name = cursor.identifier()
    types: list[str] = []
    if cursor.accept("("):
        types.append(parse_type_name(cursor))
        while cursor.expect_any(",", ")") == ",":
            types.append(parse_type_name(cursor))
    cursor.expect("AS")
    return Prepare(name, inner.query_or_change(), tuple(types))


def parse_execute(cursor: Cursor) -> ExecutePrepared:
    """Reads `name [(value, ...)]`."""
    name = cursor.identifier()
    arguments: list[Argument] = []
    if cursor.accept("("):
        arguments.append(_argument(cursor))
        while cursor.accept(","):
            arguments.append(_argument(cursor))
        if not cursor.accept(")"):
            # What follows a value may be the rest of a secret whose quotes are wrong.
            raise cursor.unexpected(",", ")", private=True)
    cursor.expect_end()
    return ExecutePrepared(name, tuple(arguments))


def parse_deallocate(cursor: Cursor) -> Deallocate:
    """Reads `[PREPARE] { name | ALL }`; a statement may be called prepare."""
    if cursor.sees("PREPARE") and not cursor.at_last:
        cursor.accept("PREPARE")
    name = None if cursor.accept("ALL") else cursor.identifier()
    cursor.expect_end()
    return Deallocate(name)


def _argument(cursor: Cursor) -> Argument:
    """Reads `value [::type]` or `CAST (value AS type)`."""
    if cursor.accept("CAST", "("):
        argument = _literal(cursor)
        if not cursor.accept("AS"):
            raise cursor.unexpected("AS", private=True)
        argument = Argument(argument.value, parse_type_name(cursor))
        cursor.expect(")")
        return argument
    argument = _literal(cursor)
    if cursor.accept(":", ":"):
        argument = Argument(argument.value, parse_type_name(cursor))
    return argument


def _literal(cursor: Cursor) -> Argument:
    at = cursor.at
    word = cursor.accept_any("NULL", "TRUE", "FALSE")
    if word:
        return Argument(None) if word == "NULL" else Argument(Literal(word.lower(), at), "boolean")
    number = cursor.accept_number()
    return Argument(cursor.value()) if number is None else Argument(number, _type_of_number(number))


def _type_of_number(number: Literal) -> str:
    """The type that PostgreSQL gives a number by its form and its size."""
    digits = number.value.lstrip("-")
    if digits.isdecimal() and len(digits) <= len(str(2**63)):
        for name, limit in _INTEGERS:
            if int(digits) < limit:
                return name
    return "numeric"
