"""One session's SELECTs: prepared once for each text, run beside the loop where they could take long.

A SELECT sees the catalog as it is when it begins: the newest one, or its transaction's own. It is bounded by
`modeld.query_timeout` and `modeld.query_memory`, and ends soon after it is cancelled.

SILENT: in a transaction, what a SELECT has read does not count as read: SPEC's first committer wins is about the
statements on models, as in PostgreSQL's repeatable read.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from protocol.codecs import CODECS
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import INT4, INT8, NO_TYPE, TEXT, Oid
from protocol.values import ValueSettings
from server.budget import Budget, Share
from server.control import Control, Surroundings
from server.dialect import parse_query
from server.errors import Condition, OdpsError
from server.numbering import Numbers
from server.parameters import Parameters, Setting
from server.query.binder.constants import is_reference
from server.query.binder.context import BindingContext, BoundViews
from server.query.engine import PreparedQuery, prepare
from server.query.evaluator.memory import rows_size
from server.query.relations.interface import Row
from server.query.runtime import Limits, Runtime
from server.results import Basis, Columns, Result, on_all
from server.statements import SelectStatement
from server.statements.select import Explain, Select
from server.transaction import Transaction
from server.transaction_modes import hold_modes
from server.workers import Job, Workers

_MOST_KEPT: Final = 1024
# Of the texts of all plans that are kept, each under up to two keys: the longest text that there may be has its place.
# A list of 150,000 numbers takes 100 MB as a plan.
_MOST_CHARACTERS: Final = 4 * 1024 * 1024
_MOST_READ_AGAIN: Final = 256
_KILOBYTE: Final = 1024
_LARGEST_INT4: Final = 2**31 - 1
# What has nothing to do with the statement's constants.
_ENDED: Final = frozenset(
    {Condition.QUERY_TIMEOUT, Condition.STATEMENT_TIMEOUT, Condition.CANCELED, Condition.SHUTTING_DOWN}
)
_Key = tuple[int, tuple[Oid, ...], int]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values of a SELECT's parameters: their types as the client or the binder has them, and what Bind gave."""

    types: tuple[Oid, ...] = ()
    values: tuple[object, ...] = ()


NO_ARGUMENTS: Final = Arguments()


@dataclass(frozen=True, slots=True)
class _Form:
    """A SELECT as a plan is made of it.

    Attributes:
        types: of its parameters, as given.
        constants: their values, where they stand for constants of its text.
    """

    statement: SelectStatement
    types: tuple[Oid, ...]
    constants: tuple[str | int, ...] = ()

    @classmethod
    def of(cls, statement: SelectStatement, types: Sequence[Oid]) -> Self:
        """The statement with its constants taken out, if some are and the client names no parameters besides."""
        if isinstance(statement, Explain) or not statement.constants:
            return cls(statement, tuple(types))
        if types:
            return cls(_read_again(statement.text), tuple(types))
        return cls(statement, tuple([_type_of(each) for each in statement.constants]), statement.constants)

    @property
    def key(self) -> tuple[int, tuple[Oid, ...]]:
        return id(self.statement.query), self.types

    def as_written(self) -> "_Form":
        """With its constants in their places."""
        assert isinstance(self.statement, Select), "EXPLAIN has its constants"  # noqa: S101  a fault of ours
        return _Form(_read_again(self.statement.text), ())


def _type_of(constant: str | int) -> Oid:
    """The type of a constant before the binder looks at it."""
    if isinstance(constant, str):
        return NO_TYPE
    return INT4 if constant <= _LARGEST_INT4 else INT8


@lru_cache(maxsize=_MOST_READ_AGAIN)
def _read_again(text: str) -> Select:
    return Select(parse_query(text))


class RunTimeParameters:
    """The session's run-time parameters, as current_setting and set_config want them."""

    def __init__(self, parameters: Parameters, transaction: Transaction | None) -> None:
        self._parameters = parameters
        self._transaction = transaction

    def show(self, name: str) -> str | None:
        """The value as SHOW prints it; None when there is no such parameter."""
        try:
            return self._parameters.get(name)
        except OdpsError as error:
            if error.condition is Condition.SETTING_UNKNOWN:
                return None
            raise

    def set(self, name: str, value: str | None, *, local: bool) -> str:
        """Set it, or reset it for None, and give the new value."""
        hold_modes(self._parameters, self._transaction, name)
        if value is None:
            self._parameters.reset(name, local=local)
        else:
            self._parameters.set(name, value, local=local)
        return self._parameters.get(name)

    def settings(self) -> Iterable[Setting]:
        """All that SHOW ALL shows, as pg_settings has them."""
        return self._parameters.settings()


class Plans:
    """What was made of SELECTs, for all sessions: a new one finds what others have asked. On the loop only.

    A plan holds nothing of a run. It is found by the identity of its query, which the dialect keeps for a text that
    comes again, by the types that the parameters were given, and by a number for whatever else names and constants
    depend on. Those that were not asked for longest give way.
    """

    def __init__(self) -> None:
        # Kept with the query, so that no other can have its identity. None for one that does not do without constants.
        self._kept: OrderedDict[_Key, tuple[SelectStatement, PreparedQuery | None]] = OrderedDict()
        self._characters = 0
        self._numbers = Numbers()

    def number(self, place: Hashable) -> int:
        """A number for what the meaning of a statement depends on besides text and types."""
        return self._numbers.find(place)

    def find(self, key: "_Key") -> PreparedQuery | None:
        """What was made of it before.

        Raises:
            InvalidValue: it was tried, and nothing could be made of it.
        """
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        if kept[1] is None:
            raise InvalidValue("tried before", sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
        return kept[1]

    def keep(self, key: "_Key", statement: SelectStatement, prepared: PreparedQuery | None) -> None:
        before = self._kept.pop(key, None)
        self._kept[key] = (statement, prepared)
        self._characters += statement.length - (before[0].length if before is not None else 0)
        while len(self._kept) > _MOST_KEPT or self._characters > _MOST_CHARACTERS:
            _, (gone, _) = self._kept.popitem(last=False)
            self._characters -= gone.length


class Selects:
    """Prepares and runs them for one session.

    Args:
        plans: those of all sessions.
        settings: how the session reads values.
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
        settings: Callable[[], ValueSettings],
        workers: Workers,
        memory: Budget,
        bound_views: BoundViews,
        plans: Plans,
    ) -> None:
        self._control = control
        self._plans = plans
        self._number = 0
        self._number_for: Surroundings | None = None
        self._bound_views = bound_views
        self._make_runtime = make_runtime
        self._settings = settings
        self._workers = workers
        self._memory = memory

    def prepare(self, statement: SelectStatement, types: Sequence[Oid] = ()) -> PreparedQuery:
        """Bind and compile it, or find what was made of it before.

        Args:
            types: of the parameters; 0, or nothing, where they are to be inferred.

        Raises:
            OdpsError: it cannot be run, with the place in its text.
        """
        form = _Form.of(statement, types)
        if form.constants:
            try:
                prepared = self._find(form) or self._prepare_here(form)
                self._read_constants(form, prepared)
                return prepared
            except (OdpsError, InvalidValue):
                form = form.as_written()
        return self._find(form) or self._prepare_here(form)

    async def prepare_aside(self, statement: SelectStatement, types: Sequence[Oid] = ()) -> PreparedQuery:
        """As `prepare`, off the loop where it is not at hand: a statement of a tool's can take milliseconds.

        Raises:
            OdpsError: as `prepare` does; QUERY_TIMEOUT, CANCELED.
        """
        return (await self._make_ready(_Form.of(statement, types), lambda: self._begin(Share(self._memory))))[0]

    async def run(self, statement: SelectStatement, arguments: Arguments) -> Result:
        """Run it to its end.

        Raises:
            OdpsError, InvalidValue: as the binder and the functions raise them; QUERY_TIMEOUT, CANCELED.
        """
        form = _Form.of(statement, arguments.types)
        try:
            return await self._run(form, arguments.values)
        except OdpsError as error:
            if not form.constants or error.diagnostic.at is None:
                raise
        # The place is one in the text that the plan was made of.
        return await self._run(form.as_written(), ())

    def run_short(
        self, statement: Select, arguments: Arguments = NO_ARGUMENTS, given: Sequence[Oid] = ()
    ) -> tuple[Columns, Sequence[Row], Basis | None] | None:
        """Run one at once whose plan is kept and gives a few rows; None where it is none of these, or has more to say.

        Args:
            given: the types of the parameters that it is prepared with; the plan must have those of the arguments.

        Raises:
            OdpsError, InvalidValue: as `run` does, but that places are none of the statement's.
        """
        form = _Form.of(statement, given)
        prepared = self._find(form)
        if prepared is None or not prepared.is_plain or prepared.is_volatile:
            return None
        if not form.constants and prepared.parameter_types != arguments.types:
            return None
        runtime = self._make_runtime(Limits())
        runtime.values = self._read_constants(form, prepared) if form.constants else arguments.values
        if not prepared.is_short(runtime):
            return None
        rows = prepared.run(runtime)
        return None if runtime.notices else (prepared.columns, rows, _basis(prepared, runtime))

    async def _run(self, form: "_Form", values: Sequence[object]) -> Result:
        share = Share(self._memory)
        job, runtime = self._begin(share)
        try:
            prepared, constants = await self._make_ready(form, lambda: (job, runtime))
            runtime.values = constants or values
            if prepared.is_short(runtime):
                rows = prepared.run(runtime)
            else:
                rows = await self._workers.do(lambda: prepared.run(runtime), job)
        except MemoryError:
            raise OdpsError(Condition.OUT_OF_MEMORY) from None
        share.keep(rows_size(rows, len(prepared.columns)))
        tag = "EXPLAIN" if prepared.explains is not None else "SELECT"
        return Result(tag, prepared.columns, rows, tuple(runtime.notices), basis=_basis(prepared, runtime), share=share)

    def _begin(self, share: Share) -> tuple[Job, Runtime]:
        """What is about to be done, and what it may ask for."""
        seconds, memory = self._bounds()
        job = Job(seconds)
        return job, self._make_runtime(Limits(job.check, job.rest, most_bytes=memory, take=share.take))

    async def _make_ready(
        self, form: "_Form", begin: Callable[[], tuple[Job, Runtime]]
    ) -> tuple[PreparedQuery, tuple[object, ...]]:
        """The plan, and the constants for it; where they do not fit into it, the plan of the text as it is written.

        Args:
            begin: gives what is only needed where no plan is kept.
        """
        if form.constants:
            try:
                prepared = self._find(form) or await self._prepare_beside(form, *begin())
                return prepared, self._read_constants(form, prepared)
            except (OdpsError, InvalidValue) as error:
                if isinstance(error, OdpsError) and error.condition in _ENDED:
                    raise
                form = form.as_written()
        return self._find(form) or await self._prepare_beside(form, *begin()), ()

    async def _prepare_beside(self, form: "_Form", job: Job, runtime: Runtime) -> PreparedQuery:
        number = self._place()
        try:
            prepared = await self._workers.do(lambda: self._prepare(form, runtime), job)
        except (OdpsError, InvalidValue) as error:
            if form.constants and not (isinstance(error, OdpsError) and error.condition in _ENDED):
                self._plans.keep((*form.key, number), form.statement, None)
            raise
        return self._keep(form, number, prepared)

    def _prepare_here(self, form: "_Form") -> PreparedQuery:
        return self._keep(form, self._place(), self._prepare(form, self._make_runtime(Limits())))

    def _keep(self, form: "_Form", number: int, prepared: PreparedQuery) -> PreparedQuery:
        self._plans.keep((*form.key, number), form.statement, prepared)
        # Parse may leave types open, and Bind then has those that were inferred.
        self._plans.keep((form.key[0], prepared.parameter_types, number), form.statement, prepared)
        return prepared

    def _place(self) -> int:
        """The number of all that names and constants depend on in this session now."""
        control = self._control
        surroundings = control.surroundings
        if self._number_for is not surroundings:
            values = control.parameters.values
            self._number = self._plans.number((control.principal, surroundings.project, surroundings.schemas, values))
            self._number_for = surroundings
        return self._number

    def _read_constants(self, form: "_Form", prepared: PreparedQuery) -> tuple[object, ...]:
        """The constants as values of the plan's parameters.

        Raises:
            InvalidValue: one of them is none, or needs the binder to become one; the query does something, and must not
                be run once more when it fails.
        """
        if prepared.is_volatile:
            raise InvalidValue("it does something", sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
        values: list[object] = []
        for constant, oid in zip(form.constants, prepared.parameter_types, strict=True):
            if isinstance(constant, int) or oid == TEXT:
                values.append(constant)
            elif is_reference(oid):
                raise InvalidValue("a name of something", sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
            else:
                values.append(CODECS[oid].parse(self._settings())(constant))
        return tuple(values)

    @property
    def most_seconds(self) -> float:
        """How long one may take, and so may reading its text or its values; 0 for ever."""
        return self._bounds()[0]

    def _bounds(self) -> tuple[float, int]:
        """(seconds, bytes) that one SELECT may take; read anew only when a parameter has changed."""
        return self._control.parameters.find(_read_bounds)

    def _find(self, form: "_Form") -> PreparedQuery | None:
        """What was made of it before.

        Raises:
            InvalidValue: it was tried, and nothing could be made of it.
        """
        return self._plans.find((*form.key, self._place()))

    def _prepare(self, form: "_Form", runtime: Runtime) -> PreparedQuery:
        context = BindingContext(
            database=runtime.database,
            session=runtime.session,
            settings=runtime.settings,
            find_reference=runtime.references.find,
            parameter_types=list(form.types),
            parse_view=parse_query,
            views=self._bound_views,
        )
        return prepare(form.statement, context)


def _basis(prepared: PreparedQuery, runtime: Runtime) -> Basis | None:
    """What was found holds until the catalog changes, unless it rests on the time or something else that passes."""
    return None if prepared.is_volatile or prepared.is_passing or runtime.is_passing else on_all


def _read_bounds(parameters: Parameters) -> tuple[float, int]:
    seconds = parameters.get_milliseconds("modeld.query_timeout") / 1000
    return seconds, parameters.get_kilobytes("modeld.query_memory") * _KILOBYTE
