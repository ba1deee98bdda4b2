"""Reads the history: for SHOW HISTORY, for the view, and back to what a model was at an earlier revision.

Notes of commits up to a revision never change, so that what is read here holds for every later catalog.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.types import INT8, TEXT, TIMESTAMPTZ
from server.catalog.values import ModelName, model_key
from server.committer import store_error
from server.history import Entry, Life, read_entry, shown_statement
from server.query.runtime import Limits
from server.records import encode_key
from server.results import Column, Row
from server.store.interface import Revision, Store, StoredNote, StoreError
from server.times import to_datetime

HISTORY_COLUMNS: Final = (
    Column("revision", INT8),
    Column("time", TIMESTAMPTZ),
    Column("principal", TEXT),
    Column("client_address", TEXT),
    Column("application", TEXT),
    Column("action", TEXT),
    Column("object", TEXT),
    Column("version_name", TEXT),
    Column("old_default", TEXT),
    Column("new_default", TEXT),
    Column("statement", TEXT),
    Column("reason", TEXT),
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """One entry of the history, with its place in it and the time of its commit."""

    revision: Revision
    part: int
    time: int
    entry: Entry


def history_row(found: Remembered, *, may_grant: bool) -> Row:
    """As SHOW HISTORY shows it to somebody who may grant on the model, or may not."""
    entry = found.entry
    return (
        found.revision,
        to_datetime(found.time),
        entry.principal,
        entry.address,
        entry.application,
        entry.action,
        entry.object,
        entry.version,
        entry.old_default,
        entry.new_default,
        shown_statement(entry, may_grant=may_grant),
        entry.reason or None,
    )


class Recall:
    """The history in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list_history(
        self,
        name: ModelName,
        *,
        upto: Revision,
        limit: int | None = None,
        whole: bool = True,
        drop_id: str | None = None,
    ) -> list[Remembered]:
        """What was done under a model's name, and under its earlier names before it was renamed; the newest first.

        Args:
            whole: to others of these names too; else to the model that is there, or was dropped under `drop_id`.

        Raises:
            OdpsError: the store cannot be read.
        """
        found: dict[tuple[Revision, int], StoredNote] = {}
        # Names, and before which place in the history the model had them.
        open_names = [(encode_key(model_key(name)), (upto + 1, 0))]
        while open_names:
            key, before = open_names.pop()
            count = 0
            life, drop_id = None if whole else Life(key, drop_id), None
            async for stored in self._notes(key, upto=before[0]):
                place = (stored.revision, stored.part)
                if place < before and place not in found and (life is None or life.holds(stored.note)):
                    found[place] = stored
                    count += 1
                    if stored.note.second == key:
                        open_names.append((stored.note.subject, place))
                if (limit is not None and count >= limit) or (life is not None and life.is_over):
                    break
        newest = sorted(found.items(), reverse=True)[:limit]
        return [Remembered(*place, stored.note.time, read_entry(stored.note)) for place, stored in newest]

    def reader(self, *, upto: Revision, limits: Limits) -> Callable[[str | None], Iterator[StoredNote]]:
        """Gives the notes of one model, or all of them, to a thread that is not the loop's, and waits for them there.

        Args:
            limits: what the query may take; they are looked at with every page.
        """
        loop = asyncio.get_running_loop()

        def read(subject: str | None) -> Iterator[StoredNote]:
            pages = self._store.read_notes(subject=subject, upto=upto)

            async def next_page() -> Sequence[StoredNote]:
                async for page in pages:
                    return page
                return ()

            try:
                while page := asyncio.run_coroutine_threadsafe(next_page(), loop).result():
                    limits.steps(len(page))
                    limits.hold(sum(each.note.size for each in page))
                    yield from page
            except StoreError as error:
                raise store_error(error) from error

        return read

    async def _notes(self, subject: str, *, upto: Revision) -> AsyncIterator[StoredNote]:
        try:
            async for page in self._store.read_notes(subject=subject, upto=upto, newest_first=True):
                for stored in page:
                    yield stored
        except StoreError as error:
            raise store_error(error) from error
