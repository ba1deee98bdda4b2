"""What this server knows of PostgreSQL's catalogs is what a fresh PostgreSQL 15 has in them."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
# Lines that differ in a file when the server is of another minor release than the data.
_MOST: Final = 20
_PROGRAMS: Final = Path("/usr/lib/postgresql/15/bin")


def test_the_data_files_are_those_of_a_fresh_server(tmp_path: Path) -> None:
    if not (_PROGRAMS / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed")

    subprocess.run([sys.executable, _ROOT / "scripts" / "postgres_data.py", tmp_path], check=True)

    kept = {path.name: path.read_text() for path in (_ROOT / "server/query/postgres/data").glob("*.tsv")}
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made.keys() == kept.keys()
    if made["sql_implementation_info.tsv"] == kept["sql_implementation_info.tsv"]:
        assert [name for name, text in kept.items() if made[name] != text] == []
    else:
        # Another minor release: it may add a function, and so some rows.
        changes = {name: _changed(made[name], text) for name, text in kept.items()}
        assert {name: count for name, count in changes.items() if count > _MOST} == {}


def _changed(made: str, kept: str) -> int:
    """How many lines stand in one of the two only."""
    return len(set(made.splitlines()) ^ set(kept.splitlines()))
