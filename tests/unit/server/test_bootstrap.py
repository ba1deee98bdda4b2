"""Opening an engine: the first start seeds, later ones load, and foreign secrets are refused."""

import base64
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from server.bootstrap import open_engine
from server.catalog.events import Change as CatalogChange
from server.catalog.events import Decision
from server.catalog.seed import seed_project
from server.catalog.values import Kind, ModelVersion, Principal, principal_key
from server.catalog.versions import pack
from server.committer import Committer
from server.dialect import parse
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.key_file import KEY_FILE
from server.public_project import PUBLIC_PROJECT
from server.secrets import KeyFileUnusable, Tampered, UnknownKey
from server.store.interface import Change, StoreDamaged
from server.store.memory import MemoryStore
from tests.unit.server.catalog.scenes import create

KEY = base64.b64encode(bytes(32)).decode()
OTHER_KEY = base64.b64encode(bytes(range(32))).decode()
NOWHERE = Path("/nonexistent")


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    """Undo what a server does once in its life."""
    yield
    gc.unfreeze()


async def opened(store: MemoryStore, project: str = "modeld", owner: str = "modeld", key: str = KEY) -> Engine:
    return await open_engine(store, NOWHERE, project=project, owner=owner, environment_key=key)


async def test_a_catalog_without_privileges_gets_them() -> None:
    """As an earlier release has left it: users who could do everything, and members of nothing."""
    store = MemoryStore()
    await store.open()
    committer = Committer(store)
    seed = seed_project("p", "ALIYUN$alice", 1)
    changes = [change for change in seed.changes if change.key.kind is not Kind.MEMBER]
    changes += [CatalogChange(principal_key(name), Principal(time)) for name, time in (("ALIYUN$alice", 1), ("bob", 2))]
    await committer.submit(lambda _: Decision(replace(seed, changes=tuple(changes), guards=())))

    for _ in range(2):
        engine = await opened(store)

        catalog = engine.committer.catalog
        superusers = {name: account.header.superuser for name, account in catalog.principals.items()}
        assert superusers == {"ALIYUN$alice": True, "bob": False}
        assert set(catalog.projects["p"].members) == {"ALIYUN$alice", "bob"}
        assert catalog.revision == 2


async def test_first_start_seeds_everything_in_one_commit() -> None:
    engine = await opened(MemoryStore(), "Demo", "ALIYUN$alice")

    catalog = engine.committer.catalog
    assert sorted(catalog.projects) == [PUBLIC_PROJECT, "demo"]
    assert catalog.projects["demo"].header.owner == "ALIYUN$alice"
    assert list(catalog.principals) == ["ALIYUN$alice"]
    assert catalog.revision == 1
    assert catalog.projects[PUBLIC_PROJECT].header.public


async def test_public_models_are_whole() -> None:
    catalog = (await opened(MemoryStore())).committer.catalog

    models = catalog.projects[PUBLIC_PROJECT].schemas["default"].models
    assert len(models) >= 10
    assert all(name == name.lower() for name in models)
    assert all(model.default.find_option("TASKS") for model in models.values())
    assert {model.header.model_type for model in models.values()} <= {"LLM", "MLLM"}


async def test_later_start_loads_and_seeds_nothing() -> None:
    store = MemoryStore()
    engine = await opened(store)
    await Executor(engine, "modeld", "modeld").execute(parse(create()))
    await store.close()

    again = await opened(store, "other", "bob")

    assert again.committer.catalog == engine.committer.catalog
    assert gc.isenabled()


async def test_secrets_of_another_key_are_refused() -> None:
    store = MemoryStore()
    engine = await opened(store)
    await opened(store, key=OTHER_KEY)  # nothing is sealed yet
    await Executor(engine, "modeld", "modeld").execute(parse(create()))

    with pytest.raises(UnknownKey):
        await opened(store, key=OTHER_KEY)


async def test_a_lost_key_file_is_not_replaced(tmp_path: Path) -> None:
    store = MemoryStore()
    engine = await open_engine(store, tmp_path, project="modeld", owner="modeld", environment_key=None)
    await Executor(engine, "modeld", "modeld").execute(parse(create()))
    (tmp_path / KEY_FILE).unlink()

    with pytest.raises(KeyFileUnusable, match="put the file back"):
        await open_engine(store, tmp_path, project="modeld", owner="modeld", environment_key=None)

    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize("project", ["1st", "a-b", "", "a" * 256, "a/b"])
async def test_first_project_needs_a_valid_name(project: str) -> None:
    with pytest.raises(OdpsError) as raised:
        await opened(MemoryStore(), project)

    assert raised.value.condition in (
        Condition.NAME_NOT_LETTER,
        Condition.NAME_INVALID,
        Condition.NAME_EMPTY,
        Condition.NAME_TOO_LONG,
    )


async def test_damaged_store_is_refused_and_the_collector_left_on() -> None:
    store = MemoryStore()
    await store.open()
    await store.commit([[Change("model/p/default/m", b"\xc1")]], guards={}, commit_id=bytes(16))

    with pytest.raises(StoreDamaged, match="model/p/default/m"):
        await opened(store)

    assert gc.isenabled()


async def put_version(store: MemoryStore, name: str, data: bytes) -> None:
    key = f"version/modeld/default/m/{name}"
    await store.commit([[Change(key, data)]], guards={}, commit_id=bytes(16))


async def test_what_stands_in_the_place_of_a_secret_and_is_none_is_refused() -> None:
    store = MemoryStore()
    engine = await opened(store)
    await Executor(engine, "modeld", "modeld").execute(parse(create()))
    await put_version(store, "v2", pack(ModelVersion("v2", 1, 1, secrets=(("APIKEY", b"in clear"),))))

    with pytest.raises(Tampered):
        await opened(store)


async def test_a_version_that_cannot_be_read_is_an_error_for_who_asks_for_it() -> None:
    store = MemoryStore()
    engine = await opened(store)
    await Executor(engine, "modeld", "modeld").execute(parse(create()))
    await put_version(store, "v2", b"\xc1")

    executor = Executor(await opened(store), "modeld", "modeld")

    assert (await executor.execute(parse("DESC MODEL m"))).rows
    with pytest.raises(OdpsError, match="version v2 cannot be read") as raised:
        await executor.execute(parse("SHOW VERSIONS FOR MODEL m"))
    assert raised.value.condition is Condition.STORE_DAMAGED


async def test_a_start_knows_which_keys_are_in_use() -> None:
    store = MemoryStore()
    engine = await opened(store)
    await Executor(engine, "modeld", "modeld").execute(parse(create()))

    again = await opened(store)

    assert engine.sealed_with == frozenset()
    assert again.sealed_with == frozenset(again.keyring.key_ids)
