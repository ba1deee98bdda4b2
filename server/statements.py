"""The statements that modeld understands, as frozen values.

The dialect makes them from text and writes them back as canonical text; the executor and the catalog
take them. Nothing here knows tokens, bytes or the store. Places (`at`) are counted in characters from
0 in the text of the one statement and are left out of comparisons: two statements are equal when they
say the same.

Names are folded to lower case when they are read (MaxCompute: model, version and column names are
case-insensitive), option keys to upper case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from typing import TypeVar, cast


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name as the statement gives it: unquoted and folded to lower case."""

    name: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ObjectName:
    """One to three identifiers: `m`, `schema.m`, `project.m` or `project.schema.m`."""

    parts: tuple[Identifier, ...]

    @property
    def at(self) -> int:
        return self.parts[0].at

    def __str__(self) -> str:
        return ".".join(part.name for part in self.parts)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or number literal; `value` is the text it stands for, escapes resolved.

    It may be a secret, so its repr does not show it.
    """

    value: str = field(repr=False)
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$number` in a prepared statement, where a literal may stand; numbers count from 1."""

    number: int
    at: int = field(default=0, compare=False)


Value = Literal | Parameter


@dataclass(frozen=True, slots=True)
class DataType:
    """A MaxCompute type as written: `name` is upper case, for example `DECIMAL` or `ARRAY`.

    Attributes:
        arguments: the numbers in parentheses, `(38, 18)`; empty when there are none.
        elements: the types in angle brackets of ARRAY and MAP, or of the fields of STRUCT.
        field_names: the names of STRUCT's fields, as many as `elements`; empty for other types.
    """

    name: str
    arguments: tuple[int, ...] = ()
    elements: tuple["DataType", ...] = ()
    field_names: tuple[Identifier, ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class InputColumn:
    name: Identifier
    type: DataType
    comment: Value | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """`key = 'value'`; the key is folded to upper case."""

    key: str
    value: Value
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class VersionBody:
    """What CREATE MODEL and ADD VERSION say of the version they make.

    `input` is None when the statement has no INPUT clause.
    """

    version: Identifier
    input: tuple[InputColumn, ...] | None
    options: tuple[Option, ...]
    comment: Value | None = None
    options_at: int = field(default=0, compare=False)


# Model statements.


@dataclass(frozen=True, slots=True)
class CreateModel:
    name: ObjectName
    body: VersionBody
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AddVersion:
    """`if_exists` is about the model, `if_not_exists` about the version."""

    name: ObjectName
    body: VersionBody
    if_exists: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetDefaultVersion:
    name: ObjectName
    version: Identifier
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropVersion:
    """`if_exists` is about the model, `if_version_exists` about the version."""

    name: ObjectName
    version: Identifier
    if_exists: bool = False
    if_version_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropModel:
    name: ObjectName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DescribeModel:
    """`version` None means the default version."""

    name: ObjectName
    version: Identifier | None = None


@dataclass(frozen=True, slots=True)
class ShowModels:
    """`scope` is a schema, a project, or `project.schema`; None means the current schema."""

    scope: ObjectName | None = None
    like: Value | None = None


@dataclass(frozen=True, slots=True)
class ShowVersions:
    name: ObjectName
    like: Value | None = None


@dataclass(frozen=True, slots=True)
class ShowCreateModel:
    name: ObjectName


# Projects and schemas.


@dataclass(frozen=True, slots=True)
class CreateProject:
    """CREATE DATABASE."""

    name: Identifier


@dataclass(frozen=True, slots=True)
class DropProject:
    """DROP DATABASE."""

    name: Identifier
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateSchema:
    """`name` has one part, or two: project and schema."""

    name: ObjectName
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropSchema:
    name: ObjectName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class UseProject:
    name: Identifier


@dataclass(frozen=True, slots=True)
class UseSchema:
    name: Identifier


# Transactions.


@dataclass(frozen=True, slots=True)
class Begin:
    """BEGIN or START TRANSACTION."""


@dataclass(frozen=True, slots=True)
class Commit:
    """COMMIT or END."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """ROLLBACK or ABORT."""


@dataclass(frozen=True, slots=True)
class Savepoint:
    name: Identifier


@dataclass(frozen=True, slots=True)
class RollbackTo:
    name: Identifier


@dataclass(frozen=True, slots=True)
class Release:
    name: Identifier


# Run-time parameters.


class SetScope(StrEnum):
    SESSION = "SESSION"
    LOCAL = "LOCAL"


@dataclass(frozen=True, slots=True)
class SetParameter:
    """`values` empty means TO DEFAULT; several values are a list, joined with ", " as PostgreSQL does."""

    parameter: str
    values: tuple[str, ...] = field(repr=False)
    scope: SetScope = SetScope.SESSION


@dataclass(frozen=True, slots=True)
class ShowParameter:
    """`parameter` None means ALL."""

    parameter: str | None


@dataclass(frozen=True, slots=True)
class ResetParameter:
    """`parameter` None means ALL."""

    parameter: str | None


ModelStatement = (
    CreateModel
    | AddVersion
    | SetDefaultVersion
    | DropVersion
    | DropModel
    | DescribeModel
    | ShowModels
    | ShowVersions
    | ShowCreateModel
)
NamespaceStatement = CreateProject | DropProject | CreateSchema | DropSchema
UseStatement = UseProject | UseSchema
TransactionStatement = Begin | Commit | Rollback | Savepoint | RollbackTo | Release
ParameterStatement = SetParameter | ShowParameter | ResetParameter
Change = (
    CreateModel
    | AddVersion
    | SetDefaultVersion
    | DropVersion
    | DropModel
    | CreateProject
    | DropProject
    | CreateSchema
    | DropSchema
)
Query = DescribeModel | ShowModels | ShowVersions | ShowCreateModel
Statement = Change | Query | UseStatement | TransactionStatement | ParameterStatement

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
    elif isinstance(node, tuple):
        for item in node:
            yield from _walk_parameters(item)
    elif is_dataclass(node):
        for each in fields(node):
            yield from _walk_parameters(getattr(node, each.name))


def _bind(node: object, values: Sequence[str]) -> object:
    if isinstance(node, Parameter):
        return Literal(values[node.number - 1], node.at)
    if isinstance(node, tuple):
        return tuple(_bind(item, values) for item in node)
    if is_dataclass(node) and not isinstance(node, type):
        changed = {each.name: _bind(getattr(node, each.name), values) for each in fields(node)}
        return replace(node, **changed)
    return node
