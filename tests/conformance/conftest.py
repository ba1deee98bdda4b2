"""Every kind of store, behind one handle that can open it again."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from server.store.interface import Change, Record, Revision, Store
from server.store.memory import MemoryStore
from server.store.sqlite import SqliteStore

KEEP_COMMITS = 20


class Bench:
    """A store under test and the few calls that its tests are made of."""

    def __init__(self, make: Callable[[], Store]) -> None:
        self._make = make
        self.store = make()

    async def reopen(self) -> None:
        await self.store.close()
        self.store = self._make()
        await self.store.open()

    async def put(self, key: str, value: bytes = b"v", **guards: Revision) -> Revision:
        return await self.commit(Change(key, value), guards=guards)

    async def commit(self, *changes: Change, guards: dict[str, Revision] | None = None) -> Revision:
        return await self.store.commit([changes], guards=guards or {}, commit_id=os.urandom(16))

    async def records(self) -> dict[str, Record]:
        _, pages = await self.store.load()
        return {record.key: record async for page in pages for record in page}


@pytest.fixture(params=["memory", "sqlite"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    memory = MemoryStore(keep_commits=KEEP_COMMITS)

    def make() -> Store:
        return memory if request.param == "memory" else SqliteStore(tmp_path / "data", keep_commits=KEEP_COMMITS)

    async with AsyncExitStack() as stack:
        bench = Bench(make)
        await bench.store.open()
        yield bench
        stack.push_async_callback(bench.store.close)
