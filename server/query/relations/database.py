"""The database that one session's SELECT sees: PostgreSQL's catalogs with this server's objects in them, and the views.

It is made for each statement, and costs next to nothing to make: what statements over the same catalog have in common
is a `VisibleProject`. Here is what is a statement's alone: what it has read of the history, and whom it asks for.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from protocol.types import Oid
from server.audience import history_begins
from server.catalog.privileges import Authority, is_superuser
from server.catalog.values import ModelName, model_key
from server.query.relations.grants_view import GRANTS_VIEW, make_grant_rows
from server.query.relations.history_view import HISTORY_VIEW, ReadHistory, make_history_rows
from server.query.relations.interface import Find, Relation, Row
from server.query.relations.model_views import NAME_COLUMN, MaskSecret, ModelView
from server.query.relations.project import KeptRows, VisibleProject
from server.query.relations.shape import SchemaView
from server.records import encode_key

# Models that are looked up one by one.
_FEW: Final = 16
# A statement that looks up one model in so many asks for all of them, nearly.
_SHARE: Final = 16


class CatalogDatabase:
    """A project as one statement sees it.

    Args:
        mask: what everybody may see of a secret.
        read_history: gives the notes of the history as of this catalog; it may block.
    """

    def __init__(self, project: VisibleProject, mask: MaskSecret, read_history: ReadHistory) -> None:
        self._project = project
        self._mask = mask
        self._read_history = read_history
        self._history: dict[tuple[str | None, str | None], tuple[Row, ...]] = {}
        self._finders: dict[Oid, _ModelFinder] = {}

    # What the binder asks.

    def find_relation(self, schema: str, name: str) -> Relation | None:
        """The relation of this name."""
        return self._project.find_relation(schema, name)

    def find_relation_by_oid(self, oid: int) -> Relation | None:
        return self._project.shape.by_oid.get(oid)

    def has_schema(self, name: str) -> bool:
        return self._project.has_schema(name)

    # What the evaluator asks.

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        """Whether the value is found at once, and has a few rows at most."""
        return self._project.is_short(relation, column, value)

    def rows(self, relation: Relation) -> Sequence[Row]:
        """All its rows, each as long as its columns."""
        view = self._project.find_view(relation)
        return self._project.catalog_rows(relation) if view is None else list(self._view_rows(view))

    def finder(self, relation: Relation, column: int) -> Find:
        """What finds rows by column `column` (from 1), to be asked often; it may make an index."""
        view = self._project.find_view(relation)
        if view is None:
            return self._project.catalog_finder(relation, column)
        if column != NAME_COLUMN or view.view in (HISTORY_VIEW, GRANTS_VIEW):
            # Not kept, since it leads back to here: only the collector would let go of a database in a cycle, and with
            # it of what its statement holds.
            return self._other_finder(view, column)
        found = self._finders.get(relation.oid)
        if found is None:
            project = self._project
            found = _ModelFinder(view.view, project.authority, project.kept_rows(view), self._mask)
            self._finders[relation.oid] = found
        return found

    # Rows of the views.

    def _history_rows(self, schema: str | None, model: str | None = None) -> tuple[Row, ...]:
        """The rows of the history of one schema, or of the project for None; read once for each statement."""
        found = self._history.get((schema, model))
        if found is None:
            catalog, name, authority = self._project.catalog, self._project.name, self._project.authority
            key = None
            if schema is not None and model is not None:
                key = encode_key(model_key(ModelName(name, schema, model)))
            of_server = is_superuser(catalog, authority.principal)
            since = history_begins(catalog, name, authority.principal)
            rows = make_history_rows(self._read_history(key), schema, authority, of_server=of_server, since=since)
            found = tuple(row for row in rows if model is None or row[NAME_COLUMN - 1] == model)
            self._history[schema, model] = found
        return found

    def _view_rows(self, view: SchemaView) -> Iterator[Row]:
        project = self._project
        if view.view is HISTORY_VIEW:
            yield from self._history_rows(view.schema)
            return
        if view.view is GRANTS_VIEW:
            yield from make_grant_rows(project.authority, project.schemas_of(view), None)
            return
        for name, schema, kept in project.kept_rows(view):
            yield from kept.visible(project.authority, name, schema, self._mask)

    def _other_finder(self, view: SchemaView, column: int) -> Find:
        if column != NAME_COLUMN:
            return lambda value: [] if value is None else [r for r in self._view_rows(view) if r[column - 1] == value]
        if view.view is HISTORY_VIEW:
            return lambda model: self._history_rows(view.schema, model) if isinstance(model, str) else ()
        authority, schemas = self._project.authority, self._project.schemas_of(view)
        return lambda model: list(make_grant_rows(authority, schemas, model)) if isinstance(model, str) else ()


class _ModelFinder:
    """Finds the rows of a view by the name of the model; of all models when it is asked for many."""

    __slots__ = ("_asked", "_authority", "_by_model", "_mask", "_schemas", "_view")

    def __init__(
        self,
        view: ModelView,
        authority: Authority,
        schemas: KeptRows,
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


def _merged(parts: Sequence[Mapping[str, Sequence[Row]]]) -> dict[str, list[Row]]:
    merged: dict[str, list[Row]] = {}
    for part in parts:
        for model, rows in part.items():
            merged.setdefault(model, []).extend(rows)
    return merged
