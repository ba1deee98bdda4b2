"""A database with PostgreSQL's own catalogs and no rows: enough to bind any query over them."""

from datetime import UTC, datetime
from typing import Final

from protocol.codec import ValueSettings
from protocol.types import REGCLASS, REGTYPE, Oid
from server.dialect import parse_query
from server.query import bound
from server.query.binder import bind_query, settle_parameters
from server.query.binder.context import BindingContext
from server.query.postgres.catalog import system_relations
from server.query.postgres.types import find_type_by_name
from server.query.relations.interface import Find, Relation, Row
from server.query.runtime import SessionView

SCHEMAS: Final = ("pg_catalog", "information_schema", "public")


class CatalogOnly:
    def find_relation(self, schema: str, name: str) -> Relation | None:
        return system_relations().get((schema, name))

    def find_relation_by_oid(self, oid: int) -> Relation | None:
        return next((each for each in system_relations().values() if each.oid == oid), None)

    def has_schema(self, name: str) -> bool:
        return name in SCHEMAS

    def rows(self, relation: Relation) -> list[Row]:
        return []

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        return False

    def finder(self, relation: Relation, column: int) -> Find:
        return lambda value: ()


def find_reference(kind: Oid, text: str) -> int | None:
    """Relations and types by name; whatever else has a number."""
    *schemas, name = text.split(".")
    if kind == REGCLASS:
        relation = system_relations().get((schemas[0] if schemas else "pg_catalog", name))
        return None if relation is None else relation.oid
    if kind == REGTYPE:
        row = find_type_by_name(name)
        return None if row is None else row.oid
    return 11


def make_context(views: dict[Oid, tuple[Relation, bound.Query]] | None = None) -> BindingContext:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return BindingContext(
        database=CatalogOnly(),
        session=SessionView("postgres", "postgres", "public", ("pg_catalog", "public"), 1, now),
        settings=ValueSettings(),
        find_reference=find_reference,
        parse_view=parse_query,
        views={} if views is None else views,
    )


def bind_text(text: str, context: BindingContext | None = None) -> bound.Query:
    surroundings = context or make_context()
    query = bind_query(parse_query(text), surroundings)
    settle_parameters(surroundings)
    return query


def columns_of(text: str) -> list[tuple[str, Oid]]:
    return [(column.name, column.type) for column in bind_text(text).columns]


def item_of(expression: bound.Expression) -> tuple[int, int, int]:
    """(item, number, level) of a plain column."""
    assert isinstance(expression, bound.Column)
    return expression.item, expression.number, expression.level
