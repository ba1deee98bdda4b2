"""Writes the statements about what was back as text; see `canonical`."""

from typing import assert_never

from server.dialect.canonical_names import format_object, format_value
from server.statements import (
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


def format_history(statement: ShowHistory | ShowDroppedModels | Recovery) -> str:
    """The canonical text, without a semicolon."""
    match statement:
        case ShowHistory(name, limit):
            return f"SHOW HISTORY FOR MODEL {format_object(name)}" + ("" if limit is None else f" LIMIT {limit}")
        case ShowDroppedModels(scope, like):
            pattern = "" if like is None else f" LIKE {format_value(like)}"
            return "SHOW DROPPED MODELS" + ("" if scope is None else f" IN {format_object(scope)}") + pattern
        case UndropModel(name):
            return f"UNDROP MODEL {format_object(name)}"
        case PurgeModel(name, if_exists):
            return f"PURGE MODEL {'IF EXISTS ' if if_exists else ''}{format_object(name)}"
        case RollbackModel(name, moment):
            return f"ROLLBACK MODEL {format_object(name)} TO {format_moment(moment)}"
        case _:
            assert_never(statement)


def format_moment(moment: AsOf) -> str:
    """What stands behind AS OF."""
    match moment:
        case AsOfRevision(revision):
            return f"REVISION {revision}"
        case AsOfTime(time):
            return format_value(time)
        case _:
            assert_never(moment)
