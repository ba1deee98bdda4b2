"""Functions and operators of paths and polygons.

Source: PostgreSQL manual, "Geometric Functions and Operators"; PostgreSQL 15, geo_ops.c.
"""

import operator
from collections.abc import Callable
from typing import Any

from server.query.functions import outlines, plane
from server.query.functions.outlines import Box, box_of, segments
from server.query.functions.plane import Point
from server.query.functions.points import MOVES, describe, relate
from server.query.functions.registry import function
from server.query.functions.shapes import (
    Circle,
    Path,
    read_circle,
    read_path,
    read_point,
    read_points,
    write_box,
    write_circle,
    write_path,
    write_point,
    write_polygon,
)
from server.query.functions.value_errors import check_length, invalid_parameter
from server.query.runtime import Runtime

_POINT_SIZE = 40  # of its text, about


def _stepped(
    *names: str, left: Callable[[str], Any], right: Callable[[str], Any]
) -> Callable[[Callable[..., object]], None]:
    """Register what takes a time that grows with both shapes."""

    def register(compute: Callable[..., object]) -> None:
        @function(*names, runtime=True)
        def related(runtime: Runtime, one: str, other: str) -> object:
            return compute(left(one), right(other), runtime.limits.step)

    return register


# Paths.


def _area(path: Path) -> float | None:
    if not path.closed:
        return None
    points = path.points
    doubled = 0.0
    for index, each in enumerate(points):
        following = points[(index + 1) % len(points)]
        doubled += each.x * following.y
        doubled -= each.y * following.x
    return abs(doubled) / 2.0


def _sides(path: Path) -> list[plane.Segment]:
    return segments(path.points, closed=path.closed)


def on_path(point: Point, path: Path) -> bool:
    """On an open path, or within a closed one."""
    if path.closed:
        return outlines.surrounds(path.points, point)
    return any(plane.on_segment(point, side) for side in _sides(path))


def _joined(one: Path, other: Path) -> str | None:
    if one.closed or other.closed:
        return None
    check_length((len(one.points) + len(other.points)) * _POINT_SIZE)
    return write_path([*one.points, *other.points], closed=False)


def _as_polygon(path: Path) -> str:
    if not path.closed:
        raise invalid_parameter("open path cannot be converted to polygon")
    return write_polygon(path.points)


@_stepped("path_inter", left=read_path, right=read_path)
def _paths_meet(one: Path, other: Path, step: Callable[[], None]) -> bool:
    if not outlines.boxes_overlap(box_of(one.points), box_of(other.points)):
        return False
    return outlines.outlines_meet(_sides(one), _sides(other), step)


@_stepped("path_distance", left=read_path, right=read_path)
def _distance_of_paths(one: Path, other: Path, step: Callable[[], None]) -> float | None:
    return outlines.distance_of_outlines(_sides(one), _sides(other), step)


def _distance_to_path(point: Point, path: Path) -> float:
    if len(path.points) == 1:
        return plane.distance(point, path.points[0])
    return outlines.distance_to_outline(_sides(path), point)


def _register_paths() -> None:
    comparisons = {"lt": operator.lt, "gt": operator.gt, "eq": operator.eq, "le": operator.le, "ge": operator.ge}
    for word, compare in comparisons.items():
        relate(f"path_n_{word}", left=_count, right=_count, by=compare)
    describe("path_npoints", "npoints(path)", of=read_points, by=len)
    describe("path_length", "length(path)", of=read_path, by=lambda path: sum(map(plane.length, _sides(path)), 0.0))
    describe("area(path)", of=read_path, by=_area)
    describe("isclosed(path)", of=read_path, by=lambda path: path.closed)
    describe("isopen(path)", of=read_path, by=lambda path: not path.closed)
    describe("pclose(path)", of=read_path, by=lambda path: write_path(path.points, closed=True))
    describe("popen(path)", of=read_path, by=lambda path: write_path(path.points, closed=False))
    describe("polygon(path)", of=read_path, by=_as_polygon)
    relate("path_add", left=read_path, right=read_path, by=_joined)
    relate("path_contain_pt", left=read_path, right=read_point, by=lambda path, point: on_path(point, path))
    relate("on_ppath", left=read_point, right=read_path, by=on_path)
    relate("dist_ppath", left=read_point, right=read_path, by=_distance_to_path)
    relate("dist_pathp", left=read_path, right=read_point, by=lambda path, point: _distance_to_path(point, path))
    for name, move in MOVES.items():
        relate(f"path_{name}_pt", left=read_path, right=read_point, by=_moved(move))


def _count(text: str) -> int:
    return len(read_points(text))


def _moved(move: Callable[[Point, Point], Point]) -> Callable[[Path, Point], str]:
    return lambda path, by: write_path([move(each, by) for each in path.points], closed=path.closed)


# Polygons.

_Points = list[Point]


def _circle(points: _Points) -> Circle:
    """Around the mean of the points, as far as they are in the mean."""
    count = len(points)
    x, y = 0.0, 0.0
    for each in points:
        x, y = x + each.x, y + each.y
    center = Point(x / count, y / count)
    return Circle(center, sum((plane.distance(each, center) for each in points), 0.0) / count)


@_stepped("poly_contain", left=read_points, right=read_points)
def _contain(outer: _Points, inner: _Points, step: Callable[[], None]) -> bool:
    return outlines.polygon_contains(outer, inner, step)


@_stepped("poly_contained", left=read_points, right=read_points)
def _contained(inner: _Points, outer: _Points, step: Callable[[], None]) -> bool:
    return outlines.polygon_contains(outer, inner, step)


@_stepped("poly_overlap", left=read_points, right=read_points)
def _overlap(one: _Points, other: _Points, step: Callable[[], None]) -> bool:
    return outlines.polygons_overlap(one, other, step)


@_stepped("poly_distance", left=read_points, right=read_points)
def _distance(one: _Points, other: _Points, step: Callable[[], None]) -> float | None:
    if outlines.polygons_overlap(one, other, step):
        return 0.0
    return outlines.distance_of_outlines(segments(one, closed=True), segments(other, closed=True), step)


def distance_to_polygon(point: Point, polygon: _Points) -> float:
    if outlines.surrounds(polygon, point):
        return 0.0
    return outlines.distance_to_outline(segments(polygon, closed=True), point)


def _distance_to_circle(circle: Circle, polygon: _Points) -> float:
    return max(distance_to_polygon(circle.center, polygon) - circle.radius, 0.0)


def _register_places(axis: int, start: str, end: str) -> None:
    """Where one polygon is, seen from another: exactly, unlike with boxes."""
    places: dict[str, Callable[[Box, Box], bool]] = {
        start: lambda one, other: one.high[axis] < other.low[axis],
        end: lambda one, other: one.low[axis] > other.high[axis],
        f"over{start}": lambda one, other: one.high[axis] <= other.high[axis],
        f"over{end}": lambda one, other: one.low[axis] >= other.low[axis],
    }
    for name, test in places.items():
        relate(f"poly_{name}", left=_box, right=_box, by=test)


def _box(text: str) -> Box:
    return box_of(read_points(text))


def _register_polygons() -> None:
    relate("poly_same", left=read_points, right=read_points, by=outlines.same_outline)
    relate("poly_contain_pt", left=read_points, right=read_point, by=outlines.surrounds)
    relate("pt_contained_poly", left=read_point, right=read_points, by=lambda one, by: outlines.surrounds(by, one))
    relate("dist_ppoly", left=read_point, right=read_points, by=distance_to_polygon)
    relate("dist_polyp", left=read_points, right=read_point, by=lambda one, point: distance_to_polygon(point, one))
    relate("dist_cpoly", left=read_circle, right=read_points, by=_distance_to_circle)
    relate("dist_polyc", left=read_points, right=read_circle, by=lambda one, circle: _distance_to_circle(circle, one))
    describe("poly_npoints", "npoints(polygon)", of=read_points, by=len)
    describe("poly_center", "point(polygon)", of=read_points, by=lambda points: write_point(_circle(points).center))
    describe("circle(polygon)", of=read_points, by=lambda points: write_circle(_circle(points)))
    describe("box(polygon)", of=read_points, by=lambda points: write_box(*box_of(points)))
    describe("path(polygon)", of=read_points, by=lambda points: write_path(points, closed=True))


_register_paths()
_register_places(0, "left", "right")
_register_places(1, "below", "above")
_register_polygons()
