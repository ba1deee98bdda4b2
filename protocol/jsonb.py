"""jsonb: the text that PostgreSQL gives back, which is not always the one that came in.

In memory jsonb is this text. Read, it is None, bool, Decimal, str, list or dict. Keys stand in the order of their
length and then of their bytes; the last of equal ones counts; numbers are numeric, with their scale.

Source: PostgreSQL 15, jsonb_in, JsonbToCString, lengthCompareJsonbStringValue; escape_json.
"""

import json
from typing import Final

from protocol.encodings import UTF_8
from protocol.errors import InvalidValue
from protocol.numerics import format_numeric, parse_numeric
from protocol.sqlstate import SqlState

_DECODER: Final = json.JSONDecoder(parse_int=parse_numeric, parse_float=parse_numeric)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)


def read_jsonb(text: str) -> object:
    """What a text that is valid jsonb stands for.

    Raises:
        InvalidValue: a number is too long; it is too deep.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise too_deep() from error


def write_jsonb(value: object) -> str:
    """The text of what `read_jsonb` gives; raises as it does."""
    try:
        return _write(value)
    except RecursionError as error:
        raise too_deep() from error


def canonical_jsonb(text: str) -> str:
    """The text that PostgreSQL gives for valid jsonb; raises as `read_jsonb` does."""
    return write_jsonb(read_jsonb(text))


def write_json_string(text: str) -> str:
    r"""In quotes, with `"`, `\` and control characters escaped."""
    return _ENCODER.encode(text)


def key_order(key: str) -> tuple[int, bytes]:
    data = key.encode(UTF_8)
    return len(data), data


def too_deep() -> InvalidValue:
    return InvalidValue("stack depth limit exceeded", sqlstate=SqlState.STATEMENT_TOO_COMPLEX)


def _write(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _ENCODER.encode(value)
        case list():
            return "[" + ", ".join([_write(each) for each in value]) + "]"
        case dict():
            keys = sorted(value, key=key_order)
            return "{" + ", ".join([f"{_ENCODER.encode(key)}: {_write(value[key])}" for key in keys]) + "}"
        case _:
            return format_numeric(value)  # type: ignore[arg-type]  # nothing else is left
