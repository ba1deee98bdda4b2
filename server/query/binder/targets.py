"""The select list, and what ORDER BY, GROUP BY and DISTINCT ON find in it.

Source: PostgreSQL 15, transformTargetList in parse_target.c; findTargetlistEntrySQL92, addTargetToSortList and their
kin in parse_clause.c.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.types import TEXT, UNKNOWN
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.coercion import find_less, settle_unknown
from server.query.binder.names import name_of
from server.query.binder.overloads import find_operator
from server.query.binder.places import place_of
from server.query.binder.sorting import sort_direction
from server.query.binder.trees import has_aggregate, has_window_call
from server.query.functions.signature import Function
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

_INTEGER: Final = re.compile(r"[0-9]+")
_LARGEST: Final = 2**31 - 1
_MOST_COLUMNS: Final = 1664


@dataclass(slots=True)
class Target:
    """`at`: where its expression stands."""

    name: str
    expression: bound.Expression
    at: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Direction:
    descending: bool
    nulls_first: bool
    less: Function


class Targets:
    """The select list while it is bound; what else is computed for ORDER BY and its kin comes after, hidden."""

    def __init__(self, binder: "ExpressionBinder") -> None:
        self._binder = binder
        self.all: list[Target] = []

    @property
    def visible(self) -> list[Target]:
        return [target for target in self.all if not target.hidden]

    def add_written(self, written: Sequence[select.Target]) -> None:
        """Bind the select list, stars expanded.

        Raises:
            OdpsError, InvalidConstant: from its expressions.
        """
        binder = self._binder
        for each in written:
            expression = each.expression
            match expression:
                case select.Star(qualifier=qualifier, at=at):
                    self._add_all(binder.scope.expand_star(qualifier, at), at)
                case select.FieldOf(name=None):
                    self._add_all(binder.expand_fields(expression), place_of(expression))
                case _:
                    value = binder.bind(expression)
                    name = each.name if each.name is not None else name_of(expression, value)
                    self.all.append(Target(name, value, place_of(expression)))
        if len(self.all) > _MOST_COLUMNS:
            raise OdpsError(Condition.TARGETS_TOO_MANY, limit=_MOST_COLUMNS)

    def _add_all(self, columns: Sequence[tuple[str, bound.Expression]], at: int) -> None:
        self.all += [Target(name, value, at) for name, value in columns]

    def find(self, written: select.Expression, clause: Clause) -> int:
        """The target that is meant by its name or position, else that is the expression; added if there is none.

        Raises:
            OdpsError: NAME_AMBIGUOUS_IN, POSITION_INVALID, CONSTANT_IN
        """
        scope = self._binder.scope
        match written:
            case select.ColumnName(names=(name,), at=at):
                # SQL92 has ORDER BY name a column of the result; GROUP BY one of the input, if there is one.
                if clause is not Clause.GROUP_BY or not scope.has_own_column(name, at):
                    found = self._find_named(name, clause, at)
                    if found is not None:
                        return self._checked(found, clause)
            case select.Number(text=text, at=at):
                return self._checked(self._find_position(text, clause, at), clause)
            case select.Operation(name="-", left=None, right=select.Number(text=text, at=at), schema=None):
                return self._checked(self._find_position(f"-{text}", clause, written.at), clause)
            case select.String(at=at) | select.Null(at=at) | select.BitString(at=at) | select.Boolean(at=at):
                raise OdpsError(Condition.CONSTANT_IN, clause=clause.value, at=at)
            case _:
                pass
        return self.find_expression(written, clause)

    def find_expression(self, written: select.Expression, clause: Clause) -> int:
        """The target that is the expression, added if there is none."""
        scope = self._binder.scope
        before, scope.clause = scope.clause, clause
        value = self._binder.bind(written)
        scope.clause = before
        for index, target in enumerate(self.all):
            if target.expression == value:
                return index
        self.all.append(Target(name_of(written, value), value, place_of(written), hidden=True))
        return len(self.all) - 1

    def settle(self, index: int) -> Target:
        """The target, its type known: text where it is still unknown."""
        target = self.all[index]
        if target.expression.type == UNKNOWN:
            target.expression = settle_unknown(self._binder.context, target.expression, target.at)
        return target

    def settle_all(self) -> None:
        for index in range(len(self.all)):
            self.settle(index)

    def _find_named(self, name: str, clause: Clause, at: int) -> int | None:
        found: int | None = None
        for index, target in enumerate(self.all):
            if target.hidden or target.name != name:
                continue
            if found is not None and self.all[found].expression != target.expression:
                raise OdpsError(Condition.NAME_AMBIGUOUS_IN, clause=clause.value, name=name, at=at)
            if found is None:
                found = index
        return found

    def _find_position(self, text: str, clause: Clause, at: int) -> int:
        if not _INTEGER.fullmatch(text.removeprefix("-")) or abs(int(text)) > _LARGEST:
            raise OdpsError(Condition.CONSTANT_IN, clause=clause.value, at=at)
        position = int(text)
        shown = [index for index, target in enumerate(self.all) if not target.hidden]
        if not 0 < position <= len(shown):
            raise OdpsError(Condition.POSITION_INVALID, clause=clause.value, position=position, at=at)
        return shown[position - 1]

    def _checked(self, index: int, clause: Clause) -> int:
        """GROUP BY may not mean, by name or position, a target with an aggregate in it."""
        if clause is Clause.GROUP_BY:
            target = self.all[index]
            if has_aggregate(target.expression):
                what = "aggregate functions are not allowed in GROUP BY"
                raise OdpsError(Condition.AGGREGATE_MISPLACED, what=what, at=self._place_of_call(target))
            if has_window_call(target.expression):
                what = "window functions are not allowed in GROUP BY"
                raise OdpsError(Condition.WINDOW_MISPLACED, what=what, at=self._place_of_call(target))
        return index

    def _place_of_call(self, target: Target) -> int:
        """The first aggregate or window call within the target: where the target is, and on."""
        known = [at for _, at in self._binder.aggregates] + self._binder.window_calls
        return min((at for at in known if at >= target.at), default=target.at)


def bind_order(
    items: Sequence[select.SortItem], targets: Targets, clause: Clause, *, names: bool = True
) -> list[bound.OrderKey]:
    """ORDER BY as keys of the select list; `names`: bare names and numbers mean targets."""
    keys: list[bound.OrderKey] = []
    for item in items:
        find = targets.find if names else targets.find_expression
        index = find(item.expression, clause)
        target = targets.settle(index)
        direction = direction_of(item, target.expression, place_of(item.expression))
        if all(key.target != index for key in keys):
            keys.append(bound.OrderKey(index, direction.descending, direction.nulls_first, direction.less))
    return keys


def direction_of(item: select.SortItem, value: bound.Expression, at: int) -> Direction:
    """How a sort item orders the values of the expression.

    Raises:
        OdpsError: ORDERING_NOT_FOUND, ORDERING_INVALID
    """
    type_ = TEXT if value.type == UNKNOWN else value.type
    if item.using is not None:
        find_operator(item.using, type_, type_, at)
    return Direction(*sort_direction(item), find_less(type_, at))
