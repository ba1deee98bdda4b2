"""What is in jsonb, what is put into it, and what is taken out.

Source: PostgreSQL manual, "jsonb Containment and Existence"; jsonb_op.c, jsonb_util.c, jsonfuncs.c of version 15.
"""

from collections.abc import Callable, Sequence
from typing import Final

from protocol.errors import InvalidValue
from protocol.jsonb import read_jsonb, write_json_string, write_jsonb
from protocol.sqlstate import SqlState
from server.query.functions.array_shapes import ArrayValue, texts_in, texts_in_one_dimension
from server.query.functions.conversions import from_numeric, numeric_to_float4, numeric_to_float8
from server.query.functions.json_access import is_array, kind_of_jsonb, number_in, read_index, sorted_fields
from server.query.functions.registry import CallTypes, Scalar, function, typed_function
from server.query.functions.value_errors import check_length, invalid_parameter

_INDENT: Final = "    "


def _is_container(value: object) -> bool:
    return isinstance(value, list | dict)


def _same(left: object, right: object) -> bool:
    """Of two scalars; Python takes true for 1."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


@function("jsonb_contains")
def contains(text: str, part: str) -> bool:
    whole, wanted = read_jsonb(text), read_jsonb(part)
    if isinstance(whole, list) and not _is_container(wanted):
        # An array may contain a lone scalar.
        return any(_same(each, wanted) for each in whole)
    return _contains(whole, wanted)


def _contains(whole: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(whole, dict) and all(
            key in whole and _contains(whole[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(whole, list) and all(any(_contains(one, each) for one in whole) for each in wanted)
    return not _is_container(whole) and _same(whole, wanted)


@function("jsonb_contained")
def contained(part: str, text: str) -> bool:
    return contains(text, part)


def _has(value: object, key: str) -> bool:
    """Whether it is a key of the object, or a string in the array, or the string itself."""
    if isinstance(value, dict | list):
        return key in value
    return isinstance(value, str) and value == key


@function("jsonb_exists")
def has_key(text: str, key: str) -> bool:
    return _has(read_jsonb(text), key)


@function("jsonb_exists_any")
def has_any_key(text: str, keys: ArrayValue) -> bool:
    value = read_jsonb(text)
    return any(_has(value, key) for key in texts_in(keys) if key is not None)


@function("jsonb_exists_all")
def has_all_keys(text: str, keys: ArrayValue) -> bool:
    value = read_jsonb(text)
    return all(_has(value, key) for key in texts_in(keys) if key is not None)


@function("jsonb_concat")
def concatenate(left: str, right: str) -> str:
    check_length(len(left) + len(right))
    one, other = read_jsonb(left), read_jsonb(right)
    if isinstance(one, dict) and isinstance(other, dict):
        return write_jsonb(one | other)
    return write_jsonb((one if isinstance(one, list) else [one]) + (other if isinstance(other, list) else [other]))


def _check_deletable(value: object) -> None:
    if not _is_container(value):
        raise invalid_parameter("cannot delete from scalar")


@function("jsonb_delete(jsonb,text)")
def delete_key(text: str, key: str) -> str:
    return _delete_keys(text, [key])


@typed_function("jsonb_delete(jsonb,_text)")
def delete_keys(types: CallTypes) -> Scalar:
    if is_array(types):
        return lambda text, keys: _delete_keys(text, texts_in_one_dimension(keys))
    return lambda text, *keys: _delete_keys(text, keys)


def _delete_keys(text: str, keys: Sequence[str | None]) -> str:
    value = read_jsonb(text)
    _check_deletable(value)
    if isinstance(value, dict):
        return write_jsonb({key: each for key, each in value.items() if key not in keys})
    assert isinstance(value, list)  # noqa: S101 - for the type checker
    return write_jsonb([each for each in value if not (isinstance(each, str) and each in keys)])


@function("jsonb_delete(jsonb,int4)")
def delete_element(text: str, index: int) -> str:
    value = read_jsonb(text)
    _check_deletable(value)
    if not isinstance(value, list):
        raise invalid_parameter("cannot delete from object using integer index")
    if -len(value) <= index < len(value):
        del value[index]
    return write_jsonb(value)


# What is done at the end of a path.
_DELETE: Final = "delete"
_REPLACE: Final = "replace"
_CREATE: Final = "create"
_BEFORE: Final = "insert before"
_AFTER: Final = "insert after"


def _change(value: object, path: Sequence[str | None], level: int, new: object, action: str) -> object:
    """The value with what the rest of the path names changed."""
    if not _is_container(value):
        return value
    step = path[level]
    if step is None:
        message = f"path element at position {level + 1} is null"
        raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
    last = level == len(path) - 1
    if isinstance(value, dict):
        if step in value:
            if not last:
                return value | {step: _change(value[step], path, level + 1, new, action)}
            if action == _DELETE:
                return {key: each for key, each in value.items() if key != step}
            if action in (_BEFORE, _AFTER):
                raise invalid_parameter("cannot replace existing key")
            return value | {step: new}
        return value | {step: new} if last and action in (_CREATE, _BEFORE, _AFTER) else value
    assert isinstance(value, list)  # noqa: S101 - for the type checker
    return _change_array(value, path, level, new, action)


def _change_array(
    value: list[object], path: Sequence[str | None], level: int, new: object, action: str
) -> list[object]:
    step = path[level] or ""
    index = read_index(step)
    if index is None:
        message = f'path element at position {level + 1} is not an integer: "{step}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    size = len(value)
    place = index + size if index < 0 else index
    if not 0 <= place < size:
        if level == len(path) - 1 and action in (_CREATE, _BEFORE, _AFTER):
            return [new, *value] if place < 0 else [*value, new]
        return value
    if level < len(path) - 1:
        return [*value[:place], _change(value[place], path, level + 1, new, action), *value[place + 1 :]]
    match action:
        case "delete":
            return [*value[:place], *value[place + 1 :]]
        case "insert before":
            return [*value[:place], new, *value[place:]]
        case "insert after":
            return [*value[: place + 1], new, *value[place + 1 :]]
        case _:
            return [*value[:place], new, *value[place + 1 :]]


def _at_path(text: str, path: ArrayValue, new: object, action: str) -> str:
    steps, value = texts_in_one_dimension(path), read_jsonb(text)
    if not _is_container(value):
        raise invalid_parameter(f"cannot {'delete' if action == _DELETE else 'set'} path in scalar")
    # As in PostgreSQL, what is empty stays so, whatever the path says.
    if not steps or (not value and action in (_DELETE, _REPLACE)):
        return write_jsonb(value)
    return write_jsonb(_change(value, steps, 0, new, action))


@function("jsonb_delete_path")
def delete_path(text: str, path: ArrayValue) -> str:
    return _at_path(text, path, None, _DELETE)


@function("jsonb_set")
def set_path(text: str, path: ArrayValue, new: str, create: bool) -> str:
    return _at_path(text, path, read_jsonb(new), _CREATE if create else _REPLACE)


@function("jsonb_set_lax")
def set_path_lax(
    text: str | None,
    path: ArrayValue | None,
    new: str | None,
    create: bool | None,
    treatment: str | None,
) -> str | None:
    """As jsonb_set; `treatment` says what NULL means."""
    if text is None or path is None or create is None:
        return None
    if treatment not in ("raise_exception", "use_json_null", "delete_key", "return_target"):
        message = 'null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"'
        raise invalid_parameter(message)
    if new is not None:
        return set_path(text, path, new, create)
    match treatment:
        case "raise_exception":
            raise InvalidValue("JSON value must not be null", sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        case "use_json_null":
            return set_path(text, path, "null", create)
        case "delete_key":
            return delete_path(text, path)
        case _:
            return text


@function("jsonb_insert")
def insert_at_path(text: str, path: ArrayValue, new: str, after: bool) -> str:
    return _at_path(text, path, read_jsonb(new), _AFTER if after else _BEFORE)


@function("jsonb_strip_nulls")
def strip_nulls(text: str) -> str:
    return write_jsonb(_strip(read_jsonb(text)))


def _strip(value: object) -> object:
    if isinstance(value, dict):
        return {key: _strip(each) for key, each in value.items() if each is not None}
    return [_strip(each) for each in value] if isinstance(value, list) else value


@function("jsonb_pretty")
def pretty(text: str) -> str:
    check_length(len(text))
    pieces: list[str] = []
    _write_pretty(read_jsonb(text), "", pieces)
    return "".join(pieces)


def _write_pretty(value: object, indent: str, pieces: list[str]) -> None:
    if not _is_container(value):
        pieces.append(write_jsonb(value))
        return
    inner = indent + _INDENT
    check_length(len(inner) * 16)
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    pieces.append(opening)
    first = True
    items = sorted_fields(value) if isinstance(value, dict) else [(None, each) for each in value]  # type: ignore[attr-defined]  # a list
    for key, each in items:
        pieces.append(("" if first else ",") + "\n" + inner)
        if key is not None:
            pieces.append(write_json_string(key) + ": ")
        _write_pretty(each, inner, pieces)
        first = False
    pieces.append(f"\n{indent}{closing}")


# jsonb to the SQL types that its scalars are.


def _cannot_cast(value: object, name: str) -> InvalidValue:
    kind = kind_of_jsonb(value)
    what = "numeric" if kind == "number" else kind
    return invalid_parameter(f"cannot cast jsonb {what} to type {name}")


@function("bool(jsonb)")
def to_bool(text: str) -> bool:
    value = read_jsonb(text)
    if not isinstance(value, bool):
        raise _cannot_cast(value, "boolean")
    return value


def _number_cast(title: str, convert: Callable[..., object] | None) -> Callable[[str], object]:
    def cast(text: str) -> object:
        value = read_jsonb(text)
        number = number_in(value)
        if number is None:
            raise _cannot_cast(value, title)
        return number if convert is None else convert(number)

    return cast


def _register_casts() -> None:
    for name, title in (("int2", "smallint"), ("int4", "integer"), ("int8", "bigint")):
        function(f"{name}(jsonb)")(_number_cast(title, from_numeric(name)))
    function("numeric(jsonb)")(_number_cast("numeric", None))
    function("float4(jsonb)")(_number_cast("real", numeric_to_float4))
    function("float8(jsonb)")(_number_cast("double precision", numeric_to_float8))


_register_casts()
