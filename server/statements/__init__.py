"""The statements that modeld understands, as frozen values.

The dialect makes them from text and writes them back as canonical text; the executor and the catalog
take them. Nothing here knows tokens, bytes or the store. Places (`at`) are counted in characters from
0 in the text of the one statement and are left out of comparisons: two statements are equal when they
say the same.

Names are folded to lower case when they are read (MaxCompute: model, version and column names are
case-insensitive), option keys to upper case.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from server.statements.alterations import (
    Alteration,
    ChangeOwner,
    DropAlias,
    Label,
    RenameModel,
    SetAlias,
    SetComment,
    SetLabels,
    SetLifecycle,
    SetOptions,
    UnsetLabels,
)
from server.statements.facts import RecordFacts
from server.statements.history import (
    AsOf,
    AsOfRevision,
    AsOfTime,
    PurgeModel,
    Recovery,
    RollbackModel,
    ShowDroppedModels,
    ShowHistory,
    UndropModel,
)
from server.statements.models import (
    MASK,
    AddVersion,
    CatalogQuery,
    CreateModel,
    CreateProject,
    CreateSchema,
    DescribeModel,
    DropModel,
    DropProject,
    DropSchema,
    DropVersion,
    InputColumn,
    MadeChange,
    ModelStatement,
    NamespaceStatement,
    Option,
    Query,
    SetDefaultVersion,
    ShowCreateModel,
    ShowModels,
    ShowSchemas,
    ShowVersions,
    UseProject,
    UseSchema,
    UseStatement,
    VersionBody,
)
from server.statements.privileges import (
    Action,
    AddUser,
    CreateRole,
    DescribeRole,
    DropRole,
    Grant,
    Grantee,
    GrantRole,
    ListRoles,
    ListUsers,
    Named,
    ObjectKind,
    PrivilegeChange,
    PrivilegeQuery,
    RemoveUser,
    Revoke,
    RevokeRole,
    ShowAcl,
    ShowGrants,
    WhoAmI,
)
from server.statements.select import Explain, Select
from server.statements.sessions import (
    AlterUser,
    Argument,
    Begin,
    Checkpoint,
    CloseCursor,
    Commit,
    CopyFormat,
    CopyOptions,
    CopyOut,
    CreateUser,
    CursorStatement,
    Deallocate,
    Declare,
    Direction,
    Discard,
    DiscardKind,
    DropUser,
    ExecutePrepared,
    Fetch,
    IsolationLevel,
    Listen,
    NotificationStatement,
    Notify,
    ParameterStatement,
    PreparationStatement,
    Prepare,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SessionStatement,
    SetConstraints,
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
    ShowFlags,
    ShowParameter,
    TransactionModes,
    TransactionStatement,
    Unlisten,
    UserStatement,
)
from server.statements.values import (
    DataType,
    Identifier,
    Literal,
    ObjectName,
    Parameter,
    Value,
)

__all__ = [
    "Action",
    "AddUser",
    "AddVersion",
    "AlterUser",
    "Alteration",
    "Argument",
    "AsOf",
    "AsOfRevision",
    "AsOfTime",
    "Begin",
    "CatalogQuery",
    "Change",
    "ChangeOwner",
    "Checkpoint",
    "CloseCursor",
    "Commit",
    "CopyFormat",
    "CopyOptions",
    "CopyOut",
    "CreateModel",
    "CreateProject",
    "CreateRole",
    "CreateSchema",
    "CreateUser",
    "CursorStatement",
    "DataType",
    "Deallocate",
    "Declare",
    "DescribeModel",
    "DescribeRole",
    "Direction",
    "Discard",
    "DiscardKind",
    "DropAlias",
    "DropModel",
    "DropProject",
    "DropRole",
    "DropSchema",
    "DropUser",
    "DropVersion",
    "ExecutePrepared",
    "Fetch",
    "Grant",
    "GrantRole",
    "Grantee",
    "Identifier",
    "InputColumn",
    "IsolationLevel",
    "Label",
    "ListRoles",
    "ListUsers",
    "Listen",
    "Literal",
    "ModelChange",
    "ModelStatement",
    "Named",
    "NamespaceStatement",
    "NotificationStatement",
    "Notify",
    "ObjectKind",
    "ObjectName",
    "Option",
    "Parameter",
    "ParameterStatement",
    "PreparationStatement",
    "Prepare",
    "PrivilegeChange",
    "PrivilegeQuery",
    "PurgeModel",
    "Query",
    "RecordFacts",
    "Recovery",
    "Release",
    "RemoveUser",
    "RenameModel",
    "ResetParameter",
    "Revoke",
    "RevokeRole",
    "Rollback",
    "RollbackModel",
    "RollbackTo",
    "Savepoint",
    "SelectStatement",
    "SessionStatement",
    "SetAlias",
    "SetComment",
    "SetConstraints",
    "SetDefaultVersion",
    "SetLabels",
    "SetLifecycle",
    "SetOptions",
    "SetParameter",
    "SetScope",
    "SetSessionCharacteristics",
    "SetTransaction",
    "ShowAcl",
    "ShowCreateModel",
    "ShowDroppedModels",
    "ShowFlags",
    "ShowGrants",
    "ShowHistory",
    "ShowModels",
    "ShowParameter",
    "ShowSchemas",
    "ShowVersions",
    "Statement",
    "TransactionModes",
    "TransactionStatement",
    "UndropModel",
    "Unlisten",
    "UnsetLabels",
    "UseProject",
    "UseSchema",
    "UseStatement",
    "UserStatement",
    "Value",
    "VersionBody",
    "WhoAmI",
    "bind_parameters",
    "find_parameters",
    "find_select",
]

# Of one model, decided without a look at the past.
ModelChange = CreateModel | AddVersion | SetDefaultVersion | DropVersion | DropModel | Alteration
Change = MadeChange | Alteration | RecordFacts | Recovery | PrivilegeChange
SelectStatement = Select | Explain
Statement = Change | Query | SelectStatement | UseStatement | SessionStatement

_AnyStatement = TypeVar("_AnyStatement", bound=Statement)


def find_parameters(statement: Statement) -> tuple[Parameter, ...]:
    """Every `$n` of the statement, in the order of the text."""
    return tuple(sorted(_walk_parameters(statement), key=lambda parameter: parameter.at))


def bind_parameters(statement: _AnyStatement, values: Sequence[str]) -> _AnyStatement:
    """Put `values[n - 1]` in the place of every `$n`, except in a SELECT: there a parameter is a value of its type."""
    # A statement with its parameters replaced is a statement of the same class.
    return cast(
        "_AnyStatement", _replace_values(statement, lambda value: _bind(value, values), (Prepare, Select, Explain))
    )


def mask_literals(statement: _AnyStatement) -> _AnyStatement:
    """The statement with `MASK` in the place of every literal, except in a SELECT; for people to read."""
    return cast("_AnyStatement", _replace_values(statement, _mask, (Select, Explain)))


def find_select(statement: Statement) -> SelectStatement | None:
    """The SELECT that the statement is, or that a cursor or COPY runs: its parameters are bound as values."""
    match statement:
        case Select() | Explain():
            return statement
        case Declare(query=Select() as query) | CopyOut(query=Select() as query):
            return query
        case _:
            return None


def _walk_parameters(statement: Statement) -> Iterator[Parameter]:
    # With a stack of its own: the tree of a SELECT may be higher than Python's is deep.
    open_nodes: list[object] = [statement]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, Parameter):
            yield node
        elif isinstance(node, Prepare):
            continue
        elif isinstance(node, tuple):
            open_nodes.extend(node)
        elif is_dataclass(node):
            open_nodes.extend(getattr(node, each.name) for each in fields(node))


def _bind(value: Value, values: Sequence[str]) -> Value:
    return Literal(values[value.number - 1], value.at) if isinstance(value, Parameter) else value


def _mask(value: Value) -> Value:
    return Literal(MASK, value.at) if isinstance(value, Literal) else value


def _replace_values(node: object, change: Callable[[Value], Value], whole: tuple[type, ...]) -> object:
    """The node with its values changed, except within what is one of the classes of `whole`."""
    if isinstance(node, Parameter | Literal):
        return change(node)
    if isinstance(node, whole):
        return node
    if isinstance(node, tuple):
        return tuple(_replace_values(item, change, whole) for item in node)
    if is_dataclass(node) and not isinstance(node, type):
        changed = {each.name: _replace_values(getattr(node, each.name), change, whole) for each in fields(node)}
        return replace(node, **changed)
    return node
