"""Functions and operators of points, lines and line segments.

Source: PostgreSQL manual, "Geometric Functions and Operators"; PostgreSQL 15, geo_ops.c.
"""

import math
import operator
from collections.abc import Callable
from typing import Any, Final

from server.query.functions import floats, plane
from server.query.functions.plane import Line, Nearest, Point, Segment, less, same, zero
from server.query.functions.registry import function
from server.query.functions.shapes import (
    read_line,
    read_point,
    read_segment,
    write_line,
    write_point,
    write_segment,
)
from server.query.functions.value_errors import invalid_parameter

_Read = Callable[[str], Any]


def relate(*names: str, left: _Read, right: _Read, by: Callable[[Any, Any], object]) -> None:
    """Register a function of two shapes."""

    @function(*names)
    def related(one: str, other: str) -> object:
        return by(left(one), right(other))


def describe(*names: str, of: _Read, by: Callable[[Any], object]) -> None:
    """Register a function of one shape."""

    @function(*names)
    def described(shape: str) -> object:
        return by(of(shape))


def _points(name: str, by: Callable[[Point, Point], object]) -> None:
    relate(name, left=read_point, right=read_point, by=by)


def move(point: Point, by: Point) -> Point:
    return Point(floats.add(point.x, by.x), floats.add(point.y, by.y))


def move_back(point: Point, by: Point) -> Point:
    return Point(floats.subtract(point.x, by.x), floats.subtract(point.y, by.y))


def turn(point: Point, by: Point) -> Point:
    """The product of two complex numbers."""
    x = floats.subtract(floats.multiply(point.x, by.x), floats.multiply(point.y, by.y))
    return Point(x, floats.add(floats.multiply(point.x, by.y), floats.multiply(point.y, by.x)))


def turn_back(point: Point, by: Point) -> Point:
    size = floats.add(floats.multiply(by.x, by.x), floats.multiply(by.y, by.y))
    x = floats.add(floats.multiply(point.x, by.x), floats.multiply(point.y, by.y))
    y = floats.subtract(floats.multiply(by.x, point.y), floats.multiply(by.y, point.x))
    return Point(floats.divide(x, size), floats.divide(y, size))


MOVES: Final[dict[str, Callable[[Point, Point], Point]]] = {
    "add": move,
    "sub": move_back,
    "mul": turn,
    "div": turn_back,
}


@function("point(float8,float8)")
def point(x: float, y: float) -> str:
    return write_point(Point(x, y))


@function("lseg(point,point)")
def segment(start: str, end: str) -> str:
    return write_segment(Segment(read_point(start), read_point(end)))


@function("line(point,point)")
def line(one: str, other: str) -> str:
    first, second = read_point(one), read_point(other)
    if plane.same_point(first, second):
        raise invalid_parameter("invalid line specification: must be two distinct points")
    return write_line(plane.line_through(first, plane.slope(first, second)))


def _register_points() -> None:
    _points("point_left", lambda one, other: less(one.x, other.x))
    _points("point_right", lambda one, other: less(other.x, one.x))
    _points("point_below", lambda one, other: less(one.y, other.y))
    _points("point_above", lambda one, other: less(other.y, one.y))
    _points("point_eq", plane.same_point)
    _points("point_ne", lambda one, other: not plane.same_point(one, other))
    for name in ("point_horiz", "ishorizontal(point,point)"):
        _points(name, lambda one, other: same(one.y, other.y))
    for name in ("point_vert", "isvertical(point,point)"):
        _points(name, lambda one, other: same(one.x, other.x))
    _points("point_distance", plane.distance)
    _points("slope", plane.slope)
    for name, compute in MOVES.items():
        _points(f"point_{name}", _moved(compute))


def _moved(compute: Callable[[Point, Point], Point]) -> Callable[[Point, Point], str]:
    return lambda one, other: write_point(compute(one, other))


def _register_segments() -> None:
    for word, compare in (("lt", operator.lt), ("le", operator.le), ("gt", operator.gt), ("ge", operator.ge)):
        relate(f"lseg_{word}", left=read_segment, right=read_segment, by=compare_sizes(plane.length, compare))
    both = {"left": read_segment, "right": read_segment}
    relate("lseg_eq", by=lambda one, other: all(map(plane.same_point, one, other)), **both)
    relate("lseg_ne", by=lambda one, other: not all(map(plane.same_point, one, other)), **both)
    relate("lseg_intersect", by=lambda one, other: plane.meeting(one, other) is not None, **both)
    relate("lseg_interpt", by=lambda one, other: _write_if(plane.meeting(one, other)), **both)
    relate("lseg_distance", by=lambda one, other: plane.nearest_between(one, other).distance, **both)
    relate("close_lseg", by=_nearest_of_segments, **both)
    relate("lseg_parallel", "isparallel(lseg,lseg)", by=_parallel, **both)
    relate("lseg_perp", "isperp(lseg,lseg)", by=_upright, **both)
    describe("lseg_length", "length(lseg)", of=read_segment, by=plane.length)
    describe("lseg_center", "point(lseg)", of=read_segment, by=lambda each: write_point(plane.middle(*each)))
    describe("lseg_horizontal", "ishorizontal(lseg)", of=read_segment, by=lambda each: same(each.start.y, each.end.y))
    describe("lseg_vertical", "isvertical(lseg)", of=read_segment, by=lambda each: same(each.start.x, each.end.x))


def _parallel(one: Segment, other: Segment) -> bool:
    return same(plane.slope(*one), plane.slope(*other))


def _upright(one: Segment, other: Segment) -> bool:
    return same(plane.slope(*one), plane.cross_slope(*other))


def compare_sizes(
    size: Callable[[Any], float], compare: Callable[[int, int], bool]
) -> Callable[[object, object], bool]:
    """Compare by a size, of which two are the same that differ by very little."""

    def by_size(one: object, other: object) -> bool:
        left, right = size(one), size(other)
        return compare(less(right, left) - less(left, right), 0)

    return by_size


def _write_if(found: Point | None) -> str | None:
    return None if found is None else write_point(found)


def _write_nearest(found: Nearest) -> str | None:
    return None if math.isnan(found.distance) else write_point(found.point)


def _nearest_of_segments(one: Segment, other: Segment) -> str | None:
    """Of the second the point that is nearest to the first."""
    if plane.slope(*one) == plane.slope(*other):
        return None
    return _write_nearest(plane.nearest_between(other, one))


def _register_lines() -> None:
    both = {"left": read_line, "right": read_line}
    relate("line_eq", by=_same_lines, **both)
    relate("line_intersect", by=lambda one, other: plane.crossing(one, other) is not None, **both)
    relate("line_interpt", by=lambda one, other: _write_if(plane.crossing(one, other)), **both)
    relate("line_distance", by=plane.distance_of_lines, **both)
    relate("line_parallel", "isparallel(line,line)", by=lambda one, other: plane.crossing(one, other) is None, **both)
    relate("line_perp", "isperp(line,line)", by=_upright_lines, **both)
    describe("line_horizontal", "ishorizontal(line)", of=read_line, by=lambda each: zero(each.a))
    describe("line_vertical", "isvertical(line)", of=read_line, by=lambda each: zero(each.b))


def _same_lines(one: Line, other: Line) -> bool:
    ratio = next((left / right for left, right in zip(one, other, strict=True) if not zero(right)), 1.0)
    return all(same(left, ratio * right) for left, right in zip(one, other, strict=True))


def _upright_lines(one: Line, other: Line) -> bool:
    for left, right in ((one.a, other.b), (other.a, one.b), (one.b, other.a), (other.b, one.a)):
        if zero(left):
            return zero(right)
    return same((one.a * other.a) / (one.b * other.b), -1.0)


def _register_between() -> None:
    relate("on_pl", left=read_point, right=read_line, by=plane.on_line)
    relate("on_ps", left=read_point, right=read_segment, by=plane.on_segment)
    relate("on_sl", left=read_segment, right=read_line, by=lambda one, other: all(plane.on_line(p, other) for p in one))
    relate(
        "inter_sl", left=read_segment, right=read_line, by=lambda one, by: plane.segment_meets_line(one, by) is not None
    )
    relate(
        "dist_pl", left=read_point, right=read_line, by=lambda one, other: plane.nearest_on_line(other, one).distance
    )
    relate(
        "dist_lp", left=read_line, right=read_point, by=lambda one, other: plane.nearest_on_line(one, other).distance
    )
    relate(
        "dist_ls", left=read_line, right=read_segment, by=lambda one, other: plane.nearest_to_line(other, one).distance
    )
    relate(
        "dist_sl", left=read_segment, right=read_line, by=lambda one, other: plane.nearest_to_line(one, other).distance
    )
    relate(
        "dist_ps", left=read_point, right=read_segment, by=lambda one, by: plane.nearest_on_segment(by, one).distance
    )
    relate(
        "dist_sp", left=read_segment, right=read_point, by=lambda one, by: plane.nearest_on_segment(one, by).distance
    )
    relate(
        "close_pl", left=read_point, right=read_line, by=lambda one, by: _write_nearest(plane.nearest_on_line(by, one))
    )
    relate(
        "close_ps",
        left=read_point,
        right=read_segment,
        by=lambda one, by: _write_nearest(plane.nearest_on_segment(by, one)),
    )
    relate("close_ls", left=read_line, right=read_segment, by=_nearest_to_line)


def _nearest_to_line(one: Line, other: Segment) -> str | None:
    if plane.slope(*other) == plane.slope_of_line(one):
        return None
    return _write_nearest(plane.nearest_to_line(other, one))


_register_points()
_register_segments()
_register_lines()
_register_between()
