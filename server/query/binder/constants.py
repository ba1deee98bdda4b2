"""Constants: what they are before and after their type is known."""

import re
from typing import Final

from protocol.codecs import CODECS
from protocol.errors import InvalidValue
from protocol.numerics import parse_numeric
from protocol.sqlstate import SqlState
from protocol.types import (
    INT4,
    INT8,
    INTERVAL,
    NUMERIC,
    OIDVECTOR,
    REGCLASS,
    REGCOLLATION,
    REGCONFIG,
    REGDICTIONARY,
    REGNAMESPACE,
    REGOPER,
    REGOPERATOR,
    REGPROC,
    REGPROCEDURE,
    REGROLE,
    REGTYPE,
    UNKNOWN,
    Oid,
)
from server.errors import InvalidConstant
from server.query.binder import type_facts as facts
from server.query.binder.context import BindingContext
from server.query.bound import Constant
from server.query.postgres.types import base_type
from server.statements.select import BitString

_DIGITS: Final = re.compile(r"-?[0-9]+")
_BARE_NUMBER: Final = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*")
_LARGEST_INT4: Final = 2**31 - 1
_LARGEST_INT8: Final = 2**63 - 1

# What a bare number counts, by the last of an interval's fields (bits of its modifier, datetime.h).
_UNITS: Final = ((1 << 12, "second"), (1 << 11, "minute"), (1 << 10, "hour"), (1 << 3, "day"), (1 << 1, "month"))

_MISSING: Final[dict[Oid, tuple[str, SqlState]]] = {
    REGCLASS: ('relation "{}" does not exist', SqlState.UNDEFINED_TABLE),
    REGTYPE: ('type "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    REGPROC: ('function "{}" does not exist', SqlState.UNDEFINED_FUNCTION),
    REGPROCEDURE: ('function "{}" does not exist', SqlState.UNDEFINED_FUNCTION),
    REGOPER: ("operator does not exist: {}", SqlState.UNDEFINED_FUNCTION),
    REGOPERATOR: ("operator does not exist: {}", SqlState.UNDEFINED_FUNCTION),
    REGNAMESPACE: ('schema "{}" does not exist', SqlState.INVALID_SCHEMA_NAME),
    REGROLE: ('role "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    REGCOLLATION: ('collation "{}" for encoding "UTF8" does not exist', SqlState.UNDEFINED_OBJECT),
    REGCONFIG: ('text search configuration "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    REGDICTIONARY: ('text search dictionary "{}" does not exist', SqlState.UNDEFINED_OBJECT),
}


def number_constant(text: str) -> Constant:
    """A number as written, `-` before it where it is negated: the smallest of int4, int8, numeric that holds it."""
    if _DIGITS.fullmatch(text) and len(text) < 21:
        value = int(text)
        if -_LARGEST_INT4 - 1 <= value <= _LARGEST_INT4:
            return Constant(value, INT4)
        if -_LARGEST_INT8 - 1 <= value <= _LARGEST_INT8:
            return Constant(value, INT8)
    return Constant(parse_numeric(text), NUMERIC)


def bit_constant(written: BitString) -> Constant:
    """`B'..'` and `X'..'` are of type bit, as long as they are."""
    try:
        if written.hexadecimal:
            return Constant("".join(f"{int(digit, 16):04b}" for digit in written.digits), facts.BIT)
        if set(written.digits) <= {"0", "1"}:
            return Constant(written.digits, facts.BIT)
    except ValueError:
        pass
    valid = "0123456789abcdefABCDEF" if written.hexadecimal else "01"
    wrong = next(digit for digit in written.digits if digit not in valid)
    kind = "hexadecimal" if written.hexadecimal else "binary"
    message = f'"{wrong}" is not a valid {kind} digit'
    raise InvalidConstant(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION, at=written.at)


def is_unknown_constant(value: object) -> bool:
    return isinstance(value, Constant) and value.type == UNKNOWN


def is_null_constant(value: object) -> bool:
    return isinstance(value, Constant) and value.value is None


def read_constant(context: BindingContext, text: str, oid: Oid, modifier: int, at: int) -> Constant:
    """The constant that a string of unknown type is, as a value of the type; no length is applied yet.

    Raises:
        InvalidConstant: the string is no value of the type.
    """
    base = base_type(oid)
    codec = CODECS.get(base)
    if codec is None:
        message = f"cannot accept a value of type {facts.format_type(base)}"
        raise InvalidConstant(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED, at=at)
    if base == INTERVAL and modifier >= 0:
        text = _with_unit(text, modifier)
    try:
        value = codec.parse(context.settings)(text)
        return Constant(_resolve_references(context, value, base), oid)
    except InvalidConstant:
        raise
    except InvalidValue as error:
        raise InvalidConstant(error.message, sqlstate=error.sqlstate, at=at) from error


def missing_reference(kind: Oid, name: str) -> InvalidValue:
    """What PostgreSQL says of a name that stands for no object; `kind` is regclass or one of its kin."""
    text, sqlstate = _MISSING[kind]
    return InvalidValue(text.format(name), sqlstate=sqlstate)


def is_reference(oid: Oid) -> bool:
    """Whether values of the type are names of objects of the catalog."""
    return oid in _MISSING


def _resolve_references(context: BindingContext, value: object, oid: Oid) -> object:
    """Replace the names of objects by their OIDs, in arrays too."""
    if isinstance(value, list) and oid != OIDVECTOR:
        element = facts.element_of(oid)
        return [_resolve_references(context, each, element if not isinstance(each, list) else oid) for each in value]
    if not isinstance(value, str) or oid not in _MISSING:
        return value
    found = context.find_reference(oid, value)
    if found is None:
        raise missing_reference(oid, value)
    return found


def _with_unit(text: str, modifier: int) -> str:
    """`INTERVAL '1' DAY` is a day: without a unit in the text, the last field gives it."""
    if not _BARE_NUMBER.fullmatch(text):
        return text
    fields = modifier >> 16
    unit = "year" if fields == 1 << 2 else next((unit for bit, unit in _UNITS if fields & bit), "second")
    return f"{text} {unit}"
