from datetime import date
from decimal import Decimal

import pytest

from protocol import types
from protocol.arrays import Array, Record
from protocol.intervals import Interval
from protocol.timestamps import Infinity
from protocol.types import Oid
from server.query.evaluator.ordering import hash_key, sort_key

NAN = float("nan")


def record(*values: object) -> Record:
    return Record(tuple((types.INT4, value) for value in values))


@pytest.mark.parametrize(
    ("oid", "in_order"),
    [
        (types.INT4, [-1, 0, 2]),
        (types.TEXT, ["", "A", "a", "é"]),
        (types.BOOL, [False, True]),
        (types.NUMERIC, [Decimal("-Infinity"), Decimal("1.50"), Decimal(2), Decimal("Infinity"), Decimal("NaN")]),
        (types.FLOAT8, [-float("inf"), 0.5, float("inf"), NAN]),
        (types.DATE, [Infinity.NEGATIVE, date(1, 1, 1), date(9999, 1, 1), Infinity.POSITIVE]),
        (types.INTERVAL, [Interval(days=29), Interval(months=1), Interval(days=31)]),
        (types.JSONB, ["[]", "null", '"a"', "1", "1.5", "2", "false", "true", "[1]", "[0, 0]", "{}", '{"a": 1}']),
        (types.TIMETZ, ["00:00:00+02", "10:00:00+02", "08:00:00+00", "10:00:00+01", "09:00:00-05"]),
        (types.PG_LSN, ["0/0", "0/9", "0/10", "1/0", "F/FFFFFFFF", "10/0"]),
        (types.MONEY, ["-$10.00", "-$2.00", "$0.05", "$9.00", "$10.00", "$1,000.00"]),
        (types.INET, ["9.0.0.1", "10.0.0.0/8", "10.2.0.0/8", "10.0.0.0/16", "10.0.0.1", "10.10.0.1", "::", "::1"]),
        (types.CIDR, ["10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "192.168.0.0/24"]),
        (types.MACADDR, ["08:00:2b:01:02:03", "08:00:2b:01:02:04", "0a:00:00:00:00:00"]),
        (types.BIT, ["0", "01", "1", "10", "100000001", "11"]),
        (types.VARBIT, ["", "0", "00", "01", "1"]),
        (types.XID8, [3, 20, 100]),
        (types.OIDVECTOR, [(), (9,), (1, 1), (1, 2)]),
        (Oid(1007), [[], [1], [1, 2], [1, None], [2], [None]]),
        (types.RECORD, [record(1, 1), record(1, None), record(2, 0), record(None, 0)]),
    ],
    ids=lambda each: str(each) if isinstance(each, int) else "",
)
def test_values_are_ordered_as_postgresql_orders_them(oid: Oid, in_order: list[object]) -> None:
    shuffled = in_order[::-1]

    assert sorted(shuffled, key=sort_key(oid)) == in_order  # type: ignore[arg-type]  # keys compare


@pytest.mark.parametrize(
    ("oid", "one", "other"),
    [
        (types.NUMERIC, Decimal("1.0"), Decimal("1.00")),
        (types.NUMERIC, Decimal("NaN"), Decimal("NaN")),
        (types.FLOAT8, NAN, float("nan")),
        (types.FLOAT8, 0.0, -0.0),
        (types.BPCHAR, "a", "a  "),
        (types.INTERVAL, Interval(months=1), Interval(days=30)),
        (types.INET, "10.0.0.1", "10.0.0.1/32"),
        (types.JSONB, '{"a": 1, "b": 2.0}', '{"a": 1, "b": 2}'),
        (types.JSONB, "1", "1.0"),
    ],
)
def test_equal_values_have_equal_keys(oid: Oid, one: object, other: object) -> None:
    key = hash_key(oid)

    assert key(one) == key(other)
    assert hash(key(one)) == hash(key(other))


def test_arrays_that_count_from_elsewhere_differ() -> None:
    key = hash_key(Oid(1007))

    assert key([1, 2]) != key(Array([1, 2], (0,)))
