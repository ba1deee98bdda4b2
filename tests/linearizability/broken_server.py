"""Servers that break their word, for the checker to find out.

`python -m tests.linearizability.broken_server KIND FOLDER`, where the kind is one of

stale      one read in three is answered from the catalog as it was a few commits ago
forgetful  a commit is acknowledged a quarter of a second before it is written
careless   a transaction is committed whatever others have changed meanwhile
"""

import asyncio
import random
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from server.catalog.tree import Catalog
from server.control import Control
from server.store.interface import Change, Note, Revision
from server.store.sqlite import SqliteStore
from server.transaction import Transaction
from tests.crash.forked_server import serve_forks

_DELAY: Final = 0.25


def be_stale() -> None:
    known: list[Catalog] = []

    def catalog(control: Control) -> Catalog:
        if control.transaction is not None:
            return control.transaction.catalog
        newest = control._committer.catalog
        if not known or known[-1] is not newest:
            known.append(newest)
        return random.choice(known[-4:]) if random.random() < 0.3 else newest  # noqa: S311  a fault, not a secret

    setattr(Control, "catalog", property(catalog))  # noqa: B010  a method to its type


def be_forgetful() -> None:
    commit = SqliteStore.commit
    promised: list[Revision] = []
    tasks: list[asyncio.Task[None]] = []

    async def promise(
        store: SqliteStore,
        commits: Sequence[Sequence[Change]],
        *,
        guards: Mapping[str, Revision],
        commit_id: bytes,
        notes: Sequence[Sequence[Note]] = (),
        seen: Revision | None = None,
        expected_revision: Revision | None = None,
        deadline: float = 30.0,
    ) -> Revision:
        async def keep() -> None:
            await asyncio.sleep(_DELAY)
            await commit(store, commits, guards={}, commit_id=commit_id, notes=notes)

        promised.append((promised[-1] if promised else await store.head()) + len(commits))
        tasks.append(asyncio.create_task(keep()))
        return promised[-1]

    setattr(SqliteStore, "commit", promise)  # noqa: B010  a method to its type


def be_careless() -> None:
    setattr(Transaction, "_find_changed", lambda transaction, newest: None)  # noqa: B010  a method to its type


KINDS: Final = {"stale": be_stale, "forgetful": be_forgetful, "careless": be_careless}

if __name__ == "__main__":
    KINDS[sys.argv[1]]()
    serve_forks(sys.argv[2])
