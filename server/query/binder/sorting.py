"""ORDER BY within aggregates and windows.

Source: PostgreSQL 15, transformSortClause and addTargetToSortList in parse_clause.c.
"""

from typing import TYPE_CHECKING, Final

from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.coercion import settle_unknown
from server.query.binder.ordering import find_less
from server.query.binder.places import place_of
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

# Operators that sort by code points go the way of < and > here, where all text is sorted so.
_ASCENDING: Final = ("<", "~<~", "*<")
_DESCENDING: Final = (">", "~>~", "*>")


def bind_sort(binder: "ExpressionBinder", item: select.SortItem) -> bound.Sort:
    """One expression of ORDER BY, which is no name or position of a target."""
    return make_sort(binder, item, binder.bind(item.expression))


def make_sort(binder: "ExpressionBinder", item: select.SortItem, value: bound.Expression) -> bound.Sort:
    at = place_of(item.expression)
    value = settle_unknown(binder.context, value, at)
    descending, nulls_first = sort_direction(item)
    return bound.Sort(value, descending, nulls_first, find_less(value.type, at))


def sort_direction(item: select.SortItem) -> tuple[bool, bool]:
    """(descending, NULLs first). NULLs count as larger than everything unless it is said where they go.

    Raises:
        OdpsError: ORDERING_INVALID for USING with an operator that does not sort.
    """
    descending = item.descending
    if item.using is not None:
        if item.using not in _ASCENDING + _DESCENDING:
            hint = 'Ordering operators must be "<" or ">" members of btree operator families.'
            raise OdpsError(Condition.ORDERING_INVALID, operator=item.using, hint=hint, at=place_of(item.expression))
        descending = item.using in _DESCENDING
    return descending, descending if item.nulls_first is None else item.nulls_first
