"""The statements about what was: the history of a model, its earlier states, and the recycle bin."""

from dataclasses import dataclass, field

from server.statements.values import ObjectName, Value


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """The newest `limit` entries; None for all."""

    name: ObjectName
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ShowDroppedModels:
    """`scope` is as in SHOW MODELS."""

    scope: ObjectName | None = None
    like: Value | None = None


@dataclass(frozen=True, slots=True)
class UndropModel:
    """The one of this name that was dropped last comes back."""

    name: ObjectName


@dataclass(frozen=True, slots=True)
class PurgeModel:
    """All of this name go from the recycle bin."""

    name: ObjectName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AsOfRevision:
    """As it was after the commit with this number."""

    revision: int
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AsOfTime:
    """As it was at that time, written as PostgreSQL reads a timestamptz."""

    time: Value


AsOf = AsOfRevision | AsOfTime


@dataclass(frozen=True, slots=True)
class RollbackModel:
    """The model becomes again what it was after the commit with this number."""

    name: ObjectName
    moment: AsOfRevision


Recovery = UndropModel | PurgeModel | RollbackModel
