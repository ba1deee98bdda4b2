"""Who and where the session is, and what it may ask of the server.

Source: PostgreSQL manual, "System Information Functions", "System Administration Functions".
"""

import platform
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.errors import Condition, OdpsError, diagnostic
from server.query.functions.registry import function
from server.query.runtime import Runtime

# The schemas that pg_catalog's own functions leave out of a search path when they are told to.
_IMPLICIT: Final = ("pg_catalog",)


@function("current_database", "current_catalog", runtime=True)
def current_database(runtime: Runtime) -> str:
    return runtime.session.database


@function("current_user", "session_user", "user", "current_role", "getpgusername", runtime=True)
def current_user(runtime: Runtime) -> str:
    return runtime.session.user


@function("current_schema", runtime=True)
def current_schema(runtime: Runtime) -> str | None:
    return next(iter(_explicit_path(runtime)), None)


@function("current_schemas", runtime=True)
def current_schemas(runtime: Runtime, implicit: bool) -> list[str]:
    return list(runtime.session.search_path) if implicit else list(_explicit_path(runtime))


def _explicit_path(runtime: Runtime) -> tuple[str, ...]:
    """The search path without pg_catalog where that was not named."""
    path = runtime.session.search_path
    return path if runtime.session.names_catalog else path[1:]


@function("version", runtime=True)
def version(runtime: Runtime) -> str:
    # Clients take the second word for the version; the rest is for people.
    number = (runtime.parameters.show("server_version") or "").partition(" ")
    return f"PostgreSQL {number[0]} {number[2]} on {platform.machine()}-pc-linux-gnu, 64-bit"


@function("pg_backend_pid", runtime=True)
def pg_backend_pid(runtime: Runtime) -> int:
    return runtime.passing.session.process_id


@function("inet_client_addr", runtime=True)
def inet_client_addr(runtime: Runtime) -> str | None:
    return runtime.passing.session.client[0]


@function("inet_client_port", runtime=True)
def inet_client_port(runtime: Runtime) -> int | None:
    return runtime.passing.session.client[1]


@function("inet_server_addr", runtime=True)
def inet_server_addr(runtime: Runtime) -> str | None:
    return runtime.passing.session.server[0]


@function("inet_server_port", runtime=True)
def inet_server_port(runtime: Runtime) -> int | None:
    return runtime.passing.session.server[1]


@function("pg_postmaster_start_time", "pg_conf_load_time", runtime=True)
def start_time(runtime: Runtime) -> object:
    return runtime.session.server_start


@function("pg_is_in_recovery", "pg_jit_available")
def never() -> bool:
    return False


@function("pg_trigger_depth", "pg_my_temp_schema")
def none_of_them() -> int:
    return 0


@function("pg_is_other_temp_schema")
def pg_is_other_temp_schema(oid: int) -> bool:
    return False


@function("pg_notification_queue_usage")
def pg_notification_queue_usage() -> float:
    return 0.0


@function("pg_current_logfile")
def pg_current_logfile(*_: object) -> None:
    return None


@function("pg_listening_channels", runtime=True)
def pg_listening_channels(runtime: Runtime) -> list[str]:
    return list(runtime.passing.belongings.channels())


@function("pg_blocking_pids", "pg_safe_snapshot_blocking_pids")
def no_processes(process_id: int) -> list[int]:
    """Nobody waits for a lock here."""
    return []


@function("pg_client_encoding", runtime=True)
def pg_client_encoding(runtime: Runtime) -> str:
    return runtime.parameters.show("client_encoding") or "UTF8"


@function("getdatabaseencoding")
def getdatabaseencoding() -> str:
    return "UTF8"


@function("current_setting", runtime=True)
def current_setting(runtime: Runtime, name: str, missing_ok: bool = False) -> str | None:
    value = runtime.parameters.show(name)
    if value is None and not missing_ok:
        raise OdpsError(Condition.SETTING_UNKNOWN, name=name)
    return value


@function("set_config", runtime=True)
def set_config(runtime: Runtime, name: str | None, value: str | None, is_local: bool | None) -> str:
    if name is None:
        raise InvalidValue("SET requires parameter name", sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
    return runtime.parameters.set(name, value, local=bool(is_local))


@function("pg_cancel_backend", runtime=True)
def pg_cancel_backend(runtime: Runtime, process_id: int) -> bool:
    return _signal(runtime, process_id, terminate=False)


@function("pg_terminate_backend", runtime=True)
def pg_terminate_backend(runtime: Runtime, process_id: int, timeout: int = 0) -> bool:
    return _signal(runtime, process_id, terminate=True)


def _signal(runtime: Runtime, process_id: int, *, terminate: bool) -> bool:
    found = runtime.signal(process_id, terminate)
    if not found:
        runtime.notices.append(diagnostic(Condition.PROCESS_MISSING, process_id=process_id))
    return found


@function("pg_notify", runtime=True)
def pg_notify(runtime: Runtime, channel: str | None, payload: str | None) -> str:
    runtime.belongings.notify(channel or "", payload or "")
    return ""


# Advisory locks. SILENT: nobody is kept waiting, since no statement here waits for another one; what is asked for is
# granted. Tools take them around migrations, of which there are none here.


@function(
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
    "pg_advisory_unlock_all",
)
def grant(*_: object) -> str:
    return ""


@function(
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_try_advisory_xact_lock",
    "pg_try_advisory_xact_lock_shared",
    "pg_advisory_unlock",
    "pg_advisory_unlock_shared",
)
def granted(*_: object) -> bool:
    return True
