"""What all sessions share, and what tells one from the others besides its user."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.activity import Activity, Encryption
from server.answers import Answers
from server.budget import Budget
from server.catalog import Catalog
from server.catalog.events import Event
from server.catalog.values import Kind
from server.committer import Committer
from server.meter import Meter
from server.notifications import Hub
from server.parameters import Beginnings
from server.query.binder.context import BoundViews
from server.query.relations.project import ViewKeeper
from server.retention import Retention
from server.secrets import Keyring
from server.selects import Plans
from server.times import Clock
from server.workers import Workers


@dataclass(frozen=True, slots=True)
class Engine:
    """What all sessions share.

    Attributes:
        committer: the catalog's door.
        keyring: the keys to its secrets.
        hub: the notifications.
        workers: the threads for what takes long.
        memory: what SELECTs may hold together.
        settings: what this server is set to, by run-time parameter; filled in before the first session.
        sessions: what each session is doing, by its process id.
        answers: those that are kept encoded.
        views: what SELECTs on the same catalog have in common, and the rows of the views over models.
        bound_views: the definitions of PostgreSQL's own views, bound.
        plans: of SELECTs.
        started: when it started.
        beginnings: the run-time parameters that sessions began with.
        retention: how long is kept what is no longer current.
        sealed_with: the keys that the catalog's secrets were sealed with when it was loaded; None: nobody knows.
    """

    committer: Committer
    keyring: Keyring
    clock: Clock
    hub: Hub = field(default_factory=Hub)
    workers: Workers = field(default_factory=Workers)
    memory: Budget = field(default_factory=Budget)
    settings: dict[str, str] = field(default_factory=dict)
    sessions: dict[int, Activity] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    views: ViewKeeper = field(default_factory=ViewKeeper)
    bound_views: BoundViews = field(default_factory=dict)
    plans: Plans = field(default_factory=Plans)
    beginnings: Beginnings = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    retention: Retention = field(default_factory=Retention)
    sealed_with: frozenset[bytes] | None = None

    @property
    def meter(self) -> Meter:
        """What has been done so far."""
        return self.committer.meter

    def note_commit(self, events: Sequence[Event], first_revision: int, before: Catalog) -> None:
        """Tell who listens, and end the sessions of users that are no more.

        SILENT: else such a session would be that of whoever gets the name later.
        """
        self.hub.publish_events(events, first_revision, before)
        gone = {
            change.key.path[0]
            for event in events
            for change in event.changes
            if change.key.kind is Kind.PRINCIPAL and change.value is None
        }
        if gone:
            for activity in list(self.sessions.values()):
                if activity.user in gone:
                    activity.terminate()


@dataclass(frozen=True, slots=True)
class Peer:
    """Whose session it is, besides its user.

    Attributes:
        process_id: the session's number, as BackendKeyData tells it.
        address: (IP address, port) of the client, (None, None) where it has none; `server` likewise.
        encryption: of the connection, None in clear.
    """

    process_id: int = 0
    address: tuple[str | None, int | None] = (None, None)
    server: tuple[str | None, int | None] = (None, None)
    encryption: Encryption | None = None


NO_PEER = Peer()
