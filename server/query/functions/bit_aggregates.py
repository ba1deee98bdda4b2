"""bit_and, bit_or and bit_xor, of integers and of bit strings (which are texts of 0 and 1).

Source: PostgreSQL manual, "Aggregate Functions"; bit_and and its kind in varbit.c.
"""

import operator
from collections.abc import Callable
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
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


def _of_strings(word: str, combine: Callable[[int, int], int]) -> Callable[[str, str], str]:
    def combine_strings(left: str, right: str) -> str:
        if len(left) != len(right):
            message = f"cannot {word} bit strings of different sizes"
            raise InvalidValue(message, sqlstate=SqlState.STRING_DATA_LENGTH_MISMATCH)
        return f"{combine(int(left, 2), int(right, 2)):0{len(left)}b}" if left else ""

    return combine_strings


def _maker(combine: Callable[..., object]) -> AccumulatorFactory:
    def make(types: CallTypes, runtime: Runtime) -> _Bits:
        return _Bits(combine)

    return make


for _name, (_word, _combine) in _OPERATORS.items():
    aggregate(*(f"{_name}({oid})" for oid in ("int2", "int4", "int8")))(_maker(_combine))
    aggregate(f"{_name}(bit)")(_maker(_of_strings(_word, _combine)))
