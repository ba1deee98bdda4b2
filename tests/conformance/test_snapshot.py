"""Reading many records in one row gives what reading each in a row gives, and finds all damage that this finds."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.store import checksums, snapshot
from server.store.format import _CHECKED_TABLES, READ_ERRORS
from server.store.interface import Page, Record, StoreDamaged
from server.store.snapshot import Snapshot

_ALL: Final = 1 << 30
_KEYS: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_VALUES: Final = st.binary(max_size=12) | st.just(b"long" * 1500)
_ANYTHING: Final = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text("k1\0") | st.binary(max_size=4)


@contextmanager
def kept(records: list[Record]) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        # Without what keeps SQLite itself from writing the wrong types, which a flipped bit does not ask.
        connection.execute(_CHECKED_TABLES.split(";")[0].replace("NOT NULL", ""))
        rows = [(each.key, each.revision, each.value, checksums.of_record(*_parts(each))) for each in records]
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        yield connection
    finally:
        connection.close()


def _parts(record: Record) -> tuple[str, int, bytes]:
    return record.key, record.revision, record.value


def read(connection: sqlite3.Connection, *, joined: int) -> list[Page]:
    """All pages, where so many records that follow each other are read in one row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "JOINED_RECORDS", joined)
        taken = Snapshot(connection, Path("catalog.db"), 1)
        return list(iter(taken.next_page, snapshot._NO_RECORDS))


def outcome(connection: sqlite3.Connection, *, joined: int) -> list[Record] | str:
    """The records, or what is said instead."""
    try:
        return [record for page in read(connection, joined=joined) for record in page]
    except StoreDamaged as error:
        return str(error)
    except READ_ERRORS as error:
        return f"{type(error).__name__}: {error}"


@given(st.dictionaries(_KEYS, _VALUES, max_size=12), st.integers(1, 5))
def test_joined_records_are_those_that_were_written(content: dict[str, bytes], joined: int) -> None:
    records = [Record(key, content[key], number) for number, key in enumerate(sorted(content), start=1)]

    with kept(records) as connection:
        assert outcome(connection, joined=joined) == records
        assert outcome(connection, joined=_ALL) == records


@pytest.mark.parametrize(
    ("long", "lengths"), [((), [3, 3, 1]), ((6,), [3, 3, 1]), ((4,), [3, 4]), ((0,), [7]), ((5,), [3, 4])]
)
def test_pages_are_joined_where_records_are_many_and_short(long: tuple[int, ...], lengths: list[int]) -> None:
    records = [Record(f"k{number}", b"v" * (5000 if number in long else 50), 1) for number in range(7)]

    with kept(records) as connection:
        assert list(map(len, read(connection, joined=3))) == lengths


def test_a_key_with_a_zero_byte_is_read_in_a_row_of_its_own() -> None:
    with kept([Record("a\0b", b"v", 1), Record("c", b"v", 1)]) as connection:
        assert outcome(connection, joined=2) == [Record("a\0b", b"v", 1), Record("c", b"v", 1)]


def test_records_that_are_joined_out_of_order_are_read_in_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [Record(f"k{each}", b"v", 1) for each in range(6)]
    backwards = snapshot._JOINED.replace("FROM (", "FROM (SELECT * FROM (").replace("?)\n", "?) ORDER BY key DESC)\n")
    monkeypatch.setattr(snapshot, "_JOINED", backwards)

    with kept(records) as connection:
        assert outcome(connection, joined=6) == records


@given(st.integers(0, 5), st.sampled_from(["key", "value", "revision", "checksum"]), _ANYTHING)
def test_any_other_value_in_a_column_is_found_where_it_is_found_in_a_row(
    number: int, column: str, value: int | float | str | bytes | None
) -> None:
    records = [Record(f"k{each}", b"v%d" % each, each + 1) for each in range(6)]
    with kept(records) as connection:
        changed = f"UPDATE OR IGNORE records SET {column} = ? WHERE key = ?"
        connection.execute(changed, (value, f"k{number}"))

        found, found_in_rows = outcome(connection, joined=2), outcome(connection, joined=_ALL)

    # One that is called damaged "or one after it" may be so from another one on.
    assert found == found_in_rows or (isinstance(found, str) and isinstance(found_in_rows, str))


@pytest.mark.parametrize(
    "change", ["value = CAST(value AS TEXT)", "key = CAST(key AS BLOB)", "checksum = checksum + 1"]
)
@pytest.mark.parametrize("number", range(6))
def test_what_looks_the_same_and_is_of_another_type_is_damage(number: int, change: str) -> None:
    with kept([Record(f"k{each}", b"v", 1) for each in range(6)]) as connection:
        connection.execute(f"UPDATE records SET {change} WHERE key = 'k{number}'")

        assert "is damaged" in outcome(connection, joined=2)
