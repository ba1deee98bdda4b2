"""What the binder and the evaluator know of a function: a row of pg_proc."""

from dataclasses import dataclass
from enum import StrEnum

from protocol.types import NO_TYPE, Oid


class FunctionKind(StrEnum):
    """pg_proc.prokind."""

    FUNCTION = "f"
    AGGREGATE = "a"
    WINDOW = "w"


@dataclass(frozen=True, slots=True)
class Function:
    """One row of pg_proc.

    Attributes:
        arguments: proargtypes, the types of the input arguments.
        result: prorettype.
        variadic: provariadic, the element type of a VARIADIC argument; 0 for none.
        strict: NULL in, NULL out: the evaluator then does not call it.
        returns_set: proretset.
        defaults: how many of the last arguments may be left out.
        names: proargnames of the input arguments; () when unnamed.
        outputs: of a function with OUT or TABLE columns, their (name, type); () else.
    """

    oid: Oid
    name: str
    arguments: tuple[Oid, ...]
    result: Oid
    kind: FunctionKind = FunctionKind.FUNCTION
    variadic: Oid = NO_TYPE
    strict: bool = True
    returns_set: bool = False
    volatile: bool = False
    defaults: int = 0
    names: tuple[str, ...] = ()
    outputs: tuple[tuple[str, Oid], ...] = ()
    schema: str = "pg_catalog"
