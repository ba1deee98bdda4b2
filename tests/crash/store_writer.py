"""A process that commits until it is killed: `python store_writer.py FOLDER WRITERS [PAGES]`.

It prints "ready REVISION" when the store is open, then "WRITER NUMBER REVISION" for each commit, only
after the store has acknowledged it. Each commit puts the next number under two keys of its writer. The log is folded
whenever it has about PAGES.
"""

import asyncio
import os
import sys
from pathlib import Path

from server.store import database
from server.store.interface import Change
from server.store.sqlite import SqliteStore


def say(line: str) -> None:
    # Straight to the pipe: a line that was written outlives the process.
    os.write(1, f"{line}\n".encode())


async def write(store: SqliteStore, writer: int, revision: int) -> None:
    number = revision
    guard = 0
    while True:
        number += 1
        changes = [Change(f"{writer}/last", b"%d" % number), Change(f"{writer}/{number}", os.urandom(600))]
        guards = {f"{writer}/last": guard} if guard else {}
        guard = await store.commit([changes], guards=guards, commit_id=os.urandom(16))
        say(f"{writer} {number} {guard}")


async def main() -> None:
    if len(sys.argv) > 3:
        setattr(database, "_FOLD_PAGES", int(sys.argv[3]))  # noqa: B010  its type says that it is final
    store = SqliteStore(Path(sys.argv[1]))
    await store.open()
    head = await store.head()
    say(f"ready {head}")
    async with asyncio.TaskGroup() as tasks:
        for writer in range(int(sys.argv[2])):
            tasks.create_task(write(store, writer, head))


if __name__ == "__main__":
    asyncio.run(main())
