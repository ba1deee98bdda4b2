"""Correlation, covariance and linear regression of pairs (Y, X).

Source: PostgreSQL 15, float8_regr_accum and the final functions after it in float.c.
"""

import math
from collections.abc import Callable
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import AccumulatorFactory, CallTypes, aggregate
from server.query.runtime import Runtime


class _Pairs:
    """The count, the sums, and the sums of squared and multiplied distances from the means."""

    def __init__(self, finish: "Callable[[_Pairs], float | None]") -> None:
        self._finish = finish
        self.count = 0
        self.sum_x = self.sum_y = 0.0
        self.xx = self.yy = self.xy = 0.0

    def add(self, *arguments: object) -> None:
        y, x = arguments
        if not isinstance(y, float) or not isinstance(x, float):
            return
        before = self.count
        was_infinite = math.isinf(self.sum_x) or math.isinf(self.sum_y)
        self.count += 1
        self.sum_x += x
        self.sum_y += y
        if before:
            distance_x = x * self.count - self.sum_x
            distance_y = y * self.count - self.sum_y
            scale = 1.0 / (self.count * before)
            self.xx += distance_x * distance_x * scale
            self.yy += distance_y * distance_y * scale
            self.xy += distance_x * distance_y * scale
            if any(math.isinf(each) for each in (self.sum_x, self.xx, self.sum_y, self.yy, self.xy)):
                if not was_infinite and not math.isinf(x) and not math.isinf(y):
                    raise InvalidValue("value out of range: overflow", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
                self.xx = math.nan if math.isinf(self.xx) else self.xx
                self.yy = math.nan if math.isinf(self.yy) else self.yy
                self.xy = math.nan if math.isinf(self.xy) else self.xy
        else:
            if not math.isfinite(x):
                self.xx = self.xy = math.nan
            if not math.isfinite(y):
                self.yy = self.xy = math.nan

    def result(self) -> float | None:
        return self._finish(self)


def _correlation(pairs: _Pairs) -> float | None:
    if not pairs.count or pairs.xx == 0 or pairs.yy == 0:
        return None
    return pairs.xy / math.sqrt(pairs.xx * pairs.yy)


def _determination(pairs: _Pairs) -> float | None:
    if not pairs.count or pairs.xx == 0:
        return None
    return 1.0 if pairs.yy == 0 else pairs.xy * pairs.xy / (pairs.xx * pairs.yy)


def _slope(pairs: _Pairs) -> float | None:
    return None if not pairs.count or pairs.xx == 0 else pairs.xy / pairs.xx


def _intercept(pairs: _Pairs) -> float | None:
    if not pairs.count or pairs.xx == 0:
        return None
    return (pairs.sum_y - pairs.sum_x * pairs.xy / pairs.xx) / pairs.count


def _if_any(value: Callable[[_Pairs], float]) -> Callable[[_Pairs], float | None]:
    return lambda pairs: value(pairs) if pairs.count else None


_FINISH: Final[dict[str, Callable[[_Pairs], float | None]]] = {
    "regr_count": lambda pairs: pairs.count,
    "regr_sxx": _if_any(lambda pairs: pairs.xx),
    "regr_syy": _if_any(lambda pairs: pairs.yy),
    "regr_sxy": _if_any(lambda pairs: pairs.xy),
    "regr_avgx": _if_any(lambda pairs: pairs.sum_x / pairs.count),
    "regr_avgy": _if_any(lambda pairs: pairs.sum_y / pairs.count),
    "regr_r2": _determination,
    "regr_slope": _slope,
    "regr_intercept": _intercept,
    "covar_pop": _if_any(lambda pairs: pairs.xy / pairs.count),
    "covar_samp": lambda pairs: pairs.xy / (pairs.count - 1) if pairs.count > 1 else None,
    "corr": _correlation,
}


def _maker(finish: Callable[[_Pairs], float | None]) -> AccumulatorFactory:
    def make(types: CallTypes, runtime: Runtime) -> _Pairs:
        return _Pairs(finish)

    return make


for _name, _finish in _FINISH.items():
    aggregate(_name)(_maker(_finish))
