"""Moving a cursor: which rows FETCH gives and where it then stands.

Source: PostgreSQL manual, FETCH. A cursor stands on a row (from 1), before the first (0) or behind the
last (one more than there are rows).
"""

from collections.abc import Sequence

from server.errors import Condition, OdpsError
from server.statements import Direction


def move_cursor(position: int, rows: int, direction: Direction, count: int | None) -> tuple[Sequence[int], int]:
    """The rows to return, by number from 1 in the order asked for, and the new position.

    Args:
        position: where the cursor stands.
        rows: how many rows there are.
        count: of rows for FORWARD and BACKWARD, a place for the others; None means ALL.
    """
    if direction is Direction.ABSOLUTE or direction is Direction.RELATIVE:
        place = count or 0
        if direction is Direction.RELATIVE:
            place += position
        elif place < 0:
            place += rows + 1
        place = min(max(place, 0), rows + 1)
        return ((place,) if 1 <= place <= rows else ()), place
    if count == 0:
        return ((position,) if 1 <= position <= rows else ()), position
    forward = direction is Direction.FORWARD
    if count is not None and count < 0:
        forward, count = not forward, -count
    if forward:
        last = rows + 1 if count is None else min(position + count, rows + 1)
        return range(position + 1, min(last, rows) + 1), last
    first = 0 if count is None else max(position - count, 0)
    return range(position - 1, max(first, 1) - 1, -1), first


def check_forward(position: int, direction: Direction, count: int | None) -> None:
    """Refuse what a NO SCROLL cursor cannot do.

    Raises:
        OdpsError: CURSOR_FORWARD_ONLY.
    """
    if direction is Direction.BACKWARD:
        backward = count is None or count > 0
    elif direction is Direction.ABSOLUTE:
        backward = count is not None and (count < 0 or count < position)
    else:
        backward = count is not None and count < 0
    if backward:
        raise OdpsError(Condition.CURSOR_FORWARD_ONLY, hint="Declare it with SCROLL option to enable backward scan.")
