"""The counters of the cumulative statistics system, which this server does not keep: 0, or NULL for times.

Source: PostgreSQL manual, "The Cumulative Statistics System".
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from server.query.functions.registry import function
from server.query.relations.interface import Row
from server.query.relations.reading import find_row
from server.query.runtime import Runtime

_OF_A_RELATION: Final = (
    *("numscans", "tuples_returned", "tuples_fetched", "tuples_inserted", "tuples_updated", "tuples_deleted"),
    *("tuples_hot_updated", "live_tuples", "dead_tuples", "mod_since_analyze", "ins_since_vacuum"),
    *("blocks_fetched", "blocks_hit", "vacuum_count", "autovacuum_count", "analyze_count", "autoanalyze_count"),
    *("xact_numscans", "xact_tuples_returned", "xact_tuples_fetched", "xact_tuples_inserted"),
    *("xact_tuples_updated", "xact_tuples_deleted", "xact_tuples_hot_updated", "xact_blocks_fetched"),
    "xact_blocks_hit",
)
_OF_A_DATABASE: Final = (
    *("xact_rollback", "blocks_fetched", "blocks_hit", "tuples_returned", "tuples_fetched", "tuples_inserted"),
    *("tuples_updated", "tuples_deleted", "conflict_tablespace", "conflict_lock", "conflict_snapshot"),
    *("conflict_bufferpin", "conflict_startup_deadlock", "conflict_all", "temp_files", "temp_bytes", "deadlocks"),
    *("sessions", "sessions_abandoned", "sessions_fatal", "sessions_killed", "xact_commit"),
)
_DATABASE_TIMES: Final = ("blk_read_time", "blk_write_time", "session_time", "active_time", "idle_in_transaction_time")
_OF_THE_SERVER: Final = (
    *("bgwriter_timed_checkpoints", "bgwriter_requested_checkpoints", "bgwriter_buf_written_checkpoints"),
    *("bgwriter_buf_written_clean", "bgwriter_maxwritten_clean", "buf_written_backend", "buf_fsync_backend"),
    "buf_alloc",
)
_NEVER: Final = (
    *("last_vacuum_time", "last_autovacuum_time", "last_analyze_time", "last_autoanalyze_time"),
    *("function_calls", "function_total_time", "function_self_time"),
    *("xact_function_calls", "xact_function_total_time", "xact_function_self_time"),
    *("db_checksum_failures", "db_checksum_last_failure", "db_stat_reset_time", "snapshot_timestamp"),
)
_SLRUS: Final = ("CommitTs", "MultiXactMember", "MultiXactOffset", "Notify", "Serial", "Subtrans", "Xact", "other")


def _names(words: tuple[str, ...], prefix: str = "") -> tuple[str, ...]:
    return tuple(f"pg_stat_get_{prefix}{word}" for word in words)


@function(*_names(_OF_A_RELATION), *_names(_OF_A_DATABASE, "db_"), *_names(_OF_THE_SERVER))
def no_count(*_: object) -> int:
    return 0


@function(*_names(_DATABASE_TIMES, "db_"), *_names(("checkpoint_write_time", "checkpoint_sync_time")))
def no_time(*_: object) -> float:
    return 0.0


@function(*_names(_NEVER))
def never(*_: object) -> None:
    return None


@function("pg_stat_get_db_numbackends", runtime=True)
def pg_stat_get_db_numbackends(runtime: Runtime, database: int) -> int:
    row = find_row(runtime, "pg_database", database)
    if row is None:
        return 0
    return sum(each.get("datname") == row["datname"] for each in runtime.passing.activity())


@function("pg_stat_get_bgwriter_stat_reset_time", runtime=True)
def since_start(runtime: Runtime) -> datetime:
    return runtime.session.server_start.astimezone(UTC)


@function("pg_stat_get_archiver", runtime=True)
def pg_stat_get_archiver(runtime: Runtime) -> Row:
    return (0, None, None, 0, None, None, since_start(runtime))


@function("pg_stat_get_wal", runtime=True)
def pg_stat_get_wal(runtime: Runtime) -> Row:
    return (0, 0, Decimal(0), 0, 0, 0, 0.0, 0.0, since_start(runtime))


@function("pg_stat_get_recovery_prefetch", runtime=True)
def pg_stat_get_recovery_prefetch(runtime: Runtime) -> tuple[Row, ...]:
    return ((since_start(runtime), *(0,) * 9),)


@function("pg_stat_get_slru", runtime=True)
def pg_stat_get_slru(runtime: Runtime) -> list[Row]:
    return [(name, *(0,) * 7, since_start(runtime)) for name in _SLRUS]


@function(
    "pg_stat_get_wal_senders",
    "pg_stat_get_progress_info",
    "pg_stat_get_subscription",
    "pg_get_replication_slots",
    "pg_show_replication_origin_status",
    "pg_get_backend_memory_contexts",
    "pg_get_shmem_allocations",
)
def no_rows(*_: object) -> tuple[Row, ...]:
    return ()


@function("pg_stat_get_wal_receiver", "pg_stat_get_replication_slot", "pg_stat_get_subscription_stats")
def no_row(*_: object) -> None:
    return None


@function("pg_stat_have_stats")
def pg_stat_have_stats(*_: object) -> bool:
    return False


@function(
    "pg_stat_clear_snapshot",
    "pg_stat_force_next_flush",
    "pg_stat_reset",
    "pg_stat_reset_replication_slot",
    "pg_stat_reset_shared",
    "pg_stat_reset_single_function_counters",
    "pg_stat_reset_single_table_counters",
    "pg_stat_reset_slru",
    "pg_stat_reset_subscription_stats",
)
def reset(*_: object) -> str:
    """There is nothing to reset."""
    return ""
