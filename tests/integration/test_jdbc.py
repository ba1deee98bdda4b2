"""PostgreSQL's JDBC driver, in each of its query modes; the scenarios are in jdbc/."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.integration.adapters import Address
from tests.integration.programs import FOLDER, play, require

DRIVER: Final = Path("/usr/share/java/postgresql.jar")
SCENARIOS: Final = (
    "document",
    "errors",
    "parameters",
    "prepared",
    "rollback",
    "savepoint",
    "conflict",
    "fetch_size",
    "max_rows",
    "batch",
    "batch_error",
    "read_only",
    "isolation",
    "types",
    "warnings",
    "notifications",
    "cancel",
)
QUERIES: Final = (
    *("tables", "columns", "catalogs", "keys", "result_metadata", "values", "parameters", "arrays", "calls"),
    *("server_prepared", "fetch_size", "scrolling", "batches", "time_limit", "cancel", "errors"),
)


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled scenarios."""
    require("javac", "java")
    if not DRIVER.exists():
        pytest.skip("the JDBC driver of PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("jdbc")
    sources = (FOLDER / "jdbc").glob("*.java")
    subprocess.run(["javac", "-encoding", "UTF-8", "-cp", DRIVER, "-d", folder, *sources], check=True)
    return folder


@pytest.mark.parametrize(("program", "names"), [("Scenarios", SCENARIOS), ("Queries", QUERIES)])
@pytest.mark.parametrize(
    "options",
    [
        "preferQueryMode=extended",
        "preferQueryMode=simple",
        "preferQueryMode=extendedForPrepared",
        "preferQueryMode=extendedCacheEverything",
        "prepareThreshold=-1&binaryTransfer=true",  # a name and binary values from the first run on
        "prepareThreshold=1&defaultRowFetchSize=3&binaryTransfer=false",
    ],
)
def test_the_scenarios(classes: Path, address: Address, options: str, program: str, names: tuple[str, ...]) -> None:
    url = f"jdbc:postgresql://{address.host}:{address.port}/{address.project}?user={address.user}&{options}"
    java = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dfile.encoding=UTF-8")

    lines = play(*java, "-cp", f"{DRIVER}:{classes}", program, url, marks=("?", "?", "?", "?"))

    assert lines == [f"ok {name}" for name in names], "\n".join(lines)
