"""Names in the place of OIDs: values of regclass and its kin are OIDs in the engine, and names to who reads them.

Source: PostgreSQL manual, "Object Identifier Types".
"""

from collections.abc import Callable
from typing import Final

from protocol.arrays import Array, Record
from protocol.codec import ObjectReference
from protocol.types import RECORD, TYPES, Oid
from server.query.runtime import Runtime

Name = Callable[[object], object]

REFERENCES: Final = frozenset(row.oid for row in TYPES.values() if row.name.startswith("reg"))


def may_refer(oid: Oid) -> bool:
    """Whether a value of the type may hold a reference: it is one, a row, or an array of either."""
    row = TYPES.get(oid)
    return oid == RECORD or oid in REFERENCES or (row is not None and row.is_array and may_refer(row.element))


def reference_namer(oid: Oid, runtime: Runtime) -> Name | None:
    """What gives the references in a value their names, as the search path has them; None where there can be none."""
    if not may_refer(oid):
        return None
    if oid == RECORD:
        return _field_namer(runtime)
    if oid not in REFERENCES:
        element = reference_namer(TYPES[oid].element, runtime)
        assert element is not None  # noqa: S101  that is what may_refer says
        return lambda value: _name_elements(value, element)
    write = runtime.references.format
    return lambda value: ObjectReference(value, write(oid, value)) if isinstance(value, int) else value


def _field_namer(runtime: Runtime) -> Name:
    namers: dict[Oid, Name | None] = {}

    def name_field(oid: Oid, value: object) -> object:
        if oid not in namers:
            namers[oid] = reference_namer(oid, runtime)
        name = namers[oid]
        return value if name is None or value is None else name(value)

    def name_fields(value: object) -> object:
        if not isinstance(value, Record):
            return value
        return Record(tuple([(oid, name_field(oid, each)) for oid, each in value.fields]), value.names)

    return name_fields


def _name_elements(value: object, name: Name) -> object:
    match value:
        case list() | tuple():
            return [None if each is None else _name_elements(each, name) for each in value]
        case Array(items, lower_bounds):
            return Array([None if each is None else _name_elements(each, name) for each in items], lower_bounds)
        case _:
            return name(value)
