"""Copies a catalog beside a running server, and puts a copy back.

A copy is made of the bytes of `catalog.db` and its write-ahead log, while the lock of `HeadFile` holds checkpoints
back: until it is released the one does not change and the other only grows. The server takes no part, answers and
commits as ever, and need not even be well. What was being written at that instant is an unfinished end of the log,
which SQLite leaves out, as after a crash.

The log alone has a trap: when it was folded completely, the next commit begins it anew over its old content. A copy
that met this would mix the two. It shows in the log's header, and cannot happen twice while we hold the lock.

Source: sqlite.org "Write-Ahead Logging", "The WAL File Format".
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from server.store.database import Database
from server.store.format import read_error
from server.store.head_file import HeadFile
from server.store.interface import Revision, StoreDamaged
from server.store.lock import sync_folder
from server.store.sqlite import FILE_NAME

_LOG_NAME: Final = f"{FILE_NAME}-wal"
_LOG_HEADER_BYTES: Final = 32


def copy_catalog(folder: Path, target: Path) -> Database:
    """Copy the catalog of one folder into another, an empty one of ours, as one whole file of today's format.

    Returns:
        The closed file, whose `head` has everything that was acknowledged when the copy was begun.

    Raises:
        StoreError, OSError
    """
    head_file = HeadFile(folder)
    try:
        with head_file.shared():
            acknowledged = head_file.read()
            _copy_private(folder / FILE_NAME, target / FILE_NAME)
            _copy_log(folder / _LOG_NAME, target / _LOG_NAME)
    finally:
        head_file.close()
    database = _make_whole(target / FILE_NAME)
    if database.head < acknowledged:
        raise StoreDamaged(f"{folder / FILE_NAME} lacks what was acknowledged after revision {database.head}")
    return database


def take_out(work: Path, target: Path) -> None:
    """Put the one file of a folder of ours under its own name, which must be free; durable when this returns.

    Raises:
        FileExistsError, OSError
    """
    # Unlike a rename, this never takes the place of another file.
    target.hardlink_to(work / FILE_NAME)
    sync_folder(target.parent)


def put_in(file: Path, work: Path) -> Database:
    """The reverse: copy a backup into a folder of ours.

    Returns:
        The closed file.

    Raises:
        StoreError, OSError
    """
    _copy_private(file, work / FILE_NAME)
    return _make_whole(work / FILE_NAME)


def settle(work: Path, folder: Path, revision: Revision) -> None:
    """Make the file of a folder of ours, which is at that revision, the catalog of another folder, locked by us.

    Raises:
        FileExistsError, OSError
    """
    head_file = HeadFile(folder)
    try:
        head_file.write(revision)
    finally:
        head_file.close()
    take_out(work, folder / FILE_NAME)


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """An empty folder for its owner alone on the same disk as `beside`; gone at the end, whatever happened.

    One that a killed process left is used again.
    """
    folder = beside.with_name(f".{beside.name}.unfinished")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_whole(copy: Path) -> Database:
    """Let SQLite recover it, and upgrade it; durable when this returns."""
    try:
        database = Database(copy)
        database.close()
    except sqlite3.Error as error:
        raise read_error(copy, error) from error
    _sync(copy)
    return database


def _copy_log(log: Path, target: Path) -> None:
    while True:
        before = _read_header(log)
        if not before:
            target.unlink(missing_ok=True)
            return
        _copy_private(log, target)
        if _read_header(log) == before == _read_header(target):
            return


def _read_header(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            return file.read(_LOG_HEADER_BYTES)
    except FileNotFoundError:
        return b""


def _copy_private(source: Path, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    shutil.copyfile(source, target)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
