"""Boxes, polygons and paths in the plane: what they hold, where they meet, how far apart they are.

Source: PostgreSQL 15, geo_ops.c.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from server.query.functions.plane import (
    Nearest,
    Point,
    Segment,
    at_most,
    less,
    meeting,
    middle,
    nearest_between,
    nearest_on_segment,
    on_segment,
    same_point,
    zero,
)

Points = Sequence[Point]
_ON: Final = math.inf


class Box(NamedTuple):
    """Its upper right corner and its lower left one."""

    high: Point
    low: Point

    def sides(self) -> tuple[Segment, ...]:
        """In the order in which PostgreSQL looks at them."""
        left, right = Point(self.low.x, self.high.y), Point(self.high.x, self.low.y)
        return Segment(self.low, left), Segment(self.high, left), Segment(self.low, right), Segment(self.high, right)

    def holds(self, point: Point) -> bool:
        return self.low.x <= point.x <= self.high.x and self.low.y <= point.y <= self.high.y


def box_of(points: Points) -> Box:
    """The smallest that holds them all."""
    across, along = [each.x for each in points], [each.y for each in points]
    return Box(Point(max(across), max(along)), Point(min(across), min(along)))


def boxes_overlap(one: Box, other: Box) -> bool:
    across = at_most(one.low.x, other.high.x) and at_most(other.low.x, one.high.x)
    return across and at_most(one.low.y, other.high.y) and at_most(other.low.y, one.high.y)


def box_contains(outer: Box, inner: Box) -> bool:
    across = at_most(inner.high.x, outer.high.x) and at_most(outer.low.x, inner.low.x)
    return across and at_most(inner.high.y, outer.high.y) and at_most(outer.low.y, inner.low.y)


def nearest_on_box(box: Box, point: Point) -> Nearest:
    if box.holds(point):
        return Nearest(0.0, point)
    return min((nearest_on_segment(side, point) for side in box.sides()), key=lambda each: each.distance)


def segment_meets_box(segment: Segment, box: Box) -> Point | None:
    """A point of the segment in the box; None where they do not meet."""
    if not boxes_overlap(box_of(segment), box):
        return None
    if box.holds(segment.start) or box.holds(segment.end) or any(meeting(each, segment) for each in box.sides()):
        return nearest_on_segment(segment, middle(box.high, box.low)).point
    return None


def nearest_of_box(box: Box, segment: Segment) -> Nearest:
    """The point of the box that is nearest to a segment."""
    found = segment_meets_box(segment, box)
    if found is not None:
        return Nearest(0.0, found)
    return min((nearest_between(side, segment) for side in box.sides()), key=lambda each: each.distance)


def segments(points: Points, *, closed: bool) -> list[Segment]:
    """Between neighbours, the one that closes the figure first."""
    found = [Segment(one, other) for one, other in pairwise(points)]
    return [Segment(points[-1], points[0]), *found] if closed else found


def surrounds(points: Points, point: Point) -> bool:
    """Whether a point lies in a polygon or on its outline."""
    moved = [Point(each.x - point.x, each.y - point.y) for each in points]
    total = 0.0
    for before, here in pairwise([*moved, moved[0]]):
        turns = _turns(here.x, here.y, before.x, before.y)
        if turns == _ON:
            return True
        total += turns
    return total != 0


def _turns(x: float, y: float, before_x: float, before_y: float) -> float:
    """How often, in halves, the way to (x, y) crosses the positive x-axis; _ON where it goes through the origin."""
    if zero(y):
        if zero(x):
            return _ON
        if less(0, x):
            if zero(before_y):
                return 0 if less(0, before_x) else _ON
            return 1 if less(before_y, 0) else -1
        if zero(before_y):
            return 0 if less(before_x, 0) else _ON
        return 0
    sign = 1 if less(0, y) else -1
    if zero(before_y):
        return 0 if less(before_x, 0) else sign
    if less(before_y, 0) if sign < 0 else less(0, before_y):
        return 0
    return _crosses(x, y, before_x, before_y, sign)


def _crosses(x: float, y: float, before_x: float, before_y: float, sign: int) -> float:
    """Of a way from one side of the x-axis to the other."""
    if at_most(0, x) and less(0, before_x):
        return 2 * sign
    if less(x, 0) and at_most(before_x, 0):
        return 0
    side = (x - before_x) * y - (y - before_y) * x
    if zero(side):
        return _ON
    return 0 if (less(side, 0) if sign < 0 else less(0, side)) else 2 * sign


def outlines_meet(one: Sequence[Segment], other: Sequence[Segment], step: Callable[[], None]) -> bool:
    for left in one:
        for right in other:
            step()
            if meeting(left, right) is not None:
                return True
    return False


def polygons_overlap(one: Points, other: Points, step: Callable[[], None]) -> bool:
    if not boxes_overlap(box_of(one), box_of(other)):
        return False
    if outlines_meet(segments(one, closed=True), segments(other, closed=True), step):
        return True
    return surrounds(other, one[0]) or surrounds(one, other[0])


def polygon_contains(outer: Points, inner: Points, step: Callable[[], None]) -> bool:
    if not box_contains(box_of(outer), box_of(inner)):
        return False
    return all(_lies_in(each.start, each.end, outer, 0, step) for each in segments(inner, closed=True))


def _lies_in(one: Point, other: Point, polygon: Points, first: int, step: Callable[[], None]) -> bool:
    """Whether a segment lies in a polygon, of whose sides those before `first` have been looked at."""
    tested = Segment(one, other)
    crossed = False
    for index in range(first, len(polygon)):
        step()
        side = Segment(polygon[index - 1], polygon[index])
        if on_segment(one, side):
            if on_segment(other, side):
                return True
            inside = _touching_lies_in(one, other, side, polygon, index + 1, step)
        elif on_segment(other, side):
            inside = _touching_lies_in(other, one, side, polygon, index + 1, step)
        elif (point := meeting(tested, side)) is not None:
            crossed = True
            inside = _lies_in(one, point, polygon, index + 1, step) and _lies_in(other, point, polygon, index + 1, step)
        else:
            continue
        if not inside:
            return False
    return crossed or surrounds(polygon, middle(one, other))


def _touching_lies_in(
    end: Point, other: Point, side: Segment, polygon: Points, first: int, step: Callable[[], None]
) -> bool:
    """The same of a segment one end of which lies on a side."""
    tested = Segment(end, other)
    if same_point(end, side.start):
        corners: tuple[Point, ...] = (side.end,)
    elif same_point(end, side.end):
        corners = (side.start,)
    else:
        corners = (side.start, side.end)
    for corner in corners:
        if on_segment(corner, tested):
            return _lies_in(other, corner, polygon, first, step)
    return True


def distance_of_outlines(one: Sequence[Segment], other: Sequence[Segment], step: Callable[[], None]) -> float | None:
    best: float | None = None
    for left in one:
        for right in other:
            step()
            found = nearest_between(left, right).distance
            best = found if best is None or found < best else best
    return best


def distance_to_outline(sides: Sequence[Segment], point: Point) -> float:
    return min(nearest_on_segment(each, point).distance for each in sides)


def same_outline(one: Points, other: Points) -> bool:
    """Whether they have the same points in the same order, beginning anywhere and going either way."""
    if len(one) != len(other):
        return False
    count = len(one)
    for start in range(count):
        if not same_point(other[start], one[0]):
            continue
        for way in (1, -1):
            if all(same_point(one[index], other[(start + way * index) % count]) for index in range(count)):
                return True
    return False
