"""The one door through which the catalog changes: decide, commit to the store, apply, publish, answer.

Statements are decided here one after the other on the newest catalog. Those that arrive while the store
is busy wait together and go to it as one group, with one sync for all of them. Readers see `catalog`,
which changes only after the store has said that a group is durable.

An answer is given only when everything it rests on is durable: a statement that was refused, or found
nothing to do, because of a change made by an earlier one of its group, waits for that group too.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from server.catalog.events import Decision, Event
from server.catalog.tree import Catalog
from server.errors import Condition, OdpsError
from server.history import make_notes
from server.meter import Meter
from server.records import CatalogReader, encode_changes, encode_key
from server.store.interface import (
    COMMIT_ID_BYTES,
    LIMITS,
    Change,
    Conflict,
    Note,
    OutcomeUnknown,
    Revision,
    Store,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnavailable,
    TooLarge,
)

_log = structlog.get_logger("modeld")

Decide = Callable[[Catalog], Decision]
Outcome = Decision | Exception | asyncio.CancelledError

# A group is decided on the loop, some 20 us a statement: this many cost it a few milliseconds at most.
_GROUP = 128
_NO_COMMIT_ID = bytes(COMMIT_ID_BYTES)


class Request:
    """A statement on its way. `done` is told once what became of it, and must not raise."""

    __slots__ = ("_cancelled", "_done", "_taken", "decide")

    def __init__(self, decide: Decide, done: Callable[[Outcome], None]) -> None:
        self.decide = decide
        self._done = done
        self._taken = False
        self._cancelled = False

    def cancel(self) -> bool:
        """Leave it undone, and tell CancelledError; False when it is too late, and the answer is what becomes of it."""
        if not (self._taken or self._cancelled):
            self._cancelled = True
            self._done(asyncio.CancelledError())
        return self._cancelled

    def take(self) -> bool:
        """Begin with it; False when it was cancelled."""
        self._taken = not self._cancelled
        return self._taken

    def put_back(self) -> None:
        """It has to wait for the next group, and may be cancelled until then."""
        self._taken = False

    def tell(self, outcome: Decision | Exception) -> None:
        self._done(outcome)


class _Awaited(Request):
    """A statement for whose outcome a task waits."""

    __slots__ = ("answer", "outcome")

    def __init__(self, decide: Decide) -> None:
        super().__init__(decide, self._settle)
        self.outcome: Outcome | None = None
        self.answer = asyncio.get_running_loop().create_future()

    def take(self) -> bool:
        # The future of a task that is cancelled is cancelled at once, before the task hears of it.
        return not self.answer.cancelled() and super().take()

    def _settle(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if not self.answer.done():
            self.answer.set_result(None)

    async def wait(self) -> Decision:
        while self.outcome is None:
            try:
                await self.answer
            except asyncio.CancelledError:
                if self.cancel():
                    raise
                self.answer = asyncio.get_running_loop().create_future()
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


class _Guards(Mapping[str, int]):
    """What a group rests on: the keys that its events have read, as the catalog before it has them.

    They are looked up when the store asks, on whichever thread that does: where nothing was committed since the catalog
    that the group was decided on, no store has to. Looking them up is a twentieth of what a change costs the loop.
    """

    __slots__ = ("_base", "_events", "_found")

    def __init__(self, base: Catalog, events: Sequence[Event]) -> None:
        self._base = base
        self._events = events
        self._found: dict[str, int] | None = None

    def _find(self) -> dict[str, int]:
        if self._found is None:
            found: dict[str, int] = {}
            changed: set[str] = set()
            for event in self._events:
                for guard in event.guards:
                    key = encode_key(guard)
                    if key not in changed and key not in found:
                        found[key] = self._base.revision_of(guard)
                changed.update([encode_key(change.key) for change in event.changes])
            self._found = found
        return self._found

    def __getitem__(self, key: str) -> int:
        return self._find()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._find())

    def __len__(self) -> int:
        return len(self._find())


@dataclass(slots=True)
class _Group:
    """Statements decided together, and the catalog they lead to."""

    base: Catalog
    working: Catalog
    commits: list[list[Change]] = field(default_factory=list)
    notes: list[list[Note]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    size: int = 0
    count: int = 0
    exclusive: bool = False
    # Outcomes in order, those that rest on a change of this group apart from those that do not.
    settled: list[tuple[Request, Decision | OdpsError]] = field(default_factory=list)
    waiting: list[tuple[Request, Decision | OdpsError]] = field(default_factory=list)


class Committer:
    """Holds the newest durable catalog and makes the next ones. Belongs to one event loop."""

    def __init__(self, store: Store) -> None:
        self.catalog = Catalog()
        self.meter = Meter()
        # Told of the events of each group, the revision of the first and the catalog before it, ere they are answered.
        self.on_commit: Callable[[Sequence[Event], int, Catalog], None] = lambda events, first_revision, before: None
        # Brings an event's secrets under the key that seals now. Raises OdpsError for one that no key opens.
        self.renew: Callable[[Event], Event] = lambda event: event
        # The catalog holds everything up to this revision; behind it, other writers' changes may be missing.
        self._whole: Revision = 0
        self._store = store
        self._queue: deque[Request] = deque()
        self._worker: asyncio.Task[None] | None = None

    @property
    def store(self) -> Store:
        """For reading what the catalog does not hold."""
        return self._store

    async def load(self) -> set[bytes]:
        """Read the whole catalog from the store, which must be open.

        Returns:
            The ids of the keys that its secrets were sealed with, as `SealingKeys` finds them.

        Raises:
            StoreError: it cannot be read; StoreDamaged when a record is not one of ours.
        """
        revision, pages = await self._store.load()
        reader = CatalogReader()
        async for page in pages:
            reader.add(page)
        self.catalog = reader.build(revision)
        self._whole = revision
        return reader.key_ids

    async def submit(self, decide: Decide) -> Decision:
        """Decide on the newest catalog, and return when the result is durable.

        `decide` is called once, on the loop, and must be pure. A caller who is cancelled in time leaves no
        trace; once the statement is on its way to the store it is too late, and the answer is what became of it.

        Raises:
            OdpsError: what `decide` raised, or the condition that tells what the store said.
        """
        request = _Awaited(decide)
        self._queue_up(request)
        return await request.wait()

    def begin(self, decide: Decide, done: Callable[[Outcome], None]) -> Request:
        """As `submit`, for who does not wait: `done` is called later, on the loop, with what became of it.

        A task and a future for each statement would be a tenth of what it costs.
        """
        request = Request(decide, done)
        self._queue_up(request)
        return request

    def _queue_up(self, request: Request) -> None:
        self._queue.append(request)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="committer")

    async def close(self) -> None:
        """Wait until everything submitted has been answered."""
        while self._worker is not None:
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        try:
            while self._queue:
                group = self._decide_group()
                _answer(group.settled)
                if group.events:
                    await self._commit(group)
        finally:
            self._worker = None

    def _decide_group(self) -> _Group:
        group = _Group(self.catalog, self.catalog)
        while self._queue and len(group.settled) + len(group.waiting) < _GROUP and group.size < LIMITS.total // 2:
            request = self._queue.popleft()
            if not request.take():
                continue
            outcome: Decision | OdpsError
            try:
                outcome = request.decide(group.working)
                if outcome.event is not None and not self._add(group, outcome.event):
                    request.put_back()
                    self._queue.appendleft(request)
                    break
            except OdpsError as error:
                outcome = error
            except Exception as error:  # noqa: BLE001  a fault in one statement must not stop the others
                request.tell(error)
                continue
            (group.waiting if group.events else group.settled).append((request, outcome))
        return group

    def _add(self, group: _Group, event: Event) -> bool:
        """Take the event into the group; False when the group is too full and it has to wait for the next."""
        event = self.renew(event)
        changes = encode_changes(event.changes)
        notes = make_notes(event, group.working)
        try:
            # Alone, so that what no store would take does not fail the others of the group.
            size = LIMITS.check([changes], _NO_COMMIT_ID, [notes])
        except TooLarge as error:
            raise store_error(error) from error
        if group.size + size > LIMITS.total or group.count + len(changes) > LIMITS.changes:
            return False
        group.commits.append(changes)
        group.notes.append(notes)
        group.events.append(event)
        group.size += size
        group.count += len(changes)
        group.exclusive = group.exclusive or event.exclusive
        group.working = group.working.apply(event.changes, group.working.revision + 1)
        return True

    async def _commit(self, group: _Group) -> None:
        try:
            last = await self._store.commit(
                group.commits,
                guards=_Guards(group.base, group.events),
                commit_id=os.urandom(COMMIT_ID_BYTES),
                notes=group.notes,
                seen=self._whole,
                expected_revision=self._whole if group.exclusive else None,
            )
        except asyncio.CancelledError:
            # The loop ends: nobody may be left waiting for an answer that does not come.
            _fail(group.waiting, OutcomeUnknown("the server stopped during the commit"))
            raise
        except Exception as error:  # noqa: BLE001  whoever waits must hear of it, and the next group go on
            self.meter.fail_commit(type(error).__name__)
            _log.error("commit failed", error=type(error).__name__, reason=str(error), statements=len(group.waiting))
            _fail(group.waiting, error)
            return
        before = self.catalog
        self._publish(group, last)
        self.meter.groups.add(len(group.events))
        self.on_commit(group.events, last - len(group.events) + 1, before)
        _answer(group.waiting)

    async def checkpoint(self) -> None:
        """Let the store fold what was written into its snapshot.

        Raises:
            OdpsError: what the store said.
        """
        try:
            await self._store.checkpoint()
        except StoreError as error:
            raise store_error(error) from error

    def _publish(self, group: _Group, last: int) -> None:
        if last == group.working.revision:
            if self._whole == group.base.revision:
                self._whole = last
            self.catalog = group.working
            return
        # Another writer of the same store came between: the same events, at the revisions they really got.
        catalog = self.catalog
        for revision, event in enumerate(group.events, start=last - len(group.events) + 1):
            catalog = catalog.apply(event.changes, revision)
        self.catalog = catalog


def _answer(outcomes: Sequence[tuple[Request, Decision | OdpsError]]) -> None:
    for request, outcome in outcomes:
        request.tell(outcome)


def _fail(outcomes: Sequence[tuple[Request, Decision | OdpsError]], error: Exception) -> None:
    for request, _ in outcomes:
        if isinstance(error, StoreError):
            failure = store_error(error)
            failure.__cause__ = error
            request.tell(failure)
        else:
            request.tell(error)


def store_error(error: StoreError) -> OdpsError:
    """The condition for what the store reported."""
    match error:
        case Conflict():
            return OdpsError(Condition.CONFLICT, object=", ".join(error.keys) or "the catalog")
        case OutcomeUnknown():
            return OdpsError(
                Condition.STORE_OUTCOME_UNKNOWN, hint="Look at the model before you run the statement again."
            )
        case StoreFull():
            return OdpsError(Condition.STORE_FULL, hint="Free some space, then restart the server.")
        case StoreDamaged():
            hint = "Stop the server, run modeld check, and restore a backup."
            return OdpsError(Condition.STORE_DAMAGED, reason=str(error), hint=hint)
        case TooLarge():
            return OdpsError(Condition.STORE_TOO_LARGE, reason=str(error))
        case StoreUnavailable():
            return OdpsError(Condition.STORE_UNAVAILABLE, reason=str(error), hint="Restart the server.")
        case _:
            return OdpsError(Condition.STORE_FAILED, reason=str(error), hint="Restart the server.")
