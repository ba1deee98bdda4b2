"""What is left after SIGKILL at every named point: of a commit, a checkpoint, a first start, an upgrade, a backup.

The next start works without anybody's help, what was acknowledged is there, what was under way is there whole or not at
all, and `modeld check` has nothing to say.
"""

import asyncio
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.bootstrap import open_engine
from server.catalog.privileges import OPERATOR
from server.catalog.tree import Catalog
from server.catalog.values import ModelName
from server.checking import check_folder
from server.cli import main as modeld
from server.loading import load_script
from server.public_project import PUBLIC_PROJECT
from server.store.sqlite import SqliteStore
from tests.conformance.test_notes import WITHOUT_CHECKSUMS
from tests.conformance.test_sqlite_file import execute
from tests.crash.kill_points import POINTS, Point
from tests.integration.server_process import ROOT, environment
from tests.integration.statements import add_version, create


async def start(folder: Path, script: str = "") -> Catalog:
    """Open the folder as a server does, run the script, and close it again."""
    store = SqliteStore(folder)
    engine = await open_engine(store, folder, project="p", owner="o", environment_key=None)
    if script:
        await load_script(engine, script, "o", "p")
    await store.close()
    return engine.committer.catalog


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, str], int]]:
    """The folder with what was left at each point, and by which signal each child ended."""
    folder = tmp_path_factory.mktemp("killed")
    asyncio.run(start(folder / "template", f"{create('m')};{add_version('m', 'v2')}"))
    shutil.copytree(folder / "template", folder / "older")
    execute(folder / "older" / "catalog.db", *WITHOUT_CHECKSUMS, "UPDATE meta SET value = '2' WHERE name = 'format'")
    ended = subprocess.run(
        [sys.executable, "-m", "tests.crash.kill_points", str(folder)],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [line.split() for line in ended.stdout.splitlines()]
    return folder, {(scene, name): int(status) for scene, name, status in lines}


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point.scene}-{point.name}")
async def test_whatever_is_killed_comes_back_whole(
    killed: tuple[Path, dict[tuple[str, str], int]], point: Point
) -> None:
    root, ended = killed
    folder = root / point.scene / point.name
    assert ended[point.scene, point.name] == (signal.SIGXFSZ if "torn" in point.name else signal.SIGKILL)
    acknowledged = (folder / "acknowledged").exists()
    assert acknowledged == (point.scene == "checkpoint")
    if point.scene in ("backup", "restore"):
        finish_copy(folder, point)

    catalog = await start(folder)

    assert check_folder(folder, environment_key=None).findings == []
    assert set(catalog.projects) == {"p", PUBLIC_PROJECT}
    model = catalog.find_model(ModelName("p", "default", "m"))
    if point.scene == "start":
        assert model is None
    else:
        assert model is not None
        dropped = point.durable and point.scene in ("commit", "checkpoint")
        assert set(model.versions) == ({"v1"} if dropped else {"v1", "v2"})


def finish_copy(folder: Path, point: Point) -> None:
    """A command that was killed can be given again; when it was done already it says so."""
    again = CliRunner().invoke(modeld, [point.scene, str(folder / "saved"), "--data", str(folder)])
    if point.name == "after-naming":
        assert "is there already" in again.output
    else:
        assert again.exit_code == 0, again.output
    if point.scene == "backup":
        (folder / "catalog.db").unlink()
        assert CliRunner().invoke(modeld, ["restore", str(folder / "saved"), "--data", str(folder)]).exit_code == 0


async def test_every_statement_of_a_commit_has_its_points(tmp_path: Path) -> None:
    """A new step of the commit path has to get its points, or this fails."""
    await start(tmp_path, f"{create('m')};{add_version('m', 'v2')}")
    store = SqliteStore(tmp_path)
    engine = await open_engine(store, tmp_path, project="p", owner="o", environment_key=None)
    statements: list[str] = []
    database = store._database
    assert database is not None
    trace = database._connection.set_trace_callback
    await store._run(trace, statements.append)

    await load_script(engine, "ALTER MODEL m DROP VERSION v2", OPERATOR, "p")

    await store._run(trace, None)
    await store.close()
    named = [point.name.removeprefix("before-").replace("_", " ") for point in POINTS if point.scene == "commit"]
    assert [sql for sql in statements if not any(sql.startswith(name) for name in named)] == []
