"""Values of the geometric types taken apart and put together. In memory each is its text."""

from collections.abc import Sequence
from typing import NamedTuple

from protocol import geometry
from protocol.geometry import read_numbers, write_numbers
from server.query.functions.outlines import Box
from server.query.functions.plane import Line, Point, Segment


class Circle(NamedTuple):
    center: Point
    radius: float


class Path(NamedTuple):
    points: list[Point]
    closed: bool


def read_point(text: str) -> Point:
    x, y = read_numbers(text)
    return Point(x, y)


def read_points(text: str) -> list[Point]:
    numbers = read_numbers(text)
    return [Point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def read_segment(text: str) -> Segment:
    start, end = read_points(text)
    return Segment(start, end)


def read_line(text: str) -> Line:
    a, b, c = read_numbers(text)
    return Line(a, b, c)


def read_box(text: str) -> Box:
    high, low = read_points(text)
    return Box(high, low)


def read_circle(text: str) -> Circle:
    x, y, radius = read_numbers(text)
    return Circle(Point(x, y), radius)


def read_path(text: str) -> Path:
    return Path(read_points(text), not text.startswith("["))


def write_point(point: Point) -> str:
    return write_numbers(geometry.POINT_SHAPE, point)


def write_segment(segment: Segment) -> str:
    return write_numbers(geometry.LSEG_SHAPE, [*segment.start, *segment.end])


def write_line(line: Line) -> str:
    return write_numbers(geometry.LINE_SHAPE, line)


def write_box(one: Point, other: Point) -> str:
    """The box between two corners, whichever they are."""
    (low_x, high_x), (low_y, high_y) = _in_order(one.x, other.x), _in_order(one.y, other.y)
    numbers = [high_x, high_y, low_x, low_y]
    return write_numbers(geometry.BOX_SHAPE, numbers)


def _in_order(one: float, other: float) -> tuple[float, float]:
    """NaN is the largest; of equal ones the second is the upper, which tells a negative zero."""
    return (other, one) if one > other or one != one else (one, other)


def write_circle(circle: Circle) -> str:
    return write_numbers(geometry.CIRCLE_SHAPE, [*circle.center, circle.radius])


def write_path(points: Sequence[Point], *, closed: bool) -> str:
    return write_numbers(geometry.PATH_SHAPE, [number for point in points for number in point], is_open=not closed)


def write_polygon(points: Sequence[Point]) -> str:
    return write_numbers(geometry.POLYGON_SHAPE, [number for point in points for number in point])
