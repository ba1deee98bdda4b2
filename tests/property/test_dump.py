"""Dump and load gives the same catalog, whatever statements made it."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from server.dialect import format_statement
from server.errors import OdpsError
from tests.property.catalog_statements import CHANGES, AnyChange, aim
from tests.unit.server.dumps import dumped, kept, loaded
from tests.unit.server.sessions import Scene


async def check(statements: list[tuple[AnyChange, int]], sealed: bool) -> None:
    scene = await Scene().begin()
    session = scene.session()
    await session.run("SET modeld.lenient_names = true")
    for statement, number in statements:
        try:
            await session.run(format_statement(aim(statement, scene.catalog, number)))
        except OdpsError:
            continue
    script = dumped(scene.engine, sealed=sealed)

    engine, _ = await loaded(script)

    assert dumped(engine) == dumped(scene.engine)
    if sealed:
        assert kept(engine.committer.catalog, engine.keyring) == kept(scene.catalog, scene.engine.keyring)


@given(st.lists(st.tuples(CHANGES, st.integers(0, 1000)), max_size=25), st.booleans())
def test_dump_and_load_gives_the_same_catalog(statements: list[tuple[AnyChange, int]], sealed: bool) -> None:
    asyncio.run(check(statements, sealed))
