"""Runs statements for one session.

Between the dialect's statements and the catalog. A change goes to the committer, or into the session's
transaction; a query reads the newest catalog, or the transaction's own. Nothing here knows messages.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from server.catalog import Catalog, Context, Decision, ModelName, decide
from server.catalog.decide_users import PASSWORD
from server.catalog.names import resolve_model
from server.catalog.options import literal_text
from server.catalog.values import model_key
from server.committer import Committer
from server.control import Control
from server.errors import Diagnostic
from server.notifications import Hub
from server.queries import Reader, query_columns, run_query
from server.results import Columns, Result
from server.secrets import Keyring, mask
from server.statements import (
    AddVersion,
    AlterUser,
    Begin,
    Change,
    Checkpoint,
    Commit,
    CreateModel,
    CreateProject,
    CreateSchema,
    CreateUser,
    DescribeModel,
    DropModel,
    DropProject,
    DropSchema,
    DropUser,
    DropVersion,
    Query,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetDefaultVersion,
    SetParameter,
    SetSessionCharacteristics,
    SetTransaction,
    ShowCreateModel,
    ShowModels,
    ShowParameter,
    ShowVersions,
    Statement,
    UseProject,
    UserStatement,
    UseSchema,
)
from server.statements.models import SECRET_OPTIONS
from server.times import Clock
from server.timezones import find_timezone
from server.users import seal_password

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
    CreateUser: "CREATE ROLE",
    AlterUser: "ALTER ROLE",
    DropUser: "DROP ROLE",
}

_MODEL_CHANGES = (CreateModel, AddVersion, SetDefaultVersion, DropVersion, DropModel)


@dataclass(frozen=True, slots=True)
class Engine:
    """What all sessions share: the catalog's door, the keys to its secrets, the clock, the notifications."""

    committer: Committer
    keyring: Keyring
    clock: Clock
    hub: Hub = field(default_factory=Hub)


class Executor:
    """One session's hand on the catalog.

    Args:
        principal: who the session is.
        project: the project it begins in; it must exist.
    """

    def __init__(self, engine: Engine, principal: str, project: str) -> None:
        self.engine = engine
        self.control = Control(engine.committer, principal, project)
        self.parameters = self.control.parameters

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
            case ShowParameter():
                return self.control.columns(statement)
            case _:
                return None

    async def execute(self, statement: Statement) -> Result:
        """Run one statement whose parameters are bound.

        Raises:
            OdpsError: it cannot be done. The caller then calls `control.fail`.
        """
        self.control.check_runnable(statement)
        match statement:
            case DescribeModel() | ShowModels() | ShowVersions() | ShowCreateModel():
                return self._query(statement)
            case SetParameter() | ShowParameter() | ResetParameter():
                return self.control.configure(statement)
            case UseProject() | UseSchema():
                return self.control.use(statement)
            case Begin() | Commit() | Rollback() | Savepoint() | RollbackTo() | Release():
                return await self.control.execute(statement)
            case SetTransaction() | SetSessionCharacteristics():
                return await self.control.execute(statement)
            case Checkpoint():
                return await self._checkpoint()
            case _ if isinstance(statement, Change | UserStatement):
                return await self._change(statement)
            case _:
                raise AssertionError(f"{type(statement).__name__} is not the executor's")

    @property
    def _as_text(self) -> bool:
        return self.parameters.get("modeld.desc_format") == "text"

    async def _change(self, statement: Change | UserStatement) -> Result:
        tag = _TAGS[type(statement)]
        control = self.control
        control.check_writable(tag)
        secrets, notices = await self._seal_secrets(statement)
        context = self._context(secrets)

        def decide_statement(catalog: Catalog) -> Decision:
            return decide(catalog, statement, context)

        if control.transaction is not None:
            if isinstance(statement, _MODEL_CHANGES):
                # Even if it is refused: the refusal tells something of the model.
                self._note_read(resolve_model(control.catalog, statement.name, context))
            decision = control.transaction.change(decide_statement)
        else:
            decision = await self.engine.committer.submit(decide_statement)
        return Result(tag, notices=(*notices, *decision.notices))

    def _query(self, statement: Query) -> Result:
        reader = Reader(self._context(), self._as_text, self.timezone, self._show_secret(), self._note_read)
        rows = run_query(self.control.catalog, statement, reader)
        return Result("SELECT", query_columns(statement, as_text=self._as_text), rows)

    async def _checkpoint(self) -> Result:
        await self.engine.committer.checkpoint()
        return Result("CHECKPOINT")

    def _context(self, secrets: dict[str, bytes] | None = None) -> Context:
        return Context(
            principal=self.control.principal,
            project=self.control.project,
            schema=self.control.schema,
            now=self.engine.clock.now(),
            secrets=secrets or {},
            lenient_names=self.parameters.get_boolean("modeld.lenient_names"),
        )

    async def _seal_secrets(self, statement: Change | UserStatement) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
        """Sealed here, since sealing takes randomness, which the catalog's decisions must not.

        Returns:
            The sealed secrets, and what to tell of them.
        """
        keyring = self.engine.keyring
        match statement:
            case CreateModel(body=body) | AddVersion(body=body):
                return {
                    option.key: keyring.seal(literal_text(option.value), purpose=option.key)
                    for option in body.options
                    if option.key in SECRET_OPTIONS
                }, ()
            case CreateUser(name, password) | AlterUser(name, password):
                text = None if password is None else literal_text(password)
                # The keys of a password take longer than the loop can spare.
                sealed, notices = await asyncio.to_thread(seal_password, keyring, name.name, text)
                return {PASSWORD: sealed}, notices
            case _:
                return {}, ()

    def _show_secret(self) -> Callable[[str, bytes], str]:
        reveal = self.parameters.get_boolean("modeld.reveal_secrets")

        def show(key: str, sealed: bytes) -> str:
            secret = self.engine.keyring.unseal(sealed, purpose=key)
            return secret if reveal else mask(secret)

        return show

    def _note_read(self, name: ModelName) -> None:
        if self.control.transaction is not None:
            self.control.transaction.note_read(model_key(name))
