"""One project as of one catalog, as far as one principal may see it: what its statements have in common.

It is kept while the catalog stays the same (`ViewKeeper`), and read by threads: what is found for the first time is the
same whoever finds it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from protocol.types import Oid
from server.catalog.privileges import find_authority
from server.catalog.tree import Catalog, Schema
from server.query.postgres.catalog import relation_rows, system_relations
from server.query.relations.history_view import HISTORY_VIEW
from server.query.relations.interface import Find, Relation, Row
from server.query.relations.model_views import NAME_COLUMN, ModelView, ViewRows
from server.query.relations.oids import BOOTSTRAP_ROLE, project_oid, role_oid
from server.query.relations.shape import SYSTEM_SCHEMAS, SchemaView, make_row, shape_of

_MOST_KEPT: Final = 256
# Schemas that are gone through, and versions that are read.
_FEW: Final = 16

KeptRows = Sequence[tuple[str, Schema, ViewRows]]


class VisibleProject:
    """See the module.

    Attributes:
        authority: what the principal may do.
        schemas: by name; none where there is no such project.
        shape: the project's own objects.

    Args:
        keeper: where rows of views are kept.
    """

    def __init__(self, catalog: Catalog, name: str, principal: str, keeper: "ViewKeeper") -> None:
        self.catalog = catalog
        self.name = name
        self.authority = find_authority(catalog, name, principal)
        node = self.authority.project
        self.schemas: Mapping[str, Schema] = {} if node is None else node.schemas
        self._keeper = keeper
        self._first_role = keeper.first_role(catalog)
        owner = self.oid_of_role("" if node is None else node.header.owner)
        self.shape = shape_of(name, tuple(self.schemas), owner)
        self._own_rows: dict[str, tuple[Row, ...]] = {}
        self._finders: dict[tuple[str, str, int], Find] = {}
        self._kept: dict[Oid, KeptRows] = {}

    def find_relation(self, schema: str, name: str) -> Relation | None:
        """The relation of this name."""
        found = self.shape.views.get((schema, name))
        return system_relations().get((schema, name)) if found is None else found.relation

    def find_view(self, relation: Relation) -> SchemaView | None:
        """The view over models that the relation is; None for one of PostgreSQL's."""
        return self.shape.views.get((relation.schema, relation.name))

    def has_schema(self, name: str) -> bool:
        return name in SYSTEM_SCHEMAS or name in self.schemas

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        """Whether the value is found at once, and has a few rows at most: those of a model with few versions."""
        view = self.find_view(relation)
        if view is None or view.view is HISTORY_VIEW or column != NAME_COLUMN or not isinstance(value, str):
            return False
        schemas = self.schemas.values() if view.schema is None else [self.schemas[view.schema]]
        models = [schema.models[value] for schema in schemas if value in schema.models]
        return len(schemas) <= _FEW and sum(len(model.versions) for model in models) <= _FEW

    def oid_of_role(self, name: str) -> Oid:
        """The OID of a principal, whether it exists or not. The one that was made first has PostgreSQL's first."""
        return BOOTSTRAP_ROLE if name == self._first_role else role_oid(name)

    # Rows of views.

    def schemas_of(self, view: SchemaView) -> dict[str, Schema]:
        """The schemas that the view is over, by name, sorted."""
        names = sorted(self.schemas) if view.schema is None else (view.schema,)
        return {name: self.schemas[name] for name in names if name in self.schemas}

    def kept_rows(self, view: SchemaView) -> "KeptRows":
        """(schema's name, schema, its kept rows) of each schema that the view is over."""
        found = self._kept.get(view.relation.oid)
        if found is None:
            schemas = self.schemas_of(view).items()
            found = [(name, schema, self._keeper.find(self.name, name, view.view)) for name, schema in schemas]
            self._kept[view.relation.oid] = found
        return found

    # Rows of PostgreSQL's catalogs.

    def catalog_rows(self, relation: Relation) -> Sequence[Row]:
        """PostgreSQL's own and this server's."""
        static, own = relation_rows(relation.name), self._rows_of(relation)
        return (*static, *own) if own else static

    def catalog_finder(self, relation: Relation, column: int) -> Find:
        """What finds them by one column."""
        key = (relation.schema, relation.name, column)
        found = self._finders.get(key)
        if found is None:
            found = self._finders[key] = self._make_finder(relation, column)
        return found

    def _make_finder(self, relation: Relation, column: int) -> Find:
        static = _index(relation.name, column).get
        rows = self._rows_of(relation)
        if not rows:
            return lambda value: static(value, ())
        # What is the catalog's has an index of its own, what is the project's shares one.
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


class ViewKeeper:
    """What statements have in common, kept between them; all sessions share one.

    It keeps the rows of views over schemas, and projects as seen at the newest catalog that was asked for.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], ViewRows] = {}
        self._first: tuple[Mapping[str, object], str] | None = None
        self._catalog: Catalog | None = None
        self._projects: dict[tuple[str, str], VisibleProject] = {}

    def project(self, catalog: Catalog, name: str, principal: str) -> VisibleProject:
        """A project as the principal sees it. On the loop only."""
        if catalog is not self._catalog or len(self._projects) >= _MOST_KEPT:
            self._catalog = catalog
            self._projects = {}
        found = self._projects.get((name, principal))
        if found is None:
            found = self._projects[name, principal] = VisibleProject(catalog, name, principal, self)
        return found

    def find(self, project: str, schema: str, view: ModelView) -> ViewRows:
        """The rows of one view over one schema."""
        key = (project, schema, view.name)
        found = self._rows.get(key)
        if found is None:
            if len(self._rows) >= _MOST_KEPT:
                self._rows.clear()
            found = self._rows[key] = ViewRows(view)
        return found

    def first_role(self, catalog: Catalog) -> str:
        """The principal that was made first."""
        principals, known = catalog.principals, self._first
        if known is None or known[0] is not principals:
            first = min(principals, key=lambda name: (principals[name].header.create_time, name), default="")
            known = self._first = principals, first
        return known[1]


_MAKERS: Final[dict[str, Callable[[VisibleProject, Relation], Iterator[Row]]]] = {
    "pg_authid": VisibleProject.make_roles,
    "pg_database": VisibleProject.make_databases,
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
