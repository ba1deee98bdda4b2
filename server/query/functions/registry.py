"""How an implementation is found for a function of pg_proc, and what it may ask for.

An implementation is written beside its kin in one of the modules of this package and registered with a decorator,
under a name (all its overloads) or under one signature:

    @function("abs")
    def absolute(value): ...

    @function("length(bytea)")
    def length_of_bytes(value): ...

Arguments are Python values as protocol/codecs.py has them. None only comes to functions that pg_proc does not call
strict. What an implementation raises for a bad value is `protocol.errors.InvalidValue`, with PostgreSQL's text and
SQLSTATE; anything else is a fault of ours.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from protocol.types import TYPES, Oid
from server.query.functions.signature import Function
from server.query.runtime import Runtime


@dataclass(frozen=True, slots=True)
class CallTypes:
    """The types at one place of use, for functions whose work depends on them (anyelement, "any").

    Attributes:
        arguments: of the expressions, domains as their base types; one for each argument as written.
        result: of the call.
        variadic: the last argument is the array of a VARIADIC call.
        declared: the types of the expressions, domains as they are; () where nothing asks for them.
        fields: (name, type, modifier) of the row that the call is to give, where its place of use says so.
    """

    arguments: tuple[Oid, ...]
    result: Oid
    variadic: bool = False
    declared: tuple[Oid, ...] = ()
    fields: tuple[tuple[str, Oid, int], ...] = ()


class Accumulator(Protocol):
    """The state of one aggregate over one group."""

    def add(self, *arguments: object) -> None:
        """Take in one row. Rows with a NULL argument do not come to a strict aggregate."""

    def result(self) -> object:
        """The value so far; may be asked more than once, between `add`s."""


Scalar = Callable[..., object]
ScalarFactory = Callable[[CallTypes], Scalar]
AccumulatorFactory = Callable[[CallTypes, Runtime], Accumulator]


@dataclass(frozen=True, slots=True)
class Implementation:
    """`make` gives the function for one place of use; `wants_runtime`: the Runtime comes before the arguments."""

    make: ScalarFactory
    wants_runtime: bool = False


_functions: Final[dict[str, Implementation]] = {}
_aggregates: Final[dict[str, AccumulatorFactory]] = {}
_V = TypeVar("_V")
_F = TypeVar("_F", bound=Callable[..., object])
_A = TypeVar("_A", bound=AccumulatorFactory)


def function(*names: str, runtime: bool = False) -> Callable[[_F], _F]:
    """Register a plain function; `runtime`: its first argument is the Runtime.

    A function that returns a set gives an iterable of values, or of tuples as long as its OUT columns.
    """

    def register(implementation: _F) -> _F:
        for name in names:
            _add(_functions, name, Implementation(lambda types: implementation, runtime))
        return implementation

    return register


def typed_function(*names: str, runtime: bool = False) -> Callable[[Callable[[CallTypes], Scalar]], ScalarFactory]:
    """Register a function of the types at the place of use that gives the function to call."""

    def register(make: ScalarFactory) -> ScalarFactory:
        for name in names:
            _add(_functions, name, Implementation(make, runtime))
        return make

    return register


def aggregate(*names: str) -> Callable[[_A], _A]:
    """Register the maker of an aggregate's accumulators."""

    def register(make: _A) -> _A:
        factory: AccumulatorFactory = make
        for name in names:
            _add(_aggregates, name, factory)
        return make

    return register


def find_function(signature: Function) -> Implementation | None:
    """The implementation for the signature, else for the name; None when there is none (0A000 for the user)."""
    return _functions.get(format_signature(signature)) or _functions.get(signature.name)


def find_aggregate(signature: Function) -> AccumulatorFactory | None:
    return _aggregates.get(format_signature(signature)) or _aggregates.get(signature.name)


def format_signature(signature: Function) -> str:
    """`name(type,type)` with PostgreSQL's internal names of types, as the decorators take it."""
    return f"{signature.name}({','.join(_type_name(oid) for oid in signature.arguments)})"


def registered() -> Iterable[str]:
    """Every registered name and signature, for tests and for the documentation."""
    return (*_functions, *_aggregates)


def _type_name(oid: Oid) -> str:
    row = TYPES.get(oid)
    return str(oid) if row is None else row.name


def _add(table: dict[str, _V], name: str, value: _V) -> None:
    if name in table:
        raise ValueError(f"{name} is registered twice")
    table[name] = value
