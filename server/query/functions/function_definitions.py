"""The SQL of functions: their arguments, results and whole definitions.

Source: PostgreSQL manual, "System Catalog Information Functions"; PostgreSQL 15, ruleutils.c.
"""

from collections.abc import Mapping
from typing import Final

from protocol import types
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import Oid
from server.parameters.texts import quote_names
from server.query.binder.type_facts import format_type
from server.query.functions.registry import function
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

_Row = Mapping[str, object]
_MODES: Final = {"o": "OUT ", "b": "INOUT ", "v": "VARIADIC ", "i": ""}
_ANY: Final = Oid(2276)
# What CREATE FUNCTION takes when nothing is said: of the cost by language, of the rows of a set.
_COSTS: Final = {"internal": 1.0, "c": 1.0}
_COST, _ROWS = 100.0, 1000.0
_VOLATILITY: Final = {"i": "IMMUTABLE", "s": "STABLE"}
_PARALLEL: Final = {"s": "PARALLEL SAFE", "r": "PARALLEL RESTRICTED"}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: object) -> int:
    return int(str(value))


def _type(oid: object) -> str:
    return format_type(Oid(_number(oid)))


def _split_defaults(text: str) -> list[str]:
    """The defaults, which stand with commas between them: none of PostgreSQL's own has one inside but in quotes."""
    parts: list[str] = []
    depth, quoted, begun = 0, False, 0
    for index, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "()[]":
            depth += 1 if character in "([" else -1
        elif not quoted and not depth and character == ",":
            parts.append(text[begun:index].strip())
            begun = index + 1
    return [*parts, text[begun:].strip()]


def _defaults(row: _Row) -> list[str]:
    return _split_defaults(str(row["proargdefaults"])) if row["proargdefaults"] else []


def _arguments(runtime: Runtime, row: _Row, *, defaults: bool) -> str:
    inputs = _list(row["proargtypes"])
    oids = _list(row["proallargtypes"]) or inputs
    modes = [str(each) for each in _list(row["proargmodes"])] or ["i"] * len(oids)
    names = [str(each) for each in _list(row["proargnames"])] or [""] * len(oids)
    given = _defaults(row) if defaults else []
    first_default = len(inputs) - len(given)
    written: list[str] = []
    place = 0
    for oid, mode, name in zip(oids, modes, names, strict=True):
        if mode == "t":
            continue
        text = _MODES[mode] + (f"{quote_names([name])} " if name else "") + _type(oid)
        if mode in ("i", "b", "v"):
            if place >= first_default:
                text += f" DEFAULT {given[place - first_default]}"
            place += 1
        written.append(text)
    return _with_order(runtime, row, written) if row["prokind"] == "a" else ", ".join(written)


def _with_order(runtime: Runtime, row: _Row, written: list[str]) -> str:
    """The arguments of an aggregate: those of an ordered set are written behind ORDER BY."""
    aggregate = next(find_rows(runtime, "pg_aggregate", "aggfnoid", row["oid"]), None)
    if aggregate is None or aggregate["aggkind"] == "n":
        return ", ".join(written)
    direct = _number(aggregate["aggnumdirectargs"])
    ordered = written[direct:]
    if not ordered and row["provariadic"] == _ANY:
        # What is given both times is the same list.
        ordered = written[-1:]
    return f"{', '.join(written[:direct])} ORDER BY {', '.join(ordered)}".lstrip()


@function("pg_get_function_arguments", runtime=True)
def pg_get_function_arguments(runtime: Runtime, oid: int) -> str | None:
    row = find_row(runtime, "pg_proc", oid)
    return None if row is None else _arguments(runtime, row, defaults=True)


@function("pg_get_function_identity_arguments", runtime=True)
def pg_get_function_identity_arguments(runtime: Runtime, oid: int) -> str | None:
    row = find_row(runtime, "pg_proc", oid)
    return None if row is None else _arguments(runtime, row, defaults=False)


@function("pg_get_function_arg_default", runtime=True)
def pg_get_function_arg_default(runtime: Runtime, oid: int, number: int) -> str | None:
    row = find_row(runtime, "pg_proc", oid)
    if row is None:
        return None
    given = _defaults(row)
    place = number - 1 - (len(_list(row["proargtypes"])) - len(given))
    return given[place] if 0 <= place < len(given) else None


@function("pg_get_function_result", runtime=True)
def pg_get_function_result(runtime: Runtime, oid: int) -> str | None:
    row = find_row(runtime, "pg_proc", oid)
    if row is None or row["prokind"] == "p":
        return None
    modes = [str(each) for each in _list(row["proargmodes"])]
    if "t" in modes:
        names, oids = _list(row["proargnames"]), _list(row["proallargtypes"])
        columns = (
            f"{quote_names([str(name)])} {_type(type_)}"
            for name, type_, mode in zip(names, oids, modes, strict=True)
            if mode == "t"
        )
        return f"TABLE({', '.join(columns)})"
    return ("SETOF " if row["proretset"] else "") + _type(row["prorettype"])


@function("pg_get_functiondef", runtime=True)
def pg_get_functiondef(runtime: Runtime, oid: int) -> str | None:
    row = find_row(runtime, "pg_proc", oid)
    if row is None:
        return None
    if row["prokind"] == "a":
        message = f'"{row["proname"]}" is an aggregate function'
        raise InvalidValue(message, sqlstate=SqlState.WRONG_OBJECT_TYPE)
    language = find_row(runtime, "pg_language", row["prolang"])
    language_name = "internal" if language is None else str(language["lanname"])
    schema = runtime.references.format(types.REGNAMESPACE, _number(row["pronamespace"]))
    attributes = _attributes(runtime, row, language_name)
    return (
        f"CREATE OR REPLACE FUNCTION {schema}.{quote_names([str(row['proname'])])}"
        f"({_arguments(runtime, row, defaults=True)})\n"
        f" RETURNS {pg_get_function_result(runtime, oid)}\n"
        f" LANGUAGE {language_name}\n" + (f" {attributes}\n" if attributes else "") + f"{_body(row, language_name)}\n"
    )


def _attributes(runtime: Runtime, row: _Row, language: str) -> str:
    cost, rows = float(str(row["procost"])), float(str(row["prorows"]))
    words = (
        "WINDOW" if row["prokind"] == "w" else "",
        _VOLATILITY.get(str(row["provolatile"]), ""),
        _PARALLEL.get(str(row["proparallel"]), ""),
        "STRICT" if row["proisstrict"] else "",
        "SECURITY DEFINER" if row["prosecdef"] else "",
        "LEAKPROOF" if row["proleakproof"] else "",
        f"COST {cost:g}" if cost != _COSTS.get(language, _COST) else "",
        f"ROWS {rows:g}" if rows not in (0, _ROWS) else "",
        f"SUPPORT {runtime.references.format(types.REGPROC, support)}"
        if (support := _number(row["prosupport"]))
        else "",
    )
    return " ".join(word for word in words if word)


@function("pg_get_function_sqlbody", runtime=True)
def pg_get_function_sqlbody(runtime: Runtime, oid: int) -> str | None:
    row = find_row(runtime, "pg_proc", oid)
    return None if row is None or not row["prosqlbody"] else str(row["prosqlbody"])


def _body(row: _Row, language: str) -> str:
    if row["prosqlbody"]:
        return str(row["prosqlbody"])
    quoted = f"$function${row['prosrc']}$function$"
    return f"AS '{row['probin']}', {quoted}" if language == "c" and row["probin"] else f"AS {quoted}"


@function("oidvectortypes")
def oidvectortypes(oids: tuple[int, ...]) -> str:
    return ", ".join([format_type(Oid(oid)) for oid in oids])
