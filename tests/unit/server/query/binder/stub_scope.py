"""One table and no rules of FROM: enough of a query to bind expressions in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from protocol import types
from protocol.codec import ValueSettings
from protocol.types import TYPES, Oid
from server.dialect import parse_query
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.clauses import Clause
from server.query.binder.coercion import settle_unknown
from server.query.binder.context import BindingContext
from server.query.binder.expressions import ExpressionBinder
from server.query.binder.names import name_of
from server.query.binder.trees import raised
from server.query.relations.interface import Find, Relation, RelationColumn, Row
from server.query.runtime import SessionView
from server.statements import select

_VARCHAR_ARRAY: Final = Oid(1015)

# The columns of the table t, and how PostgreSQL is told to make them.
COLUMNS: Final[tuple[tuple[str, str, Oid, int], ...]] = (
    ("i", "integer", types.INT4, -1),
    ("b", "bigint", types.INT8, -1),
    ("s", "smallint", types.INT2, -1),
    ("n", "numeric(10,2)", types.NUMERIC, 655366),
    ("f", "float8", types.FLOAT8, -1),
    ("r", "real", types.FLOAT4, -1),
    ("x", "text", types.TEXT, -1),
    ("v", "varchar(5)", types.VARCHAR, 9),
    ("c", "char(3)", types.BPCHAR, 7),
    ("nm", "name", types.NAME, -1),
    ("ch", '"char"', types.CHAR, -1),
    ("bo", "boolean", types.BOOL, -1),
    ("d", "date", types.DATE, -1),
    ("ts", "timestamp", types.TIMESTAMP, -1),
    ("tz", "timestamptz(3)", types.TIMESTAMPTZ, 3),
    ("tm", "time", types.TIME, -1),
    ("iv", "interval", types.INTERVAL, -1),
    ("u", "uuid", types.UUID, -1),
    ("j", "json", types.JSON, -1),
    ("jb", "jsonb", types.JSONB, -1),
    ("by", "bytea", types.BYTEA, -1),
    ("o", "oid", types.OID, -1),
    ("rc", "regclass", types.REGCLASS, -1),
    ("ia", "integer[]", Oid(1007), -1),
    ("ta", "text[]", Oid(1009), -1),
    ("va", "varchar(5)[]", _VARCHAR_ARRAY, 9),
    ("i2", "int2vector", types.INT2VECTOR, -1),
    ("ov", "oidvector", types.OIDVECTOR, -1),
    ("bi", "bit(3)", facts.BIT, 3),
    ("rg", "int4range", Oid(3904), -1),
)

TABLE: Final = Relation(
    Oid(90_000), "public", "t", tuple(RelationColumn(name, oid, modifier) for name, _, oid, modifier in COLUMNS)
)
_ITEM: Final = bound.RelationItem(
    TABLE, tuple(bound.OutputColumn(each.name, each.type, each.modifier) for each in TABLE.columns)
)


class StubDatabase:
    """Has the schema public and nothing in it."""

    def find_relation(self, schema: str, name: str) -> Relation | None:
        return TABLE if (schema, name) == ("public", "t") else None

    def find_relation_by_oid(self, oid: int) -> Relation | None:
        return TABLE if oid == TABLE.oid else None

    def has_schema(self, name: str) -> bool:
        return name in ("public", "pg_catalog", "information_schema")

    def rows(self, relation: Relation) -> list[Row]:
        return []

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        return False

    def finder(self, relation: Relation, column: int) -> Find:
        return lambda value: ()


@dataclass
class StubScope:
    """Resolves the columns of t and binds subqueries of the plainest kind."""

    context: BindingContext
    parent: "StubScope | None" = None
    clause: Clause = Clause.SELECT
    has_table: bool = True
    windows: list[select.WindowDefinition] = field(default_factory=list)

    def resolve_column(self, names: tuple[str, ...], at: int) -> bound.Expression:
        if not self.has_table and self.parent is not None:
            return raised(self.parent.resolve_column(names, at), 1)
        if names == ("t",):
            return bound.Column(0, 0, types.RECORD)
        if len(names) == 1 or names[0] == "t":
            for number, column in enumerate(TABLE.columns, start=1):
                if column.name == names[-1]:
                    return bound.Column(0, number, column.type, column.modifier)
        raise self.missing_column(names, at)

    def find_row(self, names: tuple[str, ...], at: int) -> bound.Expression | None:
        return bound.Column(0, 0, types.RECORD) if names == ("t",) else None

    def missing_column(self, names: tuple[str, ...], at: int) -> OdpsError:
        return OdpsError(Condition.COLUMN_NOT_FOUND, name=".".join(names), at=at)

    def find_item(self, column: bound.Column) -> bound.Item | None:
        return _ITEM

    def expand_star(self, qualifier: tuple[str, ...], at: int) -> list[tuple[str, bound.Expression]]:
        return [
            (column.name, bound.Column(0, number, column.type, column.modifier))
            for number, column in enumerate(TABLE.columns, start=1)
        ]

    def bind_subquery(self, query: select.QueryExpression) -> bound.Query:
        return bind_plain_query(self.context, query, self)

    def window(self, definition: select.WindowDefinition, binder: ExpressionBinder) -> int:
        self.windows.append(definition)
        return len(self.windows) - 1

    def grouping_keys(self, arguments: Sequence[bound.Expression], at: int) -> tuple[int, ...]:
        return tuple(range(len(arguments)))


def bind_plain_query(
    context: BindingContext, query: select.QueryExpression, parent: StubScope | None = None
) -> bound.Query:
    """A query with a select list and a WHERE."""
    core = query.body
    assert isinstance(core, select.SelectCore)
    binder = ExpressionBinder(context, StubScope(context, parent, has_table=bool(core.from_items)))  # type: ignore[arg-type]
    targets = []
    for target in core.targets:
        value = binder.bind(target.expression)
        name = target.name or name_of(target.expression, value)
        targets.append(bound.TargetColumn(name, settle_unknown(context, value)))
    where = None
    if core.where is not None:
        binder.scope.clause = Clause.WHERE
        where = binder.bind_boolean(core.where, "WHERE")
    columns = tuple(bound.OutputColumn(each.name, each.expression.type, each.expression.modifier) for each in targets)
    items = (_ITEM,) if core.from_items else ()
    return bound.Query(columns, items=items, targets=tuple(targets), where=where)


def make_context(parameter_types: tuple[Oid, ...] = ()) -> BindingContext:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    session = SessionView("postgres", "postgres", "public", ("pg_catalog", "public"), 1, now)
    known = {
        (types.REGCLASS, "pg_class"): 1259,
        (types.REGCLASS, "pg_catalog.pg_class"): 1259,
        (types.REGTYPE, "int4"): 23,
        (types.REGTYPE, "integer"): 23,
        (types.REGNAMESPACE, "pg_catalog"): 11,
        (types.REGPROC, "now"): 1299,
    }
    return BindingContext(
        database=StubDatabase(),
        session=session,
        settings=ValueSettings(),
        find_reference=lambda oid, name: known.get((oid, name)),
        parse_view=parse_query,
        parameter_types=list(parameter_types),
    )


def bind_text(text: str, context: BindingContext | None = None) -> bound.Query:
    """Bind `SELECT ..` as written."""
    return bind_plain_query(context or make_context(), parse_query(text))


def bind_expression(text: str, context: BindingContext | None = None) -> bound.Expression:
    """Bind one expression over the columns of t, an unknown type become text."""
    return bind_text(f"SELECT {text} FROM t", context).targets[0].expression


def type_name(e: bound.Expression) -> str:
    row = TYPES.get(e.type)
    return str(e.type) if row is None else row.name
