"""Check a statement against a catalog and say what it would change.

What can be known from the statement alone is checked first (MaxCompute's compiler does so before the
DDL task runs), then what depends on the catalog. Each rule raises its condition at the place in the
statement that breaks it.
"""

from typing import assert_never

from server.catalog.decide_alterations import alter_model
from server.catalog.decide_facts import record_facts
from server.catalog.decide_models import add_version, create_model, drop_model, drop_version, set_default_version
from server.catalog.decide_namespaces import create_project, create_schema, drop_project, drop_schema
from server.catalog.decide_recovery import recover
from server.catalog.decide_users import create_user, drop_user, set_password
from server.catalog.events import Decision
from server.catalog.names import Context
from server.catalog.tree import Catalog
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
    RecordFacts,
    Recovery,
    SetDefaultVersion,
    UserStatement,
)


def decide(catalog: Catalog, statement: Change | UserStatement, context: Context) -> Decision:
    """What `statement` would do to `catalog`. Pure; parameters must be bound.

    Raises:
        OdpsError: the condition of the rule that forbids it.
    """
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
        case CreateUser(name, _, if_not_exists):
            return create_user(catalog, name, context, if_not_exists=if_not_exists)
        case AlterUser(name):
            return set_password(catalog, name, context)
        case DropUser(name, if_exists):
            return drop_user(catalog, name, context, if_exists=if_exists)
        case RecordFacts():
            return record_facts(catalog, statement, context)
        case _ if isinstance(statement, Alteration):
            return alter_model(catalog, statement, context)
        case _ if isinstance(statement, Recovery):
            return recover(catalog, statement, context)
        case _:
            assert_never(statement)
