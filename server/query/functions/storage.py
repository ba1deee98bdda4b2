"""Sizes and files of relations, databases and tablespaces.

SILENT: the store is one file for all and has no part for each of these, so that sizes are 0.
Source: PostgreSQL manual, "Database Object Management Functions".
"""

from collections.abc import Iterator, Mapping
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

_FORKS: Final = ("main", "fsm", "vm", "init")
_DEFAULT_TABLESPACE: Final = 1663
_STORED: Final = frozenset("ritmS")


@function("pg_relation_size", runtime=True)
def pg_relation_size(runtime: Runtime, relation: int, fork: str = "main") -> int | None:
    if fork not in _FORKS:
        raise InvalidValue("invalid fork name", sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return size_of_relation(runtime, relation)


@function("pg_table_size", "pg_total_relation_size", "pg_indexes_size", runtime=True)
def size_of_relation(runtime: Runtime, relation: int) -> int | None:
    return None if find_row(runtime, "pg_class", relation) is None else 0


@function("pg_database_size(oid)", runtime=True)
def pg_database_size(runtime: Runtime, oid: int) -> int | None:
    return None if find_row(runtime, "pg_database", oid) is None else 0


@function("pg_database_size(name)", runtime=True)
def pg_database_size_by_name(runtime: Runtime, name: str) -> int:
    if next(find_rows(runtime, "pg_database", "datname", name), None) is None:
        raise InvalidValue(f'database "{name}" does not exist', sqlstate=SqlState.INVALID_CATALOG_NAME)
    return 0


@function("pg_tablespace_size(oid)", runtime=True)
def pg_tablespace_size(runtime: Runtime, oid: int) -> int | None:
    return None if find_row(runtime, "pg_tablespace", oid) is None else 0


@function("pg_tablespace_size(name)", runtime=True)
def pg_tablespace_size_by_name(runtime: Runtime, name: str) -> int:
    if next(find_rows(runtime, "pg_tablespace", "spcname", name), None) is None:
        raise InvalidValue(f'tablespace "{name}" does not exist', sqlstate=SqlState.UNDEFINED_OBJECT)
    return 0


@function("pg_tablespace_location", runtime=True)
def pg_tablespace_location(runtime: Runtime, oid: int) -> str:
    """The two that there are lie where the data lie, for which PostgreSQL says nothing; 0 is the default one."""
    if oid and find_row(runtime, "pg_tablespace", oid) is None:
        message = f'could not stat file "pg_tblspc/{oid}": No such file or directory'
        raise InvalidValue(message, sqlstate=SqlState.UNDEFINED_FILE)
    return ""


@function("pg_tablespace_databases", runtime=True)
def pg_tablespace_databases(runtime: Runtime, oid: int) -> Iterator[int]:
    for row in find_rows(runtime, "pg_database", "dattablespace", oid):
        yield int(str(row["oid"]))


@function("pg_relation_filenode", runtime=True)
def pg_relation_filenode(runtime: Runtime, relation: int) -> int | None:
    row = find_row(runtime, "pg_class", relation)
    return None if row is None else _filenode(row)


def _filenode(row: Mapping[str, object]) -> int | None:
    # Of those that PostgreSQL keeps apart (mapped ones) the catalog says 0 and the file is called by the OID.
    return int(str(row["relfilenode"] or row["oid"])) if row["relkind"] in _STORED else None


@function("pg_relation_filepath", runtime=True)
def pg_relation_filepath(runtime: Runtime, relation: int) -> str | None:
    row = find_row(runtime, "pg_class", relation)
    node = None if row is None else _filenode(row)
    if row is None or node is None:
        return None
    if row["relisshared"]:
        return f"global/{node}"
    database = next(find_rows(runtime, "pg_database", "datname", runtime.session.database), None)
    return f"base/{0 if database is None else database['oid']}/{node}"


@function("pg_filenode_relation", runtime=True)
def pg_filenode_relation(runtime: Runtime, tablespace: int, node: int) -> int | None:
    if not node or tablespace not in (0, _DEFAULT_TABLESPACE):
        return None
    row = next(find_rows(runtime, "pg_class", "relfilenode", node), None) or find_row(runtime, "pg_class", node)
    return int(str(row["oid"])) if row is not None and _filenode(row) == node else None
