"""The methods of jsonpath that make one item of another.

Source: PostgreSQL 15, executeNumericItemMethod and executeItemOptUnwrapTarget in jsonpath_exec.c.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.numerals import format_float8, parse_float8
from protocol.numerics import format_numeric
from protocol.sqlstate import SqlState
from server.query.functions import numerics

_DIGITS: Final = 1


class PathError(InvalidValue):
    """What a jsonpath cannot do with its items; kept silent about on request."""


def _non_numeric(message: str) -> PathError:
    return PathError(f"jsonpath item method {message}", sqlstate=SqlState.NON_NUMERIC_SQL_JSON_ITEM)


def _of_number(name: str, compute: Callable[[Decimal], Decimal]) -> Callable[[object], object]:
    def method(item: object) -> Decimal:
        if not isinstance(item, Decimal):
            raise _non_numeric(f".{name}() can only be applied to a numeric value")
        return compute(item)

    return method


def _double(item: object) -> Decimal:
    if isinstance(item, Decimal):
        if _read_float(format_numeric(item)) is None:
            message = "numeric argument of jsonpath item method .double() is out of range for type double precision"
            raise PathError(message, sqlstate=SqlState.NON_NUMERIC_SQL_JSON_ITEM)
        return item
    if not isinstance(item, str):
        raise _non_numeric(".double() can only be applied to a string or numeric value")
    number = _read_float(item)
    if number is None:
        what = "is not a valid representation of a double precision number"
        message = f"string argument of jsonpath item method .double() {what}"
        raise PathError(message, sqlstate=SqlState.NON_NUMERIC_SQL_JSON_ITEM)
    return Decimal(f"{Decimal(format_float8(number, _DIGITS)):f}")


def _read_float(text: str) -> float | None:
    try:
        number = parse_float8(text)
    except InvalidValue:
        return None
    return number if math.isfinite(number) else None


METHODS: Final[dict[str, Callable[[object], object]]] = {
    "abs": _of_number("abs", numerics.absolute),
    "floor": _of_number("floor", numerics.floor),
    "ceiling": _of_number("ceiling", numerics.ceiling),
    "double": _double,
}
