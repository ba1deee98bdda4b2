"""The statements that modeld understands, as frozen values.

The dialect makes them from text and writes them back as canonical text; the executor and the catalog
take them. Nothing here knows tokens, bytes or the store. Places (`at`) are counted in characters from
0 in the text of the one statement and are left out of comparisons: two statements are equal when they
say the same.

Names are folded to lower case when they are read (MaxCompute: model, version and column names are
case-insensitive), option keys to upper case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from server.statements.models import (
    AddVersion,
    Change,
    CreateModel,
    CreateProject,
    CreateSchema,
    DescribeModel,
    DropModel,
    DropProject,
    DropSchema,
    DropVersion,
    InputColumn,
    ModelStatement,
    NamespaceStatement,
    Option,
    Query,
    SetDefaultVersion,
    ShowCreateModel,
    ShowModels,
    ShowVersions,
    UseProject,
    UseSchema,
    UseStatement,
    VersionBody,
)
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
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
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
    "AddVersion",
    "AlterUser",
    "Argument",
    "Begin",
    "Change",
    "Checkpoint",
    "CloseCursor",
    "Commit",
    "CopyFormat",
    "CopyOptions",
    "CopyOut",
    "CreateModel",
    "CreateProject",
    "CreateSchema",
    "CreateUser",
    "CursorStatement",
    "DataType",
    "Deallocate",
    "Declare",
    "DescribeModel",
    "Direction",
    "Discard",
    "DiscardKind",
    "DropModel",
    "DropProject",
    "DropSchema",
    "DropUser",
    "DropVersion",
    "ExecutePrepared",
    "Fetch",
    "Identifier",
    "InputColumn",
    "IsolationLevel",
    "Listen",
    "Literal",
    "ModelStatement",
    "NamespaceStatement",
    "NotificationStatement",
    "Notify",
    "ObjectName",
    "Option",
    "Parameter",
    "ParameterStatement",
    "PreparationStatement",
    "Prepare",
    "Query",
    "Release",
    "ResetParameter",
    "Rollback",
    "RollbackTo",
    "Savepoint",
    "SessionStatement",
    "SetDefaultVersion",
    "SetParameter",
    "SetScope",
    "SetSessionCharacteristics",
    "SetTransaction",
    "ShowCreateModel",
    "ShowModels",
    "ShowParameter",
    "ShowVersions",
    "Statement",
    "TransactionModes",
    "TransactionStatement",
    "Unlisten",
    "UseProject",
    "UseSchema",
    "UseStatement",
    "UserStatement",
    "Value",
    "VersionBody",
    "bind_parameters",
    "find_parameters",
]

Statement = Change | Query | UseStatement | SessionStatement

_AnyStatement = TypeVar("_AnyStatement", bound=Statement)


def find_parameters(statement: Statement) -> tuple[Parameter, ...]:
    """Every `$n` of the statement, in the order of the text."""
    return tuple(_walk_parameters(statement))


def bind_parameters(statement: _AnyStatement, values: Sequence[str]) -> _AnyStatement:
    """Put `values[n - 1]` in the place of every `$n`."""
    # A statement with its parameters replaced is a statement of the same class.
    return cast("_AnyStatement", _bind(statement, values))


def _walk_parameters(node: object) -> Iterator[Parameter]:
    if isinstance(node, Parameter):
        yield node
    elif isinstance(node, Prepare):
        return
    elif isinstance(node, tuple):
        for item in node:
            yield from _walk_parameters(item)
    elif is_dataclass(node):
        for each in fields(node):
            yield from _walk_parameters(getattr(node, each.name))


def _bind(node: object, values: Sequence[str]) -> object:
    if isinstance(node, Parameter):
        return Literal(values[node.number - 1], node.at)
    if isinstance(node, Prepare):
        return node
    if isinstance(node, tuple):
        return tuple(_bind(item, values) for item in node)
    if is_dataclass(node) and not isinstance(node, type):
        changed = {each.name: _bind(getattr(node, each.name), values) for each in fields(node)}
        return replace(node, **changed)
    return node
