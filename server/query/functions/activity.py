"""The sessions of the server, and what this one has open: the functions under pg_stat_activity and its kin.

Source: PostgreSQL manual, "pg_stat_activity", "Statistics Functions", "pg_cursors", "pg_prepared_statements".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from server.query.functions.registry import function
from server.query.functions.signature import Function
from server.query.postgres.functions import functions_named
from server.query.relations.interface import Row
from server.query.relations.reading import find_rows
from server.query.runtime import Runtime

_BACKEND: Final = "client backend"
_Session = Mapping[str, object]


@function("pg_stat_get_activity", runtime=True)
def pg_stat_get_activity(runtime: Runtime, process_id: int | None) -> Iterator[Row]:
    """Of every session, or of one."""
    columns = [name for name, _ in _signature("pg_stat_get_activity").outputs]
    databases, users = _oids(runtime, "pg_database", "datname"), _oids(runtime, "pg_authid", "rolname")
    for session in runtime.passing.activity():
        if process_id is None or session.get("pid") == process_id:
            known = {
                "backend_type": _BACKEND,
                "ssl": False,
                "gss_auth": False,
                "gss_enc": False,
                "datid": databases(session.get("datname")),
                "usesysid": users(session.get("usename")),
                **session,
            }
            yield tuple([known.get(column) for column in columns])


def _oids(runtime: Runtime, table: str, column: str) -> Callable[[object], object]:
    known: dict[object, object] = {}

    def find(name: object) -> object:
        if name is not None and name not in known:
            row = next(find_rows(runtime, table, column, name), None)
            known[name] = None if row is None else row["oid"]
        return known.get(name)

    return find


def _signature(name: str) -> Function:
    return functions_named(name)[0]


# The older functions, one for each column, by the number of the session, from 1.


@function("pg_stat_get_backend_idset", runtime=True)
def pg_stat_get_backend_idset(runtime: Runtime) -> Sequence[int]:
    return range(1, len(runtime.passing.activity()) + 1)


def _register(name: str, column: str) -> None:
    @function(name, runtime=True)
    def of_session(runtime: Runtime, number: int) -> object:
        sessions = runtime.passing.activity()
        return sessions[number - 1].get(column) if 0 < number <= len(sessions) else None


for _name, _column in (
    ("pg_stat_get_backend_pid", "pid"),
    ("pg_stat_get_backend_activity", "query"),
    ("pg_stat_get_backend_activity_start", "query_start"),
    ("pg_stat_get_backend_client_addr", "client_addr"),
    ("pg_stat_get_backend_client_port", "client_port"),
    ("pg_stat_get_backend_start", "backend_start"),
    ("pg_stat_get_backend_xact_start", "xact_start"),
    ("pg_stat_get_backend_wait_event", "wait_event"),
    ("pg_stat_get_backend_wait_event_type", "wait_event_type"),
):
    _register(_name, _column)


@function("pg_stat_get_backend_dbid", runtime=True)
def pg_stat_get_backend_dbid(runtime: Runtime, number: int) -> object:
    return _oids(runtime, "pg_database", "datname")(_session(runtime, number).get("datname"))


@function("pg_stat_get_backend_userid", runtime=True)
def pg_stat_get_backend_userid(runtime: Runtime, number: int) -> object:
    return _oids(runtime, "pg_authid", "rolname")(_session(runtime, number).get("usename"))


def _session(runtime: Runtime, number: int) -> _Session:
    sessions = runtime.passing.activity()
    return sessions[number - 1] if 0 < number <= len(sessions) else {}


@function("current_query", runtime=True)
def current_query(runtime: Runtime) -> object:
    mine = runtime.passing.session.process_id
    return next((each.get("query") for each in runtime.passing.activity() if each.get("pid") == mine), None)


@function("pg_prepared_statement", runtime=True)
def pg_prepared_statement(runtime: Runtime) -> Sequence[Row]:
    return runtime.passing.belongings.prepared_statements()


@function("pg_cursor", runtime=True)
def pg_cursor(runtime: Runtime) -> Sequence[Row]:
    return runtime.passing.belongings.cursors()


@function("pg_lock_status", "pg_prepared_xact")
def no_rows() -> tuple[Row, ...]:
    """Nothing waits for a lock here, and no transaction is prepared for a second phase."""
    return ()


@function("pg_isolation_test_session_is_blocked")
def pg_isolation_test_session_is_blocked(*_: object) -> bool:
    return False
