"""What `modeld check` finds in a folder, and that it says what to do about it."""

import asyncio
import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from server.bootstrap import open_engine
from server.catalog.values import Grant, Key, Kind, Member, ModelHeader, ModelVersion, SchemaHeader, Value
from server.checking import Report, check_folder
from server.key_file import KEY_FILE
from server.records import encode_key, encode_value
from server.secrets import Keyring
from server.store.interface import FORMAT_VERSION, Change
from server.store.lock import FolderLock
from server.store.sqlite import SqliteStore
from tests.conformance.test_sqlite_file import execute

MODEL = Key(Kind.MODEL, ("p", "default", "m"))
VERSION = Key(Kind.VERSION, (*MODEL.path, "v1"))
KEY = bytes(range(32))
HEADER = ModelHeader("o", "REMOTE", "LLM", "v1", 5, 5)


def sealed(text: str, *, key: bytes = KEY) -> ModelVersion:
    secrets = (("APIKEY", Keyring([key]).seal(text, purpose="APIKEY")),)
    return ModelVersion("v1", 5, 5, secrets=secrets)


async def make(folder: Path, *records: tuple[Key, Value]) -> None:
    """A folder as the first start makes it, with a model of `records` in the schema p.default."""
    store = SqliteStore(folder)
    await open_engine(store, folder, project="p", owner="o", environment_key=None)
    changes = [Change(encode_key(key), encode_value(value)) for key, value in records]
    if changes:
        await store.commit([changes], guards={}, commit_id=os.urandom(16))
    await store.close()
    (folder / KEY_FILE).write_text(f"{base64.b64encode(KEY).decode()}\n")
    (folder / KEY_FILE).chmod(0o600)


def check(folder: Path) -> Report:
    return check_folder(folder, environment_key=None)


def problems(folder: Path) -> list[str]:
    report = check(folder)
    assert all(finding.advice for finding in report.findings)
    return [finding.problem for finding in report.findings]


async def test_a_folder_in_order_has_no_findings_and_is_counted(tmp_path: Path) -> None:
    await make(tmp_path, (MODEL, HEADER), (VERSION, sealed("secret")))

    report = check(tmp_path)

    assert report.findings == []
    assert (report.revision, report.changes) == (2, 1)
    assert report.models == report.versions == 11
    assert report.key_ids == {Keyring([KEY]).key_ids[0]}


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ([(MODEL, HEADER)], "model p.default.m has no version v1"),
        ([(VERSION, sealed("x"))], r"p.default.m is missing, but not what belongs to it"),
        ([(Key(Kind.SCHEMA, ("q", "s")), SchemaHeader("o", 5))], "q is missing, but not what belongs to it"),
        ([(MODEL, replace(HEADER, aliases=(("a", "v9"),))), (VERSION, sealed("x"))], "alias a stands for version v9"),
        ([(MODEL, replace(HEADER, aliases=(("v1", "v1"),))), (VERSION, sealed("x"))], "has the name of a version"),
        ([(MODEL, replace(HEADER, source_type="X")), (VERSION, sealed("x"))], "its source type is X"),
        (
            [(MODEL, replace(HEADER, model_type="X")), (VERSION, sealed("x"))],
            "its type is X, which no REMOTE model has",
        ),
        ([(MODEL, HEADER), (VERSION, ModelVersion("v1", 5, 5))], "version v1 has not the options of a REMOTE model"),
        ([(MODEL, HEADER), (VERSION, replace(sealed("x"), name="v2"))], "version v1 calls itself v2"),
        ([(Key(Kind.MEMBER, ("p", "ghost")), Member())], "project p: member ghost is no user"),
        ([(Key(Kind.MEMBER, ("p", "o")), Member(("none",)))], "project p: member o has role none"),
        (
            [(Key(Kind.SCHEMA, ("p", "s")), SchemaHeader("o", 5, (Grant("ghost", ("List",)),)))],
            "schema p.s: granted to user ghost",
        ),
        (
            [(MODEL, replace(HEADER, grants=(Grant("r", ("Alter",), to_role=True),))), (VERSION, sealed("x"))],
            "model p.default.m: granted to role r",
        ),
        ([(MODEL, SchemaHeader("o", 5))], "record 'model/p/default/m' cannot be read"),
        (
            [(MODEL, HEADER), (VERSION, sealed("x", key=bytes(32)))],
            f"sealed with key {Keyring([bytes(32)]).key_ids[0].hex()}, which is not there",
        ),
        (
            [(MODEL, HEADER), (VERSION, replace(sealed("x"), secrets=(("APIKEY", sealed("x").secrets[0][1] + b"x"),)))],
            "the secret APIKEY of version p.default.m.v1 does not open",
        ),
    ],
)
async def test_what_the_rules_of_the_catalog_exclude_is_found(
    tmp_path: Path, records: list[tuple[Key, Value]], problem: str
) -> None:
    await make(tmp_path, *records)

    [found] = problems(tmp_path)

    assert problem in found


def change(folder: Path, statement: str) -> None:
    execute(folder / "catalog.db", statement)


def set_format(folder: Path, version: int) -> None:
    change(folder, f"UPDATE meta SET value = '{version}' WHERE name = 'format'")


def cut(folder: Path) -> None:
    path = folder / "catalog.db"
    os.truncate(path, path.stat().st_size // 2)


def replace_log(folder: Path) -> None:
    (folder / "catalog.db").write_bytes(b"SQLite format 3\0" + bytes(200))


@pytest.mark.parametrize(
    ("harm", "problem", "advice"),
    [
        (lambda folder: folder.chmod(0o750), "is open to others than its owner (mode 0750)", "chmod 700"),
        (lambda folder: (folder / "catalog.db").chmod(0o640), "is open to others", "chmod 600"),
        (lambda folder: (folder / KEY_FILE).chmod(0o644), "secrets.key is open to others", "mode 0600"),
        (
            lambda folder: (folder / KEY_FILE).write_text("no key\n"),
            "a key is written in base64",
            "Put secrets.key back",
        ),
        (lambda folder: (folder / KEY_FILE).unlink(), "secrets.key is missing", "Put secrets.key back"),
        (lambda folder: (folder / "catalog.db").unlink(), "holds no catalog.db", "restore a backup"),
        (cut, "malformed", "modeld restore"),
        (lambda folder: set_format(folder, FORMAT_VERSION + 1), "this modeld knows", "or a newer one"),
        (lambda folder: set_format(folder, FORMAT_VERSION - 1), "this modeld writes", "start this modeld once"),
        (lambda folder: change(folder, "UPDATE log SET changes = x'90'"), "revision 1 are damaged", "modeld restore"),
        (
            lambda folder: change(folder, "UPDATE history SET subject = 'x'"),
            "the history of revision 1 is damaged",
            "modeld restore",
        ),
        (replace_log, "of another program", "modeld restore"),
    ],
)
async def test_what_is_wrong_with_the_files_is_found(
    tmp_path: Path, harm: Callable[[Path], object], problem: str, advice: str
) -> None:
    folder = tmp_path / "data"
    await make(folder, (MODEL, HEADER), (VERSION, sealed("secret")))
    harm(folder)

    [finding] = check(folder).findings

    assert problem in finding.problem
    assert advice in finding.advice


async def test_a_folder_that_a_server_has_is_left_alone(tmp_path: Path) -> None:
    await make(tmp_path)
    lock = FolderLock(tmp_path)
    lock.acquire()

    [found] = problems(tmp_path)

    assert found == f"{tmp_path} is in use by process {os.getpid()}"
    lock.release()


async def test_a_gap_in_the_log_is_a_finding(tmp_path: Path) -> None:
    await make(tmp_path, (MODEL, HEADER), (VERSION, sealed("secret")))
    store = SqliteStore(tmp_path)
    await store.open()
    await store.commit([[Change(encode_key(MODEL), encode_value(HEADER))]], guards={}, commit_id=bytes(16))
    await store.close()
    change(tmp_path, "DELETE FROM log WHERE revision = 2")

    [found] = problems(tmp_path)

    assert found.endswith("the log lacks revision 2")


async def test_little_space_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await make(tmp_path)
    monkeypatch.setattr("server.checking._LEAST_FREE", 1 << 60)

    [found] = problems(tmp_path)

    assert "MiB are free" in found


async def test_a_key_file_is_not_missed_where_there_are_no_secrets(tmp_path: Path) -> None:
    await make(tmp_path)
    (tmp_path / KEY_FILE).unlink()

    assert problems(tmp_path) == []


async def test_a_log_that_was_not_folded_is_looked_at_and_kept(tmp_path: Path) -> None:
    await make(tmp_path / "one")
    store = SqliteStore(tmp_path / "one")
    await store.open()
    await store.commit([[Change("x/y", b"")]], guards={}, commit_id=bytes(16))
    (tmp_path / "two").mkdir(mode=0o700)
    for name in ("catalog.db", "catalog.db-wal", "catalog.head"):
        (tmp_path / "two" / name).write_bytes((tmp_path / "one" / name).read_bytes())
        (tmp_path / "two" / name).chmod(0o600)
    await store.close()
    log = (tmp_path / "two" / "catalog.db-wal").read_bytes()

    [found] = await asyncio.to_thread(problems, tmp_path / "two")

    assert found == "unknown record 'x/y'"
    assert (tmp_path / "two" / "catalog.db-wal").read_bytes() == log
