"""What json and jsonb consist of: fields, elements, paths, kinds.

The functions of both types have the same names but for their first word; those of json give parts as they are
written, those of jsonb in its own form.
Source: PostgreSQL manual, "JSON Functions and Operators"; jsonfuncs.c of version 15.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from protocol.jsonb import key_order, read_jsonb, write_jsonb
from protocol.types import TYPES
from server.query.functions import json_texts
from server.query.functions.array_shapes import texts_in
from server.query.functions.registry import CallTypes, Scalar, function, typed_function
from server.query.functions.value_errors import invalid_parameter

_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,10}")
_INT4: Final = 2**31


@dataclass(frozen=True, slots=True)
class Form:
    """How one of the two types is taken apart: `read` gives what the others take.

    Attributes:
        name: json or jsonb.
        kind: as json_typeof says.
        fields: of an object, key and value.
        write: a part as a value of the type.
        text: a part as `->>` gives it.
    """

    name: str
    read: Callable[[str], Any]
    kind: Callable[[Any], str]
    fields: Callable[[Any], Iterable[tuple[str, Any]]]
    elements: Callable[[Any], Iterable[Any]]
    write: Callable[[Any], str]
    text: Callable[[Any], str | None]


def kind_of_jsonb(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "number"


def text_of_jsonb(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else write_jsonb(value)


def sorted_fields(value: dict[str, object]) -> Iterable[tuple[str, object]]:
    return [(key, value[key]) for key in sorted(value, key=key_order)]


JSON: Final = Form(
    "json",
    json_texts.trimmed,
    json_texts.kind_of,
    json_texts.fields,
    json_texts.elements,
    str,
    json_texts.as_text,
)
JSONB: Final = Form("jsonb", read_jsonb, kind_of_jsonb, sorted_fields, iter, write_jsonb, text_of_jsonb)

# A part that is not there, which is not the same as null.
_MISSING: Final = object()


def _field(form: Form, value: Any, key: str) -> object:
    if form.kind(value) != "object":
        return _MISSING
    if isinstance(value, dict):
        return value.get(key, _MISSING)
    found: object = _MISSING
    for each, part in form.fields(value):
        if each == key:
            found = part  # the last one counts
    return found


def _element(form: Form, value: Any, index: int) -> object:
    if form.kind(value) != "array":
        return _MISSING
    parts = value if isinstance(value, list) else list(form.elements(value))
    return parts[index] if -len(parts) <= index < len(parts) else _MISSING


def read_index(text: str) -> int | None:
    """The number that an element of a path is, if it is one."""
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -_INT4 <= number < _INT4 else None


def _walk(form: Form, value: object, path: Sequence[str | None]) -> object:
    for step in path:
        if step is None:
            return _MISSING
        if form.kind(value) == "array":
            index = read_index(step)
            value = _MISSING if index is None else _element(form, value, index)
        else:
            value = _field(form, value, step)
        if value is _MISSING:
            return value
    return value


def _register_parts(form: Form) -> None:
    """`->` and `->>` with a key or a number, `#>` and `#>>`."""
    read = form.read
    for suffix, give in (("", form.write), ("_text", form.text)):

        def field(text: str, key: str, give: Callable[[Any], str | None] = give) -> str | None:
            part = _field(form, read(text), key)
            return None if part is _MISSING else give(part)

        def element(text: str, index: int, give: Callable[[Any], str | None] = give) -> str | None:
            value = read(text)
            # jsonb keeps a lone scalar as an array of one, and this shows.
            if form is JSONB and index in (0, -1) and form.kind(value) not in ("array", "object"):
                return give(value)
            part = _element(form, value, index)
            return None if part is _MISSING else give(part)

        function(f"{form.name}_object_field{suffix}")(field)
        function(f"{form.name}_array_element{suffix}")(element)
        typed_function(f"{form.name}_extract_path{suffix}")(_path_function(form, give))


def _path_function(form: Form, give: Callable[[Any], str | None]) -> Callable[[CallTypes], Scalar]:
    def make(types: CallTypes) -> Scalar:
        def at_path(text: str, path: Sequence[str | None]) -> str | None:
            part = _walk(form, form.read(text), path)
            return None if part is _MISSING else give(part)

        if is_array(types):
            return lambda text, path: at_path(text, texts_in(path))
        # The steps stand one by one where they are not written as an array.
        return lambda text, *path: at_path(text, path)

    return make


def is_array(types: CallTypes) -> bool:
    """Whether the last argument is an array, as an operator's is, and not a list of arguments."""
    row = TYPES.get(types.arguments[-1]) if types.arguments else None
    return row is not None and row.is_array


def _register_sets(form: Form) -> None:
    name = form.name

    def each(text: str) -> Iterator[tuple[str, str]]:
        return ((key, form.write(value)) for key, value in _object(text, f"{name}_each"))

    def each_text(text: str) -> Iterator[tuple[str, str | None]]:
        return ((key, form.text(value)) for key, value in _object(text, f"{name}_each_text"))

    def _object(text: str, caller: str) -> Iterable[tuple[str, Any]]:
        value = form.read(text)
        kind = form.kind(value)
        if kind != "object":
            if form is JSONB:
                raise invalid_parameter(f"cannot call {caller} on a non-object")
            raise invalid_parameter(f"cannot deconstruct {'an array as an object' if kind == 'array' else 'a scalar'}")
        return form.fields(value)

    def _array(text: str, caller: str) -> Iterable[Any]:
        value = form.read(text)
        kind = form.kind(value)
        if kind == "array":
            return form.elements(value)
        if form is JSONB:
            what = "an object" if kind == "object" else "a scalar"
            raise invalid_parameter(f"cannot extract elements from {what}")
        raise invalid_parameter(f"cannot call {caller} on a {'non-array' if kind == 'object' else 'scalar'}")

    def elements(text: str) -> Iterator[str]:
        return (form.write(value) for value in _array(text, f"{name}_array_elements"))

    def elements_text(text: str) -> Iterator[str | None]:
        return (form.text(value) for value in _array(text, f"{name}_array_elements_text"))

    def keys(text: str) -> Iterator[str]:
        value = form.read(text)
        kind = form.kind(value)
        if kind != "object":
            what = "an array" if kind == "array" else "a scalar"
            raise invalid_parameter(f"cannot call {name}_object_keys on {what}")
        return (key for key, _ in form.fields(value))

    function(f"{name}_each")(each)
    function(f"{name}_each_text")(each_text)
    function(f"{name}_array_elements")(elements)
    function(f"{name}_array_elements_text")(elements_text)
    function(f"{name}_object_keys")(keys)


def _register_facts(form: Form) -> None:
    def kind(text: str) -> str:
        return form.kind(form.read(text))

    def length(text: str) -> int:
        value = form.read(text)
        found = form.kind(value)
        if found != "array":
            what = "a non-array" if found == "object" else "a scalar"
            raise invalid_parameter(f"cannot get array length of {what}")
        return sum(1 for _ in form.elements(value))

    function(f"{form.name}_typeof")(kind)
    function(f"{form.name}_array_length")(length)


for _form in (JSON, JSONB):
    _register_parts(_form)
    _register_sets(_form)
    _register_facts(_form)


@function("json_strip_nulls")
def strip_nulls(text: str) -> str:
    return json_texts.without_nulls(text)


def number_in(value: object) -> Decimal | None:
    """The number that a scalar of jsonb is."""
    return value if isinstance(value, Decimal) else None
