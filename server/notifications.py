"""LISTEN and NOTIFY: channels, and who hears of what.

A session's LISTEN, UNLISTEN and NOTIFY take effect when its transaction commits, and a session is told
between its own transactions only, as in PostgreSQL. The server itself notifies on the channel
`model_changes`: one JSON text for every committed change of the catalog, in the order of the commits.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from server.catalog.events import Event
from server.catalog.tree import Catalog
from server.times import to_datetime

MODEL_CHANGES = "model_changes"

# PostgreSQL's limits, in bytes: NAMEDATALEN, and a page less what the queue needs.
MOST_CHANNEL = 63
MOST_PAYLOAD = 7999
# Of ours: characters that may wait for a session that does not take them. PostgreSQL's queue is 8 GB for all, on disk,
# and when it is full nobody can notify.
MOST_WAITING = 8 * 1024 * 1024
# What a notification costs besides its text.
_OVERHEAD = 200


@dataclass(frozen=True, slots=True)
class Notification:
    """`process_id` is that of the notifying session, 0 for the server's own."""

    process_id: int
    channel: str
    payload: str


class Hub:
    """Who listens to what, over all sessions."""

    def __init__(self) -> None:
        self._listeners: dict[str, dict[Inbox, None]] = {}

    def listen(self, channel: str, inbox: "Inbox") -> None:
        self._listeners.setdefault(channel, {})[inbox] = None

    def unlisten(self, channel: str, inbox: "Inbox") -> None:
        listeners = self._listeners.get(channel, {})
        listeners.pop(inbox, None)
        if not listeners:
            self._listeners.pop(channel, None)

    def publish(self, notifications: Iterable[Notification]) -> None:
        """Hand each to whoever listens now, in order."""
        for notification in notifications:
            for inbox in list(self._listeners.get(notification.channel, ())):
                inbox.receive(notification)

    def publish_events(self, events: Iterable[Event], first_revision: int, before: Catalog) -> None:
        """Tell the listeners of `model_changes` what was committed, each as much as it may know.

        Args:
            before: the catalog that the first event was decided on.
        """
        if MODEL_CHANGES not in self._listeners:
            return
        for revision, event in enumerate(events, start=first_revision):
            for part in event.parts or (event,):
                after = before.apply(part.changes, before.revision)
                # What changes nothing, such as the showing of a secret, is for the history only.
                if part.changes:
                    self._tell(part, revision, before, after)
                before = after

    def _tell(self, event: Event, revision: int, before: Catalog, after: Catalog) -> None:
        notification = Notification(0, MODEL_CHANGES, describe_event(event, revision))
        for inbox in list(self._listeners.get(MODEL_CHANGES, ())):
            if inbox.hears(event, before, after):
                inbox.receive(notification)


@dataclass(eq=False)
class Inbox:
    """One session's side: its channels, what its transaction has asked for, and what has arrived for it.

    Args:
        on_arrival: called when something has arrived, to be delivered when the session is idle.
        on_overflow: called when more than MOST_WAITING waits; all of it is dropped.
        hears: (event, catalog before, catalog after), whether the session may know of it.
    """

    hub: Hub
    process_id: int
    on_arrival: Callable[[], None] = lambda: None
    on_overflow: Callable[[], None] = lambda: None
    hears: Callable[[Event, Catalog, Catalog], bool] = lambda event, before, after: True
    channels: set[str] = field(default_factory=set)
    arrived: list[Notification] = field(default_factory=list)
    _pending: list[Callable[[], None]] = field(default_factory=list)
    _sending: dict[Notification, None] = field(default_factory=dict)
    _waiting: int = 0

    def receive(self, notification: Notification) -> None:
        self.arrived.append(notification)
        self._waiting += len(notification.payload) + _OVERHEAD
        self.on_arrival()
        if self._waiting > MOST_WAITING:
            self.take_arrived()
            self.close()
            self.on_overflow()

    def take_arrived(self) -> list[Notification]:
        arrived, self.arrived = self.arrived, []
        self._waiting = 0
        return arrived

    def listen(self, channel: str) -> None:
        self._pending.append(lambda: self._listen(channel))

    def unlisten(self, channel: str | None) -> None:
        self._pending.append(lambda: self._unlisten(channel))

    def notify(self, channel: str, payload: str) -> None:
        """To be sent at commit; the same twice in a transaction is sent once."""
        self._sending[Notification(self.process_id, channel, payload)] = None

    def commit(self) -> None:
        """The transaction has committed: do what it asked for."""
        pending, self._pending = self._pending, []
        sending, self._sending = self._sending, {}
        for step in pending:
            step()
        self.hub.publish(sending)

    def rollback(self) -> None:
        self._pending.clear()
        self._sending.clear()

    @property
    def asked(self) -> tuple[int, int]:
        """How much the transaction has asked for so far."""
        return len(self._pending), len(self._sending)

    def forget_since(self, asked: tuple[int, int]) -> None:
        """Forget what the transaction has asked for since `asked` was so much."""
        del self._pending[asked[0] :]
        for notification in list(self._sending)[asked[1] :]:
            del self._sending[notification]

    def close(self) -> None:
        """The session ends."""
        self._unlisten(None)

    def _listen(self, channel: str) -> None:
        self.channels.add(channel)
        self.hub.listen(channel, self)

    def _unlisten(self, channel: str | None) -> None:
        for each in list(self.channels) if channel is None else [channel]:
            self.channels.discard(each)
            self.hub.unlisten(each, self)


def describe_event(event: Event, revision: int) -> str:
    """The JSON text of one change: what, on which object, by whom, when, under which revision.

    It holds names only, never an option's value, so that no secret can be in it.
    """
    return json.dumps(
        {
            "revision": revision,
            "time": to_datetime(event.time).isoformat(timespec="microseconds"),
            "principal": event.principal,
            "action": event.action,
            "object": event.target,
            "version": event.version,
            "old_default": event.old_default,
            "new_default": event.new_default,
            **({} if event.new_target is None else {"new_object": event.new_target}),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
