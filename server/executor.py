"""Runs statements for one session.

Between the dialect's statements and the catalog. A change goes to the committer, or into the session's
transaction; a query reads the newest catalog, or the transaction's own. Nothing here knows messages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar, get_args

from protocol.types import Oid
from protocol.values import ValueSettings
from server.audience import may_hear
from server.catalog import Catalog, Context, Decision, ModelName, decide
from server.catalog.editions import DECIMAL_FLAG, TYPE_SYSTEM_FLAG, Edition
from server.catalog.events import NO_ORIGIN, Event, Origin
from server.catalog.find_models import find_version
from server.catalog.names import Earlier, resolve_model
from server.catalog.privileges import is_superuser
from server.catalog.values import model_key
from server.committer import Outcome, Request
from server.control import Control
from server.dialect import format_statement
from server.engine import NO_PEER, Engine, Peer
from server.errors import Condition, OdpsError
from server.parameters import Parameters
from server.past import Past
from server.privilege_queries import privilege_columns, run_privilege_query
from server.queries import Reader, describe_state, find_readable, find_rights, query_columns, run_query
from server.query.runtime import Belongings
from server.recall import HISTORY_COLUMNS
from server.results import Basis, Columns, Result, on_all
from server.runtimes import Runtimes, find_value_settings
from server.sealing import seal_options, seal_secrets
from server.selects import NO_ARGUMENTS, Arguments, Selects
from server.statements import (
    AddUser,
    AddVersion,
    Alteration,
    AlterUser,
    Begin,
    CatalogQuery,
    Change,
    Checkpoint,
    Commit,
    CreateModel,
    CreateProject,
    CreateRole,
    CreateSchema,
    CreateUser,
    DescribeModel,
    DropModel,
    DropProject,
    DropRole,
    DropSchema,
    DropUser,
    DropVersion,
    Grant,
    GrantRole,
    ModelChange,
    PrivilegeQuery,
    PurgeModel,
    RecordFacts,
    Recovery,
    Release,
    RemoveUser,
    ResetParameter,
    Revoke,
    RevokeRole,
    Rollback,
    RollbackModel,
    RollbackTo,
    Savepoint,
    SetConstraints,
    SetDefaultVersion,
    SetParameter,
    SetSessionCharacteristics,
    SetTransaction,
    ShowCreateModel,
    ShowDroppedModels,
    ShowFlags,
    ShowHistory,
    ShowModels,
    ShowParameter,
    ShowSchemas,
    ShowVersions,
    Statement,
    UndropModel,
    UseProject,
    UserStatement,
    UseSchema,
)
from server.statements.select import Explain, Select
from server.workers import Job

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
    AddUser: "ADD USER",
    RemoveUser: "REMOVE USER",
    CreateRole: "CREATE ROLE",
    DropRole: "DROP ROLE",
    GrantRole: "GRANT ROLE",
    RevokeRole: "REVOKE ROLE",
    Grant: "GRANT",
    Revoke: "REVOKE",
    CreateUser: "CREATE ROLE",
    AlterUser: "ALTER ROLE",
    DropUser: "DROP ROLE",
    RecordFacts: "RECORD",
    **dict.fromkeys(get_args(Alteration), "ALTER MODEL"),
    RollbackModel: "ALTER MODEL",
    UndropModel: "UNDROP MODEL",
    PurgeModel: "PURGE MODEL",
}

# At some microseconds a token or an element, this is up to 10 ms.
_LONG = 16 * 1024
_T = TypeVar("_T")
_MODEL_CHANGES = (*get_args(ModelChange), *get_args(Recovery))
# Queries whose answers depend on nothing but the catalog, not on the time for one.
_KEPT = (DescribeModel, ShowModels, ShowVersions, ShowCreateModel)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the session's parameters say of statements on models, as `Context`, `Reader` and `Origin` have it."""

    lenient_names: bool
    edition: Edition
    has_schemas: bool
    as_text: bool
    reveals: bool
    application: str


class Executor:
    """One session's hand on the catalog.

    Args:
        principal: who the session is.
        project: the project it begins in; it must exist.
    """

    def __init__(self, engine: Engine, principal: str, project: str, peer: Peer = NO_PEER) -> None:
        self.engine = engine
        self.control = Control(engine.committer, engine.clock, principal, project, engine.settings)
        self.parameters = self.control.parameters
        self.peer = peer
        self.belongings = Belongings()
        self.past = Past(engine.committer, engine.keyring, engine.clock)
        self.selects = Selects(
            self.control,
            Runtimes(engine, self.control, peer, self.belongings, self.past.recall).make,
            lambda: self.value_settings,
            engine.workers,
            engine.memory,
            engine.bound_views,
            engine.plans,
        )

    @property
    def timezone(self) -> tzinfo:
        """The zone of the run-time parameter TimeZone."""
        return self.value_settings.timezone

    @property
    def value_settings(self) -> ValueSettings:
        """How values are read and written under the session's parameters; made anew only when one has changed."""
        return find_value_settings(self.parameters)

    def columns(self, statement: Statement, types: Sequence[Oid] = ()) -> Columns | None:
        """The columns that `execute` would return; None when it returns no rows. Runs nothing.

        Args:
            types: of the parameters of a SELECT.
        """
        match statement:
            case Select() | Explain():
                return self.selects.prepare(statement, types).columns
            case (
                DescribeModel()
                | ShowModels()
                | ShowSchemas()
                | ShowVersions()
                | ShowCreateModel()
                | ShowDroppedModels()
            ):
                return query_columns(statement, as_text=self._rules.as_text)
            case ShowHistory():
                return HISTORY_COLUMNS
            case _ if isinstance(statement, PrivilegeQuery):
                return privilege_columns(statement)
            case ShowParameter() | ShowFlags():
                return self.control.columns(statement)
            case _:
                return None

    async def execute(self, statement: Statement, arguments: Arguments = NO_ARGUMENTS) -> Result:
        """Run one statement whose parameters are bound; those of a SELECT are `arguments`.

        Raises:
            OdpsError: it cannot be done. The caller then calls `control.fail`.
        """
        self.control.check_runnable(statement)
        match statement:
            case Select() | Explain():
                self.control.note_query()
                return await self.selects.run(statement, arguments)
            case DescribeModel():
                return await self._describe(statement)
            case ShowModels() | ShowSchemas() | ShowVersions() | ShowCreateModel() | ShowDroppedModels():
                return self._query(statement)
            case ShowHistory():
                self._note_read(resolve_model(self.control.catalog, statement.name, self._context()))
                return await self.past.show_history(statement, self.control.catalog, self._context())
            case _ if isinstance(statement, PrivilegeQuery):
                return await self._show_privileges(statement)
            case SetParameter() | ShowParameter() | ShowFlags() | ResetParameter():
                return self.control.configure(statement)
            case UseProject() | UseSchema():
                return self.control.use(statement)
            case Begin() | Commit() | Rollback() | Savepoint() | RollbackTo() | Release():
                return await self.control.execute(statement)
            case SetTransaction() | SetSessionCharacteristics() | SetConstraints():
                return await self.control.execute(statement)
            case Checkpoint():
                return await self._checkpoint()
            case _ if isinstance(statement, Change | UserStatement):
                return await self._change(statement)
            case _:
                raise AssertionError(f"{type(statement).__name__} is not the executor's")

    async def do_aside(self, do: Callable[[], _T], size: int) -> _T:
        """Do what only reads or writes a value or text of `size` bytes or elements: beside the loop where that is long.

        Raises:
            OdpsError: QUERY_TIMEOUT, CANCELED; or what it raises.
        """
        return do() if size < _LONG else await self.engine.workers.do(do, Job(self.selects.most_seconds))

    @property
    def _rules(self) -> _Rules:
        """Made anew only when a parameter has changed."""
        return self.parameters.find(_make_rules)

    async def _change(self, statement: Change | UserStatement) -> Result:
        tag = find_tag(statement)
        control = self.control
        control.check_writable(tag)
        secrets, notices = await seal_secrets(self.engine.keyring, statement, self._record_place(statement))
        earlier = None
        if isinstance(statement, RollbackModel):
            earlier = await self.past.find_earlier(statement, control.catalog, self._context())
        # Only now, so that times come in the order of the decisions.
        context = self._context(secrets, earlier, self._origin(format_statement(statement, mask_secrets=True)))

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

    def begin_change(self, statement: ModelChange, masked: str | None, done: Callable[[Outcome], None]) -> Request:
        """As `execute` outside a transaction, for who does not wait: `done` is called as `Committer.begin` says.

        Args:
            masked: as in `PlacedStatement`.

        Raises:
            OdpsError: it may not be begun.
        """
        self.control.check_writable(find_tag(statement))
        secrets = seal_options(self.engine.keyring, statement)
        text = masked or format_statement(statement, mask_secrets=True)
        context = self._context(secrets, None, self._origin(text))
        return self.engine.committer.begin(lambda catalog: decide(catalog, statement, context), done)

    def _origin(self, statement: str) -> Origin:
        return Origin(self.peer.address[0], self._rules.application, statement)

    def _query(self, statement: CatalogQuery) -> Result:
        reader = self.reader()
        rows = run_query(self.control.catalog, statement, reader)
        columns = query_columns(statement, as_text=self._rules.as_text)
        return Result("SELECT", columns, rows, basis=self.basis(statement, reader))

    def reader(self) -> Reader:
        """How the session reads now."""
        rules = self._rules
        return Reader(
            self._context(),
            rules.as_text,
            self.value_settings.timezone,
            self._show_secret,
            self._note_read,
            self.engine.retention.recycle_days,
            rules.reveals,
        )

    async def _show_privileges(self, statement: PrivilegeQuery) -> Result:
        """Beside the loop in a large project: what somebody holds stands with each object."""
        catalog, context, address = self.control.catalog, self._context(), self.peer.address[0]
        project = catalog.find_project(context.project)
        models = 0 if project is None else sum(len(schema.models) for schema in project.schemas.values())
        rows = await self.do_aside(lambda: run_privilege_query(catalog, statement, context, address), models)
        return Result("SELECT", privilege_columns(statement), rows)

    def basis(self, statement: CatalogQuery, reader: Reader) -> Basis | None:
        """What the rows rest on: those of a plain DESC MODEL on that model alone, whatever becomes of the others."""
        if self._rules.reveals or not isinstance(statement, _KEPT):
            return None
        if not isinstance(statement, DescribeModel) or statement.extended:
            return on_all
        schemas, context = self.control.schemas, reader.context
        name, model = find_readable(self.control.catalog, statement.name, context)

        def basis(catalog: Catalog) -> bool:
            project = catalog.find_project(context.project)
            # The current schema, for a name of one part, is the first of the search path that there is.
            if project is None or tuple(project.schemas) != schemas:
                return False
            try:
                now = find_readable(catalog, statement.name, context)
            except OdpsError:
                return False
            return now[0] == name and now[1] is model

        return basis

    async def _describe(self, statement: DescribeModel) -> Result:
        context, reader, newest = self._context(), self.reader(), self.engine.committer.catalog
        if statement.as_of is not None:
            name, model, header = await self.past.find_state(statement, statement.as_of, context, self.value_settings)
        elif self._rules.reveals:
            self._note_read(resolve_model(self.control.catalog, statement.name, context))
            name, model = find_readable(self.control.catalog, statement.name, context)
            committed = newest.find_model(name)
            header = model.header if committed is None else committed.header
        else:
            return self._query(statement)
        # What was revoked since the transaction began reveals nothing any more; but a schema may be the transaction's.
        known = newest if newest.find_schema(name.project, name.schema) is not None else self.control.catalog
        rights = find_rights(known, name, header, reader)
        rows = describe_state(name, model, statement, reader, rights)
        version = find_version(model, statement.version, name)
        if rights.reveals and version.secrets:
            await self._note_reveal(name, version.name, statement, context)
        return Result("SELECT", query_columns(statement, as_text=self._rules.as_text), rows)

    async def _note_reveal(self, name: ModelName, version: str, statement: DescribeModel, context: Context) -> None:
        """Write into the history that secrets are shown, before they are.

        Whatever becomes of the transaction around it: they will have been seen.
        """
        origin = self._origin(format_statement(statement))
        event = Event(
            action="REVEAL SECRETS",
            target=str(name),
            principal=context.principal,
            time=context.now,
            changes=(),
            guards=(),
            version=version,
            subject=model_key(name),
            origin=origin,
        )
        await self.engine.committer.submit(lambda catalog: Decision(event))

    async def _checkpoint(self) -> Result:
        if not is_superuser(self.control.catalog, self.control.principal):
            raise OdpsError(Condition.CHECKPOINT_DENIED)
        await self.engine.committer.checkpoint()
        return Result("CHECKPOINT")

    def _context(
        self, secrets: dict[str, bytes] | None = None, earlier: Earlier | None = None, origin: Origin = NO_ORIGIN
    ) -> Context:
        rules = self._rules
        return Context(
            principal=self.control.principal,
            project=self.control.project,
            schema=self.control.schema,
            now=self.engine.clock.now(),
            secrets=secrets or {},
            lenient_names=rules.lenient_names,
            edition=rules.edition,
            has_schemas=rules.has_schemas,
            recycles=self.engine.retention.recycle_days > 0,
            earlier=earlier,
            origin=origin,
        )

    def _record_place(self, statement: Change | UserStatement) -> str:
        """What RECORD is about: the user, or the full name of the version."""
        if not isinstance(statement, RecordFacts):
            return ""
        if statement.version is None:
            return statement.name.parts[-1].name
        return f"{resolve_model(self.control.catalog, statement.name, self._context())}.{statement.version}"

    def _show_secret(self, key: str, sealed: bytes, reveal: bool) -> str:
        return self.engine.keyring.show(sealed, purpose=key, reveal=reveal)

    def hears(self, event: Event, before: Catalog, after: Catalog) -> bool:
        """Whether the session may be told of a change."""
        return may_hear(event, before, after, self.control.principal)

    def _note_read(self, name: ModelName) -> None:
        if self.control.transaction is not None:
            self.control.transaction.note_read(model_key(name))


def find_tag(statement: Change | UserStatement) -> str:
    """The command tag that CommandComplete tells of a change."""
    return _TAGS[type(statement)]


def _make_rules(parameters: Parameters) -> _Rules:
    def has_flag(name: str) -> bool:
        return parameters.get(name) == "true"

    return _Rules(
        parameters.get_boolean("modeld.lenient_names"),
        Edition(has_flag(TYPE_SYSTEM_FLAG), has_flag(DECIMAL_FLAG)),
        has_flag("odps.namespace.schema"),
        parameters.get("modeld.desc_format") == "text",
        parameters.get_boolean("modeld.reveal_secrets"),
        parameters.get("application_name"),
    )
