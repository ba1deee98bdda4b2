"""Arrays and vectors compared: by their elements, and by which elements they hold.

Source: PostgreSQL 15, array_eq, array_cmp, array_contain_compare, array_overlap in arrayfuncs.c.
"""

import operator
from collections.abc import Callable
from typing import Final

from server.query.evaluator.ordering import sort_key
from server.query.functions.array_shapes import ArrayValue, element_key, elements_of
from server.query.functions.registry import CallTypes, Scalar, typed_function

_Compare = Callable[..., bool]
_ORDER: Final[dict[str, _Compare]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def _ordered(compare: _Compare) -> Callable[[CallTypes], Scalar]:
    def make(types: CallTypes) -> Scalar:
        key = sort_key(types.arguments[0])
        return lambda left, right: compare(key(left), key(right))

    return make


for _name, _operator in _ORDER.items():
    typed_function(f"array_{_name}", f"oidvector{_name}")(_ordered(_operator))


@typed_function("array_eq", "oidvectoreq", "int2vectoreq")
def equal(types: CallTypes) -> Scalar:
    return _equality(types, operator.eq)


@typed_function("array_ne", "oidvectorne")
def unequal(types: CallTypes) -> Scalar:
    return _equality(types, operator.ne)


def _equality(types: CallTypes, compare: _Compare) -> Scalar:
    key = sort_key(types.arguments[0])
    _, is_plain = element_key(types.arguments[0])
    if not is_plain:
        return lambda left, right: compare(key(left), key(right))

    def of_plain(left: object, right: object) -> bool:
        if type(left) is type(right) and isinstance(left, list | tuple):
            return compare(left, right)
        return compare(key(left), key(right))

    return of_plain


@typed_function("btarraycmp", "btoidvectorcmp")
def three_way(types: CallTypes) -> Scalar:
    key = sort_key(types.arguments[0])

    def compare(left: object, right: object) -> int:
        one, other = key(left), key(right)
        return 0 if one == other else -1 if one < other else 1  # type: ignore[operator]  # keys can be ordered

    return compare


@typed_function("array_larger")
def larger(types: CallTypes) -> Scalar:
    key = sort_key(types.arguments[0])
    return lambda left, right: left if key(left) > key(right) else right  # type: ignore[operator]  # so can these


@typed_function("array_smaller")
def smaller(types: CallTypes) -> Scalar:
    key = sort_key(types.arguments[0])
    return lambda left, right: left if key(left) < key(right) else right  # type: ignore[operator]  # and these


def _keys_of(types: CallTypes) -> Callable[[ArrayValue], tuple[set[object], bool]]:
    """A function that gives what an array holds, and whether NULL is among it."""
    key, is_plain = element_key(types.arguments[0])

    def keys_of(array: ArrayValue) -> tuple[set[object], bool]:
        elements = elements_of(array)
        keys = set(elements if is_plain else [None if each is None else key(each) for each in elements])
        if None in keys:
            keys.discard(None)
            return keys, True
        return keys, False

    return keys_of


@typed_function("arraycontains")
def contains(types: CallTypes) -> Scalar:
    """NULL is never contained."""
    keys_of = _keys_of(types)

    def contain(array: ArrayValue, part: ArrayValue) -> bool:
        wanted, has_null = keys_of(part)
        return not has_null and wanted <= keys_of(array)[0]

    return contain


@typed_function("arraycontained")
def contained(types: CallTypes) -> Scalar:
    contain = contains(types)
    return lambda part, array: contain(array, part)


@typed_function("arrayoverlap")
def overlap(types: CallTypes) -> Scalar:
    keys_of = _keys_of(types)
    return lambda left, right: not keys_of(left)[0].isdisjoint(keys_of(right)[0])
