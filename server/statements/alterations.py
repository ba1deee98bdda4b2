"""The forms of ALTER MODEL that MaxCompute's document does not have.

Each changes one thing of a model or, where `version` says so, of one of its versions. `if_exists` is about the model.
"""

from dataclasses import dataclass, field

from server.statements.models import Option
from server.statements.values import Identifier, ObjectName, Value


@dataclass(frozen=True, slots=True)
class SetComment:
    name: ObjectName
    comment: Value
    version: Identifier | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetOptions:
    """The options of a version that are named; the others stay."""

    name: ObjectName
    version: Identifier
    options: tuple[Option, ...]
    if_exists: bool = False
    options_at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Label:
    key: Value
    value: Value


@dataclass(frozen=True, slots=True)
class SetLabels:
    """The labels that are named; the others stay."""

    name: ObjectName
    labels: tuple[Label, ...]
    version: Identifier | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class UnsetLabels:
    name: ObjectName
    keys: tuple[Value, ...]
    version: Identifier | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetLifecycle:
    """`days` counts from the last modification; 0 is no end."""

    name: ObjectName
    days: int
    version: Identifier | None = None
    if_exists: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SetAlias:
    name: ObjectName
    alias: Identifier
    version: Identifier
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropAlias:
    """`if_alias_exists` is about the alias."""

    name: ObjectName
    alias: Identifier
    if_exists: bool = False
    if_alias_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenameModel:
    """The new name is one in the same schema."""

    name: ObjectName
    new_name: Identifier
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class ChangeOwner:
    name: ObjectName
    owner: Value
    if_exists: bool = False


Alteration = (
    SetComment | SetOptions | SetLabels | UnsetLabels | SetLifecycle | SetAlias | DropAlias | RenameModel | ChangeOwner
)
