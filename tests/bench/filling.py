"""A data folder of many models, written through the store and not statement by statement: a million take half a minute.

Model and version are copies of one that modeld made itself, under other names.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from server.catalog.events import Change
from server.catalog.tree import Catalog, build
from server.catalog.values import DEFAULT_SCHEMA, ModelName, model_key, version_key
from server.records import decode_record, encode_changes
from server.store.interface import Change as StoredChange
from server.store.sqlite import SqliteStore
from tests.bench.scenes import create_models
from tests.bench.servers import modeld

# Models written in one transaction.
_BATCH = 2_000


def fill(folder: Path, *, models: int, versions: int) -> None:
    """Make the data folder: m1, m2, ... with versions v1, v2, ... each."""
    with modeld(folder) as site:
        create_models(site, 1)
    asyncio.run(_copy(folder, models, versions))


async def _copy(folder: Path, models: int, versions: int) -> None:
    store = SqliteStore(folder)
    await store.open()
    revision, pages = await store.load()
    catalog = build([decode_record(record) async for page in pages for record in page], revision)
    for first in range(1, models + 1, _BATCH):
        numbers = range(first, min(first + _BATCH, models + 1))
        # A commit for each model, as if statements had made them.
        commits = [list(_model(catalog, number, versions)) for number in numbers]
        await store.commit(commits, guards={}, commit_id=first.to_bytes(16, "big"))
    await store.checkpoint()
    await store.close()


def _model(catalog: Catalog, number: int, versions: int) -> Iterator[StoredChange]:
    name = ModelName("modeld", DEFAULT_SCHEMA, f"m{number}")
    model = catalog.find_model(replace(name, name="m1"))
    if model is None:
        raise LookupError("m1 is the pattern of all others")
    names = [f"v{version}" for version in range(1, versions + 1)]
    changes = [Change(version_key(name, each), replace(model.default, name=each)) for each in names]
    yield from encode_changes([Change(model_key(name), model.header), *changes])
