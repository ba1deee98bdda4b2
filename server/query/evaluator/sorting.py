"""ORDER BY, DISTINCT and LIMIT over rows.

Sorting goes from the last key to the first, each pass stable; so every key has its own direction and place for NULL.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Any, Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import Oid
from server.query.evaluator.calls import base_of
from server.query.evaluator.ordering import Key, hash_key, plain, sort_key
from server.query.evaluator.scope import Frame, Run
from server.query.evaluator.sorted_order import sorted_order
from server.query.relations.interface import Row

# Rows for each that is wanted, from which on choosing them first is quicker than sorting all.
_WORTH_CHOOSING: Final = 8


@dataclass(frozen=True, slots=True)
class SortKey:
    """Attributes: `value` gives what is sorted by, from a row."""

    value: Callable[[Row], object]
    key: Key
    descending: bool
    nulls_first: bool


def sort_rows(rows: list[Row], keys: Sequence[SortKey]) -> list[Row]:
    """A new list, in order."""
    for each in reversed(keys):
        rows = _sorted(rows, each)
    return rows


def top_rows(rows: list[Row], keys: Sequence[SortKey], count: int) -> list[Row]:
    """The first `count` of them, in order."""
    if count * _WORTH_CHOOSING <= len(rows):
        rows = _foremost(rows, keys[0], count)
    return sort_rows(rows, keys)[:count]


def _foremost(rows: list[Row], by: SortKey, count: int) -> list[Row]:
    """Without the rows that one key alone puts behind the first `count`."""
    value, key = by.value, by.key
    keys: list[Any] = [None if (found := value(row)) is None else key(found) for row in rows]
    present = [each for each in keys if each is not None]
    if by.nulls_first:
        count -= len(rows) - len(present)
    if count <= 0:
        return [row for row, each in zip(rows, keys, strict=True) if each is None]
    if count > len(present):
        return rows
    pairs, nulls = zip(rows, keys, strict=True), by.nulls_first
    if by.descending:
        last = nlargest(count, present)[-1]
        return [row for row, each in pairs if (nulls if each is None else not each < last)]
    last = nsmallest(count, present)[-1]
    return [row for row, each in pairs if (nulls if each is None else not last < each)]


def _sorted(rows: list[Row], by: SortKey) -> list[Row]:
    value, key = by.value, by.key
    values = [value(row) for row in rows]
    nulls: list[Row] = []
    if any(each is None for each in values):
        nulls = [row for row, each in zip(rows, values, strict=True) if each is None]
        rows = [row for row, each in zip(rows, values, strict=True) if each is not None]
        values = [each for each in values if each is not None]
    keys = values if key is plain else [key(each) for each in values]
    found = [rows[index] for index in sorted_order(keys, descending=by.descending)]
    return nulls + found if by.nulls_first else found + nulls


def column_getter(position: int) -> Callable[[Row], object]:
    return lambda row: row[position]


def order_key(position: int, oid: Oid, *, descending: bool, nulls_first: bool) -> SortKey:
    return SortKey(column_getter(position), sort_key(base_of(oid)), descending, nulls_first)


def row_key(types: Sequence[Oid], positions: Sequence[int] | None = None) -> Callable[[Row], object]:
    """What tells rows apart by some of their columns, or by all; NULLs are the same."""
    keys = [hash_key(base_of(oid)) for oid in types]
    if positions is None and all(key is plain for key in keys):
        return lambda row: row
    chosen = range(len(types)) if positions is None else positions
    pairs = list(zip(chosen, keys, strict=True))
    if all(key is plain for key in keys):
        return lambda row: tuple([row[position] for position in chosen])
    return lambda row: tuple([None if row[at] is None else key(row[at]) for at, key in pairs])


def distinct(rows: Iterable[Row], key: Callable[[Row], object], frame: Frame, size: int) -> Iterator[Row]:
    """The first row of each key; `size` is what keeping one takes."""
    seen: set[object] = set()
    for row in rows:
        frame.limits.step()
        value = key(row)
        if value not in seen:
            frame.limits.hold(size)
            seen.add(value)
            yield row


def bound_value(run: Run | None, frame: Frame, word: str) -> int | None:
    """The number of LIMIT or OFFSET; None for none."""
    value = None if run is None else run((), frame)
    if value is None:
        return None
    assert isinstance(value, int)  # noqa: S101  a fault of ours
    if value < 0:
        state = (
            SqlState.INVALID_ROW_COUNT_IN_LIMIT_CLAUSE
            if word == "LIMIT"
            else SqlState.INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE
        )
        raise InvalidValue(f"{word} must not be negative", sqlstate=state)
    return value


def limited(rows: Iterable[Row], offset: int, limit: int | None, ties: Callable[[Row], object] | None) -> Iterator[Row]:
    """A part of the rows; with `ties` also those that are equal to its last by it."""
    source = islice(rows, offset, None)
    if limit is None:
        yield from source
        return
    last: object = None
    count = 0
    while count < limit:
        row = next(source, None)
        if row is None:
            return
        count += 1
        if ties is not None:
            last = ties(row)
        yield row
    if ties is None or not limit:
        return
    for row in source:
        if ties(row) != last:
            return
        yield row
