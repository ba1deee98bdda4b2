"""What one session may learn of what is no longer so: a model as it was, and the history of a name.

Who reads something of the past must be allowed to read what has the name now, or what had it then; nobody learns here
of a model that is none of their business.
"""

from typing import assert_never

from protocol.datetime_input import parse_timestamptz
from protocol.errors import InvalidValue
from protocol.values import ValueSettings
from server.audience import header_of_today, history_begins, knows_all, knows_past
from server.catalog import Catalog, Context, Model, ModelHeader, ModelName
from server.catalog.decide_recovery import list_own_dropped
from server.catalog.find_models import check_action, find_model, find_model_to_change, model_not_found
from server.catalog.names import Earlier, resolve_model
from server.catalog.options import literal_text
from server.catalog.privileges import denied, find_authority, model_resource
from server.committer import Committer
from server.errors import Condition, OdpsError
from server.recall import HISTORY_COLUMNS, Recall, history_row
from server.results import Result
from server.secrets import Keyring, key_id_of
from server.statements import AsOf, AsOfRevision, AsOfTime, DescribeModel, RollbackModel, ShowHistory
from server.statements.privileges import Action
from server.states import Asked, States, not_there
from server.times import Clock


class Past:
    """The past as one session asks for it.

    Attributes:
        recall: the history as it was written.
        states: models as they were.
    """

    def __init__(self, committer: Committer, keyring: Keyring, clock: Clock) -> None:
        self._committer = committer
        self._keyring = keyring
        self._clock = clock
        self.recall = Recall(committer.store)
        self.states = States(committer.store)

    async def find_earlier(self, statement: RollbackModel, mine: Catalog, context: Context) -> Earlier:
        """The state that the statement brings back.

        Args:
            mine: the session's catalog, with the changes of its transaction.
        """
        newest = self._committer.catalog
        name = resolve_model(mine, statement.name, context)
        # Before anything of the past is told.
        model = find_model_to_change(mine, name, statement.name, context, if_exists=False)
        assert model is not None, "without IF EXISTS a missing one is an error"  # noqa: S101  a fault of ours
        committed = newest.find_model(name)
        revision, asked = statement.moment.revision, Asked(statement.name.at, statement.moment.at)
        if committed is None or committed.header.create_time != model.header.create_time:
            raise not_there(name, revision, asked, "What this transaction has made of it has no past before COMMIT.")
        earlier = await self.states.find_earlier(name, revision, newest, asked)
        for version in earlier.model.versions.values():
            if any(key_id_of(sealed) not in self._keyring.key_ids for _, sealed in version.secrets):
                # In the catalog they would keep the server from its next start.
                raise OdpsError(Condition.EARLIER_KEY_LOST, model=name, revision=revision, at=statement.moment.at)
        return earlier

    async def find_state(
        self, statement: DescribeModel, moment: AsOf, context: Context, settings: ValueSettings
    ) -> tuple[ModelName, Model, ModelHeader]:
        """What had the name at an earlier moment, and the header by which it may be read today.

        Args:
            settings: how a time is read.

        Raises:
            OdpsError: why there is none; MODEL_NOT_FOUND to whom all that is none of their business.
        """
        newest, written, principal = self._committer.catalog, statement.name, context.principal
        name = resolve_model(newest, written, context)
        now = find_model(newest, name, written, context)
        authority = find_authority(newest, name.project, principal)
        schema = newest.find_schema(name.project, name.schema)

        def may_read(header: ModelHeader) -> bool:
            return schema is not None and authority.on_model(schema, header, Action.DESCRIBE)

        revision, at = await self._find_revision(moment, newest, settings)
        asked = Asked(written.at, at)
        refusal = model_not_found(name, written)
        readable = now is not None and may_read(now.header)
        if now is not None:
            # Whoever reads the model that is there is not told of another that had its name.
            denial = denied(Action.DESCRIBE, model_resource(name), written.at)
            refusal = not_there(name, revision, asked) if readable else denial
        try:
            then = await self.states.find(name, revision, newest, asked)
        except OdpsError as error:
            known = readable and error.condition is not Condition.STATE_PURGED
            if known or knows_past(newest, name, principal):
                raise
            raise refusal from error
        header = header_of_today(newest, then, now)
        if may_read(header):
            return name, then, header
        raise refusal

    async def show_history(self, statement: ShowHistory, mine: Catalog, context: Context) -> Result:
        """The answer to SHOW HISTORY, as of the session's catalog."""
        principal = context.principal
        name = resolve_model(mine, statement.name, context)
        model = find_model(mine, name, statement.name, context)
        schema = mine.find_schema(name.project, name.schema)
        may_grant = True
        if model is not None and schema is not None:
            check_action(mine, name, model, Action.DESCRIBE, statement.name, context)
            may_grant = find_authority(mine, name.project, principal).owns(schema, model.header)
        elif not knows_past(mine, name, principal):
            raise model_not_found(name, statement.name)
        dropped = list_own_dropped(mine, name, principal) if model is None else []
        found = await self.recall.list_history(
            name,
            upto=mine.revision,
            limit=statement.limit,
            whole=knows_all(mine, name, principal),
            drop_id=dropped[0][0] if dropped else None,
        )
        since = history_begins(mine, name.project, principal)
        rows = [history_row(each, may_grant=may_grant) for each in found if each.time >= since]
        if not rows and model is None:
            raise model_not_found(name, statement.name)
        return Result("SELECT", HISTORY_COLUMNS, rows)

    async def _find_revision(self, moment: AsOf, newest: Catalog, settings: ValueSettings) -> tuple[int, int]:
        """The revision, and where the statement says it."""
        match moment:
            case AsOfRevision(revision):
                return revision, moment.at
            case AsOfTime(written):
                text = literal_text(written)
                try:
                    time = parse_timestamptz(text, settings.timezone, settings.date_style[1], settings.find_zone)
                except InvalidValue as error:
                    raise OdpsError(Condition.MOMENT_INVALID, at=written.at, reason=error.message) from error
                now = self._clock.now()
                return await self.states.find_revision(time, f"'{text}'", now, newest, written.at), written.at
            case _:
                assert_never(moment)
