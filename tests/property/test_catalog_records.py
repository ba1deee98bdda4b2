"""Catalog records: written and read they are the same; newer and damaged ones are met with care."""

from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catalog.events import Change
from server.catalog.values import (
    Column,
    DroppedModel,
    Key,
    Kind,
    ModelHeader,
    ModelName,
    ModelVersion,
    Principal,
    ProjectHeader,
    SchemaHeader,
    Value,
    dropped_key,
    dropped_version_key,
    model_key,
    principal_key,
    project_key,
    schema_key,
    version_key,
)
from server.records import decode_key, decode_record, encode_changes, encode_key
from server.store.interface import Record, StoreDamaged

NAMES: Final = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=12)
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES: Final = st.integers(-(2**62), 2**62)
PATHS: Final = st.builds(ModelName, NAMES, NAMES, NAMES)
KEYS: Final = st.one_of(
    st.builds(principal_key, st.text(st.characters(exclude_categories=["Cs"]), min_size=1)),
    st.builds(project_key, NAMES),
    st.builds(schema_key, NAMES, NAMES),
    st.builds(model_key, PATHS),
    st.builds(version_key, PATHS, NAMES),
    st.builds(dropped_key, PATHS, NAMES),
    st.builds(dropped_version_key, PATHS, NAMES, NAMES),
)
HEADERS: Final = st.builds(ModelHeader, TEXTS, TEXTS, TEXTS, TEXTS, TIMES, TIMES, TEXTS)
VERSIONS: Final = st.builds(
    ModelVersion,
    TEXTS,
    TIMES,
    TIMES,
    st.lists(st.builds(Column, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
    st.lists(st.tuples(TEXTS, st.binary(max_size=40)), max_size=2).map(tuple),
    TEXTS,
    st.booleans(),
)
VALUES: Final[dict[Kind, st.SearchStrategy[Value]]] = {
    Kind.PRINCIPAL: st.builds(Principal, TIMES),
    Kind.PROJECT: st.builds(ProjectHeader, TEXTS, TIMES, st.booleans()),
    Kind.SCHEMA: st.builds(SchemaHeader, TEXTS, TIMES),
    Kind.MODEL: HEADERS,
    Kind.VERSION: VERSIONS,
    Kind.DROPPED: st.builds(DroppedModel, HEADERS, TEXTS, TIMES),
    Kind.DROPPED_VERSION: VERSIONS,
}
RECORDS: Final = KEYS.flatmap(lambda key: st.tuples(st.just(key), VALUES[key.kind]))


def encoded(key: Key, value: Value) -> bytes:
    (stored,) = encode_changes([Change(key, value)])
    assert stored.value is not None
    return stored.value


@given(RECORDS, st.integers(1, 2**40))
def test_record_is_read_as_it_was_written(record: tuple[Key, Value], revision: int) -> None:
    key, value = record

    assert decode_record(Record(encode_key(key), encoded(key, value), revision)) == (key, value, revision)


@given(KEYS)
def test_deletion_has_no_value(key: Key) -> None:
    (stored,) = encode_changes([Change(key, None)])

    assert (decode_key(stored.key), stored.value) == (key, None)


@given(RECORDS, st.dictionaries(st.text("xyz_", min_size=1, max_size=5), st.integers() | TEXTS, max_size=3))
def test_fields_of_a_newer_version_are_ignored(record: tuple[Key, Value], fields: dict[str, int | str]) -> None:
    key, value = record
    raw = {**msgspec.msgpack.decode(encoded(key, value), type=dict[str, object]), **fields}
    fits = {name: each for name, each in raw.items() if not isinstance(each, int) or abs(each) < 2**63}

    assert decode_record(Record(encode_key(key), msgspec.msgpack.encode(fits), 1)) == (key, value, 1)


@given(RECORDS, st.binary(max_size=60))
def test_any_bytes_are_a_record_or_damage(record: tuple[Key, Value], data: bytes) -> None:
    try:
        key, _, _ = decode_record(Record(encode_key(record[0]), data, 1))
    except StoreDamaged as error:
        assert repr(encode_key(record[0])) in str(error)  # noqa: PT017 - anything else must fail the test
    else:
        assert key == record[0]


@given(RECORDS, st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_a_record_or_damage(record: tuple[Key, Value], place: int, byte: int) -> None:
    key, value = record
    data = bytearray(encoded(key, value))
    data[place % len(data)] = byte
    stored = Record(encode_key(key), bytes(data), 1)

    try:
        found = decode_record(stored)
    except StoreDamaged:
        found = None

    assert found is None or found[0] == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "model",
        "model/",
        "model/p/s",
        "model/p/s/m/v",
        "model//s/m",
        "version/p/s/m",
        "project/",
        "project/p/s",
        "schema/p",
        "principal",
        "principal/",
        "table/p",
        "MODEL/p/s/m",
    ],
)
def test_foreign_key_is_damage(text: str) -> None:
    with pytest.raises(StoreDamaged):
        decode_key(text)


@pytest.mark.parametrize("data", [b"", b"\xc0", b"\x80", b"\x82\xa5owner\xa1\xff\xabcreate_time\x01", b"\x00\x00"])
def test_foreign_value_is_damage(data: bytes) -> None:
    with pytest.raises(StoreDamaged, match="project/p"):
        decode_record(Record("project/p", data, 1))


def test_principal_may_hold_slashes() -> None:
    key = principal_key("RAM$alice:role/reader")

    assert decode_key(encode_key(key)) == key
