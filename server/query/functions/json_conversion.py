"""Values of any type as JSON.

Source: PostgreSQL 15, json_categorize_type and datum_to_json in json.c, datum_to_jsonb in jsonb.c.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Final

from protocol import types
from protocol.arrays import Array, Record
from protocol.jsonb import canonical_jsonb, write_json_string
from protocol.timestamps import Infinity
from protocol.types import TYPES, Oid
from server.query.evaluator.calls import base_of
from server.query.functions.value_errors import check_length, invalid_parameter
from server.query.functions.value_texts import WriteText, text_writer_of
from server.query.runtime import Runtime

Write = Callable[[Runtime, object], str]

_NUMBERS: Final = frozenset((types.INT2, types.INT4, types.INT8, types.FLOAT4, types.FLOAT8, types.NUMERIC))
_MOMENTS: Final = frozenset((types.DATE, types.TIMESTAMP, types.TIMESTAMPTZ))
_VECTORS: Final = frozenset((types.INT2VECTOR, types.OIDVECTOR))
_JSON: Final = frozenset((types.JSON, types.JSONB))
# Of `2020-01-31T23:59:59` and of `.123456`.
_MOMENT_LENGTH: Final = 19
_FRACTION_LENGTH: Final = 7
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def is_structured(oid: Oid) -> bool:
    """Whether values become arrays or objects, which json_agg puts on lines of their own."""
    row = TYPES.get(oid)
    return oid == types.RECORD or oid in _VECTORS or (row is not None and row.is_array)


def json_writer(oid: Oid, separator: str = ",") -> Write:
    """How values of the type become json; NULL becomes `null`.

    Args:
        separator: what stands between the elements of the outermost array or row.
    """
    write = _writer(base_of(oid), separator)
    return lambda runtime, value: "null" if value is None else write(runtime, value)


def _writer(oid: Oid, separator: str) -> Write:
    if oid == types.BOOL:
        return lambda _, value: "true" if value else "false"
    if oid in _NUMBERS:
        return _number(text_writer_of(oid))
    if oid in _MOMENTS:
        return lambda runtime, value: f'"{write_moment(value, runtime.settings.timezone)}"'
    if oid in _JSON:
        return lambda _, value: str(value)
    if oid == types.RECORD:
        return _row(separator)
    row = TYPES.get(oid)
    if row is not None and (row.is_array or oid in _VECTORS):
        return _array(json_writer(row.element), separator, row.element)
    text = text_writer_of(oid)
    return lambda runtime, value: write_json_string(text(runtime, value))


def _number(text: WriteText) -> Write:
    def write(runtime: Runtime, value: object) -> str:
        written = text(runtime, value)
        # Infinities and NaN are no numbers of JSON.
        return written if _NUMBER.fullmatch(written) else f'"{written}"'

    return write


def _row(separator: str) -> Write:
    """Fields that nobody has named are f1, f2 .. ."""
    writers: dict[Oid, Write] = {}

    def write(runtime: Runtime, value: object) -> str:
        parts: list[str] = []
        fields, names = (value.fields, value.names) if isinstance(value, Record) else ((), ())
        for index, (oid, each) in enumerate(fields):
            inner = writers.get(oid)
            if inner is None:
                inner = writers[oid] = json_writer(oid)
            name = names[index] if names else f"f{index + 1}"
            parts.append(f"{write_json_string(name)}:{inner(runtime, each)}")
        return "{" + separator.join(parts) + "}"

    return write


def _array(write_element: Write, separator: str, element: Oid) -> Write:
    vectors = element in _VECTORS

    def inner(runtime: Runtime, value: object, between: str) -> str:
        if not isinstance(value, list) and (vectors or not isinstance(value, tuple)):
            return write_element(runtime, value)
        return "[" + between.join([inner(runtime, each, ",") for each in value]) + "]"

    def write(runtime: Runtime, value: object) -> str:
        items = value.items if isinstance(value, Array) else value
        written = inner(runtime, list(items), separator)  # type: ignore[call-overload]  # a sequence
        check_length(len(written))
        return written

    return write


def write_moment(value: object, zone: tzinfo) -> str:
    """A date or a timestamp as in ISO 8601; with a time zone, in the session's."""
    if isinstance(value, Infinity):
        return "infinity" if value is Infinity.POSITIVE else "-infinity"
    if not isinstance(value, datetime):
        assert isinstance(value, date)  # noqa: S101 - for the type checker
        return value.isoformat()
    offset = ""
    if value.tzinfo is not None:
        value = value.astimezone(zone)
        offset = value.isoformat()[_MOMENT_LENGTH + (_FRACTION_LENGTH if value.microsecond else 0) :]
        value = value.replace(tzinfo=None)
    text = value.isoformat()
    return (text.rstrip("0") if value.microsecond else text) + offset


def key_writer(oid: Oid) -> Write:
    """How values of the type become keys of an object: their text, in quotes.

    Raises:
        InvalidValue: an array, a row or json is no key.
    """
    oid = base_of(oid)
    if is_structured(oid) or oid in _JSON:

        def refuse(runtime: Runtime, value: object) -> str:
            raise invalid_parameter("key value must be scalar, not array, composite, or json")

        return refuse
    if oid == types.BOOL:
        return lambda _, value: '"true"' if value else '"false"'
    if oid in _MOMENTS:
        return lambda runtime, value: f'"{write_moment(value, runtime.settings.timezone)}"'
    text = text_writer_of(oid)
    return lambda runtime, value: write_json_string(text(runtime, value))


def jsonb_writer(oid: Oid) -> Write:
    """How values of the type become jsonb."""
    oid = base_of(oid)
    write = json_writer(oid)
    if oid == types.JSONB:
        return write
    if oid in (types.BOOL, types.INT2, types.INT4, types.INT8, types.TEXT, types.VARCHAR, types.NAME):
        # Canonical already.
        return write
    return lambda runtime, value: canonical_jsonb(write(runtime, value))
