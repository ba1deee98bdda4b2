"""quote_ident and its kin, format(), concat(), array_to_string(): texts out of values of any type.

Source: PostgreSQL manual, "String Functions and Operators", "format"; PostgreSQL 15, quote.c, text_format in varlena.c.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from protocol.arrays import Array
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import TYPES, Oid
from server.parameters.texts import quote_names
from server.query.functions.registry import CallTypes, Scalar, function, typed_function
from server.query.functions.value_errors import check_length
from server.query.functions.value_texts import WriteText, text_writer_of
from server.query.runtime import Runtime

_IDENTIFIER: Final = re.compile(r'\s*("(?:[^"]|"")*"|[^\W\d][\w$]*)\s*(\.?)')
_SPECIFIER: Final = re.compile(
    r"%(?:(?P<position>\d+)\$)?(?P<left>-*)(?:(?P<width>\d+)|\*(?:(?P<argument>\d+)\$)?(?P<star>))?"
)


@function("quote_ident(text)")
def quote_ident(name: str) -> str:
    return quote_names([name])


def write_literal(text: str) -> str:
    """The text as a literal: with an E before it where it has a backslash."""
    doubled = text.replace("'", "''")
    return f" E'{doubled.replace(chr(92), chr(92) * 2)}'".lstrip(" ") if "\\" in text else f"'{doubled}'"


@function("quote_literal(text)")
def quote_literal(text: str) -> str:
    return write_literal(text)


@function("quote_nullable(text)")
def quote_nullable(text: str | None) -> str:
    return "NULL" if text is None else write_literal(text)


@typed_function("quote_literal(anyelement)", runtime=True)
def quote_literal_of(types: CallTypes) -> Scalar:
    write = text_writer_of(types.arguments[0])
    return lambda runtime, value: write_literal(write(runtime, value))


@typed_function("quote_nullable(anyelement)", runtime=True)
def quote_nullable_of(types: CallTypes) -> Scalar:
    write = text_writer_of(types.arguments[0])
    return lambda runtime, value: "NULL" if value is None else write_literal(write(runtime, value))


@function("parse_ident(text,bool)", "parse_ident(text)")
def parse_ident(text: str, strict: bool = True) -> list[str]:
    """The parts of a name; what follows a name that has ended makes no difference unless it is `strict`."""
    parts: list[str] = []
    at = 0
    while True:
        found = _IDENTIFIER.match(text, at)
        if found is None or found[1] == '""':
            raise _invalid_identifier(text)
        parts.append(found[1][1:-1].replace('""', '"') if found[1].startswith('"') else found[1].lower())
        at = found.end()
        if found[2]:
            continue
        if strict and at < len(text):
            raise _invalid_identifier(text)
        return parts


def _invalid_identifier(text: str) -> InvalidValue:
    return InvalidValue(f'string is not a valid identifier: "{text}"', sqlstate=SqlState.INVALID_PARAMETER_VALUE)


# concat and format: any number of arguments of any type, or with VARIADIC an array of them.


class _Arguments:
    """The arguments of a call as (writer, value), from the place where they may be of any type."""

    def __init__(self, types: CallTypes, first: int) -> None:
        self._spread: WriteText | None = None
        if types.variadic:
            array = TYPES.get(types.arguments[-1])
            element = array.element if array is not None and array.is_array else Oid(25)
            self._spread = text_writer_of(element)
        self._writers = [text_writer_of(oid) for oid in types.arguments[first:]]

    def texts(self, runtime: Runtime, values: Sequence[object]) -> list[str | None]:
        """Each as text, None for NULL."""
        if self._spread is not None:
            spread = self._spread
            return [None if value is None else spread(runtime, value) for value in _flat(values[-1])]
        return [
            None if value is None else write(runtime, value) for write, value in zip(self._writers, values, strict=True)
        ]


def _flat(array: object) -> Iterable[object]:
    match array:
        case None:
            return
        case Array(items, _):
            yield from _flat(items)
        case list() | tuple():
            for each in array:
                if isinstance(each, list):
                    yield from _flat(each)
                else:
                    yield each
        case _:
            yield array


def join_texts(separator: str, texts: Iterable[str]) -> str:
    """One text of all.

    Raises:
        InvalidValue: it would be too long.
    """
    parts: list[str] = []
    size = 0
    for text in texts:
        size += len(separator) + len(text)
        check_length(size)
        parts.append(text)
    return separator.join(parts)


@typed_function("concat", runtime=True)
def concat(types: CallTypes) -> Scalar:
    arguments = _Arguments(types, 0)

    def join(runtime: Runtime, *values: object) -> str | None:
        if types.variadic and values[-1] is None:
            return None
        return join_texts("", (text for text in arguments.texts(runtime, values) if text is not None))

    return join


@typed_function("concat_ws", runtime=True)
def concat_ws(types: CallTypes) -> Scalar:
    arguments = _Arguments(types, 1)

    def join(runtime: Runtime, separator: str | None, *values: object) -> str | None:
        if separator is None or (types.variadic and values[-1] is None):
            return None
        return join_texts(separator, (text for text in arguments.texts(runtime, values) if text is not None))

    return join


@typed_function("format", runtime=True)
def format_text(types: CallTypes) -> Scalar:
    arguments = _Arguments(types, 1)

    def write(runtime: Runtime, form: str | None, *values: object) -> str | None:
        return None if form is None else _format(form, arguments.texts(runtime, values) if values else [])

    return write


def _format(form: str, texts: list[str | None]) -> str:
    written: list[str] = []
    place = following = 0
    size = len(form)

    def take(position: str | None) -> str | None:
        nonlocal following
        index = int(position) - 1 if position else following
        following = index + 1
        if position is not None and index < 0:
            raise _invalid("format specifies argument 0, but arguments are numbered from 1")
        if index >= len(texts):
            raise _invalid("too few arguments for format()")
        return texts[index]

    while True:
        start = form.find("%", place)
        if start < 0:
            return "".join((*written, form[place:]))
        written.append(form[place:start])
        if form.startswith("%%", start):
            written.append("%")
            place = start + 2
            continue
        match = _SPECIFIER.match(form, start)
        end = start + 1 if match is None else match.end()
        kind = form[end : end + 1]
        if match is None or not kind:
            raise _invalid("unterminated format() type specifier")
        width, left = int(match["width"] or 0), bool(match["left"])
        if match["star"] is not None:
            given = int(take(match["argument"]) or 0)
            width, left = abs(given), left or given < 0
        if kind not in "sIL":
            raise _invalid(f'unrecognized format() type specifier "{kind}"')
        text = _convert(kind, take(match["position"]))
        size += max(width, len(text))
        check_length(size)
        written.append(text.ljust(width) if left else text.rjust(width))
        place = end + 1


def _convert(kind: str, text: str | None) -> str:
    if kind == "I":
        if text is None:
            message = "null values cannot be formatted as an SQL identifier"
            raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        return quote_names([text])
    if kind == "L":
        return "NULL" if text is None else write_literal(text)
    return text or ""


def _invalid(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)


@typed_function("array_to_string", runtime=True)
def array_to_string(types: CallTypes) -> Scalar:
    array = TYPES.get(types.arguments[0])
    write = text_writer_of(array.element if array is not None and array.element else Oid(25))

    def join(runtime: Runtime, values: object, separator: str | None, null: str | None = None) -> str | None:
        if values is None or separator is None:
            return None
        texts = (null if value is None else write(runtime, value) for value in _flat(values))
        return join_texts(separator, (text for text in texts if text is not None))

    return join
