"""The file `catalog.db`: how it is made, recognised and connected to.

An ordinary SQLite database of integers, texts and blobs:

    meta     what wrote it, when, and in which format
    head     one row: the newest revision and the id of its commit
    records  every key with its value and the revision that wrote it last
    log      the newest commits, each with its changes: a MessagePack list of (key, value or nil)
    history  the notes about commits (`notes`)

Every row whose damage could be taken for sense has a checksum (`checksums`). Older formats become today's when they
are opened (`upgrade`).

Laws:
- The file appears under its name only when it is whole and synced: it is made under another name first.
- A file that is not ours is never written to, and recognised by its header before SQLite opens it, since
  SQLite itself may change a foreign file (by rolling back its journal).
- One connection only. It locks the file for itself, so that a second program gets "database is locked"
  instead of a chance to change what the server believes; the sqlite3 program reads the file when no
  server runs. SILENT: the specification does not say whether it must be readable meanwhile. Releases
  of SQLite before 3.51.3 can damage a WAL that two connections use, which settles it.

Source: sqlite.org "Database File Format" (header), "Write-Ahead Logging", "PRAGMA Statements".
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from server.store.interface import (
    FORMAT_VERSION,
    FormatTooNew,
    FormatTooOld,
    Moment,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreLocked,
    StoreUnavailable,
)
from server.store.lock import sync_folder
from server.store.notes import SCHEMA as NOTES_SCHEMA
from server.store.notes import begin_notes
from server.store.upgrade import upgrade

# Python's module cannot even tell of a damaged schema whose text is no longer UTF-8.
READ_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError)

# "modl", where SQLite has room for the application's mark.
APPLICATION_ID: Final = 0x6D6F646C

_MAGIC: Final = b"SQLite format 3\0"
_HEADER_BYTES: Final = 100
_APPLICATION_ID_AT: Final = slice(68, 72)

# SQLite rounds up to whole pages of this many bytes.
_PAGE_BYTES: Final = 4096
_DEFINITIONS: Final = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"

_CHECKED_TABLES: Final = f"""
CREATE TABLE records (
    key TEXT PRIMARY KEY, revision INTEGER NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE log (
    revision INTEGER PRIMARY KEY, commit_id BLOB NOT NULL, changes BLOB NOT NULL, checksum INTEGER NOT NULL
);
{NOTES_SCHEMA}
"""
_SCHEMA: Final = f"""
PRAGMA page_size = {_PAGE_BYTES};
PRAGMA journal_mode = MEMORY;
PRAGMA application_id = {APPLICATION_ID};
BEGIN;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), revision INTEGER NOT NULL, commit_id BLOB NOT NULL
);
{_CHECKED_TABLES}
COMMIT;
"""


def create(path: Path, *, created_by: str) -> None:
    """Make a new, empty file; its folder is locked by us.

    Raises:
        StoreDamaged: there is a WAL without its database, which a new one must not swallow.
        sqlite3.Error, OSError: it cannot be written.
    """
    if path.with_name(f"{path.name}-wal").exists():
        raise StoreDamaged(f"{path} is missing, but its write-ahead log {path.name}-wal is there")
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO head VALUES (1, 0, zeroblob(16))")
        begin_notes(connection, Moment(0, 0))
        connection.execute(
            "INSERT INTO meta VALUES ('format', ?), ('created_by', ?), ('created_at', datetime('now'))",
            (str(FORMAT_VERSION), created_by),
        )
    finally:
        connection.close()
    new.rename(path)
    sync_folder(path.parent)


def connect(path: Path, *, max_bytes: int | None) -> tuple[sqlite3.Connection, int]:
    """Open a file of ours, recover it after a crash, and make every later commit durable.

    Returns:
        Also the format version that it had; now it has today's.

    Raises:
        StoreDamaged, FormatTooNew, StoreUnavailable
        sqlite3.Error, OSError: it cannot be read.
    """
    _check_header(path)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0)
    try:
        _make_durable(path, connection)
        connection.execute("PRAGMA trusted_schema = OFF")
        # Checkpoints are made by `Database.fold`; what a very large commit left of the WAL is cut back.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        if max_bytes is not None:
            connection.execute(f"PRAGMA max_page_count = {max_bytes // _PAGE_BYTES}")
        # The whole file is read: 0.4 s for a million records, where loading them takes two, and warms the
        # cache for that. Better to refuse a damaged file at the door than to find out in a commit.
        version = _check_format(path, connection, "quick_check")
        if version < FORMAT_VERSION:
            upgrade(connection, _CHECKED_TABLES)
        _check_schema(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection, version


def connect_to_read(path: Path, *, check: str = "integrity_check") -> sqlite3.Connection:
    """Open a file of ours to look at it and change nothing; its folder is locked by us.

    Args:
        check: SQLite's own, by which the file is judged.

    Raises:
        StoreDamaged, FormatTooNew, FormatTooOld
        sqlite3.Error, OSError: it cannot be read.
    """
    _check_header(path)
    log = path.with_name(f"{path.name}-wal")
    # Only with a log does SQLite need a file beside it, which `close_reader` removes.
    how = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=0)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        version = _check_format(path, connection, check)
        if version == FORMAT_VERSION:
            _check_schema(path, connection)
    except BaseException:
        close_reader(path, connection)
        raise
    if version < FORMAT_VERSION:
        close_reader(path, connection)
        raise FormatTooOld(f"{path} has format version {version}, this modeld writes {FORMAT_VERSION}")
    return connection


def close_reader(path: Path, connection: sqlite3.Connection) -> None:
    """Close what `connect_to_read` has opened, and leave nothing behind."""
    connection.close()
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


def _make_durable(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    journal = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    # FULL syncs the WAL in every commit; NORMAL, the custom with WAL, forgets commits when power fails.
    connection.execute("PRAGMA synchronous = FULL")
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (journal, synchronous) != ("wal", 2):
        raise StoreUnavailable(f"{path} cannot be written durably (journal {journal}, synchronous {synchronous})")


def _check_header(path: Path) -> None:
    if path.is_symlink():
        # SQLite would put its log beside what the link leads to, and our lock would not be there.
        raise StoreDamaged(f"{path} is a symbolic link: the folder may be one, the file may not")
    if not path.is_file():  # a folder, or a pipe that would be waited for
        raise StoreDamaged(f"{path} is not a file")
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise StoreDamaged(f"{path} is not a SQLite database")
    application = int.from_bytes(header[_APPLICATION_ID_AT], "big")
    if application != APPLICATION_ID:
        raise StoreDamaged(f"{path} is a SQLite database of another program (application id {application:#010x})")


def _check_format(path: Path, connection: sqlite3.Connection, check: str) -> int:
    """The format version of a file that is whole, as far as that check of SQLite's can tell."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    if row is None or not str(row[0]).isdecimal():
        raise StoreDamaged(f"{path} does not say its format version")
    if int(row[0]) > FORMAT_VERSION:
        raise FormatTooNew(f"{path} has format version {row[0]}, this modeld knows {FORMAT_VERSION}: use a newer one")
    report = connection.execute(f"PRAGMA {check}(1)").fetchone()[0]
    if report != "ok":
        raise StoreDamaged(f"{path}: {report}")
    return int(row[0])


def _check_schema(path: Path, connection: sqlite3.Connection) -> None:
    """Every table and index is there as we make it: of their definitions a bit may have flipped, too."""
    fresh = sqlite3.connect(":memory:")
    try:
        fresh.executescript(_SCHEMA)
        expected = set(fresh.execute(_DEFINITIONS))
    finally:
        fresh.close()
    if lacking := sorted(name for name, _ in expected - set(connection.execute(_DEFINITIONS))):
        raise StoreDamaged(f"{path} has not the tables and indexes that modeld makes: {', '.join(lacking)}")


def _error_code(error: Exception) -> int:
    """SQLite's primary result code; 0 for an error of Python's module itself."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def read_error(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> StoreError:
    """What an error while opening or reading, one of `READ_ERRORS`, means to the caller."""
    match _error_code(error):
        # SQLITE_ERROR: our own statements are right, so what they name is not there.
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR:
            return StoreDamaged(f"{path}: {error}")
        case 0:  # Python's words would show the text itself
            return StoreDamaged(f"{path}: a text in it is not UTF-8")
        case sqlite3.SQLITE_BUSY:
            return StoreLocked(f"{path} is open in another program")
        case _:
            return StoreUnavailable(f"{path}: {error}")


def write_error(path: Path, error: sqlite3.Error) -> StoreFailed:
    """What an error while writing means to the caller."""
    kind = StoreFull if _error_code(error) == sqlite3.SQLITE_FULL else StoreFailed
    return kind(f"{path}: {error}")
