"""Calls of functions and aggregates as SQL's texts: `int4` and its kind are types, NULL is None."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import server.query.functions.loading  # noqa: F401 - registers the functions
from protocol.codec import ValueSettings
from protocol.codecs import CODECS
from protocol.types import NO_TYPE, TYPES, Oid
from server.query.functions.registry import CallTypes, find_aggregate, find_function
from server.query.functions.signature import Function, FunctionKind
from server.query.runtime import Limits, Runtime
from tests.unit.server.query.evaluator import scenes

_TYPES = {row.name: row.oid for row in TYPES.values()}
NOW = datetime(2020, 5, 6, 13, 14, 15, 678901, tzinfo=UTC)


def runtime(limits: Limits | None = None) -> Runtime:
    plain = scenes.runtime(limits=limits)
    settings = ValueSettings(timezone=ZoneInfo("America/New_York"))
    return replace(plain, transaction_time=NOW, statement_time=NOW, settings=settings, clock=NOW.timestamp)


def call(function: str, arguments: Sequence[tuple[str, str | None]], result: str) -> str | None:
    """The text of the result; `arguments` are (type, text), `function` a name or, where it matters, a signature."""
    name, types, values = _read(function, arguments)
    signature = Function(NO_TYPE, name, _declared(function, types), _TYPES[result])
    found = find_function(signature)
    assert found is not None, f"{function} is not registered"
    implementation = found.make(CallTypes(types, _TYPES[result]))
    value = implementation(runtime(), *values) if found.wants_runtime else implementation(*values)
    return _write(value, result)


def aggregate(
    function: str, rows: Iterable[Sequence[str | None]], types: Sequence[str], result: str, *direct: object
) -> str | None:
    """The text of the aggregate's result over the rows, whose values are texts of the types."""
    oids = tuple(_TYPES[each] for each in types)
    name = function.partition("(")[0]
    signature = Function(NO_TYPE, name, _declared(function, oids), _TYPES[result], FunctionKind.AGGREGATE)
    make = find_aggregate(signature)
    assert make is not None, f"{function} is not registered"
    state = make(CallTypes(oids, _TYPES[result]), runtime())
    for row in rows:
        state.add(*[_value(oid, text) for oid, text in zip(oids, row, strict=True)])
    finish: object = state.result
    assert callable(finish)
    return _write(finish(*direct), result)


def _read(function: str, arguments: Sequence[tuple[str, str | None]]) -> tuple[str, tuple[Oid, ...], list[object]]:
    types = tuple(_TYPES[name] for name, _ in arguments)
    values = [_value(oid, text) for oid, (_, text) in zip(types, arguments, strict=True)]
    return function.partition("(")[0], types, values


def _declared(function: str, types: tuple[Oid, ...]) -> tuple[Oid, ...]:
    """The types of the signature where it is written, for functions of any type; else those of the arguments."""
    _, opened, listed = function.partition("(")
    return tuple(_TYPES[each] for each in listed.removesuffix(")").split(",") if each) if opened else types


def _value(oid: Oid, text: str | None) -> object:
    return None if text is None else CODECS[oid].parse(runtime().settings)(text)


def _write(value: object, result: str) -> str | None:
    return None if value is None else CODECS[_TYPES[result]].format(runtime().settings)(value)
