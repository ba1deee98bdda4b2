"""A server that is told to stop before it is ready."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import serving
from server.cli import serve
from server.listener import Listener
from server.options import ServeOptions
from server.store.interface import StoreUnavailable
from server.store.memory import MemoryStore


@pytest.fixture(autouse=True)
def _shallow() -> Iterator[None]:
    """Undo what a server does once in its life."""
    limit = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(limit)


def options(folder: Path) -> ServeOptions:
    return ServeOptions(**serve.make_context("serve", ["--port", "0", "--data", str(folder)]).params)


async def test_who_is_told_to_stop_while_it_starts_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    monkeypatch.setattr(serving, "open_engine", never)
    stop = asyncio.Event()
    running = asyncio.create_task(serving.run_server(options(tmp_path), MemoryStore(), None, [], stop))
    await begun.wait()
    assert not running.done()

    stop.set()

    await asyncio.wait_for(running, 5)
    assert ended.is_set()
    assert "modeld ready" not in capsys.readouterr().out


async def test_who_is_told_to_stop_while_it_opens_its_port_does_not_say_that_it_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stop = asyncio.Event()

    async def open_late(*_: object) -> int:
        stop.set()
        return 1

    monkeypatch.setattr(Listener, "open", open_late)

    await asyncio.wait_for(serving.run_server(options(tmp_path), MemoryStore(), None, [], stop), 5)

    assert "modeld ready" not in capsys.readouterr().out


async def test_who_is_told_to_stop_when_all_is_loaded_has_not_begun_to_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    async def load(*_: object, **__: object) -> object:
        stop.set()
        return object()

    monkeypatch.setattr(serving, "open_engine", load)

    await serving.run_server(options(tmp_path), MemoryStore(), None, [], stop)


async def test_what_keeps_it_from_starting_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable("somebody else has it")

    monkeypatch.setattr(serving, "open_engine", refuse)

    with pytest.raises(StoreUnavailable, match="somebody else has it"):
        await serving.run_server(options(tmp_path), MemoryStore(), None, [], asyncio.Event())
