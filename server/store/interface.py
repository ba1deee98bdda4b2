"""What the server asks of a store: keys with opaque values, whole commits, revisions, notes about commits.

The same interface serves the embedded store (one SQLite file) and a shared one, and one conformance
suite holds for all of them; nothing above may assume that it is the only writer.

Laws:
- `commit` is all or nothing. When it returns, every change is durable and no later `load` misses it.
- Revisions grow; each commit has its own. A guard says "this key was last written at revision R"
  (0: there is no such key), and a commit whose guards do not hold writes nothing.
- An error says what is known: `Conflict` and `StoreUnavailable` mean certainly not written,
  `OutcomeUnknown` means that nobody knows yet: never acknowledged, never taken for undone.
- After a failed write or sync a store writes nothing more until it is opened again.
- Notes are durable with their commit, or there is neither. They are read when asked for, never loaded, and
  kept until `forget_notes` lets them go, the oldest first.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

Revision = int

FORMAT_VERSION: Final = 3
COMMIT_ID_BYTES: Final = 16


class Record(NamedTuple):
    """One key as the store holds it; `revision` is the commit that wrote it last."""

    key: str
    value: bytes
    revision: Revision


@dataclass(frozen=True, slots=True)
class Page:
    """Many records in the order of their keys, column by column: objects for each would be most of what reading costs.

    Attributes:
        keys: in UTF-8.
        values: all of them in one piece.
        sizes: how many bytes of it each value has.
    """

    keys: Sequence[bytes]
    values: bytes
    sizes: Sequence[int]
    revisions: Sequence[Revision]

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Page":
        keys, values, revisions = zip(*records, strict=True) if records else ((), (), ())
        return cls(list(map(str.encode, keys)), b"".join(values), list(map(len, values)), revisions)

    def each_value(self) -> Iterator[bytes]:
        return map(BytesIO(self.values).read, self.sizes)

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Record]:
        return map(Record, map(bytes.decode, self.keys), self.each_value(), self.revisions)


class Change(Struct, frozen=True, gc=False):
    """Put `value` under `key`, or delete the key when `value` is None."""

    key: str
    value: bytes | None


class Note(Struct, frozen=True, gc=False):
    """What a commit did and why, for whoever asks later.

    Attributes:
        subject: the key of what it is about.
        time: microseconds since 1970-01-01 UTC; never earlier than that of a note before it.
        entry: JSON, so that other programs can read it.
        undo: what the commit overwrote; empty when that is not kept.
        second: the key under which the subject stands from now on, where it was moved.
    """

    subject: str
    time: int
    entry: bytes
    undo: bytes = b""
    second: str | None = None

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return len(self.subject) + len(self.entry) + len(self.undo) + len(self.second or "")


class StoredNote(Struct, frozen=True, gc=False):
    """A note with the revision of its commit, and its number among the notes of that, from 1."""

    revision: Revision
    part: int
    note: Note


@dataclass(frozen=True, slots=True)
class Moment:
    """A revision, and when it was committed: microseconds since 1970-01-01 UTC."""

    revision: Revision
    time: int


class Commit(Struct, frozen=True, gc=False):
    """What was committed under one revision."""

    revision: Revision
    commit_id: bytes
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one call of `commit` may carry, the same in every store. Keys and values in bytes."""

    changes: int = 200_000
    total: int = 64 * 1024 * 1024
    value: int = 4 * 1024 * 1024
    key: int = 4096

    def check(self, commits: Sequence[Sequence[Change]], commit_id: bytes, notes: Sequence[Sequence[Note]] = ()) -> int:
        """Refuse what no store may be given, before anything is queued or written.

        Returns:
            How many bytes it is, roughly.

        Raises:
            TooLarge: more than these limits allow.
            ValueError: a fault of the caller: an empty key, notes for another number of commits, or a commit id
                that is not 16 bytes long.
        """
        if len(commit_id) != COMMIT_ID_BYTES:
            raise ValueError(f"a commit id has {COMMIT_ID_BYTES} bytes, not {len(commit_id)}")
        if (count := sum(map(len, commits))) > self.changes:
            raise TooLarge(f"{count} changes, where {self.changes} are allowed")
        if notes and len(notes) != len(commits):
            raise ValueError(f"there are notes for {len(notes)} commits, not for {len(commits)}")
        total = sum([note.size for each in notes for note in each])
        for change in chain.from_iterable(commits):
            key = len(change.key if change.key.isascii() else change.key.encode())
            value = len(change.value) if change.value is not None else 0
            if not key:
                raise ValueError("a key must not be empty")
            if key > self.key:
                raise TooLarge(f"a key of {key} bytes, where {self.key} are allowed")
            if value > self.value:
                raise TooLarge(f"a value of {value} bytes, where {self.value} are allowed")
            total += key + value
        if total > self.total:
            raise TooLarge(f"{total} bytes, where {self.total} are allowed")
        return total


LIMITS = Limits()


class StoreError(Exception):
    """Anything a store reports; never raised itself."""


class Conflict(StoreError):
    """A guard or the expected revision did not hold. Nothing was written."""

    def __init__(self, keys: Sequence[str], revision: Revision) -> None:
        super().__init__(f"guards failed at revision {revision}: {', '.join(keys) or 'expected revision'}")
        self.keys = tuple(keys)
        self.revision = revision


class StoreUnavailable(StoreError):
    """The store takes no commits now. Certainly not written."""


class OutcomeUnknown(StoreError):
    """The deadline passed, or the connection broke, while the commit was under way."""


class StoreFailed(StoreError):
    """A write or sync failed; the store has stopped writing. Certainly not acknowledged."""


class StoreFull(StoreFailed):
    """No space is left where the store writes."""


class TooLarge(StoreError):
    """More than `Limits` allow. Nothing was written."""


class StoreLocked(StoreError):
    """Another process has the store open.

    Attributes:
        process_id: its number; None when that is not known, or is not a number of that process here.
    """

    def __init__(self, message: str, process_id: int | None = None) -> None:
        super().__init__(message)
        self.process_id = process_id


class FormatTooNew(StoreError):
    """A newer modeld wrote this store."""


class FormatTooOld(StoreError):
    """An older modeld wrote this store, and it is not to be changed now."""


class StoreDamaged(StoreError):
    """What is there is not a store of ours, or not whole."""


class HistoryCompacted(StoreError):
    """`watch` was asked to begin before the oldest commit that is still kept: load again."""


class Store(Protocol):
    """A durable catalog of keys. One event loop; `open` first, `close` last."""

    @property
    def failure(self) -> str | None:
        """Why it takes no more commits; None as long as it does."""

    @property
    def upgrade(self) -> str:
        """What opening it has changed for good, in words; empty when it has nothing. Only once it is open."""

    async def open(self) -> None:
        """Take the store, check its format and its durability settings.

        Raises:
            StoreLocked, FormatTooNew, StoreDamaged, StoreUnavailable
        """

    async def load(self) -> tuple[Revision, AsyncIterator[Page]]:
        """The newest revision and, in pages, every record as of that revision, in the order of their keys."""

    async def commit(
        self,
        commits: Sequence[Sequence[Change]],
        *,
        guards: Mapping[str, Revision],
        commit_id: bytes,
        notes: Sequence[Sequence[Note]] = (),
        seen: Revision | None = None,
        expected_revision: Revision | None = None,
        deadline: float = 30.0,
    ) -> Revision:
        """Write a group of commits, all or none, and return the revision of the last one.

        The others have the revisions just before it, in their order. Guards and `expected_revision`
        speak of the store before the group.

        Args:
            guards: not to be changed from now on, and read on any thread.
            seen: the guards were taken from a catalog that holds everything up to this revision. Where it is still the
                newest one they hold, and no store has to look at them.
            commit_id: 16 bytes, unique; how an ambiguous commit is recognised later.
            notes: those about each of the commits; none at all for a group without notes.
            deadline: seconds until the caller gives up and `OutcomeUnknown` is raised.

        Raises:
            Conflict, StoreUnavailable, OutcomeUnknown, StoreFailed, StoreFull, TooLarge
        """

    def watch(self, after: Revision) -> AsyncIterator[Commit]:
        """Every commit with a revision above `after`, in order, each once, for ever.

        Raises:
            HistoryCompacted: those commits are no longer kept.
        """

    async def head(self) -> Revision:
        """The newest committed revision."""

    def read_notes(
        self, *, subject: str | None = None, above: Revision = 0, upto: Revision, newest_first: bool = False
    ) -> AsyncIterator[Sequence[StoredNote]]:
        """The notes of the commits above one revision and up to another, in pages, in order.

        Args:
            subject: only those about this key, whether as what it was or as what it is from then on.
        """

    async def find_moment(self, time: int) -> Moment:
        """The newest commit with a note that is not later than `time`.

        Where no note is so old, it is the moment from which on notes are kept.
        """

    async def notes_begin(self) -> Moment:
        """The moment from which on there are notes; those of this revision and all before it are not kept."""

    async def forget_notes(self, before: int) -> bool:
        """Let go of some of the notes that are earlier than `before`, the oldest first; whether there are more.

        Raises:
            StoreUnavailable, StoreFailed, StoreFull
        """

    async def checkpoint(self) -> None:
        """Fold what was written since the last time into the snapshot, where the two are kept apart.

        Raises:
            StoreUnavailable, StoreFailed, StoreFull
        """

    async def close(self) -> None:
        """Stop, finish what is under way, and let go. Harmless when repeated."""
