"""Reading rows of the catalogs by name, for functions that answer out of them."""

from collections.abc import Iterator, Mapping

from server.query.relations.interface import Relation
from server.query.runtime import Runtime


def find_rows(runtime: Runtime, table: str, column: str, value: object) -> Iterator[Mapping[str, object]]:
    """The rows of one of pg_catalog's relations that have this value, by the names of their columns."""
    relation = _relation(runtime, table)
    names = [each.name for each in relation.columns]
    for row in runtime.database.finder(relation, names.index(column) + 1)(value):
        yield dict(zip(names, row, strict=True))


def find_row(runtime: Runtime, table: str, oid: object) -> Mapping[str, object] | None:
    """The row with this OID."""
    return next(find_rows(runtime, table, "oid", oid), None)


def _relation(runtime: Runtime, table: str) -> Relation:
    relation = runtime.database.find_relation("pg_catalog", table)
    assert relation is not None, "one of PostgreSQL's own"  # noqa: S101  a fault of ours
    return relation
