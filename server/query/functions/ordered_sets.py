"""Aggregates over ordered values (WITHIN GROUP): mode, percentiles, and the ranks of a row that is not there.

The values come sorted; the direct arguments are those of `result`.
Source: PostgreSQL 15, orderedsetaggs.c.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from protocol.codec import expect
from protocol.errors import InvalidValue
from protocol.intervals import Interval
from protocol.sqlstate import SqlState
from server.query.evaluator.ordering import NULL_KEY, hash_key, sort_key
from server.query.functions.intervals import add as add_intervals
from server.query.functions.intervals import multiply, subtract
from server.query.functions.registry import AccumulatorFactory, CallTypes, aggregate
from server.query.runtime import Runtime


class _Sorted:
    """All values but NULL."""

    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        self._types = types
        self._values: list[object] = []

    def add(self, *arguments: object) -> None:
        if arguments[0] is not None:
            self._values.append(arguments[0])


@aggregate("mode")
class Mode(_Sorted):
    """The commonest value, the first one of those that are equally common."""

    def result(self) -> object:
        key = hash_key(self._types.arguments[0])
        counts: dict[object, int] = {}
        firsts: dict[object, object] = {}
        for value in self._values:
            each = key(value)
            counts[each] = counts.get(each, 0) + 1
            firsts.setdefault(each, value)
        return firsts[max(counts, key=lambda each: counts[each])] if counts else None


def _each_fraction(choose: Callable[[float], object], fraction: object, *, empty: bool) -> object:
    """For one fraction or for an array of them; NULL gives NULL."""
    if fraction is None or empty:
        if isinstance(fraction, list):
            _check_fractions(fraction)
        elif fraction is not None:
            _check_fractions([fraction])
        return None
    if isinstance(fraction, list):
        if fraction and isinstance(fraction[0], list):
            return [_each_fraction(choose, part, empty=empty) for part in fraction]
        _check_fractions(fraction)
        return [None if each is None else choose(each) for each in fraction]
    _check_fractions([fraction])
    return choose(fraction)  # type: ignore[arg-type]  # a float8


def _check_fractions(fractions: Sequence[object]) -> None:
    for fraction in fractions:
        if isinstance(fraction, float) and not 0 <= fraction <= 1:
            message = f"percentile value {fraction:g} is not between 0 and 1"
            raise InvalidValue(message, sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


@aggregate("percentile_disc")
class DiscretePercentile(_Sorted):
    def result(self, *direct: object) -> object:
        (fraction,) = direct
        return _each_fraction(self._choose, fraction, empty=not self._values)

    def _choose(self, fraction: float) -> object:
        return self._values[max(math.ceil(fraction * len(self._values)), 1) - 1]


class _ContinuousPercentile(_Sorted):
    def result(self, *direct: object) -> object:
        (fraction,) = direct
        return _each_fraction(self._choose, fraction, empty=not self._values)

    def _choose(self, fraction: float) -> object:
        place = fraction * (len(self._values) - 1)
        first, second = math.floor(place), math.ceil(place)
        low, high = self._values[first], self._values[second]
        return low if first == second else self._between(low, high, place - first)

    def _between(self, low: object, high: object, share: float) -> object:
        raise NotImplementedError


@aggregate("percentile_cont(float8,float8)", "percentile_cont(_float8,float8)")
class FloatPercentile(_ContinuousPercentile):
    def _between(self, low: object, high: object, share: float) -> object:
        start = expect(low, float)
        return start + share * (expect(high, float) - start)


@aggregate("percentile_cont(float8,interval)", "percentile_cont(_float8,interval)")
class IntervalPercentile(_ContinuousPercentile):
    def _between(self, low: object, high: object, share: float) -> object:
        start = expect(low, Interval)
        return add_intervals(start, multiply(subtract(expect(high, Interval), start), share))


class _Hypothetical:
    """Where a row of the direct arguments would stand among the sorted ones.

    SILENT: the direction of a column is read off the rows, since an accumulator is not told; where no two rows differ
    in it, it counts as ascending.
    """

    def __init__(self, types: CallTypes, finish: Callable[[int, int, int, int], object]) -> None:
        self._keys = [sort_key(oid) for oid in types.arguments]
        self._finish = finish
        self._rows: list[tuple[object, ...]] = []

    def add(self, *arguments: object) -> None:
        self._rows.append(self._key_of(arguments))

    def _key_of(self, values: Sequence[object]) -> tuple[object, ...]:
        return tuple([NULL_KEY if each is None else key(each) for key, each in zip(self._keys, values, strict=True)])

    def result(self, *direct: object) -> object:
        wanted = self._key_of(direct)
        signs = self._signs()
        before = [row for row in self._rows if _compare(row, wanted, signs) < 0]
        same = sum(row == wanted for row in self._rows)
        return self._finish(len(before), same, len(set(before)), len(self._rows))

    def _signs(self) -> list[int]:
        signs = [0] * len(self._keys)
        for above, below in zip(self._rows, self._rows[1:], strict=False):
            for index, (one, other) in enumerate(zip(above, below, strict=True)):
                if one != other:
                    signs[index] = signs[index] or (1 if one < other else -1)  # type: ignore[operator]  # keys
                    break
        return [sign or 1 for sign in signs]


def _compare(row: tuple[object, ...], other: tuple[object, ...], signs: list[int]) -> int:
    for left, right, sign in zip(row, other, signs, strict=True):
        if left != right:
            return -sign if left < right else sign  # type: ignore[operator]  # keys
    return 0


# Of the number of rows before it, equal to it, different ones before it, and all rows.
_FINISH: Final[dict[str, Callable[[int, int, int, int], object]]] = {
    "rank": lambda before, same, distinct, total: before + 1,
    "dense_rank": lambda before, same, distinct, total: distinct + 1,
    "percent_rank": lambda before, same, distinct, total: before / total if total else 0.0,
    "cume_dist": lambda before, same, distinct, total: (before + same + 1) / (total + 1),
}


def _maker(finish: Callable[[int, int, int, int], object]) -> AccumulatorFactory:
    def make(types: CallTypes, runtime: Runtime) -> _Hypothetical:
        return _Hypothetical(types, finish)

    return make


for _name, _finish in _FINISH.items():
    aggregate(_name)(_maker(_finish))
