"""The parts of a jsonpath.

An expression gives a sequence of items, a predicate true, false or unknown; a predicate may stand where an expression
does, at the top or before a step, and then gives one item.
Source: PostgreSQL manual, "The SQL/JSON Path Language"; PostgreSQL 15, jsonpath.h.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as Choice


@dataclass(frozen=True, slots=True)
class Root:
    """`$`."""


@dataclass(frozen=True, slots=True)
class Current:
    """`@`, the item that a filter looks at."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last index of the array that is subscripted."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`.key`."""

    name: str


@dataclass(frozen=True, slots=True)
class AnyMember:
    """`.*`."""


@dataclass(frozen=True, slots=True)
class AnyElement:
    """`[*]`."""


@dataclass(frozen=True, slots=True)
class Subscripts:
    """`[1, 3 to last]`: (from, to), with None where only one is meant."""

    ranges: tuple[tuple["Expression", "Expression | None"], ...]


@dataclass(frozen=True, slots=True)
class Descendants:
    """`.**`, from the level `first` to `last`; None is the last there is."""

    first: int | None = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """`?(..)`."""

    predicate: "Predicate"


@dataclass(frozen=True, slots=True)
class Method:
    """`.size()`; `template` is an argument of datetime."""

    name: str
    template: str | None = None


Step = Member | AnyMember | AnyElement | Subscripts | Descendants | Filter | Method


@dataclass(frozen=True, slots=True)
class Chain:
    """What the steps, one after the other, give for what `start` gives."""

    start: "Expression"
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: Choice["+", "-", "*", "/", "%"]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Sign:
    operator: Choice["+", "-"]
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Logical:
    operator: Choice["&&", "||"]
    left: "Predicate"
    right: "Predicate"


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Predicate"


@dataclass(frozen=True, slots=True)
class IsUnknown:
    operand: "Predicate"


@dataclass(frozen=True, slots=True)
class Exists:
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: Choice["==", "<>", "<", "<=", ">", ">="]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class StartsWith:
    operand: "Expression"
    initial: Literal | Variable


@dataclass(frozen=True, slots=True)
class LikeRegex:
    """`flags`: of i, s, m, x and q, in this order."""

    operand: "Expression"
    pattern: str
    flags: str


Predicate = Logical | Not | IsUnknown | Exists | Comparison | StartsWith | LikeRegex
Expression = Root | Current | Last | Literal | Variable | Chain | Arithmetic | Sign | Predicate


@dataclass(frozen=True, slots=True)
class JsonPath:
    """`strict`: what is not there is an error. Else it is nothing, and arrays in the way are unwrapped."""

    expression: Expression
    strict: bool = False
