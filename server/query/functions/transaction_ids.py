"""Transaction identifiers, snapshots of them, and positions in the write-ahead log.

There are no transactions of PostgreSQL's kind here: every one has the same number, and none is running.
A pg_lsn is its text, `16/B374D848`; so is a snapshot, `xmin:xmax:`.

Source: PostgreSQL manual, "Transaction ID and Snapshot Information Functions"; pg_lsn.c.
SILENT: the number of the current transaction is a little above those at which the rows of initdb are frozen, so that
nothing is older than it shall be: monitoring warns of what `age(datfrozenxid)` says.
"""

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.evaluator.text_keys import lsn_key
from server.query.functions.numerics import round_whole
from server.query.functions.registry import function

_CURRENT: Final = 750
_FIRST_NORMAL: Final = 3  # Whatever is below has no age.
_OLDEST_AGE: Final = 2**31 - 1
_NEXT_MULTIXACT: Final = 1
_OPERATORS: Final[dict[str, Callable[[int, int], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_LSN_END: Final = 2**64


@function("txid_current", "pg_current_xact_id")
def current() -> int:
    return _CURRENT


@function("txid_current_if_assigned", "pg_current_xact_id_if_assigned")
def current_if_assigned() -> None:
    """None is assigned to a transaction that only reads."""


@function("txid_current_snapshot", "pg_current_snapshot")
def snapshot() -> str:
    return f"{_CURRENT}:{_CURRENT}:"


@function("txid_snapshot_xmin", "pg_snapshot_xmin")
def oldest(text: str) -> int:
    return int(text.split(":")[0])


@function("txid_snapshot_xmax", "pg_snapshot_xmax")
def next_one(text: str) -> int:
    return int(text.split(":")[1])


@function("txid_snapshot_xip", "pg_snapshot_xip")
def running(text: str) -> Iterable[int]:
    return [int(each) for each in text.split(":")[2].split(",") if each]


@function("txid_visible_in_snapshot", "pg_visible_in_snapshot")
def is_visible(number: int, text: str) -> bool:
    return number < oldest(text) or (number < next_one(text) and number not in running(text))


@function("txid_status", "pg_xact_status")
def status(number: int) -> str | None:
    return "in progress" if number == _CURRENT else None


@function("age(xid)")
def age(number: int) -> int:
    return _CURRENT - number if number >= _FIRST_NORMAL else _OLDEST_AGE


@function("mxid_age(xid)")
def multixact_age(number: int) -> int:
    return _NEXT_MULTIXACT - number if number else _OLDEST_AGE


def _write_position(position: int) -> str:
    if not 0 <= position < _LSN_END:
        raise InvalidValue("pg_lsn out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


@function("pg_lsn(numeric)")
def position_of_number(number: Decimal) -> str:
    if number.is_nan():
        raise InvalidValue("cannot convert NaN to pg_lsn", sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
    position = round_whole(number)
    if not 0 <= position < _LSN_END:
        raise InvalidValue("pg_lsn out of range", sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return _write_position(int(position))


def _comparison(compare: Callable[[int, int], bool]) -> Callable[[str, str], bool]:
    return lambda left, right: compare(lsn_key(left), lsn_key(right))


for _name, _operator in _OPERATORS.items():
    function(f"pg_lsn_{_name}")(_comparison(_operator))


@function("pg_lsn_cmp")
def compare_positions(left: str, right: str) -> int:
    one, other = lsn_key(left), lsn_key(right)
    return (one > other) - (one < other)


@function("pg_lsn_larger")
def later_position(left: str, right: str) -> str:
    return max(left, right, key=lsn_key)


@function("pg_lsn_smaller")
def earlier_position(left: str, right: str) -> str:
    return min(left, right, key=lsn_key)


@function("pg_lsn_mi", "pg_wal_lsn_diff")
def bytes_between(left: str, right: str) -> Decimal:
    return Decimal(lsn_key(left) - lsn_key(right))


@function("pg_lsn_pli")
def move(position: str, count: Decimal) -> str:
    if count.is_nan():
        raise InvalidValue("cannot add NaN to pg_lsn", sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
    return _write_position(lsn_key(position) + _whole(count))


@function("pg_lsn_mii")
def move_back(position: str, count: Decimal) -> str:
    if count.is_nan():
        raise InvalidValue("cannot subtract NaN from pg_lsn", sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
    return _write_position(lsn_key(position) - _whole(count))


@function("numeric_pl_pg_lsn")
def moved(count: Decimal, position: str) -> str:
    return move(position, count)


def _whole(count: Decimal) -> int:
    if not count.is_finite():
        raise InvalidValue("pg_lsn out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    return int(count.to_integral_value())
