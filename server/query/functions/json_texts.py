"""json, which is kept as it was written: its parts, as they stand in the text.

Source: PostgreSQL 15, jsonfuncs.c: what `->` and its kin give is cut out of the text.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from protocol.jsonb import too_deep

_SPACE: Final = " \t\n\r"
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[][{}:,]|[^][ \t\n\r{}:,"]++', re.DOTALL)


def kind_of(text: str) -> str:
    """What json_typeof calls it."""
    first = text.lstrip(_SPACE)[0]
    return _KINDS.get(first, "number")


_KINDS: Final = {"{": "object", "[": "array", '"': "string", "t": "boolean", "f": "boolean", "n": "null"}


def trimmed(text: str) -> str:
    return text.strip(_SPACE)


def read_string(text: str) -> str:
    """The string that a literal stands for."""
    value = json.loads(text)
    assert isinstance(value, str)  # noqa: S101 - for the type checker
    return value


def fields(text: str) -> Iterator[tuple[str, str]]:
    """The keys of an object, as the strings they are, with their values as they are written."""
    key = ""
    for mark, part in _parts(text):
        if mark == ":":
            key = read_string(part)
        else:
            yield key, part


def elements(text: str) -> Iterator[str]:
    """The elements of an array, as they are written."""
    return (part for _, part in _parts(text))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """What stands right inside the outermost brackets, each part with the mark that follows it."""
    depth, start, end = 0, -1, -1
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[":
            if depth and start < 0:
                start = match.start()
            depth += 1
            continue
        if mark in "}]":
            depth -= 1
            if depth:
                end = match.end()
            elif start >= 0:
                yield mark, text[start:end]
        elif depth == 1 and mark in ",:":
            yield mark, text[start:end]
            start = -1
        else:
            if start < 0:
                start = match.start()
            end = match.end()


def as_text(part: str) -> str | None:
    """What `->>` gives: a string without its quotes, None for null, else what is written."""
    match part[0]:
        case '"':
            return read_string(part)
        case "n":
            return None
        case _:
            return part


def without_nulls(text: str) -> str:
    """The same value, written densely, without the fields that are null.

    Raises:
        InvalidValue: it is too deep.
    """
    try:
        return _without_nulls(trimmed(text))
    except RecursionError as error:
        raise too_deep() from error


def _without_nulls(text: str) -> str:
    match text[0]:
        case "{":
            kept = (f"{_dense(key)}:{_without_nulls(value)}" for key, value in fields(text) if value != "null")
            return "{" + ",".join(kept) + "}"
        case "[":
            return "[" + ",".join(_without_nulls(each) for each in elements(text)) + "]"
        case '"':
            return _dense(read_string(text))
        case _:
            return text


def _dense(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
