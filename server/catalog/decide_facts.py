"""The rules of RECORD: it puts facts into a record as a dump tells them.

Owner and times are what every other statement takes from its session and its clock; so whoever may record them may
make the catalog say what never was. SILENT: that is the owner of the project, and whoever holds the data folder.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from server.catalog.decide_users import PASSWORD
from server.catalog.events import Change, Decision, Event
from server.catalog.find_models import find_version, model_not_found
from server.catalog.model_events import model_event
from server.catalog.names import Context, resolve_model, resolve_schema
from server.catalog.options import API_KEY, literal_text
from server.catalog.privileges import find_changeable_project, is_superuser
from server.catalog.tree import Catalog, Project
from server.catalog.values import (
    Key,
    ModelHeader,
    ModelVersion,
    Principal,
    ProjectHeader,
    SchemaHeader,
    Timestamp,
    model_key,
    principal_key,
    project_key,
    schema_key,
    version_key,
)
from server.errors import Condition, OdpsError
from server.statements import Identifier, Literal, ObjectName, Option, RecordFacts
from server.statements.facts import Recorded

OWNER: Final = "OWNER"
CREATE_TIME: Final = "CREATE_TIME"
LAST_MODIFIED_TIME: Final = "LAST_MODIFIED_TIME"
ADDED: Final = "ADDED"

_FACTS: Final = {
    Recorded.USER: (CREATE_TIME, PASSWORD),
    Recorded.PROJECT: (OWNER, CREATE_TIME),
    Recorded.SCHEMA: (OWNER, CREATE_TIME),
    Recorded.MODEL: (OWNER, CREATE_TIME, LAST_MODIFIED_TIME),
}
_FACTS_OF_VERSION: Final = (CREATE_TIME, LAST_MODIFIED_TIME, ADDED, API_KEY)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_Values = dict[str, str | int | bool | bytes]


class _Facts(NamedTuple):
    """What the statement says, by the names of the records' fields, and the keys that this rests on."""

    fields: _Values
    secrets: dict[str, bytes]
    guards: tuple[Key, ...]


def record_facts(catalog: Catalog, statement: RecordFacts, context: Context) -> Decision:
    facts = _read_facts(catalog, statement, context)
    match statement.kind:
        case Recorded.USER:
            return _record_user(catalog, statement.name.parts[0], facts, context)
        case Recorded.PROJECT:
            return _record_project(catalog, statement.name.parts[0], facts, context)
        case Recorded.SCHEMA:
            return _record_schema(catalog, statement.name, facts, context)
        case Recorded.MODEL:
            return _record_model(catalog, statement, facts, context)


def format_time(timestamp: Timestamp) -> str:
    """The time as a fact, to the microsecond."""
    return (_EPOCH + timestamp * _MICROSECOND).isoformat(" ", "microseconds")


def _read_facts(catalog: Catalog, statement: RecordFacts, context: Context) -> _Facts:
    known = _FACTS[statement.kind] if statement.version is None else _FACTS_OF_VERSION
    fields: _Values = {}
    secrets: dict[str, bytes] = {}
    guards: list[Key] = []
    seen: set[str] = set()
    for fact in statement.facts:
        if fact.key not in known:
            raise OdpsError(Condition.FACT_UNKNOWN, at=fact.at, fact=fact.key, known=", ".join(known))
        if fact.key in seen:
            raise OdpsError(Condition.OPTION_DUPLICATE, at=fact.at, option=fact.key)
        seen.add(fact.key)
        if fact.key in (PASSWORD, API_KEY):
            secrets[fact.key] = context.secrets[fact.key]
        elif fact.key == OWNER:
            fields["owner"] = owner = literal_text(fact.value)
            if owner not in catalog.principals:
                raise OdpsError(Condition.ROLE_MISSING, at=fact.value.at, name=owner)
            guards.append(principal_key(owner))
        else:
            fields[fact.key.lower()] = _read_added(fact) if fact.key == ADDED else _read_time(fact)
    return _Facts(fields, secrets, tuple(guards))


def _read_time(fact: Option) -> Timestamp:
    try:
        moment = datetime.fromisoformat(literal_text(fact.value))
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError, OverflowError):
        # A TypeError is a time without zone.
        raise OdpsError(
            Condition.FACT_INVALID, at=fact.value.at, fact=fact.key, reason="expected a time with its offset from UTC"
        ) from None


def _read_added(fact: Option) -> bool:
    value = literal_text(fact.value)
    if value not in ("true", "false"):
        raise OdpsError(Condition.FACT_INVALID, at=fact.value.at, fact=fact.key, reason="expected true or false")
    return value == "true"


def _record_user(catalog: Catalog, name: Identifier, facts: _Facts, context: Context) -> Decision:
    role = catalog.principals.get(name.name)
    if role is None:
        raise OdpsError(Condition.ROLE_MISSING, at=name.at, name=name)
    verifier = facts.secrets.get(PASSWORD, role.header.verifier)
    if not is_superuser(catalog, context.principal):
        raise OdpsError(Condition.RECORD_DENIED, at=name.at, what="a superuser")
    changed: Principal = replace(role.header, **facts.fields, verifier=verifier)
    return _decision("RECORD USER", name.name, principal_key(name.name), changed, facts, context)


def _record_project(catalog: Catalog, name: Identifier, facts: _Facts, context: Context) -> Decision:
    project = _find_project(catalog, ObjectName((name,)), name.name, context)
    changed: ProjectHeader = replace(project.header, **facts.fields)
    return _decision("RECORD PROJECT", name.name, project_key(name.name), changed, facts, context)


def _record_schema(catalog: Catalog, written: ObjectName, facts: _Facts, context: Context) -> Decision:
    project_name, name = resolve_schema(catalog, written, context)
    schema = _find_project(catalog, written, project_name, context).schemas.get(name)
    full = f"{project_name}.{name}"
    if schema is None:
        raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=written.at, schema=full)
    changed: SchemaHeader = replace(schema.header, **facts.fields)
    return _decision("RECORD SCHEMA", full, schema_key(project_name, name), changed, facts, context)


def _record_model(catalog: Catalog, statement: RecordFacts, facts: _Facts, context: Context) -> Decision:
    name = resolve_model(catalog, statement.name, context)
    _find_project(catalog, statement.name, name.project, context)
    model = catalog.find_model(name)
    if model is None:
        raise model_not_found(name, statement.name)
    old: ModelHeader = model.header
    new = old
    version = None
    # Every change of a version writes the header, since that is what guards look at.
    if statement.version is None:
        new = replace(old, **facts.fields)
        changes = [Change(model_key(name), new)]
    else:
        before = find_version(model, statement.version, name)
        version = before.name
        secrets = tuple(sorted({**dict(before.secrets), **facts.secrets}.items()))
        after: ModelVersion = replace(before, **facts.fields, secrets=secrets)
        changes = [Change(model_key(name), old), Change(version_key(name, version), after)]
    event = model_event(
        "RECORD MODEL", name, context, tuple(changes), version=version, old=old, new=new, guards=facts.guards
    )
    return Decision(event)


def _find_project(catalog: Catalog, written: ObjectName, name: str, context: Context) -> Project:
    """The project whose records are meant, if it is in the principal's hands."""
    project = find_changeable_project(catalog, name, written.at)
    if not (is_superuser(catalog, context.principal) or context.principal == project.header.owner):
        raise OdpsError(Condition.RECORD_DENIED, at=written.at, what=f"the owner of project {name} or a superuser")
    return project


def _decision(
    action: str, target: str, key: Key, value: Principal | ProjectHeader | SchemaHeader, facts: _Facts, context: Context
) -> Decision:
    changes, guards = (Change(key, value),), (key, *facts.guards)
    event = Event(action, target, context.principal, context.now, changes, guards, subject=key, origin=context.origin)
    return Decision(event)


def time_fact(key: str, timestamp: Timestamp) -> Option:
    """The fact as a statement has it."""
    return Option(key, Literal(format_time(timestamp)))
