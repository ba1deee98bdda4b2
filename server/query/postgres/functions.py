"""pg_proc: the functions, aggregates and window functions by name and by OID.

There are 3,200 of them and a query names a few: a row is read into a Function when it is first asked for.
Source: PostgreSQL manual, "pg_proc".
"""

from functools import cache, lru_cache
from typing import Final

from protocol.types import NO_TYPE, Oid
from server.query.functions.signature import Function, FunctionKind
from server.query.postgres.files import File, Texts, read_file

_KINDS: Final = {
    "f": FunctionKind.FUNCTION,
    "p": FunctionKind.FUNCTION,
    "a": FunctionKind.AGGREGATE,
    "w": FunctionKind.WINDOW,
}
_CATALOG: Final = "11"


@cache
def functions_named(name: str) -> tuple[Function, ...]:
    """All functions of this name, in pg_catalog and in information_schema."""
    return tuple(_read(row) for row in _names().get(name, ()))


@cache
def find_function_by_oid(oid: int) -> Function | None:
    row = _oids().get(str(int(oid)))
    return None if row is None else _read(row)


def _read(row: Texts) -> Function:
    at = _file().columns

    def text(column: str) -> str:
        return row[at[column]] or ""

    inputs = tuple(Oid(int(each)) for each in text("proargtypes").split())
    names = _split(row[at["proargnames"]])
    modes = _split(row[at["proargmodes"]])
    # NULL where all are inputs, which does not keep the modes from being there: one of them may be variadic.
    all_types = tuple(Oid(int(each)) for each in _split(row[at["proallargtypes"]])) or inputs
    outputs: tuple[tuple[str, Oid], ...] = ()
    if modes:
        named = names or ("",) * len(modes)
        outputs = tuple(
            (name or f"column{number}", oid)
            for number, (name, oid, mode) in enumerate(zip(named, all_types, modes, strict=True), start=1)
            if mode in ("o", "b", "t")
        )
        names = tuple(name for name, mode in zip(named, modes, strict=True) if mode in ("i", "b", "v"))
    return Function(
        oid=Oid(int(text("oid"))),
        name=text("proname"),
        arguments=inputs,
        result=Oid(int(text("prorettype"))),
        kind=_KINDS[text("prokind")],
        variadic=Oid(int(text("provariadic") or NO_TYPE)),
        strict=text("proisstrict") == "t",
        returns_set=text("proretset") == "t",
        volatile=text("provolatile") == "v",
        defaults=int(text("pronargdefaults")),
        names=names,
        outputs=outputs,
        schema="pg_catalog" if text("pronamespace") == _CATALOG else "information_schema",
    )


def _split(array: str | None) -> tuple[str, ...]:
    """The elements of an array of plain words."""
    if array is None:
        return ()
    return tuple("" if each == '""' else each.strip('"') for each in array[1:-1].split(","))


def all_functions() -> tuple[Function, ...]:
    """Every function, by OID."""
    return tuple(_read(row) for row in _file().rows)


@lru_cache(maxsize=1)
def _file() -> File:
    file = read_file("pg_proc")
    assert file is not None, "the data files come with this package"  # noqa: S101  a fault of ours
    return file


@lru_cache(maxsize=1)
def _names() -> dict[str, list[Texts]]:
    found: dict[str, list[Texts]] = {}
    at = _file().columns["proname"]
    for row in _file().rows:
        found.setdefault(row[at] or "", []).append(row)
    return found


@lru_cache(maxsize=1)
def _oids() -> dict[str, Texts]:
    at = _file().columns["oid"]
    return {row[at] or "": row for row in _file().rows}
