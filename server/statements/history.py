"""The statements about what was: the history of a model, its earlier states, and the recycle bin."""

from dataclasses import dataclass

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


Recovery = UndropModel | PurgeModel
