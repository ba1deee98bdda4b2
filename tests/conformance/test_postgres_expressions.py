"""Every expression has the type, the modifier, the column name and the error that PostgreSQL 15 gives it."""

from collections.abc import Iterator
from typing import Final

import psycopg
import pytest
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import RECORD
from server.dialect import parse_query
from server.errors import Condition, Head, InvalidConstant, OdpsError
from server.query.binder import bind_query, settle_parameters
from server.query.postgres.types import base_type
from tests.conformance.expressions import EXPRESSIONS
from tests.unit.server.query.binder.stub_scope import COLUMNS, make_context
from tests.wire.postgres import PostgresProcess

_LARGEST_BUILT_IN: Final = 16_383

# What is different on purpose, or is of the stub around the expression and not of the binder.
DIFFERENT: Final = {
    "varchar(x)": "the grammar has words of its own for errors",
    "numeric(i)": "a modifier that is no number is refused by the grammar, in its own place",
    "cast(i as t)": "relations of users have no row type that can be named",
    "array[i]::t[]": "relations of users have no row type that can be named",
    "cast($1 as t)": "relations of users have no row type that can be named",
    "(row(1,'a')).f2": "an internal error in PostgreSQL",
    "greatest(j, j)": "refused when it is bound, where PostgreSQL does when it runs",
    "make_interval(days => 3, days => 4)": "the place of an argument's name is not kept",
    "array_agg(i order by i using +)": "the place of the operator is not kept",
    "sum((select sum(i)))": "the place of an aggregate in a subquery is not kept",
    "case i when x then 1 end": "the place of WHEN is not kept",
    "case 'a' when 1 then 1 end": "the place of WHEN is not kept",
    "case $1 when 1 then 2 end": "the place of WHEN is not kept",
    "$1::information_schema.sql_identifier": "a parameter is of the domain's base type",
}

# SPEC 5 has other words for these than PostgreSQL.
_OWN_WORDS: Final = {Condition.COLUMN_MISSING: "no such column"}
# Arrays of rows are arrays of records.
_RECORD_ARRAY: Final = 2287

Described = tuple[object, ...]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PGconn]:
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres"
        with psycopg.connect(parameters, autocommit=True) as connection:
            columns = ", ".join(f'"{name}" {written}' for name, written, _, _ in COLUMNS)
            result = connection.pgconn.exec_(f"CREATE TABLE t ({columns})".encode())
            assert result.status == ExecStatus.COMMAND_OK, result.error_message
            yield connection.pgconn


@pytest.mark.parametrize("expression", [each for each in EXPRESSIONS if each not in DIFFERENT])
def test_is_what_postgresql_makes_of_it(postgres: PGconn, expression: str) -> None:
    statement = f"SELECT {expression} FROM t"

    assert _described_here(statement) == _described_there(postgres, statement)


def _described_there(postgres: PGconn, statement: str) -> Described:
    prepared = postgres.prepare(b"", statement.encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        state, message, hint, place = (
            (prepared.error_field(each) or b"").decode()
            for each in (
                DiagnosticField.SQLSTATE,
                DiagnosticField.MESSAGE_PRIMARY,
                DiagnosticField.MESSAGE_HINT,
                DiagnosticField.STATEMENT_POSITION,
            )
        )
        if state == SqlState.UNDEFINED_COLUMN and message.endswith("does not exist"):
            message = _OWN_WORDS[Condition.COLUMN_MISSING]
        return (state, message, hint, int(place or 0))
    row = postgres.describe_prepared(b"")
    oid = row.ftype(0)
    name = row.fname(0)
    assert name is not None
    parameters = tuple(row.param_type(index) for index in range(row.nparams))
    # The row type of t, and arrays of it, are records here.
    shown = oid if oid <= _LARGEST_BUILT_IN and oid != _RECORD_ARRAY else RECORD
    return (name.decode(), shown, row.fmod(0), parameters)


def _described_here(statement: str) -> Described:
    context = make_context()
    try:
        column = bind_query(parse_query(statement), context).columns[0]
        settle_parameters(context)
    except OdpsError as error:
        report = error.diagnostic
        assert report.condition.head is not Head.PARSE, "the grammar refuses it"
        message = _OWN_WORDS.get(report.condition, report.text)
        return (report.condition.sqlstate.value, message, report.hint or "", _position(report.at))
    except InvalidConstant as error:
        return (error.sqlstate.value, error.message, "", _position(error.at))
    except InvalidValue as error:
        return (error.sqlstate.value, error.message, "", 0)
    oid = base_type(column.type)
    shown = RECORD if oid == _RECORD_ARRAY else oid
    return (column.name, shown, column.modifier, tuple(context.parameter_types))


def _position(at: int | None) -> int:
    return 0 if at is None else at + 1
