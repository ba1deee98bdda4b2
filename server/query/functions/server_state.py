"""Write-ahead log, recovery, replication and the server's files: what PostgreSQL has of these and this server not.

Source: PostgreSQL manual, "System Administration Functions".
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.relations.interface import Row
from server.query.runtime import Runtime

_NO_LOG: Final = "0/0"


@function("pg_current_wal_lsn", "pg_current_wal_insert_lsn", "pg_current_wal_flush_lsn")
def pg_current_wal_lsn() -> str:
    """SILENT: the place in a log that there is none of; the store's own log counts revisions."""
    return _NO_LOG


@function(
    "pg_last_wal_receive_lsn",
    "pg_last_wal_replay_lsn",
    "pg_last_xact_replay_timestamp",
    "pg_xact_commit_timestamp",
    "pg_collation_actual_version",
    "pg_database_collation_actual_version",
)
def nothing(*_: object) -> None:
    return None


@function("pg_last_committed_xact", "pg_xact_commit_timestamp_origin")
def no_commit_times(*_: object) -> None:
    message = "could not get commit timestamp data"
    raise InvalidValue(message, sqlstate=SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE)


@function(
    "pg_is_wal_replay_paused",
    "pg_get_wal_replay_pause_state",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
    "pg_promote",
)
def not_in_recovery(*_: object) -> None:
    message = "recovery is not in progress"
    raise InvalidValue(message, sqlstate=SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE)


@function("pg_control_system", "pg_control_checkpoint", "pg_control_recovery", "pg_control_init", runtime=True)
def no_control_file(runtime: Runtime, *_: object) -> None:
    return None


@function("pg_reload_conf", "pg_rotate_logfile")
def not_done() -> bool:
    """SILENT: the server's own signals do that."""
    return False


@function("pg_log_backend_memory_contexts")
def pg_log_backend_memory_contexts(_: int) -> bool:
    return False


# What would read or write the server's files, or speak to other servers.
_REFUSED: Final = (
    *("pg_export_snapshot", "pg_read_file", "pg_read_file_old", "pg_read_binary_file", "pg_stat_file", "pg_ls_dir"),
    "pg_ls_logdir",
    *("pg_ls_waldir", "pg_ls_archive_statusdir", "pg_ls_tmpdir", "pg_ls_logicalsnapdir", "pg_ls_logicalmapdir"),
    *("pg_ls_replslotdir", "pg_backup_start", "pg_backup_stop", "pg_create_restore_point", "pg_switch_wal"),
    *("pg_walfile_name", "pg_walfile_name_offset", "pg_create_physical_replication_slot"),
    *("pg_create_logical_replication_slot", "pg_drop_replication_slot", "pg_replication_slot_advance"),
    *("pg_copy_physical_replication_slot", "pg_copy_logical_replication_slot", "pg_logical_slot_get_changes"),
    *("pg_logical_slot_peek_changes", "pg_logical_slot_get_binary_changes", "pg_logical_emit_message"),
    *("pg_logical_slot_peek_binary_changes", "pg_import_system_collations", "pg_extension_config_dump"),
    *("lo_import", "lo_export", "lo_creat", "lo_create", "lo_from_bytea", "lo_put", "lo_unlink", "lo_open"),
)


def _refuse(name: str) -> Callable[..., str]:
    def refuse(*_: object) -> str:
        raise InvalidValue(f"permission denied for function {name}", sqlstate=SqlState.INSUFFICIENT_PRIVILEGE)

    return refuse


for _name in _REFUSED:
    function(_name)(_refuse(_name))


@function("lo_get")
def lo_get(oid: int, *_: int) -> bytes:
    """There are no large objects."""
    raise InvalidValue(f"large object {oid} does not exist", sqlstate=SqlState.UNDEFINED_OBJECT)


@function("pg_get_wal_resource_managers", "pg_get_multixact_members", "pg_extension_update_paths")
def no_rows(*_: object) -> tuple[Row, ...]:
    return ()


@function("pg_available_extensions", "pg_available_extension_versions")
def no_extensions() -> tuple[Row, ...]:
    """SILENT: nothing can be installed here, so nothing is offered."""
    return ()


@function("pg_replication_origin_session_is_setup")
def pg_replication_origin_session_is_setup() -> bool:
    return False


@function("pg_replication_origin_oid", "pg_replication_origin_progress")
def no_origin(*_: object) -> datetime | None:
    return None
