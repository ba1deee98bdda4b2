"""What the SELECTs of one session may ask for: the database as it sees it, its parameters, itself and the others."""

from datetime import UTC

from protocol.encodings import UTF_8, find_encoding
from protocol.values import ValueSettings
from server.activity import Activity
from server.catalog.privileges import is_superuser
from server.control import CATALOG_SCHEMA, Control, Surroundings
from server.engine import Engine, Peer
from server.errors import Condition, OdpsError
from server.parameters import Parameters
from server.query.relations.database import CatalogDatabase
from server.query.relations.references import References
from server.query.runtime import Belongings, Limits, Runtime, SessionView
from server.recall import Recall
from server.selects import RunTimeParameters
from server.times import to_datetime
from server.timezones import find_named_zone, find_timezone


class Runtimes:
    """Makes them for one session.

    Args:
        belongings: what the session has besides the catalog.
        recall: the history of the catalog.
    """

    def __init__(self, engine: Engine, control: Control, peer: Peer, belongings: Belongings, recall: Recall) -> None:
        self._engine = engine
        self._control = control
        self._peer = peer
        self._belongings = belongings
        self._recall = recall
        self._known_view: tuple[Surroundings, SessionView] | None = None

    def make(self, limits: Limits) -> Runtime:
        """What a SELECT may ask for, as of now."""
        control, engine = self._control, self._engine
        session = self._view_session()
        now = to_datetime(engine.clock.now())
        activity = engine.sessions.get(self._peer.process_id)
        if activity is not None:
            limits.rest = activity.sleeping(limits.rest)
        history = self._recall.reader(upto=control.catalog.revision, limits=limits)

        project = engine.views.project(control.catalog, control.project, control.principal)
        database = CatalogDatabase(project, self._mask, history)
        return Runtime(
            session=session,
            statement_time=now,
            transaction_time=now if control.transaction is None else to_datetime(control.transaction_time),
            database=database,
            parameters=RunTimeParameters(control.parameters, control.transaction),
            settings=find_value_settings(control.parameters),
            limits=limits,
            references=References(database, session.search_path),
            activity=self._list_sessions,
            belongings=self._belongings,
            signal=self._signal,
        )

    def _view_session(self) -> SessionView:
        """The session as functions see it; made anew only when something of that has changed."""
        control, surroundings = self._control, self._control.surroundings
        known = self._known_view
        if known is None or known[0] is not surroundings:
            # As in PostgreSQL, pg_catalog comes first unless the path names it.
            path, names_catalog = surroundings.search_path, CATALOG_SCHEMA in surroundings.search_path
            view = SessionView(
                user=control.principal,
                database=control.project,
                schema=surroundings.schema,
                search_path=path if names_catalog else (CATALOG_SCHEMA, *path),
                names_catalog=names_catalog,
                process_id=self._peer.process_id,
                server_start=self._engine.started,
                client=self._peer.address,
                server=self._peer.server,
            )
            known = self._known_view = surroundings, view
        return known[1]

    def _list_sessions(self) -> list[dict[str, object]]:
        return [activity.row(privileged=self._may_see(activity)) for activity in list(self._engine.sessions.values())]

    def _may_see(self, activity: Activity) -> bool:
        """Whether it is a session of our own, or we are a superuser."""
        return self._control.principal == activity.user or is_superuser(self._control.catalog, self._control.principal)

    def _signal(self, process_id: int, terminate: bool) -> bool:
        """Cancel the statement of another session, or end it; False when there is none of that number.

        Raises:
            OdpsError: SIGNAL_DENIED: it is another user's, and we are no superuser.
        """
        activity = self._engine.sessions.get(process_id)
        if activity is None:
            return False
        if not self._may_see(activity):
            what = "process is being terminated" if terminate else "query is being canceled"
            raise OdpsError(Condition.SIGNAL_DENIED, what=what)
        (activity.terminate if terminate else activity.cancel)()
        return True

    def _mask(self, key: str, sealed: bytes) -> str:
        return self._engine.keyring.show(sealed, purpose=key)


def find_value_settings(parameters: Parameters) -> ValueSettings:
    """How values are read and written under these parameters; made anew only when one has changed."""
    return parameters.find(_make_value_settings)


def _make_value_settings(parameters: Parameters) -> ValueSettings:
    zone = find_timezone(parameters.get("TimeZone"))
    style, order = parameters.get("DateStyle").split(", ")
    encoding = find_encoding(parameters.get("client_encoding"))
    return ValueSettings(
        encoding=UTF_8 if encoding is None else encoding.codec,
        timezone=UTC if zone is None else zone[1],
        find_zone=find_named_zone,
        date_style=(style, order),
        interval_style=parameters.get("IntervalStyle"),
        bytea_output=parameters.get("bytea_output"),
        extra_float_digits=int(parameters.get("extra_float_digits")),
    )
