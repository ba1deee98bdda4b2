"""Random statements in two sessions, against a naive model of plain dictionaries.

The naive model keeps the whole catalog as {(schema, model): (default, versions)} and copies it wherever the
real one shares. Session A uses transactions and savepoints, session B commits each statement at once: so B
comes between A's BEGIN and COMMIT, and the first committer must win.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from server.catalog import Catalog
from server.catalog.events import Decision
from server.catalog.seed import seed_project
from server.committer import Committer
from server.dialect import parse
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.secrets import Keyring
from server.store.memory import MemoryStore
from server.times import Clock
from tests.unit.server.catalog.scenes import add, create

Models = dict[str, tuple[str, frozenset[str]]]

NAMES: Final = ("m", "s.m")
VERSIONS: Final = ("v1", "v2", "v3")
KINDS: Final = ("create", "add", "default", "unversion", "drop")
STATEMENTS: Final = tuple(product(KINDS, NAMES, VERSIONS))
SAVEPOINTS: Final = st.sampled_from(["a", "b"])


def text_of(kind: str, name: str, version: str) -> str:
    match kind:
        case "create":
            return create(name, version)
        case "add":
            return add(name, version)
        case "default":
            return f"ALTER MODEL {name} SET DEFAULT_VERSION {version}"
        case "unversion":
            return f"ALTER MODEL {name} DROP VERSION {version}"
        case _:
            return f"DROP MODEL {name}"


def change(models: Models, kind: str, name: str, version: str) -> Condition | None:
    """Do it to the naive model; the condition when it cannot be done."""
    if kind == "create":
        if name in models:
            return Condition.MODEL_EXISTS
        models[name] = (version, frozenset({version}))
        return None
    if name not in models:
        return Condition.MODEL_NOT_FOUND
    default, versions = models[name]
    if kind == "drop":
        del models[name]
    elif kind == "add":
        if version in versions:
            return Condition.VERSION_EXISTS
        models[name] = (default, versions | {version})
    elif version not in versions:
        return Condition.VERSION_NOT_FOUND
    elif kind == "default":
        models[name] = (version, versions)
    elif version == default:
        return Condition.DEFAULT_VERSION_DROP
    else:
        models[name] = (default, versions - {version})
    return None


@dataclass
class NaiveTransaction:
    """What A sees, which models it has changed, and which it has looked at (never undone)."""

    models: Models
    written: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    savepoints: list[tuple[str, Models, set[str]]] = field(default_factory=list)
    failed: bool = False


def models_of(catalog: Catalog) -> Models:
    found: Models = {}
    for schema_name, schema in catalog.projects["p"].schemas.items():
        for name, model in schema.models.items():
            full = name if schema_name == "default" else f"{schema_name}.{name}"
            found[full] = (model.header.default_version, frozenset(model.versions))
    return found


def draw_statement(data: st.DataObject, models: Models) -> tuple[str, str, str]:
    """Mostly one that can be done, since a transaction does not outlive one that cannot."""
    possible = [statement for statement in STATEMENTS if change(dict(models), *statement) is None]
    wild = data.draw(st.integers(0, 9)) == 9
    return data.draw(st.sampled_from(STATEMENTS if wild else possible))


class CatalogMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = MemoryStore()
        self.committer = Committer(self.store)
        event = seed_project("p", "alice", 1)
        self.loop.run_until_complete(self.store.open())
        self.loop.run_until_complete(self.committer.submit(lambda _: Decision(event)))
        engine = Engine(self.committer, Keyring([bytes(32)]), Clock())
        self.a, self.b = Executor(engine, "alice", "p"), Executor(engine, "alice", "p")
        assert self.run(self.b, "CREATE SCHEMA s") is None
        self.models: Models = {}
        self.transaction: NaiveTransaction | None = None
        self.changed_since: set[str] = set()

    def run(self, executor: Executor, text: str) -> Condition | None:
        """The condition that the statement ended with."""
        try:
            self.loop.run_until_complete(executor.execute(parse(text)))
        except OdpsError as error:
            executor.control.fail()
            return error.condition
        return None

    @rule(data=st.data())
    def b_changes(self, data: st.DataObject) -> None:
        statement = draw_statement(data, self.models)
        before = dict(self.models)
        expected = change(self.models, *statement)

        assert self.run(self.b, text_of(*statement)) == expected

        # Setting the default again is no change.
        if expected is None and self.models != before:
            self.changed_since.add(statement[1])

    @rule(data=st.data())
    def a_changes(self, data: st.DataObject) -> None:
        transaction = self.transaction
        statement = draw_statement(data, self.models if transaction is None else transaction.models)
        if transaction is None:
            assert self.run(self.a, text_of(*statement)) == change(self.models, *statement)
            return
        if transaction.failed:
            assert self.run(self.a, text_of(*statement)) == Condition.IN_FAILED_TRANSACTION
            return
        before = dict(transaction.models)
        expected = change(transaction.models, *statement)

        assert self.run(self.a, text_of(*statement)) == expected

        transaction.failed = expected is not None
        if transaction.models != before:
            transaction.written.add(statement[1])
        elif expected is None:
            # What has no effect rests on the model as it was.
            transaction.read.add(statement[1])

    @rule(name=st.sampled_from(NAMES))
    @precondition(lambda self: self.transaction is not None and not self.transaction.failed)
    def a_reads(self, name: str) -> None:
        assert self.transaction is not None
        expected = None if name in self.transaction.models else Condition.MODEL_NOT_FOUND

        assert self.run(self.a, f"SHOW VERSIONS FOR MODEL {name}") == expected

        self.transaction.read.add(name)
        self.transaction.failed = expected is not None

    @rule()
    @precondition(lambda self: self.transaction is None)
    def a_begins(self) -> None:
        assert self.run(self.a, "BEGIN") is None
        self.transaction = NaiveTransaction(dict(self.models))
        self.changed_since = set()

    @rule(name=SAVEPOINTS)
    @precondition(lambda self: self.transaction is not None and not self.transaction.failed)
    def a_sets_a_savepoint(self, name: str) -> None:
        assert self.transaction is not None
        assert self.run(self.a, f"SAVEPOINT {name}") is None
        state = (name, dict(self.transaction.models), set(self.transaction.written))
        self.transaction.savepoints.append(state)

    @rule(name=SAVEPOINTS, release=st.booleans())
    @precondition(lambda self: self.transaction is not None)
    def a_goes_back_or_releases(self, name: str, release: bool) -> None:
        transaction = self.transaction
        assert transaction is not None
        places = [index for index, savepoint in enumerate(transaction.savepoints) if savepoint[0] == name]
        outcome = self.run(self.a, f"{'RELEASE' if release else 'ROLLBACK TO'} {name}")
        if release and transaction.failed:
            assert outcome == Condition.IN_FAILED_TRANSACTION
        elif not places:
            assert outcome == Condition.SAVEPOINT_NOT_FOUND
            transaction.failed = True
        elif release:
            assert outcome is None
            del transaction.savepoints[places[-1] :]
        else:
            assert outcome is None
            _, models, written = transaction.savepoints[places[-1]]
            transaction.models, transaction.written = dict(models), set(written)
            del transaction.savepoints[places[-1] + 1 :]
            transaction.failed = False

    @rule(commit=st.booleans())
    @precondition(lambda self: self.transaction is not None)
    def a_ends(self, commit: bool) -> None:
        transaction = self.transaction
        assert transaction is not None
        lost = bool(transaction.written and (transaction.written | transaction.read) & self.changed_since)

        outcome = self.run(self.a, "COMMIT" if commit else "ROLLBACK")

        if commit and not transaction.failed and lost:
            assert outcome == Condition.CONFLICT
        else:
            assert outcome is None
            if commit and not transaction.failed:
                for name in transaction.written:
                    self.models.pop(name, None)
                    if name in transaction.models:
                        self.models[name] = transaction.models[name]
        self.transaction = None
        assert self.a.control.status == "I"

    @invariant()
    def catalog_is_what_the_naive_model_says(self) -> None:
        assert models_of(self.committer.catalog) == self.models

    @invariant()
    def status_is_what_the_naive_model_says(self) -> None:
        transaction = self.transaction
        assert self.a.control.status == ("I" if transaction is None else "E" if transaction.failed else "T")

    @invariant()
    def replay_gives_the_same_catalog(self) -> None:
        replayed = Committer(self.store)
        self.loop.run_until_complete(replayed.load())

        assert replayed.catalog == self.committer.catalog

    def teardown(self) -> None:
        self.loop.run_until_complete(self.committer.close())
        self.loop.close()


def test_catalog() -> None:
    run_state_machine_as_test(CatalogMachine, settings=settings(stateful_step_count=50))
