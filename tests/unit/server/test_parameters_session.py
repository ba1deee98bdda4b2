"""The run-time parameters of a session: where a value comes from, and what RESET and SHOW ALL do."""

from collections.abc import Callable

import pytest

from server.errors import Condition, OdpsError
from server.parameters import PARAMETERS, Beginnings, Context, Parameters
from tests.unit.server.sessions import Scene, Session


@pytest.fixture
def parameters() -> Parameters:
    return Parameters("alice")


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


@pytest.mark.parametrize(
    ("value", "milliseconds"), [("0", 0), ("1500", 1500), ("1.5s", 1500), ("2d", 172_800_000), ("1us", 0)]
)
def test_timeouts_are_milliseconds(parameters: Parameters, value: str, milliseconds: int) -> None:
    parameters.set("statement_timeout", value)

    assert parameters.get_milliseconds("Statement_Timeout") == milliseconds


@pytest.mark.parametrize(("mode", "value"), [("isolation", "serializable"), ("read_only", "on"), ("deferrable", "on")])
def test_transaction_follows_the_default_until_it_is_set(parameters: Parameters, mode: str, value: str) -> None:
    name = f"transaction_{mode}"
    usual = parameters.get(name)

    parameters.set(f"default_{name}", value)
    assert parameters.get(name) == value
    parameters.set(name, usual)  # SET alone is LOCAL here
    assert parameters.get(name) == usual
    parameters.reset_all()
    assert (parameters.get(name), parameters.get(f"default_{name}")) == (usual, usual)
    parameters.set(f"default_{name}", value)
    parameters.end_transaction()
    assert parameters.get(name) == value


def test_reset_all_keeps_the_role(parameters: Parameters) -> None:
    parameters.set("role", "alice")
    parameters.set("work_mem", "8MB")

    parameters.reset_all()

    assert (parameters.get("role"), parameters.get("work_mem")) == ("alice", "4MB")
    parameters.reset("role")
    assert parameters.get("role") == "none"


def test_what_the_server_is_set_to() -> None:
    parameters = Parameters("alice", {"max_connections": "500", "ssl": "on"})

    settings = {setting.name: setting for setting in parameters.settings()}
    assert parameters.get("max_connections") == "500"
    assert (settings["ssl"].setting, settings["ssl"].boot_val, settings["ssl"].source) == ("on", "off", "command line")


def test_settings_are_plain_numbers(parameters: Parameters) -> None:
    parameters.set_at_start("application_name", "psql")
    parameters.set("work_mem", "1GB")
    parameters.set("statement_timeout", "1min", local=True)

    rows = {setting.name: setting for setting in parameters.settings()}
    names = list(rows)

    assert names == sorted(names, key=str.lower)
    memory = rows["work_mem"]
    assert (memory.setting, memory.unit, memory.boot_val, memory.reset_val) == ("1048576", "kB", "4096", "4096")
    assert (memory.min_val, memory.max_val, memory.vartype, memory.source) == ("64", "2147483647", "integer", "session")
    assert (rows["statement_timeout"].setting, rows["statement_timeout"].source) == ("60000", "session")
    assert rows["bytea_output"].enumvals == ("escape", "hex")
    assert (rows["seq_page_cost"].max_val, rows["seq_page_cost"].unit) == ("1.79769e+308", None)
    assert (rows["application_name"].reset_val, rows["application_name"].source) == ("psql", "client")
    assert rows["transaction_isolation"].source == "override"
    assert not {"role", "session_authorization", "is_superuser"} & rows.keys()


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


def test_where_the_files_of_the_server_lie_is_told_to_nobody(parameters: Parameters) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.get("Data_Directory")

    assert raised.value.diagnostic.text == 'permission denied to examine "data_directory"'
    assert raised.value.condition is Condition.PERMISSION_DENIED
    assert "data_directory" not in [name for name, _, _ in parameters.show_all()]


def test_custom_parameter_stays_known(parameters: Parameters) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.get("foo.bar")
    assert raised.value.condition is Condition.SETTING_UNKNOWN
    before = parameters.state

    parameters.set("foo.bar", "1")
    parameters.reset("Foo.Bar")
    assert parameters.get("foo.bar") == ""
    parameters.set("foo.baz", "1")
    parameters.state = before

    assert parameters.get("foo.baz") == ""
    parameters.reset("foo.other")
    assert parameters.get("foo.other") == ""
    parameters.set_at_start("foo.first", "x")
    parameters.set("foo.first", "y", local=True)
    parameters.end_transaction()
    assert parameters.get("foo.first") == "x"


def test_session_authorization_is_the_user(parameters: Parameters) -> None:
    assert parameters.get("session_authorization") == "alice"


def test_clients_are_told_what_postgresql_tells(parameters: Parameters) -> None:
    assert [name for name, _ in parameters.reported()] == [
        "application_name",
        "client_encoding",
        "DateStyle",
        "default_transaction_read_only",
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

    if PARAMETERS[parameter].context not in (Context.USER, Context.SUPERUSER):
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


def begun(beginnings: Beginnings, *given: tuple[str, str], server: dict[str, str] | None = None) -> Parameters:
    parameters = Parameters("alice", server)
    parameters.begin(given, beginnings)
    return parameters


def counting() -> tuple[list[str], Callable[[Parameters], str]]:
    """What a function was called for, and the function."""
    made: list[str] = []

    def make(parameters: Parameters) -> str:
        made.append(parameters.get("timezone"))
        return made[-1]

    return made, make


def test_what_is_made_of_the_values_is_made_anew_only_when_one_has_changed() -> None:
    parameters, (made, make) = begun({}), counting()

    assert [parameters.find(make), parameters.find(make)] == ["UTC"] * 2
    before = parameters.state
    parameters.set("timezone", "Asia/Shanghai")
    assert [parameters.find(make), parameters.find(make)] == ["Asia/Shanghai"] * 2
    parameters.state = before
    assert parameters.find(make) == "UTC"
    assert made == ["UTC", "Asia/Shanghai"]


def test_sessions_that_begin_alike_share_what_is_made() -> None:
    beginnings: Beginnings = {}
    made, make = counting()
    zone = ("timezone", "Asia/Tokyo")

    for _ in range(2):
        parameters = begun(beginnings, zone, ("my.own", "x"))
        assert (parameters.find(make), parameters.get("my.own")) == ("Asia/Tokyo", "x")
        parameters.set("timezone", "UTC")
        parameters.set("my.other", "y")

    assert made == ["Asia/Tokyo"]
    with pytest.raises(OdpsError):
        begun(beginnings, zone, ("my.own", "x")).get("my.other")


def test_sessions_that_begin_otherwise_share_nothing() -> None:
    beginnings: Beginnings = {}
    made, make = counting()

    for zone, server in (("UTC", {}), ("Asia/Tokyo", {}), ("Asia/Tokyo", {"ssl": "on"})):
        begun(beginnings, ("timezone", zone), server=server).find(make)

    assert made == ["UTC", "Asia/Tokyo", "Asia/Tokyo"]


def test_values_and_names_of_ones_own_have_limits(parameters: Parameters) -> None:
    """Whatever is kept beyond a session is told apart by them."""
    parameters.set("my.longest", "x" * 65_536)
    for name in ("my.longest", "search_path", "my.other"):
        with pytest.raises(OdpsError) as error:
            parameters.set(name, "x" * 65_537)
        assert error.value.condition is Condition.SETTING_TOO_LONG

    for number in range(999):
        parameters.set(f"my.v{number}", "")
    with pytest.raises(OdpsError) as error:
        parameters.set("my.more", "")
    assert error.value.condition is Condition.SETTING_TOO_MANY
    with pytest.raises(OdpsError) as error:
        parameters.reset("my.more")
    assert error.value.condition is Condition.SETTING_TOO_MANY
    parameters.set("my.v7", "again")
    assert parameters.get("my.v7") == "again"
