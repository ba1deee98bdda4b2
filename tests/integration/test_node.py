"""Node.js: the drivers `pg` and `postgres`; the scenarios are in node/."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.integration.adapters import Address
from tests.integration.programs import FOLDER, play, require
from tests.integration.server_process import environment

SCENARIOS: Final = {
    "pg": (
        *("document", "errors", "parameters", "prepared", "types", "select", "cursor", "several"),
        *("rollback", "conflict", "notices", "notifications", "pool"),
    ),
    "postgres": (
        *("document", "errors", "parameters", "cursor", "types", "select", "stopped", "transaction", "conflict"),
        *("notices", "notifications", "unprepared"),
    ),
    "introspection": ("pg_introspection", "kysely", "knex"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenarios with the packages that their lock names."""
    require("node", "npm")
    folder = Path(shutil.copytree(FOLDER / "node", tmp_path_factory.mktemp("node") / "scenarios"))
    subprocess.run(
        ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
        cwd=folder,
        env=environment(),
        check=True,
        stdin=subprocess.DEVNULL,
        timeout=50,
    )
    return folder


@pytest.mark.parametrize("driver", SCENARIOS)
def test_the_scenarios(folder: Path, address: Address, driver: str) -> None:
    url = f"postgresql://{address.user}@{address.host}:{address.port}/{address.project}"

    lines = play("node", f"{driver}.mjs", url, marks=("$1", "$2", "$3", "$4"), cwd=folder)

    assert lines == [f"ok {name}" for name in SCENARIOS[driver]], "\n".join(lines)
