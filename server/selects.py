"""One session's SELECTs: prepared once for each text, run beside the loop where they could take long.

A SELECT sees the catalog as it is when it begins: the newest one, or its transaction's own. It is bounded by
`modeld.query_timeout` and `modeld.query_memory`, and ends soon after it is cancelled.

SILENT: in a transaction, what a SELECT has read does not count as read: SPEC's first committer wins is about the
statements on models, as in PostgreSQL's repeatable read.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from protocol.types import Oid
from server.budget import Budget, Share
from server.control import Control
from server.dialect import parse_query
from server.errors import Condition, OdpsError
from server.parameters import Parameters, Setting
from server.query.binder.context import BindingContext, BoundViews
from server.query.engine import PreparedQuery, prepare
from server.query.evaluator.memory import rows_size
from server.query.random_numbers import RandomNumbers
from server.query.relations.interface import Row
from server.query.runtime import Limits, Runtime
from server.results import Result, on_all
from server.statements import SelectStatement
from server.workers import Job, Workers

_MOST_KEPT: Final = 256
_KILOBYTE: Final = 1024
_Key = tuple[int, tuple[Oid, ...]]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values of a SELECT's parameters: their types as the client or the binder has them, and what Bind gave."""

    types: tuple[Oid, ...] = ()
    values: tuple[object, ...] = ()


NO_ARGUMENTS: Final = Arguments()


class RunTimeParameters:
    """The session's run-time parameters, as current_setting and set_config want them."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def show(self, name: str) -> str | None:
        """The value as SHOW prints it; None when there is no such parameter."""
        try:
            return self._parameters.get(name)
        except OdpsError:
            return None

    def set(self, name: str, value: str | None, *, local: bool) -> str:
        """Set it, or reset it for None, and give the new value."""
        if value is None:
            self._parameters.reset(name, local=local)
        else:
            self._parameters.set(name, value, local=local)
        return self._parameters.get(name)

    def settings(self) -> Iterable[Setting]:
        """All that SHOW ALL shows, as pg_settings has them."""
        return self._parameters.settings()


@dataclass(slots=True)
class Belongings:
    """What a session has besides the catalog, as far as a SELECT can see it or work on it; filled in by the session.

    Attributes:
        prepared_statements, cursors: rows of pg_prepared_statements and pg_cursors.
        channels: those it listens to.
        notify: (channel, payload), sent when the transaction commits.
    """

    prepared_statements: Callable[[], Sequence[Row]] = lambda: ()
    cursors: Callable[[], Sequence[Row]] = lambda: ()
    channels: Callable[[], Sequence[str]] = lambda: ()
    notify: Callable[[str, str], None] = lambda channel, payload: None
    random_numbers: RandomNumbers = field(default_factory=RandomNumbers)


class Selects:
    """Prepares and runs them for one session.

    Args:
        make_runtime: gives the session, the database it sees and all else that a query may ask for; asked for each
            statement.
        workers: the threads beside the loop, which all sessions share.
        memory: what all of them may hold together.
        bound_views: what the definitions of views have been bound to, shared too.
    """

    def __init__(
        self,
        control: Control,
        make_runtime: Callable[[Limits], Runtime],
        workers: Workers,
        memory: Budget,
        bound_views: BoundViews,
    ) -> None:
        self._control = control
        self._bound_views = bound_views
        self._make_runtime = make_runtime
        self._workers = workers
        self._memory = memory
        self._known_bounds = (0.0, 0)
        self._bounds_state: object = None
        # By the identity of the statement, which the dialect keeps for a text that comes again, and the types that its
        # parameters were given; the statement is kept with its plan, so that no other can have its identity.
        self._kept: OrderedDict[_Key, tuple[SelectStatement, object, PreparedQuery]] = OrderedDict()

    def prepare(self, statement: SelectStatement, types: Sequence[Oid] = ()) -> PreparedQuery:
        """Bind and compile it, or find what was made of it before.

        Args:
            types: of the parameters; 0, or nothing, where they are to be inferred.

        Raises:
            OdpsError: it cannot be run, with the place in its text.
        """
        return self._find(statement, types) or self._prepare(statement, types, self._make_runtime(Limits()))

    async def prepare_aside(
        self, statement: SelectStatement, types: Sequence[Oid] = (), job: Job | None = None
    ) -> PreparedQuery:
        """As `prepare`, off the loop where it is not at hand: a statement of a tool's can take milliseconds.

        Args:
            job: what it is a part of; its own where there is none.

        Raises:
            OdpsError: as `prepare` does; QUERY_TIMEOUT, CANCELED.
        """
        found = self._find(statement, types)
        if found is not None:
            return found
        seconds, memory = self._bounds()
        job = job or Job(seconds)
        limits = Limits(job.check, most_bytes=memory, take=Share(self._memory).take)
        runtime = self._make_runtime(limits)
        return await self._workers.do(lambda: self._prepare(statement, types, runtime), job)

    async def run(self, statement: SelectStatement, arguments: Arguments) -> Result:
        """Run it to its end.

        Raises:
            OdpsError, InvalidValue: as the binder and the functions raise them; QUERY_TIMEOUT, CANCELED.
        """
        seconds, memory = self._bounds()
        job = Job(seconds)
        share = Share(self._memory)
        runtime = self._make_runtime(Limits(job.check, job.rest, most_bytes=memory, take=share.take))
        runtime.values = arguments.values
        try:
            prepared = await self.prepare_aside(statement, arguments.types, job)
            if prepared.is_short(runtime):
                rows = prepared.run(runtime)
            else:
                rows = await self._workers.do(lambda: prepared.run(runtime), job)
        except MemoryError:
            raise OdpsError(Condition.OUT_OF_MEMORY) from None
        share.keep(rows_size(rows, len(prepared.columns)))
        # What it found holds until the catalog changes, unless it asked for the time or something else that passes.
        basis = None if prepared.is_volatile or runtime.is_passing else on_all
        tag = "EXPLAIN" if prepared.explains else "SELECT"
        return Result(tag, prepared.columns, rows, tuple(runtime.notices), basis=basis, share=share)

    @property
    def most_seconds(self) -> float:
        """How long one may take, and so may reading its text or its values; 0 for ever."""
        return self._bounds()[0]

    def _bounds(self) -> tuple[float, int]:
        """(seconds, bytes) that one SELECT may take; read anew only when a parameter has changed."""
        parameters = self._control.parameters
        if self._bounds_state is not parameters.state:
            seconds = parameters.get_milliseconds("modeld.query_timeout") / 1000
            self._known_bounds = (seconds, parameters.get_kilobytes("modeld.query_memory") * _KILOBYTE)
            self._bounds_state = parameters.state
        return self._known_bounds

    def _find(self, statement: SelectStatement, types: Sequence[Oid]) -> PreparedQuery | None:
        key = (id(statement), tuple(types))
        kept = self._kept.get(key)
        if kept is None or kept[1] != self._surroundings:
            return None
        self._kept.move_to_end(key)
        return kept[2]

    def _prepare(self, statement: SelectStatement, types: Sequence[Oid], runtime: Runtime) -> PreparedQuery:
        context = BindingContext(
            database=runtime.database,
            session=runtime.session,
            settings=runtime.settings,
            find_reference=runtime.find_reference,
            parameter_types=list(types),
            parse_view=parse_query,
            views=self._bound_views,
        )
        prepared = prepare(statement, context)
        # Parse may leave types open, and Bind then has those that were inferred.
        for each in dict.fromkeys((tuple(types), prepared.parameter_types)):
            self._kept[id(statement), each] = (statement, self._surroundings, prepared)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return prepared

    @property
    def _surroundings(self) -> object:
        """What the meaning of a statement depends on besides its text and its types, as something to compare."""
        control = self._control
        return (control.project, control.search_path, control.schemas, control.parameters.state)
