"""Dump and load gives the same catalog, whatever statements made it."""

import asyncio
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from server.dialect import format_statement, parse_type
from server.errors import OdpsError
from server.statements import (
    AddVersion,
    Change,
    ChangeOwner,
    CreateModel,
    CreateProject,
    CreateSchema,
    CreateUser,
    DropVersion,
    Identifier,
    InputColumn,
    Label,
    Literal,
    ObjectName,
    Option,
    RenameModel,
    SetAlias,
    SetComment,
    SetDefaultVersion,
    SetLabels,
    SetLifecycle,
    UserStatement,
    VersionBody,
)
from tests.unit.server.dumps import dumped, kept, loaded
from tests.unit.server.sessions import Scene

TEXTS: Final = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12) | st.text(
    "'\"\\`;$-/*\n\r\t\x0101nE", max_size=8
)
LITERALS: Final = st.builds(Literal, TEXTS)
KEYS: Final = st.builds(Literal, TEXTS.filter(lambda text: bool(text.strip())))
VERSIONS: Final = st.builds(Identifier, st.sampled_from(["v1", "v2", "if", "latest", "2b"]))
MODELS: Final = st.builds(
    lambda *names: ObjectName(tuple(map(Identifier, names))),
    st.sampled_from(["p", "q"]),
    st.sampled_from(["default", "s"]),
    st.sampled_from(["m", "extended", "9"]),
)
USERS: Final = st.builds(Identifier, st.sampled_from(["bob", 'RAM$a:"b`', "x y", "select"]))
TYPES: Final = st.sampled_from(["INT", "DECIMAL(10,2)", "MAP<STRING,ARRAY<JSON>>", "STRUCT<a:INT,价格:CHAR(3)>"]).map(
    parse_type
)
COLUMNS: Final = st.builds(
    InputColumn, st.builds(Identifier, st.sampled_from(["a", "价格", "comment"])), TYPES, st.none() | LITERALS
)
INPUTS: Final = st.lists(COLUMNS, min_size=1, max_size=3, unique_by=lambda column: column.name.name).map(tuple)


def options(**values: Literal) -> tuple[Option, ...]:
    return tuple(Option(key, value) for key, value in values.items())


def remote(key: Literal, name: Literal) -> tuple[Option, ...]:
    plain = {"TASKS": "chat", "PAI_EAS_SERVICE_NAME": "s", "ENDPOINT": "http://e", "PAI_EAS_SYNC_MODE": "true"}
    types = {"MODEL_SOURCE_TYPE": "REMOTE", "MODEL_TYPE": "LLM"}
    fixed = options(**{each: Literal(value) for each, value in (types | plain).items()})
    return (*fixed, *options(APIKEY=key, PAI_EAS_MODEL_NAME=name))


IMPORTED: Final = options(
    MODEL_SOURCE_TYPE=Literal("IMPORT"),
    MODEL_TYPE=Literal("BOOSTED_TREE_REGRESSOR"),
    LOCATION=Literal("oss://e/b/"),
    ROLEARN=Literal("acs:ram::1:role/r"),
)
BODIES: Final = st.builds(
    VersionBody, VERSIONS, INPUTS, st.builds(remote, KEYS, KEYS) | st.just(IMPORTED), st.none() | LITERALS
)
LABELS: Final = st.lists(st.builds(Label, KEYS, LITERALS), min_size=1, max_size=3).map(tuple)
NONE_OR_VERSION: Final = st.none() | VERSIONS
STATEMENTS: Final[st.SearchStrategy[Change | UserStatement]] = st.one_of(
    st.builds(CreateModel, MODELS, BODIES),
    st.builds(CreateModel, MODELS, BODIES),
    st.builds(AddVersion, MODELS, BODIES),
    st.builds(AddVersion, MODELS, BODIES),
    st.builds(SetDefaultVersion, MODELS, VERSIONS),
    st.builds(DropVersion, MODELS, VERSIONS),
    st.builds(SetComment, MODELS, LITERALS, NONE_OR_VERSION),
    st.builds(SetLabels, MODELS, LABELS, NONE_OR_VERSION),
    st.builds(SetLifecycle, MODELS, st.integers(0, 9), NONE_OR_VERSION),
    st.builds(SetAlias, MODELS, st.builds(Identifier, st.sampled_from(["champion", "v1", "v2"])), VERSIONS),
    st.builds(RenameModel, MODELS, st.builds(Identifier, st.sampled_from(["renamed", "m"]))),
    st.builds(lambda model, user: ChangeOwner(model, Literal(user.name)), MODELS, USERS),
    st.builds(CreateUser, USERS, st.none() | KEYS),
    st.builds(CreateProject, st.just(Identifier("q"))),
    st.builds(
        lambda *names: CreateSchema(ObjectName(tuple(map(Identifier, names)))),
        st.sampled_from(["p", "q"]),
        st.sampled_from(["s", "t"]),
    ),
)


async def check(statements: list[Change | UserStatement], sealed: bool) -> None:
    scene = await Scene().begin()
    session = scene.session()
    await session.run("SET modeld.lenient_names = true")
    for statement in statements:
        try:
            await session.run(format_statement(statement))
        except OdpsError:
            continue
    script = dumped(scene.engine, sealed=sealed)

    engine, _ = await loaded(script)

    assert dumped(engine) == dumped(scene.engine)
    if sealed:
        assert kept(engine.committer.catalog, engine.keyring) == kept(scene.catalog, scene.engine.keyring)


@given(st.lists(STATEMENTS, max_size=25), st.booleans())
def test_dump_and_load_gives_the_same_catalog(statements: list[Change | UserStatement], sealed: bool) -> None:
    asyncio.run(check(statements, sealed))
