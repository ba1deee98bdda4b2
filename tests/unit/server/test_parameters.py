"""Run-time parameters: values, messages and SQLSTATEs as PostgreSQL 15 gives them."""

import pytest

from server.errors import Condition, OdpsError
from server.parameters import PARAMETERS, Parameters, parse_boolean
from tests.unit.server.sessions import Scene, Session


@pytest.fixture
def parameters() -> Parameters:
    return Parameters("alice")


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("application_name", "psql", "psql"),
        ("application_name", "\u00e9\u2603\n", "?" * 6),
        ("application_name", "x" * 100, "x" * 63),
        ("application_name", "", ""),
        ("bytea_output", "ESCAPE", "escape"),
        ("client_encoding", "utf-8", "UTF8"),
        ("client_encoding", "unicode", "UTF8"),
        ("client_encoding", "latin1", "LATIN1"),
        ("client_min_messages", "Warning", "warning"),
        ("client_min_messages", "debug", "debug2"),
        ("client_min_messages", "info", "info"),
        ("DATESTYLE", "German", "German, DMY"),
        ("DateStyle", "German, mdy", "German, MDY"),
        ("DateStyle", "sql, european", "SQL, DMY"),
        ("DateStyle", "postgresql,us", "Postgres, MDY"),
        ("DateStyle", "ISO,ISO", "ISO, MDY"),
        ("DateStyle", "ymd", "ISO, YMD"),
        ("DateStyle", "", "ISO, MDY"),
        ("extra_float_digits", "3", "3"),
        ("extra_float_digits", "-15", "-15"),
        ("extra_float_digits", " 2 ", "2"),
        ("extra_float_digits", "+2", "2"),
        ("extra_float_digits", "1.5", "2"),
        ("IntervalStyle", "ISO_8601", "iso_8601"),
        ("modeld.desc_format", "Text", "text"),
        ("modeld.lenient_names", "yes", "on"),
        ("modeld.reveal_secrets", "tru", "on"),
        ("standard_conforming_strings", "of", "off"),
        ("timezone", "asia/shanghai", "Asia/Shanghai"),
        ("odps.sql.type.system.odps2", "true", "true"),
        ("Foo.Bar", "X y", "X y"),
    ],
)
def test_value_is_shown_in_its_canonical_form(parameters: Parameters, name: str, value: str, shown: str) -> None:
    parameters.set(name, value)

    assert parameters.get(name.upper()) == shown


@pytest.mark.parametrize(
    ("name", "value", "sqlstate", "message", "hint"),
    [
        ("foo", "1", "42704", 'unrecognized configuration parameter "foo"', None),
        ("modeld.nothing", "1", "42704", 'unrecognized configuration parameter "modeld.nothing"', None),
        ("SERVER_VERSION", "1", "55P02", 'parameter "server_version" cannot be changed', None),
        ("is_superuser", "on", "55P02", 'parameter "is_superuser" cannot be changed', None),
        ("in_hot_standby", "on", "55P02", 'parameter "in_hot_standby" cannot be changed', None),
        ("server_encoding", "UTF8", "55P02", 'parameter "server_encoding" cannot be changed', None),
        ("integer_datetimes", "off", "55P02", 'parameter "integer_datetimes" cannot be changed', None),
        ("timezone", "nonsense", "22023", 'invalid value for parameter "TimeZone": "nonsense"', None),
        ("datestyle", "foo", "22023", 'invalid value for parameter "DateStyle": "foo"', None),
        ("DateStyle", "ISO, SQL", "22023", 'invalid value for parameter "DateStyle": "ISO, SQL"', None),
        ("DateStyle", "mdy,dmy", "22023", 'invalid value for parameter "DateStyle": "mdy,dmy"', None),
        ("DateStyle", "ISO,foo", "22023", 'invalid value for parameter "DateStyle": "ISO,foo"', None),
        ("client_encoding", "foo", "22023", 'invalid value for parameter "client_encoding": "foo"', None),
        ("client_encoding", "", "22023", 'invalid value for parameter "client_encoding": ""', None),
        (
            "bytea_output",
            " hex",
            "22023",
            'invalid value for parameter "bytea_output": " hex"',
            "Available values: escape, hex.",
        ),
        (
            "client_min_messages",
            "panic",
            "22023",
            'invalid value for parameter "client_min_messages": "panic"',
            "Available values: debug5, debug4, debug3, debug2, debug1, log, notice, warning, error.",
        ),
        (
            "modeld.desc_format",
            "box",
            "22023",
            'invalid value for parameter "modeld.desc_format": "box"',
            "Available values: rows, text.",
        ),
        (
            "extra_float_digits",
            "4",
            "22023",
            '4 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)',
            None,
        ),
        (
            "extra_float_digits",
            "-16",
            "22023",
            '-16 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)',
            None,
        ),
        ("extra_float_digits", "abc", "22023", 'invalid value for parameter "extra_float_digits": "abc"', None),
        ("extra_float_digits", "1_0", "22023", 'invalid value for parameter "extra_float_digits": "1_0"', None),
        ("extra_float_digits", "3kB", "22023", 'invalid value for parameter "extra_float_digits": "3kB"', None),
        ("extra_float_digits", "", "22023", 'invalid value for parameter "extra_float_digits": ""', None),
        ("extra_float_digits", "\u0663", "22023", 'invalid value for parameter "extra_float_digits": "\u0663"', None),
        (
            "standard_conforming_strings",
            " on ",
            "22023",
            'parameter "standard_conforming_strings" requires a Boolean value',
            None,
        ),
        ("modeld.lenient_names", "2", "22023", 'parameter "modeld.lenient_names" requires a Boolean value', None),
    ],
)
def test_wrong_values(
    parameters: Parameters, name: str, value: str, sqlstate: str, message: str, hint: str | None
) -> None:
    before = parameters.state

    for local in (False, True):
        with pytest.raises(OdpsError) as raised:
            parameters.set(name, value, local=local)
        error = raised.value.diagnostic
        assert (error.condition.sqlstate, error.message(), error.hint) == (sqlstate, message, hint)

    with pytest.raises(OdpsError):
        parameters.set_at_start(name, value)
    assert parameters.state is before


@pytest.mark.parametrize("value", ["1e999", "-1e999", "9" * 400, "99999999999999"])
def test_number_beyond_an_integer_is_refused(parameters: Parameters, value: str) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.set("extra_float_digits", value)

    assert raised.value.condition is Condition.SETTING_INVALID


def test_date_style_keeps_what_is_not_named(parameters: Parameters) -> None:
    shown = []
    for value in ("SQL, DMY", "ISO", "ymd", "German", "postgres", "default"):
        parameters.set("DateStyle", value)
        shown.append(parameters.get("DateStyle"))

    assert shown == ["SQL, DMY", "ISO, DMY", "ISO, YMD", "German, DMY", "Postgres, DMY", "ISO, MDY"]


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        *((value, True) for value in ("on", "ON", "t", "tr", "tru", "true", "y", "ye", "yes", "1")),
        *((value, False) for value in ("off", "of", "f", "fals", "n", "no", "0")),
        *((value, None) for value in ("o", "", " on", "on ", "2", "01", "truee", "enabled", "\u24ff")),
    ],
)
def test_boolean(value: str, parsed: bool | None) -> None:
    assert parse_boolean(value) is parsed


def test_reset_goes_back_to_the_start_of_the_session(parameters: Parameters) -> None:
    parameters.set_at_start("application_name", "psql")
    parameters.set("Application_Name", "other")
    parameters.set("TimeZone", "1")
    assert parameters.get("application_name") == "other"

    parameters.reset("application_name")

    assert parameters.get("application_name") == "psql"
    parameters.set("application_name", "other")
    parameters.reset_all()
    assert (parameters.get("application_name"), parameters.get("TimeZone")) == ("psql", "UTC")


@pytest.mark.parametrize(
    ("name", "condition"),
    [("foo", Condition.SETTING_UNKNOWN), ("server_version", Condition.SETTING_FIXED)],
)
def test_reset_of_what_cannot_be(parameters: Parameters, name: str, condition: Condition) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.reset(name)

    assert raised.value.condition is condition


def test_reset_of_a_custom_parameter(parameters: Parameters) -> None:
    parameters.set("foo.bar", "1")
    parameters.reset("foo.bar")

    with pytest.raises(OdpsError) as raised:
        parameters.get("foo.bar")
    assert raised.value.condition is Condition.SETTING_UNKNOWN


def test_session_authorization_is_the_user(parameters: Parameters) -> None:
    assert parameters.get("session_authorization") == "alice"


def test_clients_are_told_what_postgresql_tells(parameters: Parameters) -> None:
    assert [name for name, _ in parameters.reported()] == [
        "default_transaction_read_only",
        "application_name",
        "client_encoding",
        "DateStyle",
        "in_hot_standby",
        "integer_datetimes",
        "IntervalStyle",
        "is_superuser",
        "server_encoding",
        "server_version",
        "session_authorization",
        "standard_conforming_strings",
        "TimeZone",
    ]
    assert dict(parameters.reported())["server_version"].startswith("15.")


def test_defaults_are_canonical(parameters: Parameters) -> None:
    for parameter in PARAMETERS.values():
        if parameter.check is not None:
            assert parameter.check(parameter.default, parameter.default) == parameter.default


async def test_show_uses_the_spelling_of_the_parameter(session: Session) -> None:
    result = await session.run("SHOW DATESTYLE")

    assert result.columns is not None
    assert [column.name for column in result.columns] == ["DateStyle"]
    assert list(result.rows) == [("ISO, MDY",)]


async def test_show_all(session: Session) -> None:
    await session.run("SET TimeZone = 'Asia/Tokyo'", "SET foo.bar = '1'")

    result = await session.run("SHOW ALL")

    assert result.columns is not None
    assert [column.name for column in result.columns] == ["name", "setting", "description"]
    names = [str(row[0]) for row in result.rows]
    assert names == sorted(names, key=str.lower)
    assert {str(row[0]): row[1] for row in result.rows}["TimeZone"] == "Asia/Tokyo"
    assert all(row[2] for row in result.rows)


@pytest.mark.parametrize("parameter", sorted(PARAMETERS))
async def test_every_parameter_can_be_shown_and_reset(session: Session, parameter: str) -> None:
    before = await session.show(parameter)

    if PARAMETERS[parameter].check is None:
        assert await session.fails(f"RESET {parameter}") is Condition.SETTING_FIXED
        assert await session.fails(f"SET {parameter} TO DEFAULT") is Condition.SETTING_FIXED
    else:
        await session.run(f"SET {parameter} TO DEFAULT", f"RESET {parameter}")
    assert await session.show(parameter) == before


async def test_lenient_names_is_obeyed(session: Session) -> None:
    text = "CREATE SCHEMA 1st"
    assert await session.fails(text) is Condition.NAME_NOT_LETTER

    result = await session.run("SET modeld.lenient_names = true", text)

    assert [notice.condition for notice in result.notices] == [Condition.NAME_NOT_LETTER_ALLOWED]


async def test_set_of_several_values_is_a_list(session: Session) -> None:
    await session.run("SET DateStyle = SQL, DMY")

    assert await session.show("DateStyle") == "SQL, DMY"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SET TimeZone = 8", "<+08>-08"),
        ("SET TIME ZONE -7", "<-07>+07"),
        ("SET TIME ZONE '+08:00'", "+08:00"),
        ("SET TIME ZONE LOCAL", "UTC"),
        ("SET TIMEZONE TO 'asia/SHANGHAI'", "Asia/Shanghai"),
    ],
)
async def test_time_zone_statements(session: Session, text: str, shown: str) -> None:
    await session.run(text)

    assert await session.show("TimeZone") == shown
    assert session.executor.timezone.utcoffset(None) is not None or shown.startswith("Asia")
