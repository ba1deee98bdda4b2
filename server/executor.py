"""Runs statements for one session: its transaction, its settings, its current project and schema.

Between the dialect's statements and the catalog. A change goes to the committer, or into the session's
transaction; a query reads the newest catalog, or the transaction's own. Nothing here knows messages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import assert_never

from protocol.types import TEXT
from server.catalog import Catalog, Context, Decision, ModelName, decide
from server.catalog.options import SECRET_OPTIONS, literal_text
from server.catalog.values import DEFAULT_SCHEMA, model_key
from server.committer import Committer
from server.errors import Condition, OdpsError, diagnostic
from server.parameters import Parameters
from server.queries import Reader, query_columns, run_query
from server.results import Column, Columns, Result
from server.secrets import Keyring, mask
from server.statements import (
    AddVersion,
    Begin,
    Change,
    Commit,
    CreateModel,
    CreateProject,
    CreateSchema,
    DescribeModel,
    DropModel,
    DropProject,
    DropSchema,
    DropVersion,
    Query,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetDefaultVersion,
    SetParameter,
    SetScope,
    ShowCreateModel,
    ShowModels,
    ShowParameter,
    ShowVersions,
    Statement,
    TransactionStatement,
    UseProject,
    UseSchema,
    UseStatement,
)
from server.times import Clock
from server.timezones import find_timezone
from server.transaction import Settings, Transaction

_SHOW_ALL = (Column("name", TEXT), Column("setting", TEXT), Column("description", TEXT))
_TAGS: dict[type, str] = {
    CreateModel: "CREATE MODEL",
    AddVersion: "ALTER MODEL",
    SetDefaultVersion: "ALTER MODEL",
    DropVersion: "ALTER MODEL",
    DropModel: "DROP MODEL",
    CreateProject: "CREATE DATABASE",
    DropProject: "DROP DATABASE",
    CreateSchema: "CREATE SCHEMA",
    DropSchema: "DROP SCHEMA",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """What all sessions share: the catalog's door, the keys to its secrets, the clock."""

    committer: Committer
    keyring: Keyring
    clock: Clock


class Executor:
    """One session's hand on the catalog.

    Args:
        principal: who the session is.
        project: the project it begins in; it must exist.
    """

    def __init__(self, engine: Engine, principal: str, project: str) -> None:
        self.parameters = Parameters(principal)
        self._engine = engine
        self._principal = principal
        self._project = project
        self._schema = DEFAULT_SCHEMA
        self._transaction: Transaction | None = None

    @property
    def status(self) -> str:
        """The transaction status as ReadyForQuery says it: I, T or E."""
        transaction = self._transaction
        if transaction is None or transaction.implicit:
            return "I"
        return "E" if transaction.failed else "T"

    @property
    def timezone(self) -> tzinfo:
        """The zone of the run-time parameter TimeZone."""
        zone = find_timezone(self.parameters.get("TimeZone"))
        return UTC if zone is None else zone[1]

    def columns(self, statement: Statement) -> Columns | None:
        """The columns that `execute` would return; None when it returns no rows. Runs nothing."""
        match statement:
            case DescribeModel() | ShowModels() | ShowVersions() | ShowCreateModel():
                return query_columns(statement, as_text=self._as_text)
            case ShowParameter(parameter):
                if parameter is None:
                    return _SHOW_ALL
                return (Column(self.parameters.spelling(parameter), TEXT),)
            case _:
                return None

    async def execute(self, statement: Statement) -> Result:
        """Run one statement whose parameters are bound.

        Raises:
            OdpsError: it cannot be done. The caller then calls `fail`.
        """
        transaction = self._transaction
        if transaction is not None and transaction.failed and not isinstance(statement, Commit | Rollback | RollbackTo):
            raise OdpsError(Condition.IN_FAILED_TRANSACTION)
        match statement:
            case DescribeModel() | ShowModels() | ShowVersions() | ShowCreateModel():
                return self._query(statement)
            case SetParameter() | ShowParameter() | ResetParameter():
                return self._configure(statement)
            case UseProject() | UseSchema():
                return self._use(statement)
            case Begin() | Commit() | Rollback() | Savepoint() | RollbackTo() | Release():
                return await self._control(statement)
            case _:
                return await self._change(statement)

    def begin_implicit(self) -> None:
        """Begin the transaction that PostgreSQL puts around the statements of one message or pipeline."""
        if self._transaction is None:
            self._transaction = Transaction(self._catalog, self._settings, implicit=True)

    async def end_implicit(self) -> None:
        """Commit what `begin_implicit` began, unless BEGIN has taken it over.

        Raises:
            OdpsError: it could not be committed; nothing of it was.
        """
        if self._transaction is not None and self._transaction.implicit:
            await self._commit(self._transaction)

    def fail(self) -> None:
        """An error was reported: an implicit transaction is undone, an explicit one waits for ROLLBACK."""
        transaction = self._transaction
        if transaction is None:
            return
        if transaction.implicit:
            self._rollback(transaction)
        else:
            transaction.failed = True

    @property
    def _catalog(self) -> Catalog:
        if self._transaction is not None:
            return self._transaction.catalog
        return self._engine.committer.catalog

    @property
    def _as_text(self) -> bool:
        return self.parameters.get("modeld.desc_format") == "text"

    @property
    def _settings(self) -> Settings:
        return Settings(self.parameters.state, self._project, self._schema)

    @_settings.setter
    def _settings(self, settings: Settings) -> None:
        self.parameters.state = settings.parameters
        self._project, self._schema = settings.project, settings.schema

    # Changes and queries.

    async def _change(self, statement: Change) -> Result:
        context = self._context(self._seal_secrets(statement))

        def decide_statement(catalog: Catalog) -> Decision:
            return decide(catalog, statement, context)

        if self._transaction is not None:
            decision = self._transaction.change(decide_statement)
        else:
            decision = await self._engine.committer.submit(decide_statement)
        return Result(_TAGS[type(statement)], notices=decision.notices)

    def _query(self, statement: Query) -> Result:
        reader = Reader(self._context(), self._as_text, self.timezone, self._show_secret(), self._note_read)
        rows = run_query(self._catalog, statement, reader)
        return Result("SELECT", query_columns(statement, as_text=self._as_text), rows)

    def _context(self, secrets: dict[str, bytes] | None = None) -> Context:
        return Context(
            principal=self._principal,
            project=self._project,
            schema=self._schema,
            now=self._engine.clock.now(),
            secrets=secrets or {},
            lenient_names=self.parameters.get_boolean("modeld.lenient_names"),
        )

    def _seal_secrets(self, statement: Change) -> dict[str, bytes]:
        """Sealed here, since sealing takes randomness, which the catalog's decisions must not."""
        if not isinstance(statement, CreateModel | AddVersion):
            return {}
        return {
            option.key: self._engine.keyring.seal(literal_text(option.value), purpose=option.key)
            for option in statement.body.options
            if option.key in SECRET_OPTIONS
        }

    def _show_secret(self) -> Callable[[str, bytes], str]:
        reveal = self.parameters.get_boolean("modeld.reveal_secrets")

        def show(key: str, sealed: bytes) -> str:
            secret = self._engine.keyring.unseal(sealed, purpose=key)
            return secret if reveal else mask(secret)

        return show

    def _note_read(self, name: ModelName) -> None:
        if self._transaction is not None:
            self._transaction.note_read(model_key(name))

    # Settings.

    def _configure(self, statement: SetParameter | ShowParameter | ResetParameter) -> Result:
        parameters = self.parameters
        match statement:
            case SetParameter():
                return self._set(statement)
            case ResetParameter(parameter):
                if parameter is None:
                    parameters.reset_all()
                else:
                    parameters.reset(parameter)
                return Result("RESET")
            case ShowParameter(parameter):
                columns = self.columns(statement)
                if parameter is None:
                    return Result("SHOW", columns, list(parameters.show_all()))
                return Result("SHOW", columns, [(parameters.get(parameter),)])
            case _:
                assert_never(statement)

    def _set(self, statement: SetParameter) -> Result:
        local = statement.scope is SetScope.LOCAL
        if statement.values:
            self.parameters.set(statement.parameter, ", ".join(statement.values), local=local)
        else:
            self.parameters.reset(statement.parameter, local=local)
        if local and self._transaction is None:
            self.parameters.end_transaction()
            return Result("SET", notices=(diagnostic(Condition.SET_LOCAL_OUTSIDE, statement="SET LOCAL"),))
        return Result("SET")

    def _use(self, statement: UseStatement) -> Result:
        name = statement.name
        match statement:
            case UseProject():
                if self._catalog.find_project(name.name) is None:
                    raise OdpsError(Condition.PROJECT_NOT_FOUND, at=name.at, project=name)
                self._project, self._schema = name.name, DEFAULT_SCHEMA
            case UseSchema():
                if self._catalog.find_schema(self._project, name.name) is None:
                    raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=name.at, schema=f"{self._project}.{name}")
                self._schema = name.name
        return Result("USE")

    # Transactions.

    async def _control(self, statement: TransactionStatement) -> Result:
        transaction = self._transaction
        match statement:
            case Begin():
                return self._begin(transaction)
            case Commit():
                return await self._end(transaction)
            case Rollback():
                if transaction is None or transaction.implicit:
                    notices = (diagnostic(Condition.NO_TRANSACTION),)
                    if transaction is not None:
                        self._rollback(transaction)
                    return Result("ROLLBACK", notices=notices)
                self._rollback(transaction)
                return Result("ROLLBACK")
            case Savepoint(name):
                self._require(transaction, "SAVEPOINT").savepoint(name.name, self._settings)
                return Result("SAVEPOINT")
            case RollbackTo(name):
                self._settings = self._require(transaction, "ROLLBACK TO SAVEPOINT").rollback_to(name.name)
                return Result("ROLLBACK")
            case Release(name):
                self._require(transaction, "RELEASE SAVEPOINT").release(name.name)
                return Result("RELEASE")
            case _:
                assert_never(statement)

    def _begin(self, transaction: Transaction | None) -> Result:
        if transaction is None:
            self._transaction = Transaction(self._catalog, self._settings, implicit=False)
        elif transaction.implicit:
            # As in PostgreSQL, what the message did before BEGIN becomes part of the block.
            transaction.implicit = False
        else:
            return Result("BEGIN", notices=(diagnostic(Condition.ALREADY_IN_TRANSACTION),))
        return Result("BEGIN")

    async def _end(self, transaction: Transaction | None) -> Result:
        if transaction is None:
            return Result("COMMIT", notices=(diagnostic(Condition.NO_TRANSACTION),))
        if transaction.failed:
            self._rollback(transaction)
            return Result("ROLLBACK")
        notices = (diagnostic(Condition.NO_TRANSACTION),) if transaction.implicit else ()
        await self._commit(transaction)
        return Result("COMMIT", notices=notices)

    async def _commit(self, transaction: Transaction) -> None:
        if transaction.has_changes:
            try:
                await self._engine.committer.submit(transaction.decide_commit)
            except BaseException:
                self._rollback(transaction)
                raise
        self._transaction = None
        self.parameters.end_transaction()

    def _rollback(self, transaction: Transaction) -> None:
        self._transaction = None
        self._settings = transaction.settings
        self.parameters.end_transaction()

    @staticmethod
    def _require(transaction: Transaction | None, statement: str) -> Transaction:
        if transaction is None or transaction.implicit:
            raise OdpsError(Condition.ONLY_IN_TRANSACTION, statement=statement)
        return transaction
