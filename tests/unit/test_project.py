"""Tests of the project's own frame: what its files promise each other."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = ("runtime", "build", "dev", "fuzz")
PACKAGES = ("protocol", "server")
PROGRAMS = ("serve", "test", "check", "lock", "bench", "soak", "fuzz")


@cache
def _project() -> dict[str, str | list[str] | dict[str, list[str]]]:
    project: dict[str, str | list[str] | dict[str, list[str]]]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def _lines(lock: str) -> list[str]:
    """The lines of a lock: one package each, with its hashes; comments left out."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements" / f"{lock}.txt").read_text(), flags=re.MULTILINE)
    return text.replace("\\\n", " ").splitlines()


def _versions(lock: str) -> dict[str, str]:
    pins = (re.match(r"([a-z0-9._-]+)==([^ ]+)", line) for line in _lines(lock))
    return {pin[1]: pin[2] for pin in pins if pin}


def test_version_stands_in_one_place() -> None:
    version = str(_project()["version"])
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]

    assert sources
    assert [path for path in sources if version in path.read_text()] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_every_package_by_version_and_hash(lock: str) -> None:
    lines = _lines(lock)

    assert lines
    loose = [line for line in lines if not re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_registry(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()

    assert re.findall(r".*(?:index-url|find-links|trusted-host|://).*", text) == []


@pytest.mark.parametrize("lock", ["runtime", "build"])
def test_dev_lock_holds_the_other_locks(lock: str) -> None:
    assert _versions(lock).items() <= _versions("dev").items()


def test_runtime_lock_fits_the_declared_ranges() -> None:
    dependencies = _project()["dependencies"]
    extras = _project()["optional-dependencies"]
    assert isinstance(dependencies, list)
    assert isinstance(extras, dict)
    locked = _versions("runtime")
    required = [Requirement(text) for text in [*dependencies, *extras["fast"]]]
    locking = [each for each in required if each.name != "uvloop"]

    assert [str(each) for each in locking if locked.get(each.name, "") not in each.specifier] == []


def test_licences_are_known() -> None:
    """What is installed with modeld may be used as modeld itself may."""
    known = {"MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python"}
    found: dict[str, set[str]] = {}
    for package in _versions("runtime"):
        metadata = distribution(package).metadata
        licence = next((metadata[field] for field in ("License-Expression", "License") if field in metadata), "")
        names = {"Apache License, Version 2.0": "Apache-2.0"}.get(licence, licence)
        found[package] = set(re.split(r" (?:AND|OR) ", names))

    assert {package: licences for package, licences in found.items() if not licences <= known} == {}


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

    assert sorted(folder for folder in folders if not (folder / "__init__.py").is_file()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("program", PROGRAMS)
def test_script_is_executable_and_parses(program: str) -> None:
    script = ROOT / "scripts" / program

    assert os.access(script, os.X_OK)
    for file in (script, ROOT / "scripts" / "environment", ROOT / ".ci" / "run"):
        subprocess.run(["bash", "-n", file], check=True)


@pytest.mark.parametrize(("required", "skips"), [("0", "skipped"), ("1", "error")])
def test_skip_is_a_failure_where_everything_is_required(tmp_path: Path, required: str, skips: str) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\ndef test_runs():\n    pass\n\n\n@pytest.mark.skip\ndef test_does_not():\n    pass\n"
    )

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", tmp_path],
        cwd=tmp_path,
        env={**os.environ, "MODELD_REQUIRE_ALL": required},
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.findall(r"(\d+) (passed|skipped|error)", run.stdout) == [("1", "passed"), ("1", skips)]
    assert (run.returncode == 0) == (required == "0")
