"""Rows that are kept, counted against what a query may hold."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from protocol.arrays import Array, Record
from server.query.evaluator.scope import Frame
from server.query.relations.interface import Row
from server.query.runtime import Limits

_CHUNK: Final = 512
_PART: Final = 16_384
# Of CPython: an empty tuple and its header in the collector, and a reference with its share of a value.
_ROW_SIZE: Final = 56
_COLUMN_SIZE: Final = 16
_ELEMENT_SIZE: Final = 8


def collect(rows: Iterable[Row], frame: Frame, width: int) -> list[Row]:
    """All rows in a list.

    Raises:
        InvalidValue: 53200 when the query would hold too much.
    """
    if isinstance(rows, list):
        # They are held already.
        return rows
    return keep(rows, frame.limits, width)


def keep(rows: Iterable[Row], limits: Limits, width: int) -> list[Row]:
    """As `collect`, for rows of `width` columns that nobody holds yet."""
    kept: list[Row] = []
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        _hold(chunk, limits, width)
        kept += chunk
    return kept


def rows_size(rows: Sequence[Row], width: int) -> int:
    """What rows of `width` columns take, by estimate, the last one standing for all."""
    return len(rows) * (_ROW_SIZE + _COLUMN_SIZE * width + _values_size(rows[-1])) if rows else 0


def parts_of(rows: Iterable[Row], frame: Frame, width: int) -> Iterator[list[Row]]:
    """All rows in lists of some thousands, each held until the next is asked for; raises as `collect` does."""
    if isinstance(rows, list):
        if rows:
            yield rows
        return
    source, limits = iter(rows), frame.limits
    part: list[Row] = []
    held = 0
    while chunk := list(islice(source, _CHUNK)):
        held += _hold(chunk, limits, width)
        part += chunk
        if len(part) >= _PART:
            yield part
            limits.release(held)
            part, held = [], 0
    if part:
        yield part
        limits.release(held)


def _hold(chunk: list[Row], limits: Limits, width: int) -> int:
    """How much they take."""
    size = rows_size(chunk, width)
    limits.steps(len(chunk))
    limits.hold(size)
    return size


def value_size(value: object) -> int:
    """What a value takes beyond a reference to it, by estimate, in bytes."""
    match value:
        case str() | bytes():
            return len(value)
        case list():
            # Of an array as wide as it is long, its first element stands for the others.
            return len(value) * (_ELEMENT_SIZE + value_size(value[0])) if value else 0
        case Array(items):
            return value_size(items)
        case Record(fields):
            return len(fields) * _COLUMN_SIZE + sum([value_size(each) for _, each in fields])
        case _:
            return 0


def _values_size(row: Row) -> int:
    return sum(map(value_size, row))
