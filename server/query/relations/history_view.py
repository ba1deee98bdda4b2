"""The view `model_history`: its columns with what each means, and how rows are made of the history's notes.

Its rows are not made of models but read from the store, when a statement asks for them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from protocol.types import INT4, INT8, TEXT, TIMESTAMPTZ, Oid
from server.catalog.privileges import Authority
from server.catalog.tree import Model, Schema
from server.catalog.values import Kind, Timestamp
from server.history import Life, read_entry, shown_statement
from server.query.relations.interface import RelationColumn, Row
from server.query.relations.model_views import MODEL_VIEWS, NAME_COLUMN, ModelView
from server.records import decode_key
from server.statements.privileges import Action
from server.store.interface import StoreDamaged, StoredNote
from server.times import to_datetime

_Home = tuple[str | None, str | None, str | None]
ReadHistory = Callable[[str | None], Iterable[StoredNote]]
"""(the key of a model, or None for everything) to its notes, the oldest first."""


def _column(name: str, type_: Oid, comment: str) -> RelationColumn:
    return RelationColumn(name, type_, comment=comment)


_COLUMNS: Final[tuple[RelationColumn, ...]] = (
    # Where the model is, as in every view.
    *MODEL_VIEWS[0].columns[:NAME_COLUMN],
    _column("version_name", TEXT, "the version that it was done to, in lower case"),
    _column("revision", INT8, "the number of the commit; SHOW and AS OF REVISION take it"),
    _column("part", INT4, "which of the commit's statements it was, from 1"),
    _column("time", TIMESTAMPTZ, "when it was committed"),
    _column("principal", TEXT, "who did it"),
    _column("client_address", TEXT, "the address that it came from; NULL for the server's own work"),
    _column("application", TEXT, "what the client called itself (application_name)"),
    _column("action", TEXT, "what was done, for example ADD VERSION"),
    _column("statement", TEXT, "the statement, written canonically, secrets masked"),
    _column("old_default", TEXT, "the model's default version before"),
    _column("new_default", TEXT, "the model's default version from then on"),
    _column("new_name", TEXT, "the full name of the model from then on, where it was renamed"),
    _column("reason", TEXT, "why the server did it by itself; NULL for a client's statement"),
    _column("object", TEXT, "the full name of what it was done to"),
)

HISTORY_VIEW: Final = ModelView(
    "model_history", "What was done to the models of the schema, one row for each statement.", _COLUMNS, None
)


def make_history_rows(
    notes: Iterable[StoredNote], schema: str | None, authority: Authority, *, of_server: bool, since: Timestamp
) -> Iterator[Row]:
    """The rows of one schema's models; for None all of the project, and what was done to users.

    SILENT: the history of a model is for who may describe it; what was done to others of its name before, and
    everything else, is for who administers the place.

    Args:
        of_server: what concerns the server as a whole, users for one, may be seen.
        since: what was done in the project before is not shown.
    """
    known: dict[_Home, bool] = {}
    for stored in notes if authority.administers else _of_living(notes, authority):
        home = _find_home(stored.note.subject, authority.name, schema)
        if home is None or (home[0] is not None and stored.note.time < since):
            continue
        if home not in known:
            known[home] = of_server if home[0] is None else _may_see(home, authority)
        if not known[home]:
            continue
        note, entry = stored.note, read_entry(stored.note)
        yield (
            *home,
            entry.version,
            stored.revision,
            stored.part,
            to_datetime(note.time),
            entry.principal,
            entry.address,
            entry.application,
            entry.action,
            shown_statement(entry, may_grant=_may_grant(home, authority)),
            entry.old_default,
            entry.new_default,
            entry.new_object,
            entry.reason or None,
            entry.object,
        )


def _of_living(notes: Iterable[StoredNote], authority: Authority) -> list[StoredNote]:
    """Without those of models that had another model's name before it, but where the principal manages the schema."""
    lives: dict[str, Life] = {}
    kept: list[StoredNote] = []
    for stored in reversed(list(notes)):
        note = stored.note
        home = _find_home(note.subject, authority.name, None)
        if home is None or home[2] is None or _manages(home, authority):
            kept.append(stored)
            continue
        if note.second is not None:
            # That is where the later name's model came from.
            lives.setdefault(note.second, Life(note.second)).holds(note)
        if lives.setdefault(note.subject, Life(note.subject)).holds(note):
            kept.append(stored)
    kept.reverse()
    return kept


def _manages(home: _Home, authority: Authority) -> bool:
    schema, _ = _find(home, authority)
    return schema is not None and authority.manages(schema)


def _may_see(home: _Home, authority: Authority) -> bool:
    if authority.administers:
        return True
    schema, model = _find(home, authority)
    if schema is None or model is None:
        return schema is not None and authority.manages(schema)
    return authority.on_model(schema, model.header, Action.DESCRIBE)


def _may_grant(home: _Home, authority: Authority) -> bool:
    """Of what may be seen: whether that goes for who was granted what, too."""
    schema, model = _find(home, authority)
    return schema is None or model is None or authority.owns(schema, model.header)


def _find(home: _Home, authority: Authority) -> tuple[Schema | None, Model | None]:
    project, (_, schema_name, model_name) = authority.project, home
    schema = None if project is None or schema_name is None else project.schemas.get(schema_name)
    return schema, None if schema is None or model_name is None else schema.models.get(model_name)


def _find_home(subject: str, project: str, schema: str | None) -> _Home | None:
    """(project, schema, model) of what a note is about, as far as it has them; None when it is not theirs."""
    try:
        key = decode_key(subject)
    except StoreDamaged:
        # No record stands for it: it is about the server as a whole.
        return None if schema is not None else (None, None, None)
    if key.kind is Kind.PRINCIPAL:
        return None if schema is not None else (None, None, None)
    if key.path[0] != project or (schema is not None and (key.kind is not Kind.MODEL or key.path[1] != schema)):
        return None
    # Members and roles are no schemas.
    path = key.path[:1] if key.kind in (Kind.MEMBER, Kind.ROLE) else key.path[:NAME_COLUMN]
    names = (*path, None, None)
    return (names[0], names[1], names[2])
