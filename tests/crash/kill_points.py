"""SIGKILL at named points: `python -m tests.crash.kill_points FOLDER` tries each on a copy of FOLDER/template.

The product has no hooks for this. A point is a call that the product makes, and dying before or after it is put
around that call here, in a child process of its own; so a point that has gone shows as a child that did not die.

It prints a line for each point: "SCENE POINT STATUS", where the status is the signal that ended the child, or 0.
"""

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, cast

from click.testing import CliRunner

from server import bootstrap, check_commands
from server.bootstrap import open_engine
from server.catalog.privileges import OPERATOR
from server.cli import main as modeld
from server.committer import Committer
from server.loading import load_script
from server.store import backup
from server.store import format as file_format
from server.store.database import Database
from server.store.head_file import HeadFile
from server.store.sqlite import SqliteStore

# Every statement of SQL that dropping a version makes, by its beginning.
_COMMIT_SQL: Final = (
    "BEGIN IMMEDIATE",
    "INSERT OR REPLACE INTO records",
    "DELETE FROM records",
    "INSERT INTO log",
    "UPDATE head",
    "INSERT INTO history",
)
# They wait for the disk most of the time.
_TOGETHER: Final = 8
# Bytes of the write-ahead log, which has a header of 32 and 24 before each page of 4,096.
TORN_AT: Final = (0, 1, 31, 32, 40, 56, 3000, 4151, 4152, 4160, 8272, 12_000, 20_600)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def around(owner: object, name: str, *, after: bool) -> None:
    """Die before or after the call of `owner.name`."""
    call = cast("Callable[..., object]", getattr(owner, name))

    def fatal(*arguments: object, **keywords: object) -> object:
        if not after:
            die()
        result = call(*arguments, **keywords)
        die()
        return result

    setattr(owner, name, fatal)


class FatalConnection(sqlite3.Connection):
    """Dies before or after the first statement that begins with `sql`."""

    sql: str | None = None
    after = False

    def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:
        return self._around(sql, partial(super().execute, sql, *arguments))  # type: ignore[arg-type]

    def executemany(self, sql: str, *arguments: object) -> sqlite3.Cursor:
        return self._around(sql, partial(super().executemany, sql, *arguments))  # type: ignore[arg-type]

    def _around(self, sql: str, call: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        hit = self.sql is not None and sql.startswith(self.sql)
        if hit and not self.after:
            die()
        result = call()
        if hit:
            die()
        return result


def around_sql(sql: str, *, after: bool) -> None:
    FatalConnection.sql, FatalConnection.after = sql, after


def tear(at: int) -> None:
    """Die while the write-ahead log is written, with so many bytes of it in the file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (at, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


@dataclass(frozen=True, slots=True)
class Point:
    """Where a child dies; `durable` when the commit under way is in the catalog afterwards."""

    scene: str
    name: str
    arm: Callable[[], None]
    durable: bool = True


def _both(scene: str, name: str, owner: object, attribute: str, *, durable: bool = True) -> list[Point]:
    return [
        Point(scene, f"{when}-{name}", partial(around, owner, attribute, after=when == "after"), durable)
        for when in ("before", "after")
    ]


def _sql(scene: str, sql: str, *, durable: tuple[bool, bool] = (True, True)) -> list[Point]:
    return [
        Point(scene, f"{when}-{sql.replace(' ', '_')}", partial(around_sql, sql, after=when == "after"), durable[index])
        for index, when in enumerate(("before", "after"))
    ]


POINTS: Final = [
    *_both("commit", "deciding", Committer, "_decide_group", durable=False),
    Point("commit", "before-the-store", partial(around, SqliteStore, "commit", after=False), durable=False),
    Point("commit", "before-writing", partial(around, Database, "write", after=False), durable=False),
    *(point for sql in _COMMIT_SQL for point in _sql("commit", sql, durable=(False, False))),
    *(Point("commit", f"log-torn-at-{at}", partial(tear, at), durable=False) for at in TORN_AT),
    *_sql("commit", "COMMIT", durable=(False, True)),
    *_both("commit", "noting-the-head", HeadFile, "write"),
    Point("commit", "after-writing", partial(around, Database, "write", after=True)),
    *_both("commit", "answering-the-loop", SqliteStore, "_answer"),
    *_both("commit", "publishing", Committer, "_publish"),
    *_sql("checkpoint", "PRAGMA wal_checkpoint"),
    *_both("checkpoint", "closing", Database, "close"),
    *_sql("start", "INSERT INTO meta"),
    Point("start", "before-the-name-is-durable", partial(around, file_format, "sync_folder", after=False)),
    *_both("start", "making-the-key", bootstrap, "open_keyring"),
    *_sql("start", "COMMIT"),
    *(
        point
        for sql in ("ALTER TABLE records", "INSERT INTO records", "DROP TABLE old_log", "UPDATE meta", "COMMIT")
        for point in _sql("upgrade", sql)
    ),
    Point("backup", "after-copying", partial(around, check_commands, "copy_catalog", after=True)),
    *_both("backup", "naming", check_commands, "take_out"),
    Point("restore", "after-copying", partial(around, check_commands, "put_in", after=True)),
    Point("restore", "after-noting-the-head", partial(around, HeadFile, "write", after=True)),
    *_both("restore", "naming", backup, "take_out"),
]


async def open_folder(folder: Path) -> SqliteStore:
    store = SqliteStore(folder)
    await open_engine(store, folder, project="p", owner="o", environment_key=None)
    return store


async def _commit(folder: Path, point: Point) -> None:
    store = SqliteStore(folder)
    engine = await open_engine(store, folder, project="p", owner="o", environment_key=None)
    if point.scene == "commit":
        point.arm()
    await load_script(engine, "ALTER MODEL m DROP VERSION v2", OPERATOR, "p")
    (folder / "acknowledged").touch()
    if point.scene == "checkpoint":
        point.arm()
    await store.checkpoint()
    await store.close()


def play(folder: Path, point: Point) -> None:
    """The scene, in a process that is to die at the point."""
    setattr(sqlite3, "connect", partial(sqlite3.connect, factory=FatalConnection))  # noqa: B010  final to its type
    match point.scene:
        case "commit" | "checkpoint":
            asyncio.run(_commit(folder, point))
        case "start" | "upgrade":
            point.arm()
            asyncio.run(open_folder(folder))
        case "backup":
            point.arm()
            CliRunner().invoke(modeld, ["backup", str(folder / "saved"), "--data", str(folder)])
        case _:
            (folder / "catalog.db").rename(folder / "saved")
            point.arm()
            CliRunner().invoke(modeld, ["restore", str(folder / "saved"), "--data", str(folder)])


def begin(folder: Path, point: Point) -> int:
    """Start a child that dies at the point, on a folder of its own; its process id."""
    copy = folder / point.scene / point.name
    if point.scene == "start":
        copy.mkdir(mode=0o700, parents=True)
    else:
        shutil.copytree(folder / ("older" if point.scene == "upgrade" else "template"), copy)
    child = os.fork()
    if not child:
        try:
            play(copy, point)
        finally:
            os._exit(0)
    return child


def main(folder: Path) -> None:
    for start in range(0, len(POINTS), _TOGETHER):
        children = [(point, begin(folder, point)) for point in POINTS[start : start + _TOGETHER]]
        for point, child in children:
            _, status = os.waitpid(child, 0)
            os.write(1, f"{point.scene} {point.name} {os.WTERMSIG(status)}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
