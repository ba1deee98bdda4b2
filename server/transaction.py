"""Transactions over the immutable catalog.

A transaction reads and writes a catalog of its own, which begins as the newest one. Nothing is locked:
at COMMIT it succeeds when no object it read or wrote has changed since (first committer wins), and its
events become one commit of the store, all or nothing. Rolling back, to the start or to a savepoint, is
going back to an earlier reference.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from server.catalog.events import Decision, Event
from server.catalog.privileges import OPERATOR, find_visible
from server.catalog.tree import Catalog
from server.catalog.values import Key, Kind, ModelName, Timestamp
from server.errors import Condition, OdpsError
from server.parameters import State

Decide = Callable[[Catalog], Decision]


@dataclass(frozen=True, slots=True)
class Settings:
    """What of a session is undone with its transaction.

    Attributes:
        parameters: the run-time parameters, the search path too.
        project: the current one.
        go_back: undoes what was made since of cursors and notifications.
    """

    parameters: State
    project: str
    go_back: Callable[[], None] = field(default=lambda: None, compare=False)


@dataclass(frozen=True, slots=True)
class _State:
    """Where a transaction stands: what it sees, and how many decisions and events led there."""

    catalog: Catalog
    decided: int = 0
    changed: int = 0


class Transaction:
    """One transaction of one session.

    Args:
        base: the newest durable catalog.
        settings: the session's settings when it began; rolling back goes back to them.
        implicit: begun by the server around the statements of one message or pipeline, not by BEGIN. No
            client can have acted on what it saw inside, so that its statements may be decided afresh at
            the end instead of being refused.
        of_text: the implicit one of a text; else it is that of a pipeline.
        principal: whose it is.

    Attributes:
        used: something was read or changed in it.
    """

    def __init__(
        self,
        base: Catalog,
        settings: Settings,
        *,
        implicit: bool,
        of_text: bool = False,
        principal: str = OPERATOR,
    ) -> None:
        self.implicit = implicit
        self.of_text = of_text
        self.settings = settings
        self.failed = False
        self.used = False
        self._principal = principal
        self._base = base
        self._state = _State(base)
        self._decides: list[Decide] = []
        self._events: list[Event] = []
        self._reads: set[Key] = set()
        self._savepoints: list[tuple[str, _State, Settings]] = []

    @property
    def catalog(self) -> Catalog:
        """The base with the transaction's own changes."""
        return self._state.catalog

    @property
    def has_changes(self) -> bool:
        return bool(self._events)

    @property
    def safe_settings(self) -> Settings:
        """Those of the newest savepoint, or of the beginning."""
        return self._savepoints[-1][2] if self._savepoints else self.settings

    @property
    def has_savepoints(self) -> bool:
        return bool(self._savepoints)

    def note_read(self, key: Key) -> None:
        """The client has seen the record under `key`, or that there is none."""
        self.used = True
        self._reads.add(key)

    def change(self, decide: Decide) -> Decision:
        """Decide on the transaction's own catalog and keep the event."""
        self.used = True
        catalog = self._state.catalog
        decision = decide(catalog)
        event = decision.event
        self._decides.append(decide)
        if event is not None:
            self._events.append(event)
            catalog = catalog.apply(event.changes, catalog.revision)
        self._state = _State(catalog, len(self._decides), len(self._events))
        self._reads.update(decision.reads)
        return decision

    def savepoint(self, name: str, settings: Settings) -> None:
        """Remember this place; an older savepoint of the same name is hidden, not removed."""
        self._savepoints.append((name, self._state, settings))

    def rollback_to(self, name: str) -> Settings:
        """Go back to the savepoint, which stays.

        Returns:
            The session's settings at the savepoint, for the session to go back to.

        Raises:
            OdpsError: SAVEPOINT_NOT_FOUND.
        """
        index = self._find_savepoint(name)
        _, state, settings = self._savepoints[index]
        self._state = state
        del self._decides[state.decided :], self._events[state.changed :]
        del self._savepoints[index + 1 :]
        self.failed = False
        return settings

    def release(self, name: str) -> None:
        """Forget the savepoint and all later ones, keeping their changes.

        Raises:
            OdpsError: SAVEPOINT_NOT_FOUND.
        """
        del self._savepoints[self._find_savepoint(name) :]

    def decide_commit(self, newest: Catalog, now: Timestamp) -> Decision:
        """All the changes as one event, decided on the newest catalog.

        Args:
            now: the time of the commit; each of its parts keeps the time of its statement.

        Raises:
            OdpsError: CONFLICT, or in an implicit transaction what a statement raises on `newest`.
        """
        events = self._events
        changed = self._find_changed(newest)
        if changed is not None:
            if not self.implicit:
                raise OdpsError(
                    Condition.CONFLICT, object=changed, hint="Run the transaction again from its beginning."
                )
            events = self._decide_again(newest)
        if not events:
            return Decision()
        last = events[-1]
        return Decision(
            Event(
                action=" + ".join(dict.fromkeys(event.action for event in events)),
                target=", ".join(dict.fromkeys(event.target for event in events)),
                principal=last.principal,
                time=now,
                changes=tuple(change for event in events for change in event.changes),
                guards=(*dict.fromkeys(key for event in events for key in event.guards), *self._reads),
                exclusive=any(event.exclusive for event in events),
                parts=tuple(events),
            )
        )

    def _find_changed(self, newest: Catalog) -> str | None:
        """The name of an object that this rests on and that has changed since the base."""
        if newest is self._base:
            return None
        if any(event.exclusive for event in self._events) and newest.revision != self._base.revision:
            return "the catalog"
        guards = dict.fromkeys(key for event in self._events for key in event.guards)
        for key in (*guards, *self._reads):
            if newest.revision_of(key) != self._base.revision_of(key) and (key in guards or self._sees(key, newest)):
                return f"{key.kind} {'.'.join(key.path)}"
        return None

    def _sees(self, key: Key, newest: Catalog) -> bool:
        """Whether the principal may learn from a conflict that a record has changed: not of a model it never saw."""
        if key.kind is not Kind.MODEL:
            return True
        name = ModelName(*key.path)
        return any(find_visible(catalog, name, self._principal) is not None for catalog in (self._base, newest))

    def _decide_again(self, newest: Catalog) -> list[Event]:
        catalog = newest
        events: list[Event] = []
        for decide in self._decides:
            event = decide(catalog).event
            if event is not None:
                catalog = catalog.apply(event.changes, catalog.revision)
                events.append(event)
        return events

    def _find_savepoint(self, name: str) -> int:
        for index in range(len(self._savepoints) - 1, -1, -1):
            if self._savepoints[index][0] == name:
                return index
        raise OdpsError(Condition.SAVEPOINT_NOT_FOUND, name=name)
