"""Check a statement against a catalog and say what it would change.

What can be known from the statement alone is checked first (MaxCompute's compiler does so before the
DDL task runs), then what depends on the catalog. Each rule raises its condition at the place in the
statement that breaks it.
"""

from typing import Final, assert_never

from msgspec.structs import replace

from server.catalog.decide_alterations import alter_model
from server.catalog.decide_facts import record_facts
from server.catalog.decide_models import add_version, create_model, drop_model, drop_version, set_default_version
from server.catalog.decide_namespaces import create_project, create_schema, drop_project, drop_schema
from server.catalog.decide_privileges import change_privileges
from server.catalog.decide_recovery import recover
from server.catalog.decide_users import alter_user, create_user, drop_user
from server.catalog.events import Decision, Event
from server.catalog.names import Context
from server.catalog.privileges import authority_keys
from server.catalog.tree import Catalog
from server.catalog.values import Kind
from server.statements import (
    AddVersion,
    Alteration,
    AlterUser,
    Change,
    CreateModel,
    CreateProject,
    CreateSchema,
    CreateUser,
    DropModel,
    DropProject,
    DropSchema,
    DropUser,
    DropVersion,
    PrivilegeChange,
    RecordFacts,
    Recovery,
    SetDefaultVersion,
    UserStatement,
)

# How many names of a subject's key are those of its home: project, or project and schema.
_HOME_NAMES: Final = {Kind.PRINCIPAL: 0, Kind.SCHEMA: 2, Kind.MODEL: 2}


def decide(catalog: Catalog, statement: Change | UserStatement, context: Context) -> Decision:
    """What `statement` would do to `catalog`. Pure; parameters must be bound.

    Raises:
        OdpsError: the condition of the rule that forbids it.
    """
    decision = _decide(catalog, statement, context)
    if decision.event is None:
        return decision
    return replace(decision, event=_rest_on_authority(decision.event, context))


def _rest_on_authority(event: Event, context: Context) -> Event:
    """The event, resting on what allows the principal to do it too.

    So a transaction that began before something was revoked fails when it commits afterwards.
    """
    subject = event.subject
    home = () if subject is None else subject.path[: _HOME_NAMES.get(subject.kind, 1)]
    keys = authority_keys(context.principal, *home)
    guards = event.guards
    return replace(event, guards=(*guards, *[key for key in keys if key not in guards]))


def _decide(catalog: Catalog, statement: Change | UserStatement, context: Context) -> Decision:
    match statement:
        case CreateModel():
            return create_model(catalog, statement, context)
        case AddVersion():
            return add_version(catalog, statement, context)
        case SetDefaultVersion():
            return set_default_version(catalog, statement, context)
        case DropVersion():
            return drop_version(catalog, statement, context)
        case DropModel():
            return drop_model(catalog, statement, context)
        case CreateProject():
            return create_project(catalog, statement, context)
        case DropProject():
            return drop_project(catalog, statement, context)
        case CreateSchema():
            return create_schema(catalog, statement, context)
        case DropSchema():
            return drop_schema(catalog, statement, context)
        case CreateUser():
            return create_user(catalog, statement, context)
        case AlterUser():
            return alter_user(catalog, statement, context)
        case DropUser(name, if_exists):
            return drop_user(catalog, name, context, if_exists=if_exists)
        case RecordFacts():
            return record_facts(catalog, statement, context)
        case _ if isinstance(statement, Alteration):
            return alter_model(catalog, statement, context)
        case _ if isinstance(statement, Recovery):
            return recover(catalog, statement, context)
        case _ if isinstance(statement, PrivilegeChange):
            return change_privileges(catalog, statement, context)
        case _:
            assert_never(statement)
