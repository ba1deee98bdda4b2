"""The comparisons of every type whose values are numbers, texts, bytes, booleans, bits, addresses, money or jsonb.

Texts are ordered by code points, as PostgreSQL orders them under the collation C.
Source: PostgreSQL 15, pg_operator and the btree operator classes.
"""

import operator
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from protocol.strings import Tid
from protocol.types import INET, JSONB, MONEY
from server.query.evaluator.ordering import sort_key
from server.query.functions.registry import function

Compare = Callable[[Any, Any], bool]

_OPERATORS: Final[dict[str, Compare]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}

# NaN is equal to itself and larger than all other numbers.
_FLOAT: Final[dict[str, Compare]] = {
    "eq": lambda left, right: left == right or (left != left and right != right),
    "ne": lambda left, right: left != right and (left == left or right == right),
    "lt": lambda left, right: left < right or (right != right and left == left),
    "le": lambda left, right: left <= right or right != right,
    "gt": lambda left, right: left > right or (left != left and right == right),
    "ge": lambda left, right: left >= right or left != left,
}


def _numeric_comparison(name: str) -> Compare:
    compare = _OPERATORS[name]

    def compare_numerics(left: Decimal, right: Decimal) -> bool:
        try:
            return compare(left, right)
        except InvalidOperation:
            # Decimal refuses to order NaN.
            return compare(left.is_nan() - right.is_nan(), 0)

    return compare_numerics


def _numeric_equality(left: Decimal, right: Decimal) -> bool:
    return left == right or (left.is_nan() and right.is_nan())


def _numeric_difference(left: Decimal, right: Decimal) -> bool:
    return not _numeric_equality(left, right)


def _by_key(compare: Compare, key: Callable[[Any], Any]) -> Compare:
    return lambda left, right: compare(key(left), key(right))


def _three_way(less: Compare) -> Callable[[Any, Any], int]:
    return lambda left, right: less(right, left) - less(left, right)


def _larger(less: Compare) -> Callable[[Any, Any], object]:
    return lambda left, right: right if less(left, right) else left


def _smaller(less: Compare) -> Callable[[Any, Any], object]:
    return lambda left, right: left if less(left, right) else right


def _blank_padded(text: str) -> str:
    return text.rstrip(" ")


def _tid(value: Tid) -> tuple[int, int]:
    return value.block, value.offset


def _register(pattern: str, table: dict[str, Compare]) -> None:
    """Register the six comparisons under names like `int4{}`."""
    for name, compare in table.items():
        function(pattern.format(name))(compare)


_NUMERIC: Final[dict[str, Compare]] = {
    **{name: _numeric_comparison(name) for name in ("lt", "le", "gt", "ge")},
    "eq": _numeric_equality,
    "ne": _numeric_difference,
}
_BLANK_PADDED: Final = {name: _by_key(compare, _blank_padded) for name, compare in _OPERATORS.items()}
_TIDS: Final = {name: _by_key(compare, _tid) for name, compare in _OPERATORS.items()}
_JSONB: Final = {name: _by_key(compare, sort_key(JSONB)) for name, compare in _OPERATORS.items()}
_NETWORK: Final = {name: _by_key(compare, sort_key(INET)) for name, compare in _OPERATORS.items()}
_MONEY: Final = {name: _by_key(compare, sort_key(MONEY)) for name, compare in _OPERATORS.items()}

for _prefix in ("int2", "int4", "int8", "int24", "int42", "int28", "int82", "int48", "int84"):
    _register(f"{_prefix}{{}}", _OPERATORS)
for _prefix in ("oid", "bool", "name", "char", "bytea", "bit", "varbit", "xid8"):
    _register(f"{_prefix}{{}}", _OPERATORS)
_register("uuid_{}", _OPERATORS)
for _prefix in ("float4", "float8", "float48", "float84"):
    _register(f"{_prefix}{{}}", _FLOAT)
_register("numeric_{}", _NUMERIC)
_register("bpchar{}", _BLANK_PADDED)
_register("tid{}", _TIDS)
_register("jsonb_{}", _JSONB)
_register("network_{}", _NETWORK)
_register("cash_{}", _MONEY)
for _prefix in ("macaddr", "macaddr8"):
    _register(f"{_prefix}_{{}}", _OPERATORS)
_register("name{}text", _OPERATORS)
_register("text{}name", _OPERATORS)
for _name in ("lt", "le", "gt", "ge"):
    function(f"text_{_name}", f"text_pattern_{_name}")(_OPERATORS[_name])
    function(f"bpchar_pattern_{_name}")(_BLANK_PADDED[_name])
function("texteq", "cideq", "xideq", "xideqint4")(operator.eq)
function("textne", "xidneq", "xidneqint4")(operator.ne)

for _prefix in ("int2", "int4", "int8", "oid", "text_", "xid8_"):
    function(f"{_prefix}larger")(_larger(operator.lt))
    function(f"{_prefix}smaller")(_smaller(operator.lt))
for _prefix, _less in (
    ("float4", _FLOAT["lt"]),
    ("float8", _FLOAT["lt"]),
    ("numeric_", _NUMERIC["lt"]),
    ("bpchar_", _BLANK_PADDED["lt"]),
    ("tid", _TIDS["lt"]),
    ("network_", _NETWORK["lt"]),
    ("cash", _MONEY["lt"]),
):
    function(f"{_prefix}larger")(_larger(_less))
    function(f"{_prefix}smaller")(_smaller(_less))

for _name in (
    *("btint2cmp", "btint4cmp", "btint8cmp", "btint24cmp", "btint42cmp", "btint28cmp", "btint82cmp", "btint48cmp"),
    *("btint84cmp", "btoidcmp", "btboolcmp", "btcharcmp", "btnamecmp", "bttextcmp", "btnametextcmp", "bttextnamecmp"),
    *("byteacmp", "uuid_cmp", "bitcmp", "varbitcmp", "xid8cmp"),
    *("macaddr_cmp", "macaddr8_cmp"),
):
    function(_name)(_three_way(operator.lt))
function("btfloat4cmp", "btfloat8cmp", "btfloat48cmp", "btfloat84cmp")(_three_way(_FLOAT["lt"]))
function("numeric_cmp")(_three_way(_NUMERIC["lt"]))
function("bpcharcmp")(_three_way(_BLANK_PADDED["lt"]))
function("bttidcmp")(_three_way(_TIDS["lt"]))
function("network_cmp")(_three_way(_NETWORK["lt"]))
function("cash_cmp")(_three_way(_MONEY["lt"]))
function("jsonb_cmp")(_three_way(_JSONB["lt"]))
