"""json and jsonb out of values: to_json, row_to_json, json_build_object and their kin.

json is written with PostgreSQL's own spaces, which differ from function to function.
Source: PostgreSQL manual, "JSON Creation Functions"; json.c and jsonb.c of version 15.
"""

from collections.abc import Callable, Sequence

from protocol.arrays import Array, measure
from protocol.errors import InvalidValue
from protocol.jsonb import canonical_jsonb, write_json_string
from protocol.sqlstate import SqlState
from protocol.types import TYPES, Oid
from server.query.functions.json_conversion import json_writer, jsonb_writer, key_writer
from server.query.functions.registry import CallTypes, Scalar, function, typed_function
from server.query.functions.value_errors import check_length, invalid_parameter
from server.query.runtime import Runtime

_LINES = ",\n "


@typed_function("to_json", runtime=True)
def to_json(types: CallTypes) -> Scalar:
    return json_writer(types.arguments[0])


@typed_function("to_jsonb", runtime=True)
def to_jsonb(types: CallTypes) -> Scalar:
    return jsonb_writer(types.arguments[0])


@typed_function("row_to_json", "array_to_json", runtime=True)
def structure_to_json(types: CallTypes) -> Scalar:
    """The second argument says whether to begin a line with each element or field."""
    dense = json_writer(types.arguments[0])
    lines = json_writer(types.arguments[0], _LINES)

    def write(runtime: Runtime, value: object, pretty: bool = False) -> str:
        return (lines if pretty else dense)(runtime, value)

    return write


def _variadic(types: CallTypes, arguments: Sequence[object]) -> tuple[Sequence[Oid], Sequence[object]] | None:
    """The arguments and their types, also where they are given as one array; None for NULL."""
    if not types.variadic:
        return types.arguments, arguments
    value = arguments[0]
    if value is None:
        return None
    items = value.items if isinstance(value, Array) else value
    _, elements = measure(items, (list, tuple))
    element = TYPES[types.arguments[0]].element
    return [element] * len(elements), elements


@typed_function("json_build_array", runtime=True)
def build_array(types: CallTypes) -> Scalar:
    return _array_builder(types, json_writer)


@typed_function("jsonb_build_array", runtime=True)
def build_jsonb_array(types: CallTypes) -> Scalar:
    return _array_builder(types, jsonb_writer)


def _array_builder(types: CallTypes, writer: Callable[[Oid], Callable[[Runtime, object], str]]) -> Scalar:
    writers = [] if types.variadic else [writer(oid) for oid in types.arguments]

    def build(runtime: Runtime, *arguments: object) -> str | None:
        found = _variadic(types, arguments)
        if found is None:
            return None
        oids, values = found
        write = writers or [writer(oids[0])] * len(values) if values else []
        text = "[" + ", ".join([each(runtime, value) for each, value in zip(write, values, strict=True)]) + "]"
        check_length(len(text))
        return text

    return build


@typed_function("json_build_object", runtime=True)
def build_object(types: CallTypes) -> Scalar:
    def null_key(number: int) -> InvalidValue:
        return invalid_parameter(f"argument {number} cannot be null")

    return _object_builder(types, json_writer, " : ", null_key)


@typed_function("jsonb_build_object", runtime=True)
def build_jsonb_object(types: CallTypes) -> Scalar:
    def null_key(number: int) -> InvalidValue:
        return invalid_parameter(f"argument {number}: key must not be null")

    build = _object_builder(types, jsonb_writer, ": ", null_key)

    def build_canonical(runtime: Runtime, *arguments: object) -> str | None:
        text = build(runtime, *arguments)
        return None if text is None else canonical_jsonb(str(text))

    return build_canonical


def _object_builder(
    types: CallTypes,
    writer: Callable[[Oid], Callable[[Runtime, object], str]],
    colon: str,
    null_key: Callable[[int], InvalidValue],
) -> Scalar:
    def make(oids: Sequence[Oid]) -> list[Callable[[Runtime, object], str]]:
        return [writer(oid) if index % 2 else key_writer(oid) for index, oid in enumerate(oids)]

    fixed = None if types.variadic else make(types.arguments)

    def build(runtime: Runtime, *arguments: object) -> str | None:
        found = _variadic(types, arguments)
        if found is None:
            return None
        oids, values = found
        if len(values) % 2:
            raise invalid_parameter("argument list must have even number of elements")
        writers = make(oids) if fixed is None else fixed
        parts: list[str] = []
        for index in range(0, len(values), 2):
            if values[index] is None:
                raise null_key(index + 1)
            key = writers[index](runtime, values[index])
            parts.append(f"{key}{colon}{writers[index + 1](runtime, values[index + 1])}")
        text = "{" + ", ".join(parts) + "}"
        check_length(len(text))
        return text

    return build


@function("json_object(_text)", "json_object(_text,_text)")
def object_of_texts(keys: object, values: object = None) -> str:
    return "{" + ", ".join([f"{key} : {value}" for key, value in _pairs(keys, values)]) + "}"


@function("jsonb_object(_text)", "jsonb_object(_text,_text)")
def jsonb_object_of_texts(keys: object, values: object = None) -> str:
    return canonical_jsonb("{" + ", ".join([f"{key}: {value}" for key, value in _pairs(keys, values)]) + "}")


def _pairs(keys: object, values: object) -> list[tuple[str, str]]:
    lengths, names = _texts(keys)
    if values is None:
        # One array: alternating, or in pairs.
        if len(lengths) > 1 and lengths[1] != 2:
            raise _wrong_subscripts("array must have two columns")
        if len(lengths) > 2:
            raise _wrong_subscripts("wrong number of array subscripts")
        if len(names) % 2:
            raise _wrong_subscripts("array must have even number of elements")
        names, others = names[::2], names[1::2]
    else:
        other_lengths, others = _texts(values)
        if len(lengths) != len(other_lengths) or len(lengths) > 1:
            raise _wrong_subscripts("wrong number of array subscripts")
        if len(names) != len(others):
            raise _wrong_subscripts("mismatched array dimensions")
    if None in names:
        raise InvalidValue("null value not allowed for object key", sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
    return [(_text(name), _text(value)) for name, value in zip(names, others, strict=True)]


def _texts(value: object) -> tuple[list[int], list[object]]:
    return measure(value.items if isinstance(value, Array) else value, (list, tuple))


def _text(value: object) -> str:
    return "null" if value is None else write_json_string(str(value))


def _wrong_subscripts(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)
