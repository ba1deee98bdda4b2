"""The state of a session that its statements steer: run-time parameters, project and schema, transaction.

A transaction's isolation level and its other modes are run-time parameters that hold until its end, as in
PostgreSQL, so that SHOW, SET LOCAL and rolling back treat them like all others.

Isolation: every transaction sees one catalog from its first statement to its last and fails at COMMIT when
an object it read or wrote has changed meanwhile. That is at least what any of the four levels promises.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from protocol.types import TEXT
from server.catalog import Catalog
from server.catalog.privileges import find_authority, is_superuser
from server.catalog.tree import Project
from server.catalog.values import DEFAULT_SCHEMA, Timestamp
from server.committer import Committer
from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.parameters import Parameters, State
from server.results import Column, Columns, Result, on_nothing
from server.statements import (
    Begin,
    Commit,
    ObjectName,
    ParameterStatement,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetConstraints,
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
    ShowFlags,
    ShowParameter,
    Statement,
    TransactionModes,
    TransactionStatement,
    UseProject,
    UseSchema,
    UseStatement,
)
from server.times import Clock
from server.transaction import Settings, Transaction
from server.transaction_modes import MODES, hold_modes, list_modes, list_values, set_mode

_SHOW_ALL = (Column("name", TEXT), Column("setting", TEXT), Column("description", TEXT))
_SHOW_FLAGS = (Column("name", TEXT), Column("value", TEXT))
CATALOG_SCHEMA = "pg_catalog"
SYSTEM_SCHEMAS = frozenset({CATALOG_SCHEMA, "information_schema"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the names in a statement mean.

    Attributes:
        schemas: of the project.
        state: the run-time parameters.
        search_path: the schemas that it names, as far as they exist.
        schema: the current one.
    """

    project: str
    schemas: tuple[str, ...]
    state: State
    search_path: tuple[str, ...]
    schema: str


def _is_read_only(parameters: Parameters) -> bool:
    return parameters.get_boolean("transaction_read_only")


def _nothing() -> None:
    """What goes back where there is nothing to go back to."""


@dataclass(slots=True)
class Hooks:
    """What happens elsewhere in the session when a transaction begins, has a savepoint, and ends.

    Attributes:
        mark: gives what goes back to this moment.
    """

    committed: Callable[[], None] = lambda: None
    rolled_back: Callable[[], None] = lambda: None
    mark: Callable[[], Callable[[], None]] = lambda: _nothing


class Control:
    """One session's settings and transaction.

    Args:
        principal: who the session is.
        project: the project it begins in; it must exist.
        server: what the server itself is set to, by run-time parameter.
    """

    def __init__(
        self, committer: Committer, clock: Clock, principal: str, project: str, server: Mapping[str, str] | None = None
    ) -> None:
        self.principal = principal
        self.parameters = Parameters(principal, server, superuser=is_superuser(committer.catalog, principal))
        self.project = project
        self.transaction: Transaction | None = None
        self.hooks = Hooks()
        self._committer = committer
        self._clock = clock
        self._began: Timestamp = 0
        self._first_project = project
        self._known_project: Project | None = None
        self._schemas: tuple[str, ...] = ()
        self._known_surroundings: Surroundings | None = None

    @property
    def status(self) -> str:
        """The transaction status as ReadyForQuery says it: I, T or E."""
        transaction = self.transaction
        if transaction is None or transaction.implicit:
            return "I"
        return "E" if transaction.failed else "T"

    @property
    def catalog(self) -> Catalog:
        """What the session reads: its transaction's catalog, or the newest."""
        return self._committer.catalog if self.transaction is None else self.transaction.catalog

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of the project; made anew only when the project has changed."""
        project = self.catalog.find_project(self.project)
        if project is not self._known_project:
            self._known_project = project
            schemas = () if project is None else tuple(project.schemas)
            if schemas != self._schemas:  # else the very same is kept, and all that rests on it
                self._schemas = schemas
        return self._schemas

    @property
    def search_path(self) -> tuple[str, ...]:
        """The schemas that search_path names, as far as they exist; `$user` is the one named like the session's user.

        pg_catalog and information_schema stand in it where they are named. It is made anew only when something of
        that has changed.
        """
        return self.surroundings.search_path

    @property
    def surroundings(self) -> "Surroundings":
        """What the meaning of names depends on; the very same for as long as nothing of that has changed."""
        schemas, state, known = self.schemas, self.parameters.state, self._known_surroundings
        if known is None or known.state is not state or known.schemas is not schemas or known.project != self.project:
            path = tuple(name for name in self._search_names if name in schemas or name in SYSTEM_SCHEMAS)
            known = self._known_surroundings = Surroundings(self.project, schemas, state, path, self._schema_of(path))
        return known

    @property
    def schema(self) -> str:
        """The current schema of model statements: the first of the search path that can hold models.

        SILENT: where none exists, it is the first one named, so that a statement fails and does not go to another
        schema than was meant; where none is named (pg_dump empties the path), it is the default schema.
        """
        return self.surroundings.schema

    def _schema_of(self, path: tuple[str, ...]) -> str:
        for name in path:
            if name not in SYSTEM_SCHEMAS:
                return name
        return next((name for name in self._search_names if name not in SYSTEM_SCHEMAS), DEFAULT_SCHEMA)

    @property
    def _search_names(self) -> tuple[str, ...]:
        names = self.parameters.get_names("search_path")
        return tuple(self.principal if name == "$user" else name for name in names if name)

    @property
    def settings(self) -> Settings:
        return Settings(self.parameters.state, self.project, self.hooks.mark())

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.parameters.state, self.project = settings.parameters, settings.project
        settings.go_back()

    def check_runnable(self, statement: Statement) -> None:
        """In a failed transaction only what ends it may run.

        Raises:
            OdpsError: IN_FAILED_TRANSACTION.
        """
        transaction = self.transaction
        if transaction is not None and transaction.failed and not isinstance(statement, Commit | Rollback | RollbackTo):
            raise OdpsError(Condition.IN_FAILED_TRANSACTION)

    def check_writable(self, statement: str) -> None:
        """Raise READ_ONLY in a read-only transaction."""
        if self.parameters.find(_is_read_only):
            raise OdpsError(Condition.READ_ONLY, statement=statement)

    def require_block(self, statement: str) -> Transaction:
        """The transaction that BEGIN began; ONLY_IN_TRANSACTION when there is none."""
        if self.transaction is None or self.transaction.implicit:
            raise OdpsError(Condition.ONLY_IN_TRANSACTION, statement=statement)
        return self.transaction

    def require_text_or_block(self, statement: str) -> None:
        """As `require_block`, but the transaction around the statements of one text will do."""
        if self.transaction is None or not self.transaction.of_text:
            self.require_block(statement)

    def refuse_block(self, statement: str) -> None:
        """Raise NOT_IN_BLOCK in a transaction, an implicit one too."""
        if self.transaction is not None:
            raise OdpsError(Condition.NOT_IN_BLOCK, statement=statement)

    def reset(self) -> None:
        """As the session began."""
        self.parameters.reset_all()
        for name in ("session_authorization", "role"):
            self.parameters.reset(name)
        self.project = self._first_project

    def note_query(self) -> None:
        """A SELECT runs: from here on the transaction's isolation level is settled."""
        if self.transaction is not None:
            self.transaction.used = True

    # The transaction around the statements of one message or pipeline.

    @property
    def transaction_time(self) -> Timestamp:
        """When the transaction began; now, outside one."""
        return self._clock.now() if self.transaction is None else self._began

    @property
    def transaction_start(self) -> Timestamp | None:
        """When the transaction under way began; None where there is none, or only its end is left to come."""
        transaction = self.transaction
        if transaction is None or (transaction.failed and not transaction.has_savepoints):
            return None
        return self._began

    def begin_implicit(self, *, of_text: bool = False) -> None:
        """Begin it, unless there is one: around the statements of one text, or else of a pipeline."""
        if self.transaction is None:
            self._began = self._clock.now()
            self.transaction = Transaction(
                self.catalog, self.settings, implicit=True, of_text=of_text, principal=self.principal
            )

    async def end_implicit(self) -> None:
        """Commit what `begin_implicit` began, unless BEGIN has taken it over.

        Raises:
            OdpsError: it could not be committed; nothing of it was.
        """
        if self.transaction is not None and self.transaction.implicit:
            await self._commit(self.transaction)

    def fail(self) -> None:
        """An error was reported: an implicit transaction is undone, an explicit one waits for ROLLBACK.

        Its settings are undone at once, as in PostgreSQL, but for its modes: clients are told of them with the error.
        """
        if self.transaction is None:
            self.hooks.rolled_back()
        elif self.transaction.implicit:
            self._rollback(self.transaction)
        else:
            self.transaction.failed = True
            modes, safe = list_modes(self.parameters), self.transaction.safe_settings
            self.parameters.state, self.project = safe.parameters, safe.project
            for name, value in modes:
                self.parameters.set(name, value, local=True)

    # Statements about the transaction.

    async def execute(self, statement: TransactionStatement) -> Result:
        match statement:
            case Begin(modes, says_start):
                return self._begin(modes, "START TRANSACTION" if says_start else "BEGIN")
            case Commit(chain):
                return await self._end(chain=chain)
            case Rollback(chain):
                return self._abort(chain=chain)
            case Savepoint(name):
                self.require_block("SAVEPOINT").savepoint(name.name, self.settings)
                return Result("SAVEPOINT")
            case RollbackTo(name):
                self.settings = self.require_block("ROLLBACK TO SAVEPOINT").rollback_to(name.name)
                return Result("ROLLBACK")
            case Release(name):
                self.require_block("RELEASE SAVEPOINT").release(name.name)
                return Result("RELEASE")
            case SetTransaction(modes):
                return self._set_transaction(modes)
            case SetSessionCharacteristics(modes):
                for parameter, value in list_values(modes):
                    hold_modes(self.parameters, self.transaction, f"default_{parameter}")
                    self.parameters.set(f"default_{parameter}", value)
                return Result("SET")
            case SetConstraints(names):
                return self._set_constraints(names)
            case _:
                assert_never(statement)

    def _begin(self, modes: TransactionModes, tag: str) -> Result:
        transaction = self.transaction
        notices: tuple[Diagnostic, ...] = ()
        if transaction is None:
            # What is set as the default from here on is for later transactions.
            self._open(list_modes(self.parameters))
        elif not transaction.implicit:
            notices = (diagnostic(Condition.ALREADY_IN_TRANSACTION),)
        self._set_modes(modes)
        if transaction is not None:
            # As in PostgreSQL, what the message did before BEGIN becomes part of the block.
            transaction.implicit = False
        return Result(tag, notices=notices)

    async def _end(self, *, chain: bool) -> Result:
        if chain:
            self.require_block("COMMIT AND CHAIN")
        transaction = self.transaction
        if transaction is None:
            return Result("COMMIT", notices=(diagnostic(Condition.NO_TRANSACTION),))
        modes = list_modes(self.parameters) if chain else []
        notices = (diagnostic(Condition.NO_TRANSACTION),) if transaction.implicit else ()
        if transaction.failed:
            self._rollback(transaction)
        else:
            await self._commit(transaction)
        if chain:
            self._open(modes)
        return Result("ROLLBACK" if transaction.failed else "COMMIT", notices=notices)

    def _abort(self, *, chain: bool) -> Result:
        if chain:
            self.require_block("ROLLBACK AND CHAIN")
        transaction = self.transaction
        notices: tuple[Diagnostic, ...] = ()
        if transaction is None or transaction.implicit:
            notices = (diagnostic(Condition.NO_TRANSACTION),)
        modes = list_modes(self.parameters) if chain else []
        if transaction is not None:
            self._rollback(transaction)
        if chain:
            self._open(modes)
        return Result("ROLLBACK", notices=notices)

    def _open(self, modes: list[tuple[str, str]]) -> None:
        """Begin a transaction block with these modes."""
        self._began = self._clock.now()
        self.transaction = Transaction(self.catalog, self.settings, implicit=False, principal=self.principal)
        for name, value in modes:
            self.parameters.set(name, value, local=True)

    def _set_transaction(self, modes: TransactionModes) -> Result:
        transaction = self.transaction
        if transaction is None:
            return Result("SET", notices=(diagnostic(Condition.SET_LOCAL_OUTSIDE, statement="SET TRANSACTION"),))
        self._set_modes(modes)
        return Result("SET")

    def _set_constraints(self, names: Sequence[ObjectName]) -> Result:
        """There are none that could be deferred; programs defer ALL before they load data."""
        if names:
            raise OdpsError(Condition.CONSTRAINT_NOT_FOUND, name=names[0].parts[-1].name)
        tag = "SET CONSTRAINTS"
        outside = (diagnostic(Condition.SET_LOCAL_OUTSIDE, statement=tag),) if self.transaction is None else ()
        return Result(tag, notices=outside)

    def _set_modes(self, modes: TransactionModes) -> None:
        for name, value in list_values(modes):
            set_mode(self.parameters, self.transaction, name, value)

    async def _commit(self, transaction: Transaction) -> None:
        if transaction.has_changes:
            try:
                now = self._clock.now()
                await self._committer.submit(lambda newest: transaction.decide_commit(newest, now))
            except BaseException:
                self._rollback(transaction)
                raise
        self.transaction = None
        self.parameters.end_transaction()
        self.hooks.committed()

    def _rollback(self, transaction: Transaction) -> None:
        self.transaction = None
        self.settings = transaction.settings
        self.parameters.end_transaction()
        self.hooks.rolled_back()

    # Statements about parameters, project and schema.

    def columns(self, statement: ShowParameter | ShowFlags) -> Columns:
        if isinstance(statement, ShowFlags):
            return _SHOW_FLAGS
        if statement.parameter is None:
            return _SHOW_ALL
        self.parameters.get(statement.parameter)  # which must be there, also for who only describes the statement
        return (Column(self.parameters.spelling(statement.parameter), TEXT),)

    def configure(self, statement: ParameterStatement) -> Result:
        parameters = self.parameters
        match statement:
            case SetParameter():
                return self._set(statement)
            case ResetParameter(parameter):
                hold_modes(parameters, self.transaction, parameter)
                if parameter is None:
                    parameters.reset_all()
                else:
                    parameters.reset(parameter)
                return Result("RESET")
            case ShowFlags():
                return Result("SHOW", _SHOW_FLAGS, list(parameters.flags()))
            case ShowParameter(parameter):
                if parameter is None:
                    return Result("SHOW", _SHOW_ALL, list(parameters.show_all()))
                rows = [(parameters.get(parameter),)]
                return Result("SHOW", self.columns(statement), rows, basis=on_nothing)
            case _:
                assert_never(statement)

    def _set(self, statement: SetParameter) -> Result:
        name = statement.parameter.lower()
        local = statement.scope is SetScope.LOCAL or name in MODES
        hold_modes(self.parameters, self.transaction, name)
        if name in MODES and len(statement.values) == 1:
            set_mode(self.parameters, self.transaction, name, statement.values[0])
        elif statement.values:
            self.parameters.set_values(statement.parameter, statement.values, local=local)
        else:
            self.parameters.reset(statement.parameter, local=local)
        if local and self.transaction is None:
            self.parameters.end_transaction()
            said = statement.scope is SetScope.LOCAL
            outside = (diagnostic(Condition.SET_LOCAL_OUTSIDE, statement="SET LOCAL"),)
            return Result("SET", notices=outside if said else ())
        if self.parameters.is_unknown_flag(statement.parameter):
            return Result("SET", notices=(diagnostic(Condition.FLAG_UNKNOWN, name=statement.parameter),))
        return Result("SET")

    def use(self, statement: UseStatement) -> Result:
        name = statement.name
        match statement:
            case UseProject():
                if self.catalog.find_project(name.name) is None:
                    raise OdpsError(Condition.PROJECT_NOT_FOUND, at=name.at, project=name)
                find_authority(self.catalog, name.name, self.principal).require_member(name.at)
                self.project = name.name
                self.parameters.set_values("search_path", (DEFAULT_SCHEMA,))
            case UseSchema():
                if self.catalog.find_schema(self.project, name.name) is None:
                    raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=name.at, schema=f"{self.project}.{name}")
                self.parameters.set_values("search_path", (name.name,))
            case _:
                assert_never(statement)
        return Result("USE")
