"""Every query has the columns, their types and origins, the parameters and the errors that PostgreSQL 15 gives it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn

from protocol.errors import InvalidValue
from protocol.types import Oid
from server.dialect import parse_query
from server.errors import Condition, InvalidConstant, OdpsError
from server.query import bound
from server.query.binder import bind_query, settle_parameters
from server.query.postgres.catalog import system_relations
from server.query.postgres.types import base_type, find_type
from server.query.relations.interface import Relation
from tests.unit.server.query.binder.catalog_only import make_context
from tests.wire.postgres import PostgresProcess

_PSQL: Final = Path("/usr/lib/postgresql/15/bin/psql")
_QUERIES: Final = Path(__file__).with_name("queries.sql").read_text(encoding="utf-8").splitlines()
_ECHOED: Final = re.compile(r"\*{8,} QUERY \*{8,}\n(.*?)\n\*{20,}", re.DOTALL)
_COMMANDS: Final = (
    *(r"\d", r"\dS+", r"\d pg_class", r"\d+ pg_class", r"\d+ pg_tables", r"\d pg_class_oid_index", r"\dtS+"),
    *(r"\dvS+", r"\diS+", r"\ds+", r"\dm+", r"\dnS+", r"\dfS+", r"\daS", r"\db+", r"\dcS+", r"\dC+", r"\dd"),
    *(r"\ddp", r"\dDS+", r"\des+", r"\det+", r"\deu+", r"\dew+", r"\dF+", r"\dFd+", r"\dFp+", r"\dFt+", r"\dg+"),
    *(r"\dl", r"\dLS+", r"\doS+", r"\dOS+", r"\dp", r"\dP+", r"\drds", r"\dRp+", r"\dRs+", r"\dTS+", r"\dx+"),
    *(r"\dy+", r"\dX", r"\dA+", r"\dAc+", r"\dAf+", r"\dAo+", r"\dAp+", r"\dconfig+", r"\l+", r"\z", r"\sv pg_tables"),
)

# What is different on purpose, or lies with what the statement's tree keeps.
DIFFERENT: Final = {
    "select * from json_each('{}') as x(a int, b text)": "the place of a column definition's name is not kept",
    "select * from generate_series(1,2) as x(a int)": "the place of a column definition's name is not kept",
    "select relname from pg_class order by oid using +": "the place of the operator is not kept",
    "select relname from pg_class order by oid using =": "the place of the operator is not kept",
    "select (b).oid from pg_am as b(a)": "a field of a table's row goes by the table's own name for it",
    "select relname from pg_class tablesample system (10)": "TABLESAMPLE is refused",
}

# SPEC 5 has other words for these than PostgreSQL.
_OWN_WORDS: Final = {Condition.COLUMN_MISSING: "no such column", Condition.TABLE_MISSING: "no such table"}
_THEIR_WORDS: Final = {"42703": "no such column", "42P01": "no such table"}

_SYNTAX: Final = (Condition.INVALID_TOKEN, Condition.INVALID_TOKEN_EXPECTING)

# (kind, what it is made of): columns and parameters, or an error.
Described = tuple[object, ...]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresProcess]:
    with PostgresProcess.start_or_skip() as started:
        yield started


@pytest.fixture(scope="module")
def postgres(server: PostgresProcess) -> Iterator[PGconn]:
    parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres client_encoding=utf8"
    with psycopg.connect(parameters, autocommit=True) as connection:
        yield connection.pgconn


@pytest.mark.parametrize("query", [each for each in _QUERIES if each not in DIFFERENT])
def test_is_what_postgresql_makes_of_it(postgres: PGconn, query: str) -> None:
    assert _described_here(query) == _described_there(postgres, query)


@pytest.mark.parametrize("command", _COMMANDS)
def test_what_psql_asks_is_described_alike(server: PostgresProcess, postgres: PGconn, command: str) -> None:
    address = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "postgres"]
    answer = subprocess.run([_PSQL, "-X", "-E", "-c", command, *address], capture_output=True, text=True, check=False)
    queries = [each.rstrip().rstrip(";") for each in _ECHOED.findall(answer.stdout)]

    assert queries
    for query in queries:
        assert _described_here(query) == _described_there(postgres, query), query


@pytest.mark.parametrize("name", [each for each, relation in system_relations().items() if relation.definition])
def test_a_views_definition_gives_the_views_columns(name: tuple[str, str]) -> None:
    view = system_relations()[name]
    assert view.definition is not None

    query = bind_query(parse_query(view.definition), make_context())

    assert [(each.name, each.type, each.modifier) for each in query.columns] == [
        (each.name, each.type, each.modifier) for each in view.columns
    ]


def _described_there(postgres: PGconn, query: str) -> Described:
    prepared = postgres.prepare(b"", query.encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        state, message, place, detail, hint = (
            (prepared.error_field(each) or b"").decode()
            for each in (
                DiagnosticField.SQLSTATE,
                DiagnosticField.MESSAGE_PRIMARY,
                DiagnosticField.STATEMENT_POSITION,
                DiagnosticField.MESSAGE_DETAIL,
                DiagnosticField.MESSAGE_HINT,
            )
        )
        if message.startswith("syntax error"):
            return ("syntax error", state, int(place))
        message = _shown(state, message)
        return ("error", state, message, int(place or 0), detail, hint)
    row = postgres.describe_prepared(b"")
    columns = [
        ((row.fname(at) or b"").decode(), row.ftype(at), row.fmod(at), row.ftable(at), row.ftablecol(at))
        for at in range(row.nfields)
    ]
    return ("columns", columns, [row.param_type(at) for at in range(row.nparams)])


_VIEWS: Final[dict[Oid, tuple[Relation, bound.Query]]] = {}


def _described_here(query: str) -> Described:
    context = make_context(_VIEWS)
    try:
        result = bind_query(parse_query(query), context)
        settle_parameters(context)
    except OdpsError as error:
        report = error.diagnostic
        state = report.condition.sqlstate.value
        if report.condition in _SYNTAX:
            return ("syntax error", state, _position(report.at))
        message = _OWN_WORDS.get(report.condition, report.text)
        return ("error", state, message, _position(report.at), report.detail or "", report.hint or "")
    except InvalidConstant as error:
        message = _shown(error.sqlstate.value, error.message)
        return ("error", error.sqlstate.value, message, _position(error.at), "", "")
    except InvalidValue as error:
        return ("error", error.sqlstate.value, error.message, 0, "", "")
    columns = [
        (each.name, base_type(each.type), _modifier(each), each.table, each.table_column) for each in result.columns
    ]
    return ("columns", columns, list(context.parameter_types))


def _modifier(column: bound.OutputColumn) -> int:
    """As clients are told: of a domain, that of its base type."""
    row = find_type(column.type)
    return row.base_modifier if row is not None and row.typtype == "d" else column.modifier


def _shown(state: str, message: str) -> str:
    """PostgreSQL's words for what SPEC 5 has other words for."""
    missing = message.endswith("does not exist") and message.startswith(("column", "relation"))
    return _THEIR_WORDS[state] if missing else message


def _position(at: int | None) -> int:
    return 0 if at is None else at + 1
