"""Rotation of the key: everything is sealed anew, nothing is lost, nothing old comes back."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from server.catalog import Catalog, Decision
from server.catalog.events import Change
from server.catalog.model_events import model_event
from server.catalog.values import Key, ModelName, ModelVersion, version_key
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.key_file import KEY_FILE, add_key, open_keyring, read_keys
from server.retention import Retention
from server.rotation import Rotation, _find_old, find_key_ids, renew_secrets
from server.secrets import Keyring
from server.store.interface import Change as StoredChange
from server.store.interface import StoreUnavailable
from tests.unit.server.catalog.scenes import CONTEXT, add
from tests.unit.server.sessions import KEY, Scene, create_keyed

MODELS = 70  # more than one commit of the pass


class RotatingScene(Scene):
    """A scene whose keys stand in a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / KEY_FILE
        self.engine = Engine(self.committer, open_keyring(self.path, environment_key=None), self.engine.clock)
        self.committer.renew = partial(renew_secrets, self.engine.keyring)
        self.rotation = Rotation(self.engine, self.path)

    async def rotate(self) -> tuple[bytes, int]:
        """Make a new key and a pass; its id and how many records were sealed anew."""
        new = add_key(self.path)
        self.engine.keyring.adopt([line.key for line in read_keys(self.path)])
        return new, await self.rotation.run()

    async def reload(self) -> bytes:
        """As `modeld rotate-key` has it done; the id of the new key."""
        new = add_key(self.path)
        self.rotation.reload()
        assert self.rotation._task is not None
        await self.rotation._task
        return new

    def begin_anew(self, *sealed_with: bytes) -> None:
        """As a start does that has found these keys in use."""
        self.engine = replace(self.engine, sealed_with=frozenset(sealed_with))
        self.rotation = Rotation(self.engine, self.path)

    def reopened(self) -> Keyring:
        """The ring of the first key alone: what opens with it needs no other."""
        return Keyring([read_keys(self.path)[0].key])

    def version(self, model: str = "m", version: str = "v1") -> ModelVersion:
        return self.catalog.projects["p"].schemas["default"].models[model].versions[version]


@pytest.fixture
async def scene(tmp_path: Path) -> RotatingScene:
    scene = RotatingScene(tmp_path)
    await scene.begin()
    await scene.session().run(create_keyed("m"), add(), "CREATE USER carol PASSWORD 'pencil'")
    return scene


async def test_every_secret_is_sealed_with_the_new_key(scene: RotatingScene) -> None:
    await scene.session().run(*(create_keyed(f"m{number}", f"key number {number}") for number in range(MODELS)))
    before = scene.catalog

    new, count = await scene.rotate()

    assert count == MODELS + 3
    assert find_key_ids(scene.catalog) == {new}
    keyring = scene.reopened()
    for number in range(MODELS):
        ((key, sealed),) = scene.version(f"m{number}").secrets
        assert keyring.unseal(sealed, purpose=key) == f"key number {number}"
    assert keyring.unseal(scene.catalog.principals["carol"].header.verifier, purpose="PASSWORD carol")
    assert (
        scene.version().last_modified_time
        == before.projects["p"].schemas["default"].models["m"].versions["v1"].last_modified_time
    )


async def test_the_old_key_is_called_unused_only_afterwards(scene: RotatingScene) -> None:
    old = read_keys(scene.path)[0].id
    add_key(scene.path)
    scene.engine.keyring.adopt([line.key for line in read_keys(scene.path)])
    assert [line.unused for line in read_keys(scene.path)] == [False, False]

    await scene.rotation.run()

    assert [(line.id == old, line.unused) for line in read_keys(scene.path)] == [(False, False), (True, True)]


async def test_a_second_pass_finds_nothing_to_do(scene: RotatingScene) -> None:
    await scene.rotate()
    revision = scene.catalog.revision

    assert await scene.rotation.run() == 0
    assert scene.catalog.revision == revision


async def test_a_transaction_that_sealed_before_commits_under_the_new_key(scene: RotatingScene) -> None:
    session = scene.session()
    await session.run("BEGIN", create_keyed("late", "sealed with the old key"))

    new, _ = await scene.rotate()
    await session.run("COMMIT")

    assert find_key_ids(scene.catalog) == {new}
    ((key, sealed),) = scene.version("late").secrets
    assert scene.reopened().unseal(sealed, purpose=key) == "sealed with the old key"


async def test_a_model_that_changed_meanwhile_is_left_as_it_is_now(scene: RotatingScene) -> None:
    add_key(scene.path)
    scene.engine.keyring.adopt([line.key for line in read_keys(scene.path)])
    session = scene.session()
    await session.run("DROP MODEL m", create_keyed("m", "another key"))

    await scene.rotation.run()

    ((key, sealed),) = scene.version().secrets
    assert scene.reopened().unseal(sealed, purpose=key) == "another key"
    assert set(scene.catalog.projects["p"].schemas["default"].models["m"].versions) == {"v1"}


async def test_the_recycle_bin_is_sealed_anew_too(scene: RotatingScene) -> None:
    session = scene.session()
    await session.run("DROP MODEL m")
    assert scene.catalog.dropped

    new, count = await scene.rotate()
    await session.run("UNDROP MODEL m")

    assert count == 3
    assert find_key_ids(scene.catalog) == {new}
    ((key, sealed),) = scene.version().secrets
    assert scene.reopened().unseal(sealed, purpose=key) == KEY


async def test_an_earlier_secret_comes_back_under_the_new_key(scene: RotatingScene) -> None:
    session = scene.session()
    then = scene.catalog.revision
    await session.run("ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (APIKEY = 'another-long-key')")
    new, _ = await scene.rotate()

    await session.run(f"ROLLBACK MODEL m TO REVISION {then}")

    assert find_key_ids(scene.catalog) == {new}
    assert scene.reopened().unseal(scene.version().secrets[0][1], purpose="APIKEY") == KEY


async def test_an_earlier_secret_is_shown_as_long_as_its_key_is_kept(scene: RotatingScene) -> None:
    session = scene.session()
    then = scene.catalog.revision
    await session.run(
        "ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (APIKEY = 'another-long-key')",
        "SET modeld.reveal_secrets = true",
    )
    await scene.rotate()
    text = f"DESC MODEL m AS OF REVISION {then}"

    assert [row[2] for row in await session.rows(text) if row[1] == "APIKEY"] == [KEY]
    scene.engine = Engine(scene.committer, scene.reopened(), scene.engine.clock)
    assert [row[2] for row in await scene.session().rows(text) if row[1] == "APIKEY"] == ["********"]


async def test_a_secret_under_a_key_that_is_gone_never_gets_into_the_catalog(scene: RotatingScene) -> None:
    foreign = Keyring([b"f" * 32]).seal("secret", purpose="APIKEY")
    name = ModelName("p", "default", "m")

    def decide(catalog: Catalog) -> Decision:
        model = catalog.find_model(name)
        assert model is not None
        poisoned = ModelVersion("v1", 1, 1, secrets=(("APIKEY", foreign),))
        changes = (Change(version_key(name, "v1"), poisoned),)
        return Decision(model_event("X", name, CONTEXT, changes, old=model.header, new=model.header))

    with pytest.raises(OdpsError) as raised:
        await scene.committer.submit(decide)

    assert raised.value.condition is Condition.SECRET_KEY_LOST
    assert len(find_key_ids(scene.catalog)) == 1


async def test_a_damaged_secret_keeps_its_key_in_use(scene: RotatingScene) -> None:
    name = ModelName("p", "default", "m")
    old = scene.engine.keyring.key_ids[0]
    damaged = scene.version().secrets[0][1][:-1] + b"\0"

    def decide(catalog: Catalog) -> Decision:
        model = catalog.find_model(name)
        assert model is not None
        changes = (Change(version_key(name, "v1"), ModelVersion("v1", 1, 1, secrets=(("APIKEY", damaged),))),)
        return Decision(model_event("X", name, CONTEXT, changes, old=model.header, new=model.header))

    await scene.committer.submit(decide)
    new, _ = await scene.rotate()

    assert find_key_ids(scene.catalog) == {old, new}
    assert [line.unused for line in read_keys(scene.path)] == [False, False]


async def test_reload_takes_the_file_as_it_is_and_runs_the_pass(scene: RotatingScene) -> None:
    new = add_key(scene.path)

    scene.rotation.reload()
    scene.rotation.reload()
    assert scene.rotation._task is not None
    await scene.rotation._task

    assert find_key_ids(scene.catalog) == {new}
    assert await scene.session().value("m", "APIKEY") == f"****{KEY[-4:]}"


async def test_a_file_that_cannot_be_used_changes_nothing(scene: RotatingScene) -> None:
    before = scene.engine.keyring.key_ids
    scene.path.write_text("no key\n")

    scene.rotation.reload()
    await scene.rotation.stop()

    assert scene.engine.keyring.key_ids == before
    assert await scene.session().value("m", "APIKEY") == f"****{KEY[-4:]}"


async def test_what_was_sealed_since_a_start_that_found_no_secrets_is_sealed_anew(tmp_path: Path) -> None:
    scene = RotatingScene(tmp_path)
    await scene.begin()
    scene.begin_anew()
    await scene.session().run(create_keyed("m"))

    for _ in range(2):
        new = await scene.reload()

        assert find_key_ids(scene.catalog) == {new}
        assert all(line.unused for line in read_keys(scene.path)[1:])


async def test_what_is_sealed_after_the_last_secret_has_gone_is_sealed_anew(scene: RotatingScene) -> None:
    scene.engine = replace(scene.engine, retention=Retention(recycle_days=0))
    scene.begin_anew(scene.engine.keyring.key_ids[0])
    await scene.session().run("DROP MODEL m", "DROP USER carol")
    await scene.reload()
    assert find_key_ids(scene.catalog) == set()
    await scene.session().run(create_keyed("m"))

    new = await scene.reload()

    assert find_key_ids(scene.catalog) == {new}


async def test_a_key_is_not_called_unused_while_what_it_sealed_is_on_its_way_to_the_store(
    scene: RotatingScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.session().run("DROP USER carol")
    committed, asked, release = scene.store.commit, asyncio.Event(), asyncio.Event()

    async def commit(commits: Sequence[Sequence[StoredChange]], **rest: object) -> int:
        asked.set()
        await release.wait()
        return await committed(commits, **rest)  # type: ignore[arg-type]  # what the committer has given

    monkeypatch.setattr(scene.store, "commit", commit)
    scene.begin_anew(scene.engine.keyring.key_ids[0])
    late = asyncio.create_task(scene.session().run("CREATE USER dave PASSWORD 'pen'"))
    await asked.wait()

    reloading = asyncio.create_task(scene.reload())
    await asyncio.sleep(0.05)
    release.set()
    await late
    new = await reloading

    assert find_key_ids(scene.catalog) == {new}


async def test_a_pass_looks_through_no_catalog_of_which_all_is_known(
    scene: RotatingScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = scene.engine.keyring.key_ids[0]
    looked: list[bytes] = []

    def find_old(catalog: Catalog, first: bytes) -> Iterator[Key]:
        looked.append(first)
        return _find_old(catalog, first)

    monkeypatch.setattr("server.rotation._find_old", find_old)
    scene.begin_anew(old)

    assert await scene.rotation.run() == 0
    assert looked == []

    new, count = await scene.rotate()
    assert (looked, count) == ([new], 3)
    assert [line.unused for line in read_keys(scene.path)] == [False, True]

    await scene.session().run(create_keyed("later"))
    assert await scene.rotation.run() == 0
    assert looked == [new]
    assert find_key_ids(scene.catalog) == {new}


async def test_a_pass_that_failed_leaves_nothing_known(scene: RotatingScene) -> None:
    scene.begin_anew(*scene.engine.keyring.key_ids)
    first = [line.key for line in read_keys(scene.path)]
    scene.store.fail_next_commit(StoreUnavailable("for a test"))
    with pytest.raises(OdpsError):
        await scene.rotate()
    await scene.session().run(create_keyed("between"))  # under the new key

    # The operator takes the new key back, but leaves it in the file.
    scene.engine.keyring.adopt([*first, *(line.key for line in read_keys(scene.path))])
    count = await scene.rotation.run()

    assert count == 1
    assert find_key_ids(scene.catalog) == {Keyring(first).key_ids[0]}
