"""Objects by catalog, OID and column: how they are described and identified.

Source: PostgreSQL manual, "Object Information and Addressing Functions"; PostgreSQL 15, objectaddress.c.
"""

from dataclasses import dataclass
from typing import Final

from protocol import types
from protocol.types import Oid
from server.parameters.texts import quote_names
from server.query.functions.registry import function
from server.query.postgres.functions import find_function_by_oid
from server.query.relations.interface import Row
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

_RELATIONS: Final = {"r": "table", "i": "index", "v": "view", "S": "sequence", "t": "toast table"}
# By catalog: the kind, the columns of name and schema, and how a value of the fitting reg* type is written.
_KINDS: Final[dict[str, tuple[str, str, str, Oid]]] = {
    "pg_type": ("type", "typname", "typnamespace", types.REGTYPE),
    "pg_proc": ("function", "proname", "pronamespace", types.REGPROCEDURE),
    "pg_operator": ("operator", "oprname", "oprnamespace", types.REGOPERATOR),
    "pg_collation": ("collation", "collname", "collnamespace", types.REGCOLLATION),
    "pg_ts_config": ("text search configuration", "cfgname", "cfgnamespace", types.REGCONFIG),
    "pg_ts_dict": ("text search dictionary", "dictname", "dictnamespace", types.REGDICTIONARY),
    "pg_namespace": ("schema", "nspname", "", types.REGNAMESPACE),
    "pg_authid": ("role", "rolname", "", types.REGROLE),
    "pg_database": ("database", "datname", "", types.NO_TYPE),
    "pg_tablespace": ("tablespace", "spcname", "", types.NO_TYPE),
    "pg_am": ("access method", "amname", "", types.NO_TYPE),
    "pg_language": ("language", "lanname", "", types.NO_TYPE),
}
# Whose identity is more than a name, and so stands in no column of its own.
_NAMELESS: Final = frozenset({"pg_proc", "pg_operator"})


@dataclass(frozen=True, slots=True)
class _Object:
    """One object.

    Attributes:
        exact: the kind, aggregates told from functions.
        schema, name: in double quotes where they need them.
        written: as the session writes it.
        identity: in full.
    """

    kind: str
    exact: str
    schema: str | None
    name: str | None
    written: str
    identity: str
    column: str | None = None


def _find(runtime: Runtime, catalog: int, oid: int, column: int) -> _Object | None:
    table = find_row(runtime, "pg_class", catalog)
    if table is None or oid == 0:
        return None
    name = str(table["relname"])
    if name == "pg_class":
        return _find_relation(runtime, oid, column)
    row = find_row(runtime, name, oid) if name in _KINDS else None
    if row is None:
        return None
    kind, name_column, schema_column, reference = _KINDS[name]
    exact = "aggregate" if row.get("prokind") == "a" else kind
    plain = str(row[name_column])
    written = runtime.references.format(reference, oid) if reference else quote_names([plain])
    if not schema_column:
        return _Object(kind, kind, None, quote_names([plain]), written, quote_names([plain]))
    schema = runtime.references.format(types.REGNAMESPACE, int(str(row[schema_column])))
    shown = None if name in _NAMELESS else quote_names([plain])
    return _Object(kind, exact, schema, shown, written, _identity(runtime, name, oid, schema, written, plain))


def _identity(runtime: Runtime, table: str, oid: int, schema: str, written: str, plain: str) -> str:
    if table == "pg_type":
        return _full_type(runtime, oid)
    if table == "pg_proc":
        signature = find_function_by_oid(oid)
        arguments = () if signature is None else signature.arguments
        listed = ",".join(_full_type(runtime, each) for each in arguments)
        return f"{schema}.{quote_names([plain])}({listed})"
    return f"{schema}.{written if table == 'pg_operator' else quote_names([plain])}"


def _full_type(runtime: Runtime, oid: int) -> str:
    """A type as format_type_extended writes it when it always names the schema: SQL's own names stay alone."""
    row = find_row(runtime, "pg_type", oid)
    written = runtime.references.format(types.REGTYPE, oid)
    if row is None or "." in written:
        return written
    if str(row["typname"]).startswith("_"):
        return f"{_full_type(runtime, int(str(row['typelem'])))}[]"
    internal = quote_names([str(row["typname"])])
    same = written == internal or written.startswith('"')
    return (
        f"{runtime.references.format(types.REGNAMESPACE, int(str(row['typnamespace'])))}.{written}" if same else written
    )


def _find_relation(runtime: Runtime, oid: int, column: int) -> _Object | None:
    row = find_row(runtime, "pg_class", oid)
    if row is None:
        return None
    kind = _RELATIONS.get(str(row["relkind"]), "relation")
    schema = runtime.references.format(types.REGNAMESPACE, int(str(row["relnamespace"])))
    name = quote_names([str(row["relname"])])
    written = runtime.references.format(types.REGCLASS, oid)
    identity = f"{schema}.{name}"
    if not column:
        return _Object(kind, kind, schema, name, written, identity)
    columns = (each for each in find_rows(runtime, "pg_attribute", "attrelid", oid) if each["attnum"] == column)
    found = next(columns, None)
    return None if found is None else _Object(kind, kind, schema, name, written, identity, str(found["attname"]))


@function("pg_describe_object", runtime=True)
def pg_describe_object(runtime: Runtime, catalog: int, oid: int, column: int) -> str | None:
    found = _find(runtime, catalog, oid, column)
    if found is None:
        return None
    described = f"{found.kind} {found.written}"
    return described if found.column is None else f"column {found.column} of {described}"


@function("pg_identify_object", runtime=True)
def pg_identify_object(runtime: Runtime, catalog: int, oid: int, column: int) -> Row:
    """Gives (type, schema, name, identity)."""
    found = _find(runtime, catalog, oid, column)
    if found is None:
        return (None, None, None, None)
    if found.column is not None:
        identity = f"{found.identity}.{quote_names([found.column])}"
        return (f"{found.kind} column", found.schema, found.name, identity)
    return (found.exact, found.schema, found.name, found.identity)


@function("pg_identify_object_as_address", runtime=True)
def pg_identify_object_as_address(runtime: Runtime, catalog: int, oid: int, column: int) -> Row:
    """Gives (type, names, arguments)."""
    found = _find(runtime, catalog, oid, column)
    if found is None:
        return (None, None, None)
    if found.column is not None:
        return (f"{found.kind} column", [found.schema, found.name, found.column], [])
    if found.kind == "function":
        name, _, arguments = found.identity.partition("(")
        listed = arguments.removesuffix(")")
        return (found.exact, name.split("."), listed.split(",") if listed else [])
    if found.kind == "type":
        return (found.kind, [found.identity], [])
    return (found.kind, [each for each in (found.schema, found.name) if each is not None], [])
