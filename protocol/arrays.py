"""Arrays of any element type, and records, in both forms.

In memory an array is a list or a tuple, of lists or tuples where it has more dimensions, with None for NULL.
Subscripts count from 1; where they do not, it is an `Array`, which says from where. What the elements look
like is none of this module's concern: their functions come in as arguments.

Source: PostgreSQL manual, "Array Input and Output Syntax" and "Composite Type Input and Output Syntax";
array_in, array_out, array_recv and array_send in its arrayfuncs.c.
"""

import re
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from protocol.errors import InvalidValue
from protocol.sizes import SurplusData, insufficient_data, surplus_data
from protocol.sqlstate import SqlState
from protocol.types import TYPES, Oid

MAX_DIMENSIONS: Final = 6
MAX_ELEMENTS: Final = 134_217_727

_INT32: Final = struct.Struct(">i")
_UINT32: Final = struct.Struct(">I")
_HEADER: Final = struct.Struct(">iiI")
_DIMENSION: Final = struct.Struct(">ii")
_NULL: Final = _INT32.pack(-1)

_SPACE: Final = " \t\n\v\f\r"
_QUOTED: Final = re.compile(r'["\\{},\s]|\A(?i:null)\Z', re.ASCII)
_QUOTED_FIELD: Final = re.compile(r'["\\(),\s]', re.ASCII)
_SPECIAL: Final = re.compile(r'(["\\])')
_DIMENSIONS: Final = re.compile(r"\s*(?P<bounds>(?:\[[+-]?[0-9]{1,10}(?::[+-]?[0-9]{1,10})?\]\s*)+)=\s*", re.ASCII)
_PLAIN: Final = re.compile(r"[ \t\n\v\f\r]*\{([^{}\"\\]*)\}[ \t\n\v\f\r]*")
_BOUND: Final = re.compile(r"\[(?:([+-]?[0-9]+):)?([+-]?[0-9]+)\]")
_TOKEN: Final = re.compile(
    r'[ \t\n\v\f\r]*(?:(?P<mark>[{},])|"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<plain>(?:[^"\\{},]|\\.)++))', re.DOTALL
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_END: Final = re.compile(r"(?:[^\\]|\\.)*?(?P<space>[ \t\n\v\f\r]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Array:
    """An array whose subscripts do not all begin at 1; `lower_bounds` has a number for each dimension."""

    items: Sequence[object]
    lower_bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A row as a value: the type and the value of each field; what their names are makes no difference.

    Attributes:
        names: one for each field, or () where nobody has named them.
    """

    fields: tuple[tuple[Oid, object], ...]
    names: tuple[str, ...] = field(default=(), compare=False)


def measure(value: object, nesting: tuple[type, ...]) -> tuple[list[int], list[object]]:
    """The length of each dimension, and all elements in order. `nesting` are the types that hold others.

    Raises:
        TypeError: it is no array.
        ValueError: its parts are not equally long.
    """
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} where an array belongs")
    lengths = [len(value)]
    elements: list[object] = list(value)
    while elements and isinstance(elements[0], nesting):
        length = len(elements[0])  # type: ignore[arg-type]  # nesting are sequences
        inner: list[object] = []
        for part in elements:
            if not isinstance(part, nesting) or len(part) != length:  # type: ignore[arg-type]  # the same
                raise ValueError("the parts of an array are not equally long")
            inner += part  # type: ignore[arg-type]  # the same
        lengths.append(length)
        elements = inner
    if len(lengths) > MAX_DIMENSIONS:
        raise ValueError(f"an array of {len(lengths)} dimensions")
    return (lengths, elements) if elements else ([], [])


def format_array(value: object, format_element: Callable[[object], str], nesting: tuple[type, ...]) -> str:
    """Write `{1,NULL,"a b"}`; raises as `measure` does."""
    items, bounds = (value.items, value.lower_bounds) if isinstance(value, Array) else (value, None)
    lengths, elements = measure(items, nesting)
    if not elements:
        return "{}"
    parts = ["NULL" if element is None else _quote(format_element(element)) for element in elements]
    for length in reversed(lengths):
        parts = ["{" + ",".join(parts[at : at + length]) + "}" for at in range(0, len(parts), length)]
    if bounds is None or all(bound == 1 for bound in bounds):
        return parts[0]
    _check_bounds(bounds, lengths)
    return "".join(f"[{low}:{low + size - 1}]" for low, size in zip(bounds, lengths, strict=True)) + "=" + parts[0]


def pack_array(
    value: object, element: Oid, pack_element: Callable[[object], bytes], nesting: tuple[type, ...]
) -> bytes:
    """Write the binary form; raises as `measure` does."""
    items, bounds = (value.items, value.lower_bounds) if isinstance(value, Array) else (value, None)
    lengths, elements = measure(items, nesting)
    bounds = bounds or (1,) * len(lengths)
    if elements:
        _check_bounds(bounds, lengths)
    pieces = [_HEADER.pack(len(lengths), None in elements, element)]
    pieces += [_DIMENSION.pack(length, low) for length, low in zip(lengths, bounds, strict=False)]
    return b"".join(pieces + _pack_elements(elements, pack_element))


def pack_vector(value: object, element: Oid, pack_element: Callable[[object], bytes]) -> bytes:
    """Write an int2vector or oidvector: one dimension from 0 on, even when it is empty."""
    (_, elements) = measure(value, ())
    header = _HEADER.pack(1, 0, element) + _DIMENSION.pack(len(elements), 0)
    return b"".join([header, *_pack_elements(elements, pack_element)])


def _pack_elements(elements: Iterable[object], pack_element: Callable[[object], bytes]) -> list[bytes]:
    pieces: list[bytes] = []
    for each in elements:
        if each is None:
            pieces.append(_NULL)
        else:
            data = pack_element(each)
            pieces += (_UINT32.pack(len(data)), data)
    return pieces


def unpack_array(data: bytes, element: Oid, unpack_element: Callable[[bytes], object]) -> list[object] | Array:
    """Read the binary form.

    Raises:
        InvalidValue
    """
    if len(data) < _HEADER.size:
        raise insufficient_data()
    dimensions, flags, oid = _HEADER.unpack_from(data)
    if dimensions < 0:
        raise _invalid(f"invalid number of dimensions: {dimensions}")
    if dimensions > MAX_DIMENSIONS:
        raise _too_many_dimensions(dimensions)
    if flags not in (0, 1):
        raise _invalid("invalid array flags")
    if oid != element:
        found = TYPES[oid].sql_name if oid in TYPES else "???"
        message = f"binary data has array element type {oid} ({found}) instead of expected {element} "
        raise InvalidValue(f"{message}({TYPES[element].sql_name})", sqlstate=SqlState.DATATYPE_MISMATCH)
    at = _HEADER.size + dimensions * _DIMENSION.size
    if len(data) < at:
        raise insufficient_data()
    sizes = list(_DIMENSION.iter_unpack(data[_HEADER.size : at]))
    lengths = [length for length, _ in sizes]
    count = _count(lengths) if dimensions else 0
    for length, low in sizes:
        if low + length > 2**31 - 1:
            message = f"array lower bound is too large: {low}"
            raise InvalidValue(message, sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
    elements = _unpack_elements(data, at, count, unpack_element)
    return _shape(elements, lengths, tuple(low for _, low in sizes))


def _unpack_elements(data: bytes, at: int, count: int, unpack_element: Callable[[bytes], object]) -> list[object]:
    if count * _INT32.size > len(data) - at:
        raise insufficient_data()
    elements: list[object] = []
    for number in range(1, count + 1):
        if at + _INT32.size > len(data):
            raise insufficient_data()
        (size,) = _INT32.unpack_from(data, at)
        at += _INT32.size
        if size < -1 or size > len(data) - at:
            raise _invalid("insufficient data left in message")
        if size == -1:
            elements.append(None)
            continue
        try:
            elements.append(unpack_element(data[at : at + size]))
        except SurplusData:
            raise _invalid(f"improper binary format in array element {number}") from None
        at += size
    if at < len(data):
        raise surplus_data()
    return elements


def _count(lengths: Sequence[int]) -> int:
    count = 1
    for length in lengths:
        count *= length
        if length < 0 or count > MAX_ELEMENTS:
            message = f"array size exceeds the maximum allowed ({MAX_ELEMENTS})"
            raise InvalidValue(message, sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
    return count


def _shape(elements: list[object], lengths: Sequence[int], bounds: tuple[int, ...]) -> list[object] | Array:
    if not elements:
        return []
    for length in reversed(lengths[1:]):
        elements = [elements[at : at + length] for at in range(0, len(elements), length)]
    return elements if all(bound == 1 for bound in bounds) else Array(elements, bounds)


def parse_array(text: str, parse_element: Callable[[str], object]) -> list[object] | Array:
    """Read `{1,NULL,"a b"}`, with `[0:2]=` before it or without.

    Raises:
        InvalidValue
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None and (parts := [part.strip(_SPACE) for part in plain[1].split(",")]) and all(parts):
        # Without anything that has a meaning but commas, as nearly all are: some ten times as quick.
        return [None if part.upper() == "NULL" else parse_element(part) for part in parts]
    prefix = _DIMENSIONS.match(text)
    lengths, texts = _Reading(text).read(prefix.end() if prefix else 0)
    bounds = (1,) * len(lengths)
    if prefix is not None:
        bounds = _read_bounds(text, prefix["bounds"], lengths)
    return _shape([None if each is None else parse_element(each) for each in texts], lengths, bounds)


def _read_bounds(text: str, prefix: str, lengths: list[int]) -> tuple[int, ...]:
    """What stands before the equals sign must be true of what stands behind it."""
    pairs = [(int(low or 1), int(high)) for low, high in _BOUND.findall(prefix)]
    if len(pairs) > MAX_DIMENSIONS:
        raise _too_many_dimensions(len(pairs))
    if any(high < low for low, high in pairs):
        message = "upper bound cannot be less than lower bound"
        raise InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)
    if any(not -(2**31) <= bound < 2**31 for pair in pairs for bound in pair):
        raise _malformed(text)
    if [high - low + 1 for low, high in pairs] != lengths:
        raise _malformed(text)
    return tuple(low for low, _ in pairs)


class _Reading:
    """One pass over an array literal: the depth of braces, and how long each dimension is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._elements: list[str | None] = []
        self._lengths: list[int] = []  # -1 until the first part of that depth is closed
        self._counts: list[int] = []  # of the parts that are open now
        self._leaf_depth = 0  # how deep the elements are; 0 until the first

    def read(self, at: int) -> tuple[list[int], list[str | None]]:
        """The length of each dimension, and the texts of the elements.

        Raises:
            InvalidValue
        """
        expecting = True  # an element or a part, not a comma
        end = len(self._text.rstrip(_SPACE))
        while at < end:
            match = _TOKEN.match(self._text, at)
            if match is None or (at and not self._counts and self._lengths):
                raise _malformed(self._text)
            at = match.end()
            match match["mark"]:
                case "{":
                    if not expecting:
                        raise _malformed(self._text)
                    self._open()
                case "}":
                    self._close(expecting=expecting)
                    expecting = False
                case ",":
                    if expecting or not self._counts:
                        raise _malformed(self._text)
                    expecting = True
                case _:
                    if match["plain"] is not None and not match["plain"].strip(_SPACE):
                        continue  # only spaces, before a mark
                    if not expecting or not self._counts:
                        raise _malformed(self._text)
                    self._add(match)
                    expecting = False
        if self._counts or not self._lengths:
            raise _malformed(self._text)
        if not self._elements:
            if len(self._lengths) > 1:
                raise _malformed(self._text)
            return [], []
        return self._lengths, self._elements

    def _open(self) -> None:
        depth = len(self._counts) + 1
        if depth > MAX_DIMENSIONS:
            raise _too_many_dimensions(depth)
        if self._leaf_depth and depth > self._leaf_depth:
            raise _malformed(self._text)
        self._counts.append(0)
        if depth > len(self._lengths):
            self._lengths.append(-1)

    def _close(self, *, expecting: bool) -> None:
        depth = len(self._counts)
        if not depth or (expecting and self._counts[-1]):
            raise _malformed(self._text)
        count = self._counts.pop()
        if self._lengths[depth - 1] not in (-1, count):
            raise _malformed(self._text)
        self._lengths[depth - 1] = count
        if self._counts:
            self._counts[-1] += 1

    def _add(self, match: re.Match[str]) -> None:
        depth = len(self._counts)
        self._leaf_depth = self._leaf_depth or depth
        if depth != self._leaf_depth or depth < len(self._lengths):
            raise _malformed(self._text)
        self._counts[-1] += 1
        if match["quoted"] is not None:
            self._elements.append(_ESCAPE.sub(r"\1", match["quoted"]))
            return
        plain = match["plain"]
        ending = _ESCAPED_END.fullmatch(plain)
        if ending is not None and ending["space"]:
            plain = plain[: -len(ending["space"])]
        self._elements.append(None if plain.upper() == "NULL" else _ESCAPE.sub(r"\1", plain))


def format_record(values: Iterable[str | None]) -> str:
    """Write `(1,,"a b")` from the texts of the fields."""
    return "(" + ",".join(["" if text is None else _quote_field(text) for text in values]) + ")"


def pack_record(fields: Iterable[tuple[Oid, bytes | None]]) -> bytes:
    """Write the types and the binary values of the fields."""
    pieces: list[bytes] = []
    count = 0
    for oid, data in fields:
        pieces += (_UINT32.pack(oid), _NULL) if data is None else (_UINT32.pack(oid), _UINT32.pack(len(data)), data)
        count += 1
    return _UINT32.pack(count) + b"".join(pieces)


def _quote(text: str) -> str:
    if text and _QUOTED.search(text) is None:
        return text
    return '"' + _SPECIAL.sub(r"\\\1", text) + '"'


def _quote_field(text: str) -> str:
    if text and _QUOTED_FIELD.search(text) is None:
        return text
    return '"' + _SPECIAL.sub(r"\1\1", text) + '"'


def _check_bounds(bounds: tuple[int, ...], lengths: list[int]) -> None:
    if len(bounds) != len(lengths):
        raise ValueError(f"{len(bounds)} lower bounds for {len(lengths)} dimensions")


def _malformed(text: str) -> InvalidValue:
    return InvalidValue(f'malformed array literal: "{text}"', sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)


def _invalid(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)


def _too_many_dimensions(dimensions: int) -> InvalidValue:
    message = f"number of array dimensions ({dimensions}) exceeds the maximum allowed ({MAX_DIMENSIONS})"
    return InvalidValue(message, sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
