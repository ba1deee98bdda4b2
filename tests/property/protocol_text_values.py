"""Strategies for the values of the types whose values are texts in memory."""

import string
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from hypothesis import strategies as st

from protocol import types
from protocol.bit_strings import format_cents
from protocol.codecs import RANGE_TYPES
from protocol.geometry import (
    BOX_SHAPE,
    CIRCLE_SHAPE,
    LINE_SHAPE,
    LSEG_SHAPE,
    PATH_SHAPE,
    POINT_SHAPE,
    POLYGON_SHAPE,
    Shape,
    parse_shape,
)
from protocol.networks import parse_cidr, parse_inet
from protocol.ranges import Range, RangeType, order_key
from protocol.text_codecs import MULTIRANGES
from protocol.timetz import format_timetz
from protocol.types import TYPES, Oid

_coordinates: Final = st.integers(-(10**9), 10**9).map(lambda number: number / 1000)
_words: Final = st.text(string.ascii_letters, min_size=1, max_size=8)
_bits: Final = st.text("01", max_size=20)


def _shapes(shape: Shape, most: int = 4) -> st.SearchStrategy[str]:
    if shape.numbers:
        numbers = st.lists(_coordinates, min_size=shape.numbers, max_size=shape.numbers)
    else:
        numbers = st.integers(1, most).flatmap(
            lambda count: st.lists(_coordinates, min_size=2 * count, max_size=2 * count)
        )
    if shape is CIRCLE_SHAPE:
        numbers = numbers.map(lambda each: [*each[:2], abs(each[2])])
    elif shape is LINE_SHAPE:
        numbers = numbers.filter(lambda each: bool(each[0] or each[1]))

    def write(each: list[float], opening: str) -> str:
        if shape.numbers:
            return parse_shape(shape, shape.template.format(*each))
        points = ",".join(f"({x},{y})" for x, y in zip(each[::2], each[1::2], strict=True))
        return parse_shape(shape, f"[{points}]" if opening == "[" else f"({points})")

    return st.builds(write, numbers, st.sampled_from("[(" if shape.name == "path" else "("))


def _networks(parse: Callable[[str], str], *, strict: bool) -> st.SearchStrategy[str]:
    def write(number: int, bits: int, wide: bool) -> str:
        size = 128 if wide else 32
        bits %= size + 1
        number %= 1 << size
        if strict:
            number = number >> (size - bits) << (size - bits)
            network = IPv6Network((number, bits)) if wide else IPv4Network((number, bits))
            return parse(str(network))
        host = IPv6Network(number) if wide else IPv4Network(number)
        return parse(f"{host.network_address}/{bits}")

    numbers = st.integers(0, 2**128 - 1) | st.integers(0, 2**32 - 1) | st.integers(0, 20)
    return st.builds(write, numbers, st.integers(0, 500), st.booleans())


def _snapshot(lowest: int, length: int, running: list[int]) -> str:
    inside = sorted({lowest + each % length for each in running}) if length else []
    return f"{lowest}:{lowest + length}:{','.join(map(str, inside))}"


def _ranges(kind: RangeType, bounds: st.SearchStrategy[object]) -> st.SearchStrategy[Range]:
    def make(lower: object, upper: object, lower_in: bool, upper_in: bool) -> Range:
        if lower is not None and upper is not None and order_key(lower) > order_key(upper):
            lower, upper = upper, lower
        return kind.make(lower, upper, lower_in=lower_in, upper_in=upper_in)

    return st.builds(make, bounds | st.none(), bounds | st.none(), st.booleans(), st.booleans())


def ranges(elements: Mapping[Oid, st.SearchStrategy[object]]) -> dict[Oid, st.SearchStrategy[object]]:
    """Ranges and multiranges, each by its type; `elements` has the bounds for each type of ranges."""
    found: dict[Oid, st.SearchStrategy[object]] = {}
    for multirange, oid in MULTIRANGES.items():
        kind = RANGE_TYPES[oid]
        single = _ranges(kind, elements[oid])
        found[oid] = single.map(kind.format)
        found[multirange] = st.lists(single, max_size=4).map(kind.unite).map(kind.format_many)
    return found


TEXTS: Final[dict[Oid, st.SearchStrategy[object]]] = {
    **dict.fromkeys((types.REFCURSOR, types.CSTRING), _words),
    types.XML: _words.map(lambda word: f"<a>{word}</a>"),
    types.JSONPATH: _words.map(lambda word: f'$."{word}"'),
    types.TIMETZ: st.builds(format_timetz, st.integers(0, 86_400_000_000), st.integers(-57_599, 57_599)),
    types.BIT: _bits.filter(bool),
    types.VARBIT: _bits,
    types.MONEY: st.integers(-(2**63), 2**63 - 1).map(format_cents),
    types.PG_LSN: st.builds(lambda high, low: f"{high:X}/{low:X}", *[st.integers(0, 2**32 - 1)] * 2),
    **dict.fromkeys(
        (types.PG_SNAPSHOT, types.TXID_SNAPSHOT),
        st.builds(_snapshot, st.integers(1, 1000), st.integers(0, 50), st.lists(st.integers(0, 99), max_size=4)),
    ),
    types.INET: _networks(parse_inet, strict=False),
    types.CIDR: _networks(parse_cidr, strict=True),
    types.MACADDR: st.binary(min_size=6, max_size=6).map(lambda data: data.hex(":")),
    types.MACADDR8: st.binary(min_size=8, max_size=8).map(lambda data: data.hex(":")),
    types.POINT: _shapes(POINT_SHAPE),
    types.LSEG: _shapes(LSEG_SHAPE),
    types.BOX: _shapes(BOX_SHAPE),
    types.LINE: _shapes(LINE_SHAPE),
    types.CIRCLE: _shapes(CIRCLE_SHAPE),
    types.PATH: _shapes(PATH_SHAPE),
    types.POLYGON: _shapes(POLYGON_SHAPE),
}

# Those that PostgreSQL itself does not read, or has no binary form of, or we have none of.
ONE_WAY: Final = {
    oid
    for oid, row in TYPES.items()
    if (row.category == "P" and oid not in (types.VOID, types.CSTRING))
    or row.name.startswith(("pg_brin_", "pg_node_", "pg_ndis", "pg_depend", "pg_mcv"))
    or row.name.removeprefix("_") in ("aclitem", "gtsvector", "tsvector", "tsquery")
}
