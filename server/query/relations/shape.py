"""What a project's schemas add to PostgreSQL's catalogs: relations, and the rows that tell of them.

It depends on names alone, so that it is made once for each set of schemas and shared by all sessions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from protocol.types import BOOL, NO_TYPE, TEXT, TYPES, Oid
from server.query.postgres.catalog import relation_rows, system_relations
from server.query.relations.grants_view import GRANTS_VIEW
from server.query.relations.history_view import HISTORY_VIEW
from server.query.relations.interface import Relation, RelationColumn, Row
from server.query.relations.model_views import MODEL_VIEWS, NAME_COLUMN, ModelView
from server.query.relations.oids import schema_oids, view_oids

SYSTEM_SCHEMAS: Final = ("pg_catalog", "information_schema")
# Views of information_schema over the whole project: OIDs that PostgreSQL 15 leaves free below its first user object.
_PROJECT_WIDE: Final = {
    "models": Oid(16200),
    "model_versions": Oid(16210),
    "model_history": Oid(16220),
    "model_grants": Oid(16230),
}
_INFORMATION_SCHEMA: Final = "information_schema"

Rows = tuple[Row, ...]
_Add = Callable[..., None]


@dataclass(frozen=True, slots=True)
class SchemaView:
    """A view over models as a relation; `schema` is None for one over the whole project."""

    relation: Relation
    view: ModelView
    schema: str | None
    row_type: Oid
    array_type: Oid
    rule: Oid


@dataclass(frozen=True, slots=True)
class Shape:
    """One project's own objects.

    Attributes:
        schemas: the OID of each schema.
        views: by (schema, name) of the relation.
        by_oid: the relations, PostgreSQL's too, by OID.
        rows: what is added to PostgreSQL's catalogs, by the catalog's name.
        indexes: those rows by the values of a column, by (catalog, column); filled in when first asked for.
    """

    schemas: Mapping[str, Oid]
    views: Mapping[tuple[str, str], SchemaView]
    by_oid: Mapping[int, Relation]
    rows: Mapping[str, Rows]
    indexes: dict[tuple[str, int], dict[object, Rows]] = field(default_factory=dict, compare=False)


@lru_cache(maxsize=128)
def shape_of(project: str, schemas: tuple[str, ...], owner: Oid) -> Shape:
    """The shape of a project with these schemas, whose owner's OID is `owner`."""
    oids = schema_oids(project, schemas)
    views: dict[tuple[str, str], SchemaView] = {}
    for index, view in enumerate((*MODEL_VIEWS, HISTORY_VIEW, GRANTS_VIEW)):
        for schema in schemas:
            views[schema, view.name] = _view(view, schema, schema, view_oids(oids[schema], index))
        first = _PROJECT_WIDE.get(view.name)
        if first is not None:
            numbers = (first, Oid(first + 1), Oid(first + 2), Oid(first + 3))
            views[_INFORMATION_SCHEMA, view.name] = _view(view, _INFORMATION_SCHEMA, None, numbers)
    namespaces = {**oids, _INFORMATION_SCHEMA: system_namespace(_INFORMATION_SCHEMA)}
    return Shape(
        oids,
        views,
        _system_by_oid() | {each.relation.oid: each.relation for each in views.values()},
        _catalog_rows(namespaces, oids, list(views.values()), owner),
    )


def system_namespace(name: str) -> Oid:
    """The OID of pg_catalog or information_schema."""
    return next(Oid(int(str(row[0]))) for row in relation_rows("pg_namespace") if row[1] == name)


def make_row(relation: Relation, values: Mapping[str, object]) -> Row:
    """A row with these values; the others are NULL, or what stands for nothing where NULL is not allowed."""
    return tuple([values.get(column.name, _nothing(column)) for column in relation.columns])


def _nothing(column: RelationColumn) -> object:
    if not column.not_null:
        return None
    if column.type == BOOL:
        return False
    row = TYPES.get(column.type)
    return "" if row is None or row.category in ("S", "Z") or column.type == TEXT else 0


@lru_cache(maxsize=1)
def _system_by_oid() -> dict[int, Relation]:
    return {relation.oid: relation for relation in system_relations().values()}


def _view(view: ModelView, schema: str, over: str | None, oids: tuple[Oid, Oid, Oid, Oid]) -> SchemaView:
    relation = Relation(
        oids[0],
        schema,
        view.name,
        view.columns,
        "v",
        comment=view.comment,
        # The oldest of the history goes as time goes by.
        passes=view is HISTORY_VIEW,
        only_key=NAME_COLUMN,
    )
    return SchemaView(relation, view, over, oids[1], oids[2], oids[3])


def _catalog_rows(
    namespaces: Mapping[str, Oid], schemas: Mapping[str, Oid], views: list[SchemaView], owner: Oid
) -> dict[str, Rows]:
    """The rows of pg_namespace, pg_class, pg_attribute, pg_type, pg_rewrite and pg_description for these objects."""
    catalog = {name: relation for (schema, name), relation in system_relations().items() if schema == "pg_catalog"}
    found: dict[str, list[Row]] = {
        name: [] for name in ("pg_namespace", "pg_class", "pg_attribute", "pg_type", "pg_rewrite", "pg_description")
    }

    def add(table: str, **values: object) -> None:
        found[table].append(make_row(catalog[table], values))

    for schema, oid in schemas.items():
        add("pg_namespace", oid=oid, nspname=schema, nspowner=owner)
    for each in views:
        relation, namespace = each.relation, namespaces[each.relation.schema]
        add(
            "pg_class",
            oid=relation.oid,
            relname=relation.name,
            relnamespace=namespace,
            reltype=each.row_type,
            relowner=owner,
            reltuples=-1.0,
            relpersistence="p",
            relkind="v",
            relnatts=len(relation.columns),
            relhasrules=True,
            relispopulated=True,
            relreplident="n",
        )
        add(
            "pg_rewrite",
            oid=each.rule,
            rulename="_RETURN",
            ev_class=relation.oid,
            ev_type="1",
            ev_enabled="O",
            is_instead=True,
            ev_qual="<>",
            ev_action="<>",
        )
        _add_types(add, each, namespace, owner)
        _add_columns(add, relation, system_relation_oid("pg_class"))
    return {name: tuple(rows) for name, rows in found.items()}


def _add_types(add: _Add, each: SchemaView, namespace: Oid, owner: Oid) -> None:
    name = each.relation.name
    shared = {
        "typnamespace": namespace,
        "typowner": owner,
        "typbyval": False,
        "typisdefined": True,
        "typdelim": ",",
        "typtypmod": -1,
        "typlen": -1,
        "typstorage": "x",
        "typalign": "d",
    }
    add(
        "pg_type",
        oid=each.row_type,
        typname=name,
        typtype="c",
        typcategory="C",
        typrelid=each.relation.oid,
        typarray=each.array_type,
        typinput=2290,
        typoutput=2291,
        typreceive=2402,
        typsend=2403,
        **shared,
    )
    add(
        "pg_type",
        oid=each.array_type,
        typname=f"_{name}",
        typtype="b",
        typcategory="A",
        typelem=each.row_type,
        typsubscript=6179,
        typinput=750,
        typoutput=751,
        typreceive=2400,
        typsend=2401,
        typanalyze=3816,
        **shared,
    )


def _add_columns(add: _Add, relation: Relation, class_oid: Oid) -> None:
    add("pg_description", objoid=relation.oid, classoid=class_oid, objsubid=0, description=relation.comment)
    for number, column in enumerate(relation.columns, start=1):
        type_ = TYPES[column.type]
        add(
            "pg_attribute",
            attrelid=relation.oid,
            attname=column.name,
            atttypid=column.type,
            attstattarget=-1,
            attlen=type_.size,
            attnum=number,
            attndims=int(type_.is_array),
            attcacheoff=-1,
            atttypmod=column.modifier,
            attbyval=0 < type_.size <= 8,
            attalign=type_.alignment,
            attstorage="x" if type_.size < 0 else "p",
            attnotnull=column.not_null,
            attislocal=True,
            attcollation=100 if type_.category == "S" else NO_TYPE,
        )
        add("pg_description", objoid=relation.oid, classoid=class_oid, objsubid=number, description=column.comment)


def system_relation_oid(name: str) -> Oid:
    """The OID of one of pg_catalog's relations."""
    return system_relations()["pg_catalog", name].oid
