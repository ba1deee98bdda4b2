"""Every script of this folder: in memory, byte by byte, over TCP, and where it says so on PostgreSQL itself."""

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.integration.server_process import ServerProcess
from tests.wire.peers import MemoryPeer, TcpPeer, TlsPeer, make_engine
from tests.wire.postgres import PostgresProcess
from tests.wire.script import SCRIPTS, run_script

# The first line of a script that PostgreSQL answers in the same words.
_LIKE_POSTGRES = "# Like PostgreSQL."
# Scripts that ask for encryption, in which there is no other.
_ENCRYPTION = "startup_encryption"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("wire") / "data") as process:
        yield process


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresProcess]:
    with PostgresProcess.start_or_skip() as process:
        yield process


@pytest.mark.parametrize("name", SCRIPTS)
async def test_in_memory(name: str, tmp_path: Path) -> None:
    await run_script(name, SCRIPTS[name], MemoryPeer(await make_engine(tmp_path)))


@pytest.mark.parametrize("name", SCRIPTS)
async def test_byte_by_byte(name: str, tmp_path: Path) -> None:
    await run_script(name, SCRIPTS[name], MemoryPeer(await make_engine(tmp_path), split=True))


@pytest.mark.parametrize("name", [name for name in SCRIPTS if not name.startswith(_ENCRYPTION)])
@pytest.mark.parametrize("split", [False, True], ids=["whole", "split"])
async def test_in_tls(name: str, split: bool, tmp_path: Path) -> None:
    peer = await TlsPeer.begin(await make_engine(tmp_path), tmp_path, split=split)
    await run_script(name, SCRIPTS[name], peer)


@pytest.mark.parametrize("name", SCRIPTS)
async def test_over_tcp(name: str, server: ServerProcess) -> None:
    async with aclosing(TcpPeer(server.port)) as peer:
        await run_script(name, SCRIPTS[name], peer)


@pytest.mark.parametrize("name", [name for name, text in SCRIPTS.items() if text.startswith(_LIKE_POSTGRES)])
async def test_on_postgresql(name: str, postgres: PostgresProcess) -> None:
    async with aclosing(TcpPeer(postgres.port, user="postgres", database="postgres")) as peer:
        await run_script(name, SCRIPTS[name], peer)
