"""Functions and operators of boxes and circles.

Source: PostgreSQL manual, "Geometric Functions and Operators"; PostgreSQL 15, geo_ops.c.
"""

import math
import operator
from collections.abc import Callable
from typing import Final

from server.query.functions import floats, outlines, plane
from server.query.functions.outlines import Box
from server.query.functions.plane import Point, Segment, at_most, less, same
from server.query.functions.points import MOVES, compare_sizes, describe, relate
from server.query.functions.registry import function
from server.query.functions.shapes import (
    Circle,
    read_box,
    read_circle,
    read_line,
    read_point,
    read_segment,
    write_box,
    write_circle,
    write_point,
    write_polygon,
    write_segment,
)
from server.query.functions.value_errors import check_length, invalid_parameter, unsupported

_COMPARISONS: Final = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_POINT_SIZE: Final = 40  # of its text, about
_CORNERS: Final = 12


def _area(box: Box) -> float:
    return (box.high.x - box.low.x) * (box.high.y - box.low.y)


def _center(box: Box) -> Point:
    return plane.middle(box.high, box.low)


def _boxes(name: str, by: Callable[[Box, Box], object]) -> None:
    relate(name, left=read_box, right=read_box, by=by)


def _register_places(axis: int, start: str, end: str) -> None:
    """Where one box, or circle, is, seen from another."""
    _boxes(f"box_{start}", lambda one, other: less(one.high[axis], other.low[axis]))
    _boxes(f"box_{end}", lambda one, other: less(other.high[axis], one.low[axis]))
    _boxes(f"box_over{start}", lambda one, other: at_most(one.high[axis], other.high[axis]))
    _boxes(f"box_over{end}", lambda one, other: at_most(other.low[axis], one.low[axis]))
    _circles(f"circle_{start}", lambda one, other: less(_end(one, axis), _start(other, axis)))
    _circles(f"circle_{end}", lambda one, other: less(_end(other, axis), _start(one, axis)))
    _circles(f"circle_over{start}", lambda one, other: at_most(_end(one, axis), _end(other, axis)))
    _circles(f"circle_over{end}", lambda one, other: at_most(_start(other, axis), _start(one, axis)))


def _register_boxes() -> None:
    for word in ("eq", "lt", "le", "gt", "ge"):
        _boxes(f"box_{word}", compare_sizes(_area, _COMPARISONS[word]))
    _boxes("box_below_eq", lambda one, other: at_most(one.high.y, other.low.y))
    _boxes("box_above_eq", lambda one, other: at_most(other.high.y, one.low.y))
    _boxes("box_same", lambda one, other: all(map(plane.same_point, one, other)))
    _boxes("box_overlap", outlines.boxes_overlap)
    _boxes("box_contain", outlines.box_contains)
    _boxes("box_contained", lambda one, other: outlines.box_contains(other, one))
    _boxes("box_distance", lambda one, other: plane.distance(_center(one), _center(other)))
    _boxes("box_intersect", _common)
    _boxes("bound_box", _around)
    relate("box_contain_pt", left=read_box, right=read_point, by=lambda box, point: box.holds(point))
    relate("on_pb", left=read_point, right=read_box, by=lambda point, box: box.holds(point))
    describe("area(box)", of=read_box, by=_area)
    describe("width(box)", of=read_box, by=lambda box: box.high.x - box.low.x)
    describe("height(box)", of=read_box, by=lambda box: box.high.y - box.low.y)
    describe("box_center", "center(box)", "point(box)", of=read_box, by=lambda box: write_point(_center(box)))
    describe("diagonal(box)", "lseg(box)", of=read_box, by=lambda box: write_segment(Segment(*box)))
    relate("box(point,point)", left=read_point, right=read_point, by=write_box)
    describe("box(point)", of=read_point, by=lambda point: write_box(point, point))
    describe("polygon(box)", of=read_box, by=_to_polygon)
    describe(
        "circle(box)",
        of=read_box,
        by=lambda box: write_circle(Circle(_center(box), plane.distance(_center(box), box.high))),
    )
    for name, compute in MOVES.items():
        relate(f"box_{name}", left=read_box, right=read_point, by=_moved_box(compute))


def _moved_box(move: Callable[[Point, Point], Point]) -> Callable[[Box, Point], str]:
    return lambda box, by: write_box(move(box.high, by), move(box.low, by))


def _common(one: Box, other: Box) -> str | None:
    if not outlines.boxes_overlap(one, other):
        return None
    high = Point(min(one.high.x, other.high.x), min(one.high.y, other.high.y))
    low = Point(max(one.low.x, other.low.x), max(one.low.y, other.low.y))
    return write_box(high, low)


def _around(one: Box, other: Box) -> str:
    return write_box(*outlines.box_of([*one, *other]))


def _to_polygon(box: Box) -> str:
    high, low = box
    return write_polygon([low, Point(low.x, high.y), high, Point(high.x, low.y)])


def _register_boxes_with_lines() -> None:
    def nearest(box: Box, point: Point) -> str:
        return write_point(outlines.nearest_on_box(box, point).point)

    def nearest_to_segment(segment: Segment, box: Box) -> str:
        return write_point(outlines.nearest_of_box(box, segment).point)

    relate("close_pb", left=read_point, right=read_box, by=lambda point, box: nearest(box, point))
    relate(
        "dist_pb", left=read_point, right=read_box, by=lambda point, box: outlines.nearest_on_box(box, point).distance
    )
    relate(
        "dist_bp", left=read_box, right=read_point, by=lambda box, point: outlines.nearest_on_box(box, point).distance
    )
    relate("close_sb", left=read_segment, right=read_box, by=nearest_to_segment)
    relate("dist_sb", left=read_segment, right=read_box, by=lambda one, box: outlines.nearest_of_box(box, one).distance)
    relate("dist_bs", left=read_box, right=read_segment, by=lambda box, one: outlines.nearest_of_box(box, one).distance)
    relate("on_sb", left=read_segment, right=read_box, by=lambda one, box: box.holds(one.start) and box.holds(one.end))
    relate(
        "inter_sb",
        left=read_segment,
        right=read_box,
        by=lambda one, box: outlines.segment_meets_box(one, box) is not None,
    )
    relate(
        "inter_lb",
        left=read_line,
        right=read_box,
        by=lambda line, box: any(plane.segment_meets_line(side, line) is not None for side in box.sides()),
    )


def _circles(name: str, by: Callable[[Circle, Circle], object]) -> None:
    relate(name, left=read_circle, right=read_circle, by=by)


def area_of_circle(circle: Circle) -> float:
    return circle.radius * circle.radius * math.pi


def _between_centers(one: Circle, other: Circle) -> float:
    return plane.distance(one.center, other.center)


def _holds(outer: Circle, inner: Circle) -> bool:
    return at_most(_between_centers(outer, inner), outer.radius - inner.radius)


def _register_circles() -> None:
    for word, compare in _COMPARISONS.items():
        _circles(f"circle_{word}", compare_sizes(area_of_circle, compare))
    _circles("circle_same", lambda one, other: _same_radius(one, other) and plane.same_point(one.center, other.center))
    _circles("circle_overlap", lambda one, other: at_most(_between_centers(one, other), one.radius + other.radius))
    _circles("circle_contain", _holds)
    _circles("circle_contained", lambda one, other: _holds(other, one))
    _circles("circle_distance", lambda one, other: max(_between_centers(one, other) - (one.radius + other.radius), 0.0))
    describe("area(circle)", of=read_circle, by=area_of_circle)
    describe("diameter(circle)", of=read_circle, by=lambda circle: circle.radius * 2.0)
    describe("radius(circle)", of=read_circle, by=lambda circle: circle.radius)
    describe(
        "circle_center", "center(circle)", "point(circle)", of=read_circle, by=lambda circle: write_point(circle.center)
    )
    describe("box(circle)", of=read_circle, by=_inner_box)
    relate("circle_contain_pt", left=read_circle, right=read_point, by=_contains_point)
    relate(
        "pt_contained_circle",
        left=read_point,
        right=read_circle,
        by=lambda point, circle: _contains_point(circle, point),
    )
    relate("dist_pc", left=read_point, right=read_circle, by=lambda point, circle: _distance_to(circle, point))
    relate("dist_cpoint", left=read_circle, right=read_point, by=_distance_to)
    moves: dict[str, Callable[[float, Point], float]] = {
        "add": lambda radius, by: radius,
        "sub": lambda radius, by: radius,
        "mul": lambda radius, by: floats.multiply(radius, plane.hypotenuse(*by)),
        "div": lambda radius, by: floats.divide(radius, plane.hypotenuse(*by)),
    }
    for name, grow in moves.items():
        relate(f"circle_{name}_pt", left=read_circle, right=read_point, by=_moved_circle(MOVES[name], grow))


def _moved_circle(
    move: Callable[[Point, Point], Point], grow: Callable[[float, Point], float]
) -> Callable[[Circle, Point], str]:
    return lambda circle, by: write_circle(Circle(move(circle.center, by), grow(circle.radius, by)))


def _same_radius(one: Circle, other: Circle) -> bool:
    return same(one.radius, other.radius) or (math.isnan(one.radius) and math.isnan(other.radius))


def _start(circle: Circle, axis: int) -> float:
    return circle.center[axis] - circle.radius


def _end(circle: Circle, axis: int) -> float:
    return circle.center[axis] + circle.radius


def _contains_point(circle: Circle, point: Point) -> bool:
    return plane.distance(circle.center, point) <= circle.radius


def _distance_to(circle: Circle, point: Point) -> float:
    return max(plane.distance(point, circle.center) - circle.radius, 0.0)


def _inner_box(circle: Circle) -> str:
    delta = circle.radius / math.sqrt(2.0)
    center = circle.center
    return write_box(Point(center.x + delta, center.y + delta), Point(center.x - delta, center.y - delta))


@function("circle(point,float8)")
def circle_around(center: str, radius: float) -> str:
    return write_circle(Circle(read_point(center), radius))


@function("polygon(int4,circle)")
def polygon_of_circle(corners: int, text: str) -> str:
    circle = read_circle(text)
    if circle.radius == 0:
        raise unsupported("cannot convert circle with radius zero to polygon")
    if corners < 2:
        raise invalid_parameter("must request at least 2 points")
    check_length(corners * _POINT_SIZE)
    step = (2.0 * math.pi) / corners
    angles = [step * index for index in range(corners)]
    center, radius = circle
    return write_polygon(
        [Point(center.x - radius * math.cos(each), center.y + radius * math.sin(each)) for each in angles]
    )


function("polygon(circle)")(lambda text: polygon_of_circle(_CORNERS, text))

_register_places(0, "left", "right")
_register_places(1, "below", "above")
_register_boxes()
_register_boxes_with_lines()
_register_circles()
