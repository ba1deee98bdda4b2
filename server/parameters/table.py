"""The run-time parameters: one line for each that drivers, poolers, ORMs, BI tools and pg_dump set or ask for.

Names, kinds, ranges, defaults, contexts and categories are PostgreSQL 15's (pg_settings), descriptions ours.
Where this server has nothing that a parameter could govern, it is checked, kept and shown. `modeld.*` are ours.

DEVIATION: `transaction_timeout` is PostgreSQL 17's; pg_dump of that age sets it.
SILENT: of locales we know C, POSIX and C.UTF-8, whatever the system has.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version as distribution_version
from typing import Final

from server.parameters.kinds import LARGEST, Boolean, Choice, Integer, Kind, Real, Text
from server.parameters.texts import (
    DEFAULT_DATE_STYLE,
    check_access_method,
    check_application_name,
    check_date_style,
    check_encoding,
    check_name_list,
    check_relation_kinds,
    check_tablespace,
    check_text_search,
    check_timezone,
    one_of,
)

# The release of PostgreSQL whose behaviour clients may expect.
POSTGRES_VERSION: Final = "15.20"


class Context(StrEnum):
    """Who may change a parameter, and when. The session's user counts as a superuser."""

    INTERNAL = "internal"
    POSTMASTER = "postmaster"
    SIGHUP = "sighup"
    SUPERUSER = "superuser"
    USER = "user"


@dataclass(frozen=True, slots=True)
class RunTimeParameter:
    """One parameter.

    Attributes:
        name: with the letter case that PostgreSQL shows.
        default: as SHOW shows it.
        reported: clients are told of it at start and whenever it changes (ParameterStatus).
        hidden: SHOW ALL and pg_settings leave it out.
    """

    name: str
    default: str
    kind: Kind
    category: str
    description: str
    context: Context = Context.USER
    reported: bool = False
    hidden: bool = False


_Row = Callable[[str], RunTimeParameter]


def _row(
    name: str,
    kind: Kind,
    default: str,
    description: str,
    context: Context = Context.USER,
    *,
    reported: bool = False,
    hidden: bool = False,
) -> _Row:
    """All of a parameter but its category, which stands above a group of lines."""

    def place(category: str) -> RunTimeParameter:
        return RunTimeParameter(name, default, kind, category, description, context, reported, hidden)

    return place


_BOOLEAN, _TEXT = Boolean(), Text()
_COUNT, _COST = Integer(0, LARGEST), Real(0, sys.float_info.max)
_JIT_COST, _FRACTION = Real(-1, sys.float_info.max), Real(0, 1)
_TIME, _OPTIONAL_TIME = Integer(0, LARGEST, "ms"), Integer(-1, LARGEST, "ms")
_SECONDS = Integer(0, LARGEST, "s")
_WORKERS, _TABLES = Integer(0, 1024), Integer(1, LARGEST)
_SWITCH: Final = {"true": "on", "yes": "on", "1": "on", "false": "off", "no": "off", "0": "off"}
_LEVELS: Final = ("debug5", "debug4", "debug3", "debug2", "debug1")
_LEVEL_ALIASES: Final = {"debug": "debug2"}
_LOG_LEVEL = Choice((*_LEVELS, "info", "notice", "warning", "error", "log", "fatal", "panic"), _LEVEL_ALIASES)
_MESSAGE_LEVEL = Choice((*_LEVELS, "log", "notice", "warning", "error"), {**_LEVEL_ALIASES, "info": "info"})
_ISOLATION = Choice(("serializable", "repeatable read", "read committed", "read uncommitted"))
_LOCALE = Text(one_of("C", "POSIX", "C.UTF-8", "C.utf8", ""))
_NAMES = Text(check_name_list, is_list=True, is_quoted=True)
_REPLICATION_ROLE = Choice(("origin", "replica", "local"))
_INTERVALSTYLE = Choice(("postgres", "postgres_verbose", "sql_standard", "iso_8601"))
_SHARE, _FREEZE_AGE, _MULTIXACT_AGE = Real(0, 100), Integer(100_000, 2_000_000_000), Integer(10_000, 2_000_000_000)
_FORCE_PARALLEL_MODE = Choice(("off", "on", "regress"), _SWITCH)
_CONSTRAINT_EXCLUSION = Choice(("partition", "on", "off"), _SWITCH)
_PLAN_CACHE_MODE = Choice(("auto", "force_generic_plan", "force_custom_plan"))
_LOG_ERROR_VERBOSITY = Choice(("terse", "default", "verbose"))
_LOG_STATEMENT = Choice(("none", "ddl", "mod", "all"))
_TRACK_FUNCTIONS = Choice(("none", "pl", "all"))
_COMPUTE_QUERY_ID = Choice(("auto", "regress", "on", "off"), _SWITCH)
_BACKSLASH_QUOTE = Choice(("safe_encoding", "on", "off"), _SWITCH)
_SYNCHRONOUS_COMMIT = Choice(("local", "remote_write", "remote_apply", "on", "off"), _SWITCH)
_WAL_LEVEL = Choice(("minimal", "replica", "logical"))
_DESC_FORMAT = Choice(("rows", "text"))
_FLAG = Choice(("true", "false"), {"on": "true", "1": "true", "off": "false", "0": "false"})
_PROCESSES, _SCAN_SIZE, _WAIT = Integer(0, 262143), Integer(0, 715827882, "8kB"), Integer(1, LARGEST, "ms")
_QUERY_SIZE = Integer(100, 1048576, "B")
_ENCODING, _TIMEZONE, _TEXT_SEARCH = Text(check_encoding), Text(check_timezone), Text(check_text_search)
_LABEL, _ACCESS_METHOD = Text(check_application_name), Text(check_access_method)
_DATE_STYLE, _RELATION_KINDS = Text(check_date_style, is_list=True), Text(check_relation_kinds, is_list=True)
_LANGUAGE = Text(one_of("C", "POSIX", "C.UTF-8", "C.utf8"))
_ABBREVIATIONS = Text(one_of("Default", "Australia", "India"))
_INTERNAL, _RESTART, _SIGHUP, _SUPERUSER = Context.INTERNAL, Context.POSTMASTER, Context.SIGHUP, Context.SUPERUSER
_VERSION: Final = f"{POSTGRES_VERSION} (modeld {distribution_version('modeld')})"
_NUMBER: Final = "{}{:0>4}".format(*POSTGRES_VERSION.split("."))
_VERSION_NUMBER = Integer(int(_NUMBER), int(_NUMBER))

_GROUPS: Final[dict[str, tuple[_Row, ...]]] = {
    "Autovacuum": (
        _row("autovacuum", _BOOLEAN, "on", "Vacuuming starts by itself.", _SIGHUP),
        _row("autovacuum_analyze_scale_factor", _SHARE, "0.1", "Share of changed rows to analyze at.", _SIGHUP),
        _row("autovacuum_analyze_threshold", _COUNT, "50", "Number of changed rows to analyze at.", _SIGHUP),
        _row("autovacuum_freeze_max_age", _FREEZE_AGE, "200000000", "Age to vacuum a table at.", _RESTART),
        _row("autovacuum_max_workers", Integer(1, 262143), "3", "The most processes that vacuum.", _RESTART),
        _row("autovacuum_multixact_freeze_max_age", _MULTIXACT_AGE, "400000000", "The same, of multixacts.", _RESTART),
        _row("autovacuum_naptime", Integer(1, 2147483, "s"), "1min", "Time between two runs.", _SIGHUP),
        _row("autovacuum_vacuum_scale_factor", _SHARE, "0.2", "Share of dead rows to vacuum at.", _SIGHUP),
        _row("autovacuum_vacuum_threshold", _COUNT, "50", "Number of dead rows to vacuum at.", _SIGHUP),
    ),
    "Client Connection Defaults / Shared Library Preloading": (
        _row("shared_preload_libraries", _TEXT, "", "Libraries that the server loads as it starts.", _RESTART),
    ),
    "Client Connection Defaults / Statement Behavior": (
        _row("bytea_output", Choice(("escape", "hex")), "hex", "The form in which bytea is written as text."),
        _row("check_function_bodies", _BOOLEAN, "on", "CREATE FUNCTION checks the bodies of functions."),
        _row("client_min_messages", _MESSAGE_LEVEL, "notice", "The least severe message that is sent to the client."),
        _row("default_table_access_method", _ACCESS_METHOD, "heap", "The table access method of new tables."),
        _row("default_tablespace", Text(check_tablespace), "", "The tablespace of new tables and indexes."),
        _row("default_toast_compression", Choice(("pglz", "lz4")), "pglz", "How long values are compressed."),
        _row("default_transaction_deferrable", _BOOLEAN, "off", "New transactions are deferrable."),
        _row("default_transaction_isolation", _ISOLATION, "read committed", "Isolation level of new transactions."),
        _row("default_transaction_read_only", _BOOLEAN, "off", "New transactions are read-only.", reported=True),
        _row("idle_in_transaction_session_timeout", _TIME, "0", "How long to idle inside a transaction; 0: for ever."),
        _row("idle_session_timeout", _TIME, "0", "How long to idle outside a transaction; 0: for ever."),
        _row("lock_timeout", _TIME, "0", "How long a statement may wait for a lock; 0: for ever."),
        _row("restrict_nonsystem_relation_kind", _RELATION_KINDS, "", "Relations of users that may not be read."),
        _row("role", _TEXT, "none", "The role whose privileges hold.", hidden=True),
        _row("row_security", _BOOLEAN, "on", "Row security applies."),
        _row("search_path", _NAMES, '"default"', "The schemas in which names without one are looked up."),
        _row("session_authorization", _TEXT, "", "The session's user.", reported=True, hidden=True),
        _row("session_replication_role", _REPLICATION_ROLE, "origin", "Which triggers fire.", _SUPERUSER),
        _row("statement_timeout", _TIME, "0", "How long a statement may run; 0: for ever."),
        _row("transaction_deferrable", _BOOLEAN, "off", "The current transaction is deferrable."),
        _row("transaction_isolation", _ISOLATION, "read committed", "The isolation level of the current transaction."),
        _row("transaction_read_only", _BOOLEAN, "off", "The current transaction is read-only."),
        _row("transaction_timeout", _TIME, "0", "How long a transaction may last; 0: for ever."),
        _row("xmlbinary", Choice(("base64", "hex")), "base64", "How binary values are written in XML."),
        _row("xmloption", Choice(("content", "document")), "content", "XML values are documents or fragments."),
    ),
    "Client Connection Defaults / Locale and Formatting": (
        _row("client_encoding", _ENCODING, "UTF8", "The encoding of what the client sends and gets.", reported=True),
        _row("DateStyle", _DATE_STYLE, DEFAULT_DATE_STYLE, "How dates are written, and their order.", reported=True),
        _row("default_text_search_config", _TEXT_SEARCH, "pg_catalog.english", "The text search configuration."),
        _row("extra_float_digits", Integer(-15, 3), "1", "Digits of floating-point numbers beyond the usual."),
        _row("IntervalStyle", _INTERVALSTYLE, "postgres", "How intervals are written.", reported=True),
        _row("lc_messages", _LANGUAGE, "C", "The language of messages.", _SUPERUSER),
        _row("lc_monetary", _LOCALE, "C", "The locale of amounts of money."),
        _row("lc_numeric", _LOCALE, "C", "The locale of numbers."),
        _row("lc_time", _LOCALE, "C", "The locale of dates and times."),
        _row("TimeZone", _TIMEZONE, "UTC", "The time zone of times that are shown and read.", reported=True),
        _row("timezone_abbreviations", _ABBREVIATIONS, "Default", "Which abbreviations of time zones are known."),
    ),
    "Connections and Authentication / Authentication": (
        _row("password_encryption", Choice(("md5", "scram-sha-256")), "scram-sha-256", "How new passwords are kept."),
    ),
    "Connections and Authentication / Connection Settings": (
        _row("client_connection_check_interval", _TIME, "0", "How often to look whether the client is still there."),
        _row("listen_addresses", _TEXT, "localhost", "The addresses at which the server listens.", _RESTART),
        _row("max_connections", Integer(1, 262143), "100", "The most connections at one time.", _RESTART),
        _row("port", Integer(1, 65535), "5432", "The TCP port at which the server listens.", _RESTART),
        _row("superuser_reserved_connections", _PROCESSES, "3", "Connections kept for superusers.", _RESTART),
        _row("tcp_keepalives_count", _COUNT, "0", "Unanswered probes until a client is given up."),
        _row("tcp_keepalives_idle", _SECONDS, "0", "How long a client is silent until it is probed."),
        _row("tcp_keepalives_interval", _SECONDS, "0", "How long until the next probe."),
        _row("tcp_user_timeout", _TIME, "0", "How long what was sent may be unacknowledged."),
        _row("unix_socket_directories", _TEXT, "", "Where sockets of the file system are.", _RESTART),
    ),
    "Connections and Authentication / SSL": (_row("ssl", _BOOLEAN, "off", "Connections may be encrypted.", _SIGHUP),),
    "Developer Options": (
        _row("allow_system_table_mods", _BOOLEAN, "off", "Tables of the system may be altered.", _SUPERUSER),
        _row("force_parallel_mode", _FORCE_PARALLEL_MODE, "off", "Plans use parallel workers whenever they can."),
        _row("zero_damaged_pages", _BOOLEAN, "off", "Damaged pages are read as empty ones.", _SUPERUSER),
    ),
    "Lock Management": (
        _row("deadlock_timeout", _WAIT, "1s", "How long until deadlocks are looked for.", _SUPERUSER),
        _row("max_locks_per_transaction", Integer(10, LARGEST), "64", "Locks of a transaction.", _RESTART),
    ),
    "Preset Options": (
        _row("block_size", Integer(8192, 8192), "8192", "Bytes of a page.", _INTERNAL),
        _row("data_checksums", _BOOLEAN, "off", "Pages carry checksums.", _INTERNAL),
        _row("debug_assertions", _BOOLEAN, "off", "The server was built to check itself.", _INTERNAL),
        _row("in_hot_standby", _BOOLEAN, "off", "The server only follows another one.", _INTERNAL, reported=True),
        _row("integer_datetimes", _BOOLEAN, "on", "Dates and times are 64-bit integers.", _INTERNAL, reported=True),
        _row("is_superuser", _BOOLEAN, "on", "The user is a superuser.", _INTERNAL, reported=True, hidden=True),
        _row("lc_collate", _TEXT, "C", "The locale of sorting.", _INTERNAL),
        _row("lc_ctype", _TEXT, "C", "The locale of characters' classes and letter case.", _INTERNAL),
        _row("max_function_args", Integer(100, 100), "100", "The most arguments of a function.", _INTERNAL),
        _row("max_identifier_length", Integer(63, 63), "63", "Bytes of the longest identifier.", _INTERNAL),
        _row("max_index_keys", Integer(32, 32), "32", "The most columns of an index.", _INTERNAL),
        _row("segment_size", Integer(131072, 131072, "8kB"), "1GB", "The size of a table's file.", _INTERNAL),
        _row("server_encoding", _TEXT, "UTF8", "The encoding of text in the server.", _INTERNAL, reported=True),
        _row("server_version", _TEXT, _VERSION, "PostgreSQL's version, and our own.", _INTERNAL, reported=True),
        _row("server_version_num", _VERSION_NUMBER, _NUMBER, "PostgreSQL's version, in digits.", _INTERNAL),
        _row("wal_block_size", Integer(8192, 8192), "8192", "Bytes of a page of the write-ahead log.", _INTERNAL),
    ),
    "Query Tuning / Genetic Query Optimizer": (
        _row("geqo", _BOOLEAN, "on", "Joins of many tables are planned by a genetic search."),
        _row("geqo_effort", Integer(1, 10), "5", "How thorough the genetic search is."),
        _row("geqo_seed", _FRACTION, "0", "Where the genetic search begins."),
        _row("geqo_threshold", Integer(2, LARGEST), "12", "From how many tables on the genetic search is used."),
    ),
    "Query Tuning / Other Planner Options": (
        _row("constraint_exclusion", _CONSTRAINT_EXCLUSION, "partition", "Constraints tell what need not be read."),
        _row("cursor_tuple_fraction", _FRACTION, "0.1", "What part of a cursor's rows is expected to be fetched."),
        _row("default_statistics_target", Integer(1, 10000), "100", "How detailed statistics are."),
        _row("from_collapse_limit", _TABLES, "8", "Up to how many tables subqueries are merged."),
        _row("jit", _BOOLEAN, "on", "Plans may be compiled."),
        _row("join_collapse_limit", _TABLES, "8", "Up to how many tables joins are reordered."),
        _row("plan_cache_mode", _PLAN_CACHE_MODE, "auto", "Plans are made for given values or for any."),
    ),
    "Query Tuning / Planner Cost Constants": (
        _row("cpu_index_tuple_cost", _COST, "0.005", "What an entry of an index is taken to cost."),
        _row("cpu_operator_cost", _COST, "0.0025", "What an operator or function is taken to cost."),
        _row("cpu_tuple_cost", _COST, "0.01", "What a row is taken to cost."),
        _row("effective_cache_size", Integer(1, LARGEST, "8kB"), "4GB", "How much memory is taken to cache files."),
        _row("jit_above_cost", _JIT_COST, "100000", "Plans that cost more are compiled."),
        _row("jit_inline_above_cost", _JIT_COST, "500000", "Plans that cost more are inlined."),
        _row("jit_optimize_above_cost", _JIT_COST, "500000", "Plans that cost more are optimized."),
        _row("min_parallel_index_scan_size", _SCAN_SIZE, "512kB", "Smaller indexes are not scanned in parallel."),
        _row("min_parallel_table_scan_size", _SCAN_SIZE, "8MB", "Smaller tables are not scanned in parallel."),
        _row("parallel_setup_cost", _COST, "1000", "What starting parallel workers is taken to cost."),
        _row("parallel_tuple_cost", _COST, "0.1", "What passing a row between workers is taken to cost."),
        _row("random_page_cost", _COST, "4", "What a page read out of order is taken to cost."),
        _row("seq_page_cost", _COST, "1", "What a page read in order is taken to cost."),
    ),
    "Query Tuning / Planner Method Configuration": (
        _row("enable_async_append", _BOOLEAN, "on", "Plans may append asynchronously."),
        _row("enable_bitmapscan", _BOOLEAN, "on", "Plans may scan by bitmaps."),
        _row("enable_gathermerge", _BOOLEAN, "on", "Plans may merge what workers have sorted."),
        _row("enable_hashagg", _BOOLEAN, "on", "Plans may group by hashing."),
        _row("enable_hashjoin", _BOOLEAN, "on", "Plans may join by hashing."),
        _row("enable_incremental_sort", _BOOLEAN, "on", "Plans may sort what is sorted in part."),
        _row("enable_indexonlyscan", _BOOLEAN, "on", "Plans may read an index alone."),
        _row("enable_indexscan", _BOOLEAN, "on", "Plans may scan by an index."),
        _row("enable_material", _BOOLEAN, "on", "Plans may keep intermediate rows."),
        _row("enable_memoize", _BOOLEAN, "on", "Plans may keep the rows of repeated lookups."),
        _row("enable_mergejoin", _BOOLEAN, "on", "Plans may join by merging."),
        _row("enable_nestloop", _BOOLEAN, "on", "Plans may join by nested loops."),
        _row("enable_parallel_append", _BOOLEAN, "on", "Plans may append in parallel."),
        _row("enable_parallel_hash", _BOOLEAN, "on", "Plans may build a hash table in parallel."),
        _row("enable_partition_pruning", _BOOLEAN, "on", "Plans may leave partitions out."),
        _row("enable_partitionwise_aggregate", _BOOLEAN, "off", "Plans may group partition by partition."),
        _row("enable_partitionwise_join", _BOOLEAN, "off", "Plans may join partition by partition."),
        _row("enable_seqscan", _BOOLEAN, "on", "Plans may read whole tables."),
        _row("enable_sort", _BOOLEAN, "on", "Plans may sort."),
        _row("enable_tidscan", _BOOLEAN, "on", "Plans may read rows by their place."),
    ),
    "Replication / Sending Servers": (
        _row("max_replication_slots", _PROCESSES, "10", "The most replication slots.", _RESTART),
        _row("max_wal_senders", _PROCESSES, "10", "The most processes that send the write-ahead log.", _RESTART),
        _row("track_commit_timestamp", _BOOLEAN, "off", "The times of commits are kept.", _RESTART),
        _row("wal_sender_timeout", _TIME, "1min", "How long replication may be silent; 0: for ever."),
    ),
    "Replication / Standby Servers": (
        _row("hot_standby", _BOOLEAN, "on", "Queries are allowed while the server follows another one.", _RESTART),
    ),
    "Reporting and Logging / Process Title": (
        _row("cluster_name", _TEXT, "", "The name of the cluster in the titles of its processes.", _RESTART),
    ),
    "Reporting and Logging / What to Log": (
        _row("application_name", _LABEL, "", "The name of the client's application.", reported=True),
        _row("log_duration", _BOOLEAN, "off", "The time that each statement took is logged.", _SUPERUSER),
        _row("log_error_verbosity", _LOG_ERROR_VERBOSITY, "default", "How much is logged of an error.", _SUPERUSER),
        _row("log_lock_waits", _BOOLEAN, "off", "Long waits for locks are logged.", _SUPERUSER),
        _row("log_statement", _LOG_STATEMENT, "none", "Which statements are logged.", _SUPERUSER),
    ),
    "Reporting and Logging / Where to Log": (
        _row("logging_collector", _BOOLEAN, "off", "What is logged goes to files.", _RESTART),
    ),
    "Reporting and Logging / When to Log": (
        _row("log_min_duration_statement", _OPTIONAL_TIME, "-1", "Slower statements are logged; -1: none.", _SUPERUSER),
        _row("log_min_error_statement", _LOG_LEVEL, "error", "Severity of failures that are logged.", _SUPERUSER),
        _row("log_min_messages", _LOG_LEVEL, "warning", "The least severe message that is logged.", _SUPERUSER),
    ),
    "Replication / Subscribers": (
        _row("max_logical_replication_workers", _PROCESSES, "4", "The most workers of subscriptions.", _RESTART),
    ),
    "Resource Usage / Asynchronous Behavior": (
        _row("effective_io_concurrency", Integer(0, 1000), "1", "How many reads a disk is taken to do at once."),
        _row("parallel_leader_participation", _BOOLEAN, "on", "The process that leads workers works too."),
        _row("max_parallel_maintenance_workers", _WORKERS, "2", "The most workers of a maintenance command."),
        _row("max_parallel_workers", _WORKERS, "8", "The most parallel workers at one time."),
        _row("max_parallel_workers_per_gather", _WORKERS, "2", "The most workers of a plan's node."),
        _row("max_worker_processes", _PROCESSES, "8", "The most background processes.", _RESTART),
    ),
    "Resource Usage / Memory": (
        _row("hash_mem_multiplier", Real(1, 1000), "2", "How much more memory than work_mem a hash table may take."),
        _row("maintenance_work_mem", Integer(1024, LARGEST, "kB"), "64MB", "Memory of a maintenance command."),
        _row("max_prepared_transactions", _PROCESSES, "0", "The most prepared transactions.", _RESTART),
        _row("shared_buffers", Integer(16, 1073741823, "8kB"), "128MB", "Memory for shared pages.", _RESTART),
        _row("temp_buffers", Integer(100, 1073741823, "8kB"), "8MB", "The memory for temporary tables."),
        _row("work_mem", Integer(64, LARGEST, "kB"), "4MB", "The most memory of a sort or hash table."),
    ),
    "Statistics / Cumulative Query and Index Statistics": (
        _row("track_activities", _BOOLEAN, "on", "What sessions are doing is collected.", _SUPERUSER),
        _row("track_activity_query_size", _QUERY_SIZE, "1kB", "How much of a statement is shown.", _RESTART),
        _row("track_counts", _BOOLEAN, "on", "Statistics of tables are collected.", _SUPERUSER),
        _row("track_functions", _TRACK_FUNCTIONS, "none", "Calls of which functions are counted.", _SUPERUSER),
        _row("track_io_timing", _BOOLEAN, "off", "Reads and writes are timed.", _SUPERUSER),
    ),
    "Statistics / Monitoring": (
        _row("compute_query_id", _COMPUTE_QUERY_ID, "auto", "Statements get an identifier.", _SUPERUSER),
    ),
    "Version and Platform Compatibility / Other Platforms and Clients": (
        _row("transform_null_equals", _BOOLEAN, "off", "A comparison `= NULL` is read as `IS NULL`."),
    ),
    "Version and Platform Compatibility / Previous PostgreSQL Versions": (
        _row("array_nulls", _BOOLEAN, "on", "NULL in the text of an array is a null."),
        _row("backslash_quote", _BACKSLASH_QUOTE, "safe_encoding", "A backslash may stand before a quote."),
        _row("escape_string_warning", _BOOLEAN, "on", "Backslashes in ordinary strings are warned of."),
        _row("lo_compat_privileges", _BOOLEAN, "off", "Large objects have no privileges of their own.", _SUPERUSER),
        _row("quote_all_identifiers", _BOOLEAN, "off", "Every identifier that is written into SQL is quoted."),
        _row("standard_conforming_strings", _BOOLEAN, "on", "Backslashes in '...' are plain.", reported=True),
        _row("synchronize_seqscans", _BOOLEAN, "on", "Scans of a table share their reads."),
    ),
    "Write-Ahead Log / Archiving": (
        _row("archive_mode", Choice(("always", "on", "off"), _SWITCH), "off", "The log is archived.", _RESTART),
    ),
    "Write-Ahead Log / Checkpoints": (
        _row("checkpoint_timeout", Integer(30, 86400, "s"), "5min", "Time between two checkpoints.", _SIGHUP),
    ),
    "Write-Ahead Log / Settings": (
        _row("commit_delay", Integer(0, 100000), "0", "Microseconds that a commit waits for others.", _SUPERUSER),
        _row("commit_siblings", Integer(0, 1000), "5", "How many transactions must be open for that."),
        _row("synchronous_commit", _SYNCHRONOUS_COMMIT, "on", "What COMMIT waits for."),
        _row("wal_level", _WAL_LEVEL, "replica", "How much is written to the write-ahead log.", _RESTART),
    ),
    "Customized Options": (
        _row("modeld.desc_format", _DESC_FORMAT, "rows", "DESC MODEL answers in rows, or as a box of text."),
        _row("modeld.history_days", Integer(0, LARGEST), "90", "Days that the history is kept; 0: for ever.", _RESTART),
        _row("modeld.lenient_names", _BOOLEAN, "off", "Names need not start with a letter; a warning says so."),
        _row("modeld.query_memory", Integer(64, LARGEST, "kB"), "256MB", "How much memory one SELECT may take."),
        _row("modeld.query_timeout", _TIME, "1min", "How long one SELECT may run; 0: for ever."),
        _row(
            "modeld.recycle_days", Integer(0, LARGEST), "7", "Days that dropped models can be brought back.", _RESTART
        ),
        _row("modeld.reveal_secrets", _BOOLEAN, "off", "APIKEY is shown in clear to whoever may alter the model."),
        _row("odps.namespace.schema", _FLAG, "true", "Names may have a project, a schema and a model."),
        _row("odps.sql.decimal.odps2", _FLAG, "true", "DECIMAL may have a precision and a scale."),
        _row("odps.sql.type.system.odps2", _FLAG, "true", "The types of MaxCompute's 2.0 edition may be used."),
    ),
}

_ALL: Final = tuple(place(category) for category, lines in _GROUPS.items() for place in lines)
# By folded name, in that order.
PARAMETERS: Final = {each.name.lower(): each for each in sorted(_ALL, key=lambda each: each.name.lower())}
