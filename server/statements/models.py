"""The statements about models, projects and schemas, and those that choose among them."""

from dataclasses import dataclass, field

from server.statements.history import AsOf, ShowDroppedModels, ShowHistory
from server.statements.privileges import PrivilegeQuery
from server.statements.values import DataType, Identifier, ObjectName, Value


@dataclass(frozen=True, slots=True)
class InputColumn:
    name: Identifier
    type: DataType
    comment: Value | None = None


# The options whose values are secrets, and so is the fact of a user's record.
SECRET_OPTIONS = frozenset({"APIKEY", "PASSWORD"})
# What stands in the place of a secret that is not told.
MASK = "********"


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
    or_replace: bool = False


@dataclass(frozen=True, slots=True)
class AddVersion:
    """`if_exists` is about the model, `if_not_exists` about the version."""

    name: ObjectName
    body: VersionBody
    if_exists: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetDefaultVersion:
    """`expected` is the version that must be the default now; None when it does not matter."""

    name: ObjectName
    version: Identifier
    if_exists: bool = False
    expected: Identifier | None = None


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
    """`version` None means the default version, `as_of` None the newest state."""

    name: ObjectName
    version: Identifier | None = None
    extended: bool = False
    as_of: AsOf | None = None


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
    if_not_exists: bool = False


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
class ShowSchemas:
    """`project` None means the current one."""

    project: Identifier | None = None
    like: Value | None = None


@dataclass(frozen=True, slots=True)
class UseProject:
    name: Identifier


@dataclass(frozen=True, slots=True)
class UseSchema:
    name: Identifier


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
NamespaceStatement = CreateProject | DropProject | CreateSchema | DropSchema | ShowSchemas
UseStatement = UseProject | UseSchema
# Changes made by the documented statements; `server.statements.Change` has all of them.
MadeChange = (
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
# Those that the catalog alone answers.
CatalogQuery = DescribeModel | ShowModels | ShowSchemas | ShowVersions | ShowCreateModel | ShowDroppedModels
Query = CatalogQuery | ShowHistory | PrivilegeQuery
