"""RECORD: what a dump has to say of an object that no other statement can."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.statements.models import Option
from server.statements.values import Identifier, ObjectName


class Recorded(StrEnum):
    """What facts are recorded of."""

    USER = "USER"
    PROJECT = "PROJECT"
    SCHEMA = "SCHEMA"
    MODEL = "MODEL"


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """RECORD kind name [VERSION version] (FACT = 'value', ...).

    The facts are those of the catalog's record: owner, times, how a version was made, sealed secrets. Those that are
    not named stay as they are. Only a model has a version.
    """

    kind: Recorded
    name: ObjectName
    facts: tuple[Option, ...]
    version: Identifier | None = None
    at: int = field(default=0, compare=False)
