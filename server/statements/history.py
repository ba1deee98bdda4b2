"""The statements about what was: the history of a model."""

from dataclasses import dataclass

from server.statements.values import ObjectName


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """The newest `limit` entries; None for all."""

    name: ObjectName
    limit: int | None = None
