"""What can be said of values of any type: their type, their size, how many are NULL.

Source: PostgreSQL 15, misc.c, varlena.c.
"""

from typing import Final

from protocol import types
from protocol.codecs import CODECS
from protocol.types import TYPES
from server.query.functions.array_shapes import ArrayValue, elements_of
from server.query.functions.registry import CallTypes, Scalar, typed_function
from server.query.runtime import Runtime

# Bytes that tell the size of a value of variable width.
_HEADER: Final = 4
# A number on the wire says its count of digits, its weight, sign and scale; a stored one all but the first in 2 bytes.
_WIRE_NUMERIC: Final = 6
# Their binary form begins with a version, which is not stored.
_VERSIONED: Final = frozenset((types.JSONB, types.JSONPATH))


@typed_function("pg_typeof")
def pg_typeof(call: CallTypes) -> Scalar:
    (oid,) = call.declared or call.arguments
    return lambda _: oid


@typed_function("num_nulls")
def num_nulls(call: CallTypes) -> Scalar:
    return _counter(call, nulls=True)


@typed_function("num_nonnulls")
def num_nonnulls(call: CallTypes) -> Scalar:
    return _counter(call, nulls=False)


def _counter(call: CallTypes, *, nulls: bool) -> Scalar:
    def count(*values: object) -> int:
        return sum((each is None) is nulls for each in values)

    def count_elements(array: ArrayValue | None) -> int | None:
        return None if array is None else count(*elements_of(array))

    return count_elements if call.variadic else count


@typed_function("pg_column_size", runtime=True)
def pg_column_size(call: CallTypes) -> Scalar:
    """SILENT: of arrays, rows, jsonb and the like the size on the wire, since none is stored as PostgreSQL does."""
    oid = call.arguments[0]
    row = TYPES.get(oid)
    size = row.size if row is not None else -1
    if size > 0:
        return lambda runtime, value: None if value is None else size
    pack = CODECS[types.TEXT if row is None else oid].pack

    def measure(runtime: Runtime, value: object) -> int | None:
        if value is None:
            return None
        if oid == types.UNKNOWN:
            return len(str(value).encode()) + 1
        if oid == types.NUMERIC:
            return _HEADER + len(pack(runtime.settings)(value)) - _WIRE_NUMERIC
        return _HEADER + len(pack(runtime.settings)(value)) - (oid in _VERSIONED)

    return measure
