"""From a type as written to its OID and modifier.

Source: PostgreSQL 15, parse_type.c and the typmodin functions of the types.
"""

from typing import Final

from protocol.types import BPCHAR, INTERVAL, NO_TYPE, NUMERIC, TIME, TIMESTAMP, TIMESTAMPTZ, VARCHAR, Oid
from server.errors import Condition, OdpsError
from server.query.binder.context import BindingContext
from server.query.binder.type_facts import BIT, TIMETZ, VARBIT, array_of, format_type
from server.query.postgres.types import find_type_by_name
from server.statements.select import TypeName

SYSTEM_SCHEMAS: Final = ("pg_catalog", "information_schema")

_LONGEST_STRING: Final = 10_485_760
_LONGEST_BITS: Final = _LONGEST_STRING * 8
_MOST_DIGITS: Final = 1000
# The fractional digits of seconds.
_MOST_PRECISE: Final = 6
_ALL_FIELDS: Final = 0x7FFF
_FULL_PRECISION: Final = 0xFFFF
# A modifier counts from the four bytes of a value's length word.
_HEADER: Final = 4


def resolve_type(type_name: TypeName, context: BindingContext) -> tuple[Oid, int]:
    """The type's OID and modifier (-1: none).

    Raises:
        OdpsError: TYPE_MISSING and its kin.
    """
    oid = find_named_type(type_name.names, context, type_name.at)
    if oid and type_name.dimensions:
        element, oid = oid, array_of(oid)
    else:
        element = oid
    if not oid:
        shown = ".".join(type_name.names) + ("[]" if type_name.dimensions else "")
        raise OdpsError(Condition.TYPE_MISSING, type=shown, at=type_name.at)
    return oid, _modifier(element, type_name) if type_name.modifiers else -1


def find_named_type(names: tuple[str, ...], context: BindingContext, at: int) -> Oid:
    """The type of that name, 0 when there is none."""
    if len(names) == 1:
        for schema in ("pg_catalog", *context.session.search_path):
            row = find_type_by_name(names[0], schema)
            if row is not None:
                return row.oid
        return NO_TYPE
    if len(names) > 2 and names[0] != context.session.database:
        what = f"cross-database references are not implemented: {'.'.join(names)}"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, at=at)
    schema, name = names[-2:]
    check_schema(schema, context, at)
    row = find_type_by_name(name, schema)
    return NO_TYPE if row is None else row.oid


def check_schema(schema: str, context: BindingContext, at: int) -> None:
    """Raise SCHEMA_MISSING unless there is such a schema."""
    if schema not in SYSTEM_SCHEMAS and not context.database.has_schema(schema):
        raise OdpsError(Condition.SCHEMA_MISSING, name=schema, at=at)


def _modifier(oid: Oid, written: TypeName) -> int:
    numbers, at = written.modifiers, written.at
    match oid:
        case _ if oid in (VARCHAR, BPCHAR):
            return _length(numbers, "varchar" if oid == VARCHAR else "char", _LONGEST_STRING, at) + _HEADER
        case _ if oid in (BIT, VARBIT):
            return _length(numbers, "bit" if oid == BIT else "varbit", _LONGEST_BITS, at)
        case _ if oid == NUMERIC:
            return _digits(numbers, at)
        case _ if oid == INTERVAL:
            return _interval(numbers, at)
        case _ if oid in (TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ):
            return _precision(numbers, at)
        case _:
            raise OdpsError(Condition.TYPE_MODIFIER, type=".".join(written.names), at=at)


def _length(numbers: tuple[int, ...], name: str, longest: int, at: int) -> int:
    if len(numbers) != 1:
        raise _invalid("invalid type modifier", at)
    (length,) = numbers
    if length < 1:
        raise _invalid(f"length for type {name} must be at least 1", at)
    if length > longest:
        raise _invalid(f"length for type {name} cannot exceed {longest}", at)
    return length


def _digits(numbers: tuple[int, ...], at: int) -> int:
    if len(numbers) > 2:
        raise _invalid("invalid NUMERIC type modifier", at)
    precision, scale = (*numbers, 0)[:2]
    if not 1 <= precision <= _MOST_DIGITS:
        raise _invalid(f"NUMERIC precision {precision} must be between 1 and {_MOST_DIGITS}", at)
    if not -_MOST_DIGITS <= scale <= _MOST_DIGITS:
        raise _invalid(f"NUMERIC scale {scale} must be between -{_MOST_DIGITS} and {_MOST_DIGITS}", at)
    return (precision << 16 | scale & 0x7FF) + _HEADER


def _precision(numbers: tuple[int, ...], at: int) -> int:
    """DEVIATION: PostgreSQL warns of a precision above 6; we only take 6."""
    if len(numbers) != 1:
        raise _invalid("invalid type modifier", at)
    return min(numbers[0], _MOST_PRECISE)


def _interval(numbers: tuple[int, ...], at: int) -> int:
    match numbers:
        case (fields,):
            return -1 if fields == _ALL_FIELDS else (fields & _ALL_FIELDS) << 16 | _FULL_PRECISION
        case (fields, precision):
            return (fields & _ALL_FIELDS) << 16 | min(precision, _MOST_PRECISE)
        case _:
            raise _invalid("invalid INTERVAL type modifier", at)


def _invalid(reason: str, at: int) -> OdpsError:
    return OdpsError(Condition.TYPE_MODIFIER_INVALID, reason=reason, at=at)


__all__ = ["SYSTEM_SCHEMAS", "check_schema", "find_named_type", "format_type", "resolve_type"]
