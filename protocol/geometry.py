"""The geometric types: point, lseg, path, box, polygon, line, circle. Each is a list of numbers in a shape.

In memory a value is its text as PostgreSQL writes it with every digit.
Source: PostgreSQL manual, "Geometric Types"; PostgreSQL 15's geo_ops.c.
"""

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.codec import Codec, expect
from protocol.errors import InvalidValue
from protocol.numerals import format_float8, invalid_syntax, parse_float8
from protocol.sizes import check_size, insufficient_data
from protocol.sqlstate import SqlState

_NUMBER: Final = re.compile(
    r"(?i:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|[-+]?inf(?:inity)?|[-+]?nan)", re.ASCII
)
_SPACE: Final = re.compile(r"[ \t\n\v\f\r]+")
_COUNT: Final = struct.Struct(">i")
_MANY: Final = "{many}"  # stands for the points of a shape that has any number of them
_EPSILON: Final = 1e-6
_EXACT: Final = 1  # extra_float_digits
# Characters. Expressions over more of them hold everybody up: a match cannot be interrupted.
_LONGEST: Final = 131_072

# A point as it may be written, `n` for a number; several points; two.
_POINT: Final = r"(?:n,n|\(n,n\))"
_POINTS: Final = rf"(?:{_POINT}(?:,{_POINT})*)"
_TWO: Final = rf"{_POINT},{_POINT}"


@dataclass(frozen=True, slots=True)
class Shape:
    """How one of the types is written.

    Attributes:
        forms: what it may look like as text, spaces aside and `n` for each number.
        template: how it is written, with a place for each number.
        numbers: how many there are in its text and in its binary form, unless they are many.
        arrange: brings the numbers into the order in which they are kept; raises ValueError for those of no shape.
    """

    name: str
    forms: re.Pattern[str]
    template: str
    numbers: int = 0
    arrange: Callable[[list[float]], list[float]] | None = None


def _box(numbers: list[float]) -> list[float]:
    """The upper right corner first."""
    x1, y1, x2, y2 = numbers
    return [max(x1, x2), max(y1, y2), min(x1, x2), min(y1, y2)]


def _line(numbers: list[float]) -> list[float]:
    """The line `Ax + By + C = 0`, also through two points."""
    if len(numbers) == 3:
        if _same(numbers[0], 0) and _same(numbers[1], 0):
            raise _bad_line("A and B cannot both be zero")
        return numbers
    x1, y1, x2, y2 = numbers
    if _same(x1, x2) and _same(y1, y2):
        raise _bad_line("must be two distinct points")
    if _same(x1, x2):
        return [-1.0, 0.0, x1]
    if _same(y1, y2):
        return [0.0, -1.0, y1]
    slope = (y1 - y2) / (x1 - x2)
    # Adding zero makes a negative zero a plain one.
    return [slope, -1.0, y1 - slope * x1 + 0.0]


def _same(one: float, other: float) -> bool:
    """As PostgreSQL compares coordinates."""
    return one == other or abs(one - other) <= _EPSILON


def _circle(numbers: list[float]) -> list[float]:
    if numbers[2] < 0:
        raise ValueError("the radius is negative")
    return numbers


def _bad_line(why: str) -> InvalidValue:
    return InvalidValue(f"invalid line specification: {why}", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)


POINT_SHAPE: Final = Shape("point", re.compile(_POINT), "({},{})", 2)
LSEG_SHAPE: Final = Shape("lseg", re.compile(rf"{_TWO}|\({_TWO}\)|\[{_TWO}\]"), "[({},{}),({},{})]", 4)
BOX_SHAPE: Final = Shape("box", re.compile(rf"{_TWO}|\({_TWO}\)"), "({},{}),({},{})", 4, _box)
LINE_SHAPE: Final = Shape("line", re.compile(rf"{{n,n,n}}|{_TWO}|\({_TWO}\)|\[{_TWO}\]"), "{{{},{},{}}}", 3, _line)
CIRCLE_SHAPE: Final = Shape(
    "circle", re.compile(rf"<{_POINT},n>|\({_POINT},n\)|{_POINT},n"), "<({},{}),{}>", 3, _circle
)
PATH_SHAPE: Final = Shape("path", re.compile(rf"{_POINTS}|\({_POINTS}\)|\[{_POINTS}\]"), _MANY)
POLYGON_SHAPE: Final = Shape("polygon", re.compile(rf"{_POINTS}|\({_POINTS}\)"), _MANY)


def parse_shape(shape: Shape, text: str) -> str:
    """Read a shape in any of its forms and give its text.

    Raises:
        InvalidValue
    """
    if len(text) > _LONGEST:
        if shape.template is _MANY:
            raise InvalidValue("too many points requested", sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
        raise invalid_syntax(shape.name, text)
    squeezed = _SPACE.sub("", text)
    if shape.forms.fullmatch(_NUMBER.sub("n", squeezed)) is None:
        raise invalid_syntax(shape.name, text)
    numbers = [parse_float8(number) for number in _NUMBER.findall(squeezed)]
    try:
        arranged = shape.arrange(numbers) if shape.arrange else numbers
    except ValueError:
        raise invalid_syntax(shape.name, text) from None
    return _write(shape, arranged, _EXACT, is_open=squeezed.startswith("["))


def _write(shape: Shape, numbers: Sequence[float], digits: int, *, is_open: bool) -> str:
    written = [format_float8(number, digits) for number in numbers]
    if shape.template is not _MANY:
        return shape.template.format(*written)
    points = ",".join([f"({x},{y})" for x, y in zip(written[::2], written[1::2], strict=True)])
    return f"[{points}]" if is_open else f"({points})"


def read_numbers(value: object) -> list[float]:
    """The numbers of a value in memory, in their order."""
    return [float(number) for number in _NUMBER.findall(expect(value, str))]


def write_numbers(shape: Shape, numbers: Sequence[float], *, is_open: bool = False) -> str:
    """The reverse, for numbers that are arranged as the shape has them."""
    return _write(shape, numbers, _EXACT, is_open=is_open)


def _pack(shape: Shape, value: object) -> bytes:
    numbers = read_numbers(value)
    if shape.template is not _MANY:
        return struct.pack(f">{shape.numbers}d", *numbers)
    head = _COUNT.pack(len(numbers) // 2)
    if shape.name == "path":
        head = bytes([not expect(value, str).startswith("[")]) + head
    return head + struct.pack(f">{len(numbers)}d", *numbers)


def _unpack(shape: Shape, data: bytes) -> str:
    if shape.template is not _MANY:
        check_size(data, shape.numbers * 8)
        numbers = list(struct.unpack(f">{shape.numbers}d", data))
        try:
            return _write(shape, shape.arrange(numbers) if shape.arrange else numbers, _EXACT, is_open=False)
        except ValueError:
            message = 'invalid radius in external "circle" value'
            raise InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION) from None
    at = 1 if shape.name == "path" else 0
    if len(data) < at + _COUNT.size:
        raise insufficient_data()
    (count,) = _COUNT.unpack_from(data, at)
    if count <= 0:
        message = f'invalid number of points in external "{shape.name}" value'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)
    check_size(data, at + _COUNT.size + count * 16)
    numbers = list(struct.unpack_from(f">{count * 2}d", data, at + _COUNT.size))
    return _write(shape, numbers, _EXACT, is_open=at == 1 and data[0] == 0)


def geometric_codec(shape: Shape) -> Codec:
    """The codec of one of the shapes above."""

    def format_with(digits: int) -> Callable[[object], str]:
        if digits >= _EXACT:
            return lambda value: expect(value, str)
        return lambda value: _write(shape, read_numbers(value), digits, is_open=expect(value, str).startswith("["))

    return Codec(
        lambda settings: format_with(settings.extra_float_digits),
        lambda _: lambda text: parse_shape(shape, text),
        lambda _: lambda value: _pack(shape, value),
        lambda _: lambda data: _unpack(shape, data),
    )
