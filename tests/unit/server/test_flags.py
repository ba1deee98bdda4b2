"""MaxCompute's flags in a session: which are kept, which do something, which are told of."""

import pytest

from server.errors import Condition
from server.parameters import Parameters
from tests.unit.server.catalog.scenes import create, create_imported
from tests.unit.server.sessions import Scene, Session, conditions


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


@pytest.mark.parametrize(
    "flag",
    [
        "odps.sql.type.system.odps2",
        "odps.sql.hive.compatible",
        "odps.stage.mapper.split.size",
        "odps.stage.mem",
        "odps.sql.submit.mode",
        "console.sql.result.instancetunnel",
        "ODPS.SQL.ALLOW.FULLSCAN",
    ],
)
async def test_a_documented_flag_is_kept_without_a_word(session: Session, flag: str) -> None:
    result = await session.run(f"SET {flag}=true")

    assert result.notices == ()
    assert await session.show(flag) == "true"


async def test_an_unknown_flag_is_kept_with_a_notice(session: Session) -> None:
    result = await session.run("SET odps.sql.tpye.system.odps2=false")

    assert conditions(result) == [Condition.FLAG_UNKNOWN]
    assert await session.show("odps.sql.tpye.system.odps2") == "false"
    assert conditions(await session.run("SET other.flag = 1")) == []


async def test_the_flags_of_a_session_are_shown(session: Session) -> None:
    await session.run("SET odps.stage.mem=2048", 'SET odps.sql.split.size={"t": 1}', "SET other.flag = 1")

    assert await session.rows("SHOW FLAGS") == [("odps.sql.split.size", '{"t": 1}'), ("odps.stage.mem", "2048")]

    # Another name of TimeZone is a flag as well.
    await session.run("RESET odps.stage.mem", "SET odps.sql.timezone=Asia/Shanghai")
    assert ("odps.sql.timezone", "Asia/Shanghai") in await session.rows("SHOW FLAGS")

    await session.run("RESET TIME ZONE")
    assert await session.rows("SHOW FLAGS") == [("odps.sql.split.size", '{"t": 1}')]


def test_flags_that_a_session_begins_with_are_shown_but_not_a_driver_s_time_zone() -> None:
    parameters = Parameters("alice")
    parameters.begin((("ODPS.sql.decimal.odps2", "false"), ("TimeZone", "Asia/Tokyo"), ("other.flag", "1")), {})

    assert parameters.flags() == [("odps.sql.decimal.odps2", "false")]


async def test_a_flag_with_an_effect_takes_true_and_false(session: Session) -> None:
    await session.run("SET odps.sql.type.system.odps2=FALSE")
    assert await session.show("odps.sql.type.system.odps2") == "false"

    assert await session.fails("SET odps.sql.type.system.odps2=maybe") is Condition.SETTING_INVALID


async def test_the_edition_is_the_session_s_and_goes_with_its_transaction(session: Session) -> None:
    await session.run("BEGIN", "SET odps.sql.type.system.odps2=false")
    assert await session.fails(create_imported(columns="a TIMESTAMP")) is Condition.TYPE_NOT_ENABLED

    await session.run("ROLLBACK", create_imported(columns="a TIMESTAMP"))

    assert await session.models() == ["m"]


async def test_the_flag_for_schemas(session: Session) -> None:
    await session.run("SET odps.namespace.schema=false")
    assert await session.fails(create("p.default.m")) is Condition.NAME_TOO_MANY_PARTS

    await session.run("SET odps.namespace.schema=true", create("p.default.m"))

    assert await session.models() == ["m"]


async def test_the_flag_for_the_time_zone_is_timezone(session: Session) -> None:
    await session.run("SET odps.sql.timezone=Asia/Shanghai", create())
    assert await session.show("TimeZone") == await session.show("odps.sql.timezone") == "Asia/Shanghai"
    shanghai = await session.value("m", "CreateTime")

    await session.run("RESET odps.sql.timezone")

    assert await session.show("TimeZone") == "UTC"
    assert await session.value("m", "CreateTime") != shanghai
    assert await session.fails("SET odps.sql.timezone=Nowhere/Town") is Condition.SETTING_INVALID
