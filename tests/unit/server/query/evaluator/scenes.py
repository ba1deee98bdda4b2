"""Bound trees made by hand, and a database of tuples to run them over."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from protocol.codec import ValueSettings
from protocol.types import BOOL, INT4, INT8, TEXT, Oid
from server.parameters import Setting
from server.query.bound import (
    Call,
    Column,
    Constant,
    Expression,
    Item,
    ItemSource,
    OrderKey,
    OutputColumn,
    Query,
    RelationItem,
    Source,
    TargetColumn,
)
from server.query.evaluator import compile_query
from server.query.functions.signature import Function, FunctionKind
from server.query.relations.interface import Find, Relation, RelationColumn, Row
from server.query.runtime import Limits, Runtime, SessionView

_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Tables:
    """A Database of tuples."""

    def __init__(self) -> None:
        self.stored: dict[Oid, Sequence[Row]] = {}
        self.lookups = 0
        self.scans = 0

    def find_relation(self, schema: str, name: str) -> Relation | None:
        return None

    def find_relation_by_oid(self, oid: int) -> Relation | None:
        return None

    def has_schema(self, name: str) -> bool:
        return True

    def rows(self, relation: Relation) -> Sequence[Row]:
        self.scans += 1
        return self.stored[relation.oid]

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        return False

    def finder(self, relation: Relation, column: int) -> Find:
        def find(value: object) -> Sequence[Row]:
            self.lookups += 1
            return [row for row in self.stored[relation.oid] if row[column - 1] == value]

        return find


class _Parameters:
    def show(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str | None, *, local: bool) -> str:
        return value or ""

    def settings(self) -> Iterable[Setting]:
        return ()


class _References:
    def format(self, kind: Oid, oid: int) -> str:
        return f"name{oid}"

    def find(self, kind: Oid, text: str) -> int | None:
        return None


def table(number: int, types: str = "ii") -> Relation:
    """`i` an int4, `t` a text."""
    columns = tuple(RelationColumn(f"c{at}", TEXT if each == "t" else INT4) for at, each in enumerate(types, 1))
    return Relation(Oid(20_000 + number), "s", f"t{number}", columns)


def item(relation: Relation) -> RelationItem:
    return RelationItem(relation, tuple(OutputColumn(each.name, each.type) for each in relation.columns))


def column(item_number: int, number: int, type_: Oid = INT4, level: int = 0) -> Column:
    return Column(item_number, number, type_, level=level)


def integer(value: int | None) -> Constant:
    return Constant(value, INT4)


def function(name: str, arguments: Sequence[Oid], result: Oid, **more: object) -> Function:
    return Function(Oid(1), name, tuple(arguments), result, **more)  # type: ignore[arg-type]  # fields by name


# By its own OID, since joins ask what pg_operator says of it.
EQ = replace(function("int4eq", (INT4, INT4), BOOL), oid=Oid(65))
LT = function("int4lt", (INT4, INT4), BOOL)
COUNT_STAR = function("count", (), INT8, kind=FunctionKind.AGGREGATE, strict=False)
SUM = function("sum", (INT4,), INT8, kind=FunctionKind.AGGREGATE, strict=True)


def equal(left: Expression, right: Expression) -> Call:
    return Call(EQ, (left, right), BOOL, operator="=")


def less(left: Expression, right: Expression) -> Call:
    return Call(LT, (left, right), BOOL, operator="<")


def ascending(target: int, *, descending: bool = False, nulls_first: bool = False) -> OrderKey:
    return OrderKey(target, descending, nulls_first, LT)


def select(
    targets: Sequence[Expression], items: Sequence[Item] = (), sources: Sequence[Source] | None = None, **more: object
) -> Query:
    named = tuple(TargetColumn(f"c{at}", each) for at, each in enumerate(targets))
    columns = tuple(OutputColumn(each.name, each.expression.type) for each in named)
    crossed = tuple(ItemSource(at) for at in range(len(items))) if sources is None else tuple(sources)
    return Query(columns, tuple(items), crossed, targets=named, **more)  # type: ignore[arg-type]  # fields by name


def runtime(tables: Tables | None = None, values: Sequence[object] = (), limits: Limits | None = None) -> Runtime:
    session = SessionView("u", "p", "s", ("pg_catalog", "s"), 1, _MOMENT)
    return Runtime(
        session,
        _MOMENT,
        _MOMENT,
        tables or Tables(),
        _Parameters(),
        ValueSettings(),
        limits or Limits(),
        _References(),
        values=values,
    )


def run(query: Query, tables: Tables | None = None, values: Sequence[object] = ()) -> list[Row]:
    return list(compile_query(query).run(runtime(tables, values)))
