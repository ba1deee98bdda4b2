"""A committer over a memory store that counts its commits, and decisions to submit to it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from server.catalog import Catalog, Decision
from server.catalog.events import Change, Event
from server.catalog.seed import seed_project
from server.catalog.values import DEFAULT_SCHEMA, SchemaHeader, schema_key
from server.committer import Committer
from server.errors import Condition, OdpsError
from server.store.interface import Change as StoredChange
from server.store.interface import Note, Revision
from server.store.memory import MemoryStore

Decide = Callable[[Catalog], Decision]


class CountingStore(MemoryStore):
    """Remembers how many commits each call carried; `asked` is set by each call, and a stuck one never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[int] = []
        self.asked = asyncio.Event()
        self.guards: Mapping[str, Revision] = {}
        self.fault: Exception | None = None
        self.is_stuck = False

    async def commit(
        self,
        commits: Sequence[Sequence[StoredChange]],
        *,
        guards: Mapping[str, Revision],
        commit_id: bytes,
        notes: Sequence[Sequence[Note]] = (),
        seen: Revision | None = None,
        expected_revision: Revision | None = None,
        deadline: float = 30.0,
    ) -> Revision:
        self.groups.append(len(commits))
        self.guards = guards
        self.asked.set()
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        if self.is_stuck:
            await asyncio.get_running_loop().create_future()
        return await super().commit(
            commits,
            guards=guards,
            commit_id=commit_id,
            notes=notes,
            seen=seen,
            expected_revision=expected_revision,
            deadline=deadline,
        )


async def begun() -> tuple[Committer, CountingStore]:
    """A committer whose catalog holds project `p`, as revision 1."""
    store = CountingStore()
    await store.open()
    committer = Committer(store)
    seed = seed_project("p", "alice", 1)
    await committer.submit(lambda _: Decision(seed))
    store.groups.clear()
    store.asked.clear()
    return committer, store


def make_schema(name: str, *, owner: str = "alice", exclusive: bool = False) -> Decide:
    """Make the schema; an error when it is there, a mere notice of nothing when the owner is the same."""
    key = schema_key("p", name)

    def decide(catalog: Catalog) -> Decision:
        found = catalog.find_schema("p", name)
        if found is not None and found.header.owner == owner:
            return Decision()
        if found is not None:
            raise OdpsError(Condition.SCHEMA_EXISTS, schema=name)
        changes = (Change(key, SchemaHeader(owner, 1)),)
        return Decision(Event("CREATE SCHEMA", name, owner, 1, changes, (key,), exclusive))

    return decide


def schemas(committer: Committer) -> list[str]:
    return sorted(set(committer.catalog.projects["p"].schemas) - {DEFAULT_SCHEMA})
