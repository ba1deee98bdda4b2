"""Faults that a reading with fresh eyes found: each stays mended."""

from pathlib import Path

import pytest

from protocol.frontend_messages import Bind, Execute, Parse, Query, Sync
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend


@pytest.fixture
async def frontends(tmp_path: Path) -> tuple[Frontend, Frontend]:
    engine = await make_engine(tmp_path)
    both = Frontend(MemoryPeer(engine)), Frontend(MemoryPeer(engine))
    for each in both:
        await each.connect()
    first = both[0]
    for name in ("x", "y"):
        await first.ask(Query(create(name)))
        await first.ask(Query(add_version(name, "v2")))
    return both


@pytest.mark.parametrize(
    "looking",
    [
        "SHOW MODELS",
        "SAVEPOINT s; ALTER MODEL x DROP VERSION v1",
        "ALTER MODEL x SET DEFAULT_VERSION v1",
    ],
)
async def test_what_was_seen_of_another_model_is_guarded(frontends: tuple[Frontend, Frontend], looking: str) -> None:
    a, b = frontends
    answers = await a.ask(Query("BEGIN"))
    for statement in looking.split("; "):
        answers = await a.ask(Query(statement))
    if answers[-1] == "ReadyForQuery E":
        await a.ask(Query("ROLLBACK TO s"))
    await b.ask(Query("ALTER MODEL x SET DEFAULT_VERSION v2"))
    await a.ask(Query("ALTER MODEL y SET DEFAULT_VERSION v2"))

    answers = await a.ask(Query("COMMIT"))

    assert answers[0].startswith("ErrorResponse ERROR 40001 ")


async def test_a_pipelines_statement_without_effect_is_decided_again_too(frontends: tuple[Frontend, Frontend]) -> None:
    a, b = frontends
    await a.send(
        Parse("", "ALTER MODEL x SET DEFAULT_VERSION v1").encode() + Bind("", "").encode() + Execute("").encode()
    )
    assert await a.read_until("CommandComplete")
    await b.ask(Query("ALTER MODEL x SET DEFAULT_VERSION v2"))
    await a.ask(Parse("", "ALTER MODEL y SET DEFAULT_VERSION v2"), Bind("", ""), Execute(""), Sync())

    answers = await b.ask(Query("SHOW VERSIONS FOR MODEL x LIKE 'v1'"))

    assert " 't' " in answers[1]


@pytest.mark.parametrize(
    "options",
    [
        "APIKEY SECRETabcdef123",
        "APIKEY='ab') SECRETabcdef123",
        "APIKEY='ab');SECRETabcdef123' )",
        "APIKEY=SECRETabcdef123",
    ],
)
async def test_a_key_whose_quotes_went_astray_is_not_repeated(
    frontends: tuple[Frontend, Frontend], options: str
) -> None:
    answers = await frontends[0].ask(Query(f"ALTER MODEL x ADD VERSION v3 OPTIONS ({options})"))

    assert answers[0].startswith("ErrorResponse ERROR 42601 ")
    assert "SECRET" not in answers[0]


async def test_names_fold_in_ascii_alone(frontends: tuple[Frontend, Frontend]) -> None:
    answers = await frontends[0].ask(Query(create("`\N{KELVIN SIGN}elvin`")))

    assert answers[0].startswith("ErrorResponse ERROR 42602 ")


async def test_a_portal_ends_with_its_transaction_inside_a_batch(frontends: tuple[Frontend, Frontend]) -> None:
    answers = await frontends[0].ask(
        *(Parse("", "BEGIN"), Bind("", ""), Execute("")),
        *(Parse("", "SHOW MODELS"), Bind("p", ""), Execute("p", 1)),
        *(Parse("", "COMMIT"), Bind("", ""), Execute("")),
        *(Execute("p", 1), Sync()),
    )

    assert answers[-2].startswith("ErrorResponse ERROR 34000 ")
