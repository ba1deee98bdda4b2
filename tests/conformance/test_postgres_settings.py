"""Run-time parameters are PostgreSQL 15's: their metadata, what they accept, what they show, how they refuse."""

from collections.abc import Iterator
from typing import Final

import psycopg
import pytest
from psycopg import sql

from server.errors import OdpsError
from server.parameters import PARAMETERS, Parameters, RunTimeParameter
from server.parameters.kinds import Boolean, Choice, Integer, Real
from tests.wire.postgres import PostgresProcess

_OURS: Final = frozenset(name for name in PARAMETERS if name.startswith(("modeld.", "odps."))) | {"transaction_timeout"}
# Of these PostgreSQL shows what the system has, not what was set.
_SYSTEMS: Final = ("tcp_keepalives_count", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout")
_THEIRS: Final = sorted(PARAMETERS.keys() - _OURS - set(_SYSTEMS))
# What depends on the machine, on how the server was started, or on which server it is.
_OTHER_DEFAULTS: Final = (
    *("application_name", "client_encoding", "default_text_search_config", "server_encoding", "server_version"),
    *("lc_messages", "lc_monetary", "lc_numeric", "lc_time", "port", "timezone", "timezone_abbreviations"),
    *("search_path", "server_version_num", "unix_socket_directories"),
    *_SYSTEMS,
)
_HIDDEN: Final = frozenset({"is_superuser", "role", "session_authorization"})
_NUMBERS: Final = ("", " ", "x", "0", "1", "-1", "+7", " 9 ", "007", "09", "0x1F", "1.5", "2.5", ".5", "1e3", "1e400")
_WITH_UNITS: Final = ("1us", "600us", "90s", "1.5s", "1.0001s", "0.0005min", "2 d", "36h", "5min ", "1 MS", "1x")
_SIZES: Final = ("64kB", "9kB", "1.5GB", "1 TB", "3000TB", "2097152 B", "1000000", "99999999999", "99999999999999 B")
_REALS: Final = ("inf", "-inf", "nan", "1e-7", "1e-400", "0.123456789", "123456789", "0.5 s", "0x1", "1e6")
_BOOLEANS: Final = ("on", "OFF", "t", "f", "yes", "n", "1", "0", "2", "o", "of", "", " on", "maybe")
# What texts are given besides.
_TEXTS: Final = {
    "client_encoding": ("utf8", "latin1", "nope", ""),
    "datestyle": ("ISO, SQL", "sql,dmy", "German", "iso,,dmy", "mdy, ymd", "nope", "postgres"),
    "default_table_access_method": ("heap", "nope", ""),
    "default_tablespace": ("", "pg_default", "nope"),
    "default_text_search_config": ("german", "pg_catalog.simple", "nope"),
    "lc_messages": ("C", "nope", ""),
    "lc_monetary": ("C", "POSIX", "nope", ""),
    "restrict_nonsystem_relation_kind": ("view", "View , foreign-table", "nope", ""),
    "role": ("none", "postgres", "nope"),
    "search_path": ("a, b", '"A b" ,c', "a,,b", "a b", '"a', '""', "", "a,", 'a"b', '"x""y"'),
    "session_authorization": ("postgres", "nope"),
    "timezone": ("utc", "Asia/Shanghai", "nope"),
    "timezone_abbreviations": ("Default", "India", "nope"),
}


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres client_encoding=utf8"
        with psycopg.connect(parameters, autocommit=True) as connected:
            yield connected


@pytest.fixture
def postgres(connection: psycopg.Connection) -> psycopg.Connection:
    """A session without what earlier tests have set."""
    connection.execute("RESET ALL")
    return connection


@pytest.fixture
def parameters() -> Parameters:
    return Parameters("postgres")


def _values(parameter: RunTimeParameter) -> tuple[str, ...]:
    match parameter.kind:
        case Boolean():
            return _BOOLEANS
        case Choice(choices):
            return (*choices, choices[0].upper(), "true", "No", "1", "debug", "info", "nope", "")
        case Integer(least, most):
            ends = (str(least), str(least - 1), str(most), str(most + 1))
            return (*_NUMBERS, *_WITH_UNITS, *_SIZES, *ends)
        case Real(least, most):
            return (*_NUMBERS, *_REALS, str(least), str(least - 1))
        case _:
            return _TEXTS.get(parameter.name.lower(), ("x",))


def _their_answer(postgres: psycopg.Connection, name: str, value: str) -> tuple[str | None, ...]:
    """(shown value,) or (SQLSTATE, message, detail, hint)."""
    place: sql.Composable = sql.Literal(name)
    statement = sql.SQL("SELECT set_config({}, {}, true)")
    if name.startswith("transaction_"):
        statement = sql.SQL("SET LOCAL {} = {}")  # a SELECT would be the query before which it has to come
        place = sql.Identifier(name)
    show = sql.SQL("SHOW {}").format(sql.Identifier(name))
    # One text, so that no limit of a millisecond on being idle comes between.
    steps = (sql.SQL("BEGIN"), statement.format(place, sql.Literal(value)), show, sql.SQL("ROLLBACK"))
    try:
        cursor = postgres.execute(sql.SQL("; ").join(steps))
    except psycopg.Error as error:
        postgres.rollback()
        said = error.diag
        return said.sqlstate, said.message_primary, said.message_detail, said.message_hint
    cursor.nextset()
    cursor.nextset()
    row = cursor.fetchone()
    assert row is not None
    return (str(row[0]),)


def _our_answer(parameters: Parameters, name: str, value: str) -> tuple[str | None, ...]:
    try:
        parameters.set(name, value)
    except OdpsError as error:
        said = error.diagnostic
        return said.condition.sqlstate, said.message(), said.detail, said.hint
    return (parameters.get(name),)


@pytest.mark.parametrize("name", _THEIRS)
def test_values_are_taken_and_refused_as_postgres_does(postgres: psycopg.Connection, name: str) -> None:
    for value in _values(PARAMETERS[name]):
        assert _our_answer(Parameters("postgres"), name, value) == _their_answer(postgres, name, value), value


@pytest.mark.parametrize("name", sorted(PARAMETERS.keys() - _OURS - _HIDDEN))
def test_metadata_is_what_pg_settings_has(postgres: psycopg.Connection, parameters: Parameters, name: str) -> None:
    row = postgres.execute(
        "SELECT name, unit, category, context, vartype, min_val, max_val, enumvals, boot_val, current_setting(name)"
        " FROM pg_settings WHERE lower(name) = %s",
        [name],
    ).fetchone()
    assert row is not None, "PostgreSQL has no such parameter"
    mine = next(each for each in parameters.settings() if each.name.lower() == name)
    *theirs, boot, shown = row

    choices = None if mine.enumvals is None else list(mine.enumvals)
    assert [mine.name, mine.unit, mine.category, mine.context, mine.vartype] == theirs[:5]
    if name != "server_version_num":
        assert [mine.min_val, mine.max_val, choices] == theirs[5:]
    if name not in _OTHER_DEFAULTS:
        assert (mine.boot_val, parameters.get(name)) == ((boot or ""), shown)


def test_hidden_parameters_are_hidden(postgres: psycopg.Connection) -> None:
    shown = {str(row[0]).lower() for row in postgres.execute("SHOW ALL")}

    assert {name for name, parameter in PARAMETERS.items() if parameter.hidden} == _HIDDEN
    assert not _HIDDEN & shown
    assert set(_THEIRS) - _HIDDEN <= shown


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("search_path", ["$user", "public"]),
        ("search_path", ["A b", 'c"d', "select", "default", "pg_catalog", "a$b", "1a", "schema"]),
        ("search_path", ["a,b"]),
        ("search_path", [""]),
        ("DateStyle", ["SQL", "dmy"]),
        ("application_name", ["a", "b"]),
        ("statement_timeout", ["1", "2"]),
        ("some.thing", ["1", "2"]),
        ("some.thing", ["1"]),
        ("some.1thing", ["1"]),
        ("some.", ["1"]),
        ("some.thing.more", ["x"]),
        ("nothing", ["1"]),
        ("max_connections", ["5"]),
        ("ssl", ["on"]),
        ("server_version", ["15"]),
    ],
)
def test_set_statement_with_several_values(
    postgres: psycopg.Connection, parameters: Parameters, name: str, values: list[str]
) -> None:
    statement = sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.SQL(", ").join(map(sql.Literal, values)))
    try:
        postgres.execute(statement)
        row = postgres.execute("SELECT current_setting(%s)", [name]).fetchone()
        theirs: tuple[object, ...] = row or ()
    except psycopg.Error as error:
        theirs = (error.diag.sqlstate, error.diag.message_primary)

    mine: tuple[object, ...]
    try:
        parameters.set_values(name, values)
        mine = (parameters.get(name),)
    except OdpsError as error:
        mine = (error.condition.sqlstate, error.diagnostic.message())
    assert mine == theirs
