"""Runs a script of statements on a catalog, as `modeld load` does: a dump, or anything a console would run.

All of it happens or, up to `BATCH` statements, nothing: they are one transaction. A longer script is committed in
steps of that many. Statements that only read are passed over, and so are BEGIN and COMMIT.
"""

from collections import Counter
from typing import Final

from server.catalog import Catalog
from server.catalog.privileges import OPERATOR
from server.dialect import PlacedStatement, read
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.statements import (
    Begin,
    Change,
    Commit,
    ParameterStatement,
    Query,
    SelectStatement,
    Statement,
    UserStatement,
    UseStatement,
)

BATCH: Final = 10_000


class ScriptFailed(Exception):
    """A statement of the script cannot be done.

    Attributes:
        line: where the statement begins, from 1.
        committed: how many statements before it stay done.
    """

    def __init__(self, line: int, error: OdpsError, committed: int) -> None:
        super().__init__(str(error))
        self.line = line
        self.error = error
        self.committed = committed


async def load_script(engine: Engine, text: str, principal: str, project: str) -> Counter[Condition]:
    """Run the script, and count what it was told of.

    Args:
        principal: who runs it; OPERATOR may do everything, and must not own anything in the end.

    Raises:
        ScriptFailed
    """
    executor = Executor(engine, principal, project)
    notices: Counter[Condition] = Counter()
    committed = 0
    statements = _read(text)
    await executor.execute(Begin())
    for done, placed in enumerate(statements, 1):
        try:
            notices.update(await _run(executor, placed.statement))
            if done % BATCH == 0:
                await executor.execute(Commit())
                committed = done
                await executor.execute(Begin())
        except OdpsError as error:
            raise ScriptFailed(text.count("\n", 0, placed.start) + 1, error, committed) from error
    try:
        _check_owners(executor.control.catalog)
        await executor.execute(Commit())
    except OdpsError as error:
        raise ScriptFailed(text.count("\n") + 1, error, committed) from error
    return notices


def _read(text: str) -> tuple[PlacedStatement, ...]:
    try:
        return read(text)
    except OdpsError as error:
        at = error.diagnostic.at or 0
        raise ScriptFailed(text.count("\n", 0, at) + 1, error, 0) from error


async def _run(executor: Executor, statement: Statement) -> list[Condition]:
    match statement:
        case Begin() | Commit():
            return []
        case _ if isinstance(statement, Query | SelectStatement):
            return []
        case _ if isinstance(statement, Change | UserStatement | ParameterStatement | UseStatement):
            result = await executor.execute(statement)
            # A dump with sealed secrets sets this, since it gives afterwards what its CREATE statements lack.
            quiet = executor.parameters.get("client_min_messages") == "error"
            return [] if quiet else [notice.condition for notice in result.notices]
        case _:
            raise OdpsError(Condition.NOT_SUPPORTED, statement=f"{type(statement).__name__} in a script to load")


def _check_owners(catalog: Catalog) -> None:
    """Raise UNOWNED for what is the operator's, who is no user."""
    for project_name, project in catalog.projects.items():
        if project.header.owner == OPERATOR:
            raise OdpsError(Condition.UNOWNED, object=f"project {project_name}")
        for schema_name, schema in project.schemas.items():
            if schema.header.owner == OPERATOR:
                raise OdpsError(Condition.UNOWNED, object=f"schema {project_name}.{schema_name}")
            for name, model in schema.models.items():
                if model.header.owner == OPERATOR:
                    raise OdpsError(Condition.UNOWNED, object=f"model {project_name}.{schema_name}.{name}")
