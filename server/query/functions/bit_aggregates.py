"""bit_and, bit_or and bit_xor, of integers and of bit strings (which are texts of 0 and 1).

Source: PostgreSQL manual, "Aggregate Functions"; bit_and and its kind in varbit.c.
"""

import operator
from collections.abc import Callable
from typing import Final

from server.query.functions.bit_strings import combine
from server.query.functions.registry import AccumulatorFactory, CallTypes, aggregate
from server.query.runtime import Runtime

_OPERATORS: Final[dict[str, tuple[str, Callable[[int, int], int]]]] = {
    "bit_and": ("AND", operator.and_),
    "bit_or": ("OR", operator.or_),
    "bit_xor": ("XOR", operator.xor),
}


class _Bits:
    def __init__(self, combine: Callable[[object, object], object]) -> None:
        self._combine = combine
        self._value: object = None

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is not None:
            self._value = value if self._value is None else self._combine(self._value, value)

    def result(self) -> object:
        return self._value


def _maker(combine: Callable[..., object]) -> AccumulatorFactory:
    def make(types: CallTypes, runtime: Runtime) -> _Bits:
        return _Bits(combine)

    return make


for _name, (_word, _combine) in _OPERATORS.items():
    aggregate(*(f"{_name}({oid})" for oid in ("int2", "int4", "int8")))(_maker(_combine))
    aggregate(f"{_name}(bit)")(_maker(combine(_word, _combine)))
