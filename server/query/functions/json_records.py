"""JSON as rows of SQL: json_to_record, json_populate_record and their kin, of jsonb too.

Source: PostgreSQL manual, "JSON Processing Functions"; PostgreSQL 15, populate_record_worker and
populate_recordset_worker in jsonfuncs.c.
DEVIATION: a column whose type is a row reads its text, not an object.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from protocol.arrays import Record
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import JSON, JSONB, NO_TYPE, RECORD, TYPES, Oid
from server.query.evaluator.calls import base_of
from server.query.evaluator.casts import text_reader
from server.query.functions import json_access
from server.query.functions.array_shapes import Shape, put_together
from server.query.functions.json_access import Form
from server.query.functions.registry import CallTypes, Scalar, find_function, typed_function
from server.query.functions.value_errors import invalid_parameter
from server.query.postgres.casts import find_cast
from server.query.postgres.functions import find_function_by_oid
from server.query.runtime import Runtime

_Read = Callable[[Runtime, Any], object]
_MISSING: Final = object()


def _column_reader(form: Form, oid: Oid, modifier: int) -> _Read:
    """How a part of JSON becomes a value of a column."""
    base = base_of(oid)
    row = TYPES.get(base)
    if row is not None and row.is_array and row.element != NO_TYPE:
        return _array_reader(form, base, row.element, modifier)
    make = text_reader(base)
    fit = _fitter(base, modifier)
    as_json = base in (JSON, JSONB)

    def read(runtime: Runtime, part: Any) -> object:
        if as_json and form.kind(part) != "null":
            return make(runtime)(form.write(part))
        text = form.text(part)
        return None if text is None else fit(make(runtime)(text))

    return read


def _fitter(oid: Oid, modifier: int) -> Callable[[object], object]:
    """What makes a value as long, or as exact, as its column says."""
    cast = find_cast(oid, oid) if modifier >= 0 else None
    function = None if cast is None else find_function_by_oid(cast.function)
    found = None if function is None else find_function(function)
    if function is None or found is None:
        return lambda value: value
    call = found.make(CallTypes(function.arguments, function.result))
    more = (False,) if len(function.arguments) > 2 else ()
    return lambda value: call(value, modifier, *more)


def _array_reader(form: Form, oid: Oid, element: Oid, modifier: int) -> _Read:
    read_element = _column_reader(form, element, modifier)
    make = text_reader(oid)

    def read(runtime: Runtime, part: Any) -> object:
        match form.kind(part):
            case "null":
                return None
            case "string":
                return make(runtime)(str(form.text(part)))
            case "array":
                lengths: list[int] = []
                parts = _flatten(form, part, lengths, 0)
                return put_together(
                    Shape(tuple(lengths), (1,) * len(lengths), [read_element(runtime, each) for each in parts])
                )
            case _:
                raise InvalidValue("expected JSON array", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)

    return read


def _flatten(form: Form, part: Any, lengths: list[int], depth: int) -> list[Any]:
    """The elements of arrays within arrays, which must be of equal lengths; these are put into `lengths`."""
    elements = list(form.elements(part))
    if depth == len(lengths):
        lengths.append(len(elements))
    if lengths[depth] != len(elements):
        raise _malformed()
    nested = [form.kind(each) == "array" for each in elements]
    if not any(nested):
        if depth + 1 < len(lengths):
            raise _malformed()
        return elements
    if not all(nested):
        raise InvalidValue("expected JSON array", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return [inner for each in elements for inner in _flatten(form, each, lengths, depth + 1)]


def _malformed() -> InvalidValue:
    return InvalidValue("malformed JSON array", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)


def _row_reader(form: Form, types: CallTypes, caller: str) -> Callable[[Runtime, Any, object], Record]:
    """How an object becomes a row; what it does not say stays as it is in a row that is given."""
    if not types.fields:
        raise _no_row(types, caller)
    columns = [(name, base_of(oid), _column_reader(form, oid, modifier)) for name, oid, modifier in types.fields]

    def read(runtime: Runtime, value: Any, known: object) -> Record:
        parts = dict(form.fields(value))
        before = [each for _, each in known.fields] if isinstance(known, Record) else [None] * len(columns)
        fields: list[tuple[Oid, object]] = []
        for (name, oid, read_column), old in zip(columns, before, strict=True):
            part = parts.get(name, _MISSING)
            fields.append((oid, old if part is _MISSING else read_column(runtime, part)))
        return Record(tuple(fields))

    return read


def _no_row(types: CallTypes, caller: str) -> InvalidValue:
    """Neither a definition of columns nor an argument says which row it shall be."""
    if len(types.arguments) > 1 and base_of(types.arguments[0]) != RECORD:
        message = f"first argument of {caller} must be a row type"
        return InvalidValue(message, sqlstate=SqlState.DATATYPE_MISMATCH)
    message = f"could not determine row type for result of {caller}"
    return InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)


def _register(form: Form) -> None:
    name = form.name

    def to_object(text: str) -> Any:
        value = form.read(text)
        kind = form.kind(value)
        if kind != "object":
            what = "an array" if kind == "array" else "a scalar"
            # PostgreSQL names a function of its own here.
            raise invalid_parameter(f"cannot call populate_composite on {what}")
        return value

    def to_objects(text: str | None, caller: str) -> Iterator[Any]:
        if text is None:
            return
        value = form.read(text)
        kind = form.kind(value)
        if kind != "array":
            what = "an object" if kind == "object" else "a scalar"
            raise invalid_parameter(f"cannot call {caller} on {what if form is json_access.JSON else 'a non-array'}")
        for each in form.elements(value):
            if form.kind(each) != "object":
                raise invalid_parameter(f"argument of {caller} must be an array of objects")
            yield each

    @typed_function(f"{name}_to_record", runtime=True)
    def to_record(types: CallTypes) -> Scalar:
        read = _row_reader(form, types, f"{name}_to_record")
        return lambda runtime, text: read(runtime, to_object(text), None)

    @typed_function(f"{name}_to_recordset", runtime=True)
    def to_recordset(types: CallTypes) -> Scalar:
        caller = f"{name}_to_recordset"
        read = _row_reader(form, types, caller)
        return lambda runtime, text: (read(runtime, each, None) for each in to_objects(text, caller))

    @typed_function(f"{name}_populate_record", runtime=True)
    def populate_record(types: CallTypes) -> Scalar:
        read = _row_reader(form, types, f"{name}_populate_record")

        def populate(runtime: Runtime, row: object, text: str | None, _: bool | None = False) -> object:
            return row if text is None else read(runtime, to_object(text), row)

        return populate

    @typed_function(f"{name}_populate_recordset", runtime=True)
    def populate_recordset(types: CallTypes) -> Scalar:
        caller = f"{name}_populate_recordset"
        read = _row_reader(form, types, caller)

        def populate(runtime: Runtime, row: object, text: str | None, _: bool | None = False) -> Iterator[object]:
            return (read(runtime, each, row) for each in to_objects(text, caller))

        return populate


_register(json_access.JSON)
_register(json_access.JSONB)
