"""Points, lines and line segments in the plane: where they meet, and how far apart they are.

Coordinates are equal where they differ by no more than a millionth, as in PostgreSQL. A slope may be infinite.
Source: PostgreSQL 15, geo_ops.c.
"""

import math
from typing import Final, NamedTuple

_EPSILON: Final = 1e-6


class Point(NamedTuple):
    x: float
    y: float


class Segment(NamedTuple):
    start: Point
    end: Point


class Line(NamedTuple):
    """`ax + by + c = 0`."""

    a: float
    b: float
    c: float


def same(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= _EPSILON


def zero(number: float) -> bool:
    return abs(number) <= _EPSILON


def less(one: float, other: float) -> bool:
    return one + _EPSILON < other


def at_most(one: float, other: float) -> bool:
    return one <= other + _EPSILON


def same_point(one: Point, other: Point) -> bool:
    if any(map(math.isnan, (*one, *other))):
        return all(a == b or (a != a and b != b) for a, b in zip(one, other, strict=True))
    return same(one.x, other.x) and same(one.y, other.y)


def distance(one: Point, other: Point) -> float:
    return hypotenuse(one.x - other.x, one.y - other.y)


def hypotenuse(x: float, y: float) -> float:
    """As PostgreSQL computes it, to the last digit."""
    x, y = abs(x), abs(y)
    if math.isinf(x) or math.isinf(y):
        return math.inf
    if math.isnan(x) or math.isnan(y):
        return math.nan
    if x < y:
        x, y = y, x
    if y == 0:
        return x
    ratio = y / x
    return x * math.sqrt(1.0 + ratio * ratio)


def length(segment: Segment) -> float:
    return distance(segment.start, segment.end)


def middle(one: Point, other: Point) -> Point:
    return Point((one.x + other.x) / 2.0, (one.y + other.y) / 2.0)


def slope(one: Point, other: Point) -> float:
    if same(one.x, other.x):
        return math.inf
    return 0.0 if same(one.y, other.y) else (one.y - other.y) / (one.x - other.x)


def cross_slope(one: Point, other: Point) -> float:
    """Of what stands at a right angle to the line between two points."""
    if same(one.x, other.x):
        return 0.0
    return math.inf if same(one.y, other.y) else (one.x - other.x) / (other.y - one.y)


def slope_of_line(line: Line) -> float:
    if zero(line.a):
        return 0.0
    return math.inf if zero(line.b) else line.a / -line.b


def line_through(point: Point, inclination: float) -> Line:
    if math.isinf(inclination):
        return Line(-1.0, 0.0, point.x)
    if inclination == 0:
        return Line(0.0, -1.0, point.y)
    # Adding zero makes a negative zero a plain one.
    return Line(inclination, -1.0, point.y - inclination * point.x + 0.0)


def line_of(segment: Segment) -> Line:
    return line_through(segment.start, slope(*segment))


def crossing(one: Line, other: Line) -> Point | None:
    """Where two lines meet; None where they are parallel."""
    if zero(one.b):
        if zero(other.b):
            return None
        one, other = other, one
    if same(other.a, one.a * (other.b / one.b)):
        return None
    x = (one.b * other.c - other.b * one.c) / (one.a * other.b - other.a * one.b)
    y = -(one.a * x + one.c) / one.b
    return Point(x + 0.0, y + 0.0)


def on_line(point: Point, line: Line) -> bool:
    return zero(line.a * point.x + line.b * point.y + line.c)


def on_segment(point: Point, segment: Segment) -> bool:
    return same(distance(point, segment.start) + distance(point, segment.end), length(segment))


def segment_meets_line(segment: Segment, line: Line) -> Point | None:
    found = crossing(line_of(segment), line)
    if found is None or not on_segment(found, segment):
        return None
    # An end is given as it is, without what rounding left.
    return next((end for end in segment if same_point(end, found)), found)


def meeting(one: Segment, other: Segment) -> Point | None:
    """Where two segments meet; None where they do not, and where they are parallel."""
    found = segment_meets_line(one, line_of(other))
    return None if found is None or not on_segment(found, other) else found


class Nearest(NamedTuple):
    """The point of one thing that is nearest to another, and how far that is."""

    distance: float
    point: Point


def nearest_on_line(line: Line, point: Point) -> Nearest:
    inclination = math.inf if zero(line.a) else 0.0 if zero(line.b) else line.b / line.a
    found = crossing(line_through(point, inclination), line)
    if found is None:
        return Nearest(math.nan, Point(math.nan, math.nan))
    return Nearest(distance(found, point), found)


def nearest_to_line(segment: Segment, line: Line) -> Nearest:
    found = segment_meets_line(segment, line)
    if found is not None:
        return Nearest(0.0, found)
    start, end = (nearest_on_line(line, each).distance for each in segment)
    return Nearest(start, segment.start) if start < end else Nearest(end, segment.end)


def nearest_on_segment(segment: Segment, point: Point) -> Nearest:
    found = nearest_to_line(segment, line_through(point, cross_slope(*segment))).point
    return Nearest(distance(found, point), found)


def nearest_between(segment: Segment, other: Segment) -> Nearest:
    """The point of the first that is nearest to the second."""
    found = meeting(segment, other)
    if found is not None:
        return Nearest(0.0, found)
    best = nearest_on_segment(segment, other.start)
    candidates = (
        nearest_on_segment(segment, other.end),
        *(Nearest(nearest_on_segment(other, end).distance, end) for end in segment),
    )
    for each in candidates:
        if each.distance < best.distance:
            best = each
    return best


def distance_of_lines(one: Line, other: Line) -> float:
    if crossing(one, other) is not None:
        return 0.0
    if not zero(one.a) and not zero(other.a):
        ratio = one.a / other.a
    elif not zero(one.b) and not zero(other.b):
        ratio = one.b / other.b
    else:
        ratio = 1.0
    return abs(one.c - ratio * other.c) / hypotenuse(one.a, one.b)
