"""The database that one session's SELECT sees: PostgreSQL's catalogs with this server's objects in them, and the views.

It is made for each statement, over one immutable catalog, and costs next to nothing to make: what does not change is
kept by name in `shape`, what belongs to models by the models in `ViewKeeper`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from protocol.types import Oid
from server.audience import history_begins
from server.catalog.privileges import Authority, find_authority, is_superuser
from server.catalog.tree import Catalog, Schema
from server.catalog.values import ModelName, model_key
from server.query.postgres.catalog import relation_rows, system_relations
from server.query.relations.grants_view import GRANTS_VIEW, make_grant_rows
from server.query.relations.history_view import HISTORY_VIEW, ReadHistory, make_history_rows
from server.query.relations.interface import Find, Relation, Row
from server.query.relations.model_views import NAME_COLUMN, MaskSecret, ModelView, ViewRows
from server.query.relations.oids import BOOTSTRAP_ROLE, project_oid, role_oid
from server.query.relations.shape import SYSTEM_SCHEMAS, SchemaView, Shape, make_row, shape_of
from server.records import encode_key

_MOST_KEPT: Final = 256
# Schemas that are gone through, versions that are read, and models that are looked up one by one.
_FEW: Final = 16
# A statement that looks up one model in so many asks for all of them, nearly.
_SHARE: Final = 16


@dataclass(slots=True)
class ViewKeeper:
    """The rows of views over schemas, kept between statements; all sessions share one."""

    _kept: dict[tuple[str, str, str], ViewRows] = field(default_factory=dict)
    _first: tuple[Mapping[str, object], str] | None = None

    def find(self, project: str, schema: str, view: ModelView) -> ViewRows:
        key = (project, schema, view.name)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = ViewRows(view)
        return found

    def first_role(self, catalog: Catalog) -> str:
        """The principal that was made first."""
        principals, known = catalog.principals, self._first
        if known is None or known[0] is not principals:
            first = min(principals, key=lambda name: (principals[name].header.create_time, name), default="")
            known = self._first = principals, first
        return known[1]


class CatalogDatabase:
    """One project, as of one catalog, and as far as one principal may see it.

    Args:
        mask: what everybody may see of a secret.
        keeper: where rows of views are kept.
        read_history: gives the notes of the history as of this catalog; it may block.
    """

    def __init__(
        self,
        catalog: Catalog,
        project: str,
        principal: str,
        mask: MaskSecret,
        keeper: ViewKeeper,
        read_history: ReadHistory = lambda model: (),
    ) -> None:
        self.catalog = catalog
        self.project = project
        self._mask = mask
        self._keeper = keeper
        self._read_history = read_history
        self._history: dict[tuple[str | None, str | None], tuple[Row, ...]] = {}
        node = catalog.find_project(project)
        self._schemas: Mapping[str, Schema] = {} if node is None else node.schemas
        self._owner = "" if node is None else node.header.owner
        self._authority = find_authority(catalog, project, principal)
        self._found_shape: Shape | None = None
        self._own_rows: dict[str, tuple[Row, ...]] = {}
        self._finders: dict[tuple[str, str, int], Find] = {}

    # What the binder asks.

    def find_relation(self, schema: str, name: str) -> Relation | None:
        """The relation of this name."""
        found = self.shape.views.get((schema, name))
        return system_relations().get((schema, name)) if found is None else found.relation

    def find_relation_by_oid(self, oid: int) -> Relation | None:
        return self.shape.by_oid.get(oid)

    def has_schema(self, name: str) -> bool:
        return name in SYSTEM_SCHEMAS or name in self._schemas

    # What the evaluator asks.

    def rows(self, relation: Relation) -> Sequence[Row]:
        """All its rows, each as long as its columns."""
        view = self.shape.views.get((relation.schema, relation.name))
        if view is not None:
            return list(self._view_rows(view))
        static = relation_rows(relation.name)
        own = self._rows_of(relation)
        return (*static, *own) if own else static

    def finder(self, relation: Relation, column: int) -> Find:
        """What finds rows by column `column` (from 1), to be asked often; it may make an index."""
        key = (relation.schema, relation.name, column)
        found = self._finders.get(key)
        if found is None:
            view = self.shape.views.get((relation.schema, relation.name))
            if view is None:
                found = self._finders[key] = self._row_finder(relation, column)
            elif column == NAME_COLUMN and view.view not in (HISTORY_VIEW, GRANTS_VIEW):
                schemas = self._schemas_of(view)
                kept = [(name, schema, self._keeper_of(name, view)) for name, schema in schemas.items()]
                found = self._finders[key] = _ModelFinder(view.view, self._authority, kept, self._mask)
            else:
                # Not kept, since it leads back to here: only the collector would let go of a database in a cycle, and
                # with it of what its statement holds.
                found = self._other_finder(view, column)
        return found

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        """Whether the value is found at once, and has a few rows at most: those of a model with few versions."""
        view = self.shape.views.get((relation.schema, relation.name))
        if view is None or view.view is HISTORY_VIEW or column != NAME_COLUMN or not isinstance(value, str):
            return False
        schemas = self._schemas.values() if view.schema is None else [self._schemas[view.schema]]
        models = [schema.models[value] for schema in schemas if value in schema.models]
        return len(schemas) <= _FEW and sum(len(model.versions) for model in models) <= _FEW

    # What functions ask.

    @property
    def shape(self) -> Shape:
        """The project's own objects."""
        if self._found_shape is None:
            self._found_shape = shape_of(self.project, tuple(self._schemas), self.oid_of_role(self._owner))
        return self._found_shape

    def oid_of_role(self, name: str) -> Oid:
        """The OID of a principal, whether it exists or not. The one that was made first has PostgreSQL's first."""
        return BOOTSTRAP_ROLE if name == self._keeper.first_role(self.catalog) else role_oid(name)

    # Rows of PostgreSQL's catalogs that are this server's.

    def _row_finder(self, relation: Relation, column: int) -> Find:
        static = _index(relation.name, column).get
        rows = self._rows_of(relation)
        if not rows:
            return lambda value: static(value, ())
        # What is made anew for each statement has an index of its own, what is the project's shares one.
        indexes = {} if relation.name in _MAKERS else self.shape.indexes
        index = indexes.get((relation.name, column))
        if index is None:
            index = indexes[relation.name, column] = _group(rows, column)
        own = index.get

        def find(value: object) -> Sequence[Row]:
            return static(value, ()) + own(value, ())

        return find

    def _rows_of(self, relation: Relation) -> tuple[Row, ...]:
        if relation.schema != "pg_catalog":
            return ()
        name = relation.name
        found = self._own_rows.get(name)
        if found is None:
            maker = _MAKERS.get(name)
            found = self.shape.rows.get(name, ()) if maker is None else tuple(maker(self, relation))
            self._own_rows[name] = found
        return found

    def make_roles(self, relation: Relation) -> Iterator[Row]:
        """Principals, and the account of the public models, which cannot log in."""
        owners = (project.header.owner for project in self.catalog.projects.values())
        for name in dict.fromkeys((*self.catalog.principals, *owners)):
            role = self.catalog.principals.get(name)
            superuser = role is not None and role.header.superuser
            yield make_row(
                relation,
                {
                    "oid": self.oid_of_role(name),
                    "rolname": name,
                    "rolsuper": superuser,
                    "rolinherit": True,
                    "rolcreaterole": superuser,
                    "rolcreatedb": superuser,
                    "rolcanlogin": role is not None,
                    "rolreplication": False,
                    "rolbypassrls": superuser,
                    "rolconnlimit": -1,
                    "rolpassword": "********" if role is not None and role.header.verifier else None,
                },
            )

    def make_databases(self, relation: Relation) -> Iterator[Row]:
        """Projects."""
        for name, project in self.catalog.projects.items():
            yield make_row(
                relation,
                {
                    "oid": project_oid(name),
                    "datname": name,
                    "datdba": self.oid_of_role(project.header.owner),
                    "encoding": 6,
                    "datlocprovider": "c",
                    "datistemplate": False,
                    "datallowconn": True,
                    "datconnlimit": -1,
                    "datfrozenxid": 717,
                    "datminmxid": 1,
                    "dattablespace": 1663,
                    "datcollate": "C.UTF-8",
                    "datctype": "C.UTF-8",
                },
            )

    # Rows of the views.

    def _history_rows(self, schema: str | None, model: str | None = None) -> tuple[Row, ...]:
        """The rows of the history of one schema, or of the project for None; read once for each statement."""
        found = self._history.get((schema, model))
        if found is None:
            key = None
            if schema is not None and model is not None:
                key = encode_key(model_key(ModelName(self.project, schema, model)))
            of_server = is_superuser(self.catalog, self._authority.principal)
            since = history_begins(self.catalog, self.project, self._authority.principal)
            rows = make_history_rows(self._read_history(key), schema, self._authority, of_server=of_server, since=since)
            found = tuple(row for row in rows if model is None or row[NAME_COLUMN - 1] == model)
            self._history[schema, model] = found
        return found

    def _view_rows(self, view: SchemaView) -> Iterator[Row]:
        if view.view is HISTORY_VIEW:
            yield from self._history_rows(view.schema)
            return
        if view.view is GRANTS_VIEW:
            yield from make_grant_rows(self._authority, self._schemas_of(view), None)
            return
        for name, schema in self._schemas_of(view).items():
            yield from self._keeper_of(name, view).visible(self._authority, name, schema, self._mask)

    def _schemas_of(self, view: SchemaView) -> dict[str, Schema]:
        """The schemas that the view is over, by name, sorted."""
        names = sorted(self._schemas) if view.schema is None else (view.schema,)
        return {name: self._schemas[name] for name in names if name in self._schemas}

    def _keeper_of(self, schema: str, view: SchemaView) -> ViewRows:
        return self._keeper.find(self.project, schema, view.view)

    def _other_finder(self, view: SchemaView, column: int) -> Find:
        if column != NAME_COLUMN:
            return lambda value: [] if value is None else [r for r in self._view_rows(view) if r[column - 1] == value]
        if view.view is HISTORY_VIEW:
            return lambda model: self._history_rows(view.schema, model) if isinstance(model, str) else ()
        schemas = self._schemas_of(view)
        return lambda model: list(make_grant_rows(self._authority, schemas, model)) if isinstance(model, str) else ()


class _ModelFinder:
    """Finds the rows of a view by the name of the model; of all models when it is asked for many."""

    __slots__ = ("_asked", "_authority", "_by_model", "_mask", "_schemas", "_view")

    def __init__(
        self,
        view: ModelView,
        authority: Authority,
        schemas: Sequence[tuple[str, Schema, ViewRows]],
        mask: MaskSecret,
    ) -> None:
        self._view = view
        self._authority = authority
        self._schemas = schemas
        self._mask = mask
        self._asked = 0
        self._by_model: Mapping[str, Sequence[Row]] | None = None

    def __call__(self, model: object) -> Sequence[Row]:
        if not isinstance(model, str):
            return ()
        if self._by_model is not None:
            return self._by_model.get(model, ())
        self._asked += 1
        if self._asked > _FEW and self._asked * _SHARE > sum(len(schema.models) for _, schema, _ in self._schemas):
            # The statement asks for so many models that making all rows is the lesser work.
            self._by_model = self._all()
            return self._by_model.get(model, ())
        rows: list[Row] = []
        for name, schema, kept in self._schemas:
            node = schema.models.get(model)
            if node is not None and self._view.shows(self._authority, schema, node):
                rows += kept.of_model(ModelName(self._authority.name, name, model), node, self._mask)
        return rows

    def _all(self) -> Mapping[str, Sequence[Row]]:
        parts = [kept.by_model(self._authority, name, schema, self._mask) for name, schema, kept in self._schemas]
        return parts[0] if len(parts) == 1 else _merged(parts)


_MAKERS: Final[dict[str, Callable[[CatalogDatabase, Relation], Iterator[Row]]]] = {
    "pg_authid": CatalogDatabase.make_roles,
    "pg_database": CatalogDatabase.make_databases,
}


@lru_cache(maxsize=1024)
def _index(table: str, column: int) -> dict[object, tuple[Row, ...]]:
    """PostgreSQL's own rows of a catalog by the value of one column."""
    return _group(relation_rows(table), column)


def _group(rows: Sequence[Row], column: int) -> dict[object, tuple[Row, ...]]:
    found: dict[object, list[Row]] = {}
    for row in rows:
        value = row[column - 1]
        if value is not None and not isinstance(value, list):
            found.setdefault(value, []).append(row)
    return {value: tuple(rows) for value, rows in found.items()}


def _merged(parts: Sequence[Mapping[str, Sequence[Row]]]) -> dict[str, list[Row]]:
    merged: dict[str, list[Row]] = {}
    for part in parts:
        for model, rows in part.items():
            merged.setdefault(model, []).extend(rows)
    return merged
