"""date, time, timestamp and timestamptz compared with one another.

Source: PostgreSQL 15, date.c and timestamp.c: date_cmp_timestamp and its kind.
"""

import operator
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from protocol.timestamps import Infinity
from server.query.functions.moments import Moment, from_local, midnight_of
from server.query.functions.registry import function
from server.query.runtime import Runtime

_OPERATORS: Final[dict[str, Callable[..., bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def _with_infinity(compare: Callable[..., bool]) -> Callable[[object, object], bool]:
    """The comparison of finite values, and of the endless ones by their keys."""

    def compare_any(left: object, right: object) -> bool:
        try:
            return compare(left, right)
        except TypeError:
            return compare(*_order(left, right))

    return compare_any


def _order(left: object, right: object) -> tuple[int, int]:
    """Numbers in the order of two values."""
    if left == right:
        return 0, 0
    return (0, 1) if _less(left, right) else (1, 0)


def _less(left: object, right: object) -> bool:
    if isinstance(left, Infinity):
        return left is Infinity.NEGATIVE
    if isinstance(right, Infinity):
        return right is Infinity.POSITIVE
    return left < right  # type: ignore[operator,no-any-return]  # two dates or two moments


_COMPARE: Final = {name: _with_infinity(compare) for name, compare in _OPERATORS.items()}


def three_way(left: object, right: object) -> int:
    one, other = _order(left, right)
    return one - other


def earlier(left: object, right: object) -> object:
    return left if _less(left, right) else right


def later(left: object, right: object) -> object:
    return left if _less(right, left) else right


def _start_in_zone(day: date | Infinity, runtime: Runtime) -> Moment:
    """The moment at which the day begins in the session's zone."""
    return _moment_of(midnight_of(day), runtime)


def _moment_of(local: Moment, runtime: Runtime) -> Moment:
    return local if isinstance(local, Infinity) else from_local(local, runtime.settings.timezone)


def _same(moment: Moment, runtime: Runtime) -> Moment:
    return moment


def _register_crossed(
    left: str,
    right: str,
    convert_left: Callable[..., Moment],
    convert_right: Callable[..., Moment],
) -> None:
    """Comparisons of two types, after each is converted to a moment."""
    for name, compare in {**_COMPARE, "cmp": three_way}.items():
        function(f"{left}_{name}_{right}", runtime=True)(_converting(compare, convert_left, convert_right))


def _converting(
    compare: Callable[[object, object], object],
    convert_left: Callable[..., Moment],
    convert_right: Callable[..., Moment],
) -> Callable[..., object]:
    return lambda runtime, left, right: compare(convert_left(left, runtime), convert_right(right, runtime))


def _at_midnight(day: date | Infinity, runtime: Runtime) -> Moment:
    return midnight_of(day)


for _type in ("date", "time", "timestamp", "timestamptz"):
    for _name, _compare in _COMPARE.items():
        # Equality needs no care for the endless values.
        function(f"{_type}_{_name}")(_OPERATORS[_name] if _name in ("eq", "ne") else _compare)
    function(f"{_type}_cmp")(three_way)
    function(f"{_type}_larger")(later)
    function(f"{_type}_smaller")(earlier)

_register_crossed("date", "timestamp", _at_midnight, _same)
_register_crossed("timestamp", "date", _same, _at_midnight)
_register_crossed("date", "timestamptz", _start_in_zone, _same)
_register_crossed("timestamptz", "date", _same, _start_in_zone)
_register_crossed("timestamp", "timestamptz", _moment_of, _same)
_register_crossed("timestamptz", "timestamp", _same, _moment_of)


@function(*(f"isfinite({name})" for name in ("date", "timestamp", "timestamptz")))
def is_finite(moment: date | datetime | Infinity) -> bool:
    return not isinstance(moment, Infinity)
