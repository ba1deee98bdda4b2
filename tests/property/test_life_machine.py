"""Statements of every kind, valid or not, in two sessions with transactions, while days pass.

Whatever comes: the catalog is well formed; what is refused or rolled back leaves nothing behind; and of what was
committed everything follows in more than one way. The log, the history's statements run again, and a dump give the
same catalog, every earlier state is what it was, and the notifications are those of the history.
"""

import asyncio
import json
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Final, TypeVar, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace as with_fields

from protocol.errors import ProtocolError
from server.catalog import Catalog
from server.catalog.events import Change
from server.catalog.tree import Model
from server.catalog.values import ModelName
from server.dialect import format_statement
from server.errors import Condition, OdpsError
from server.notifications import MODEL_CHANGES, Inbox, Notification
from server.records import decode_key, decode_value
from server.retention import Retention
from server.store.interface import StoredNote
from tests.property import catalog_statements
from tests.property.catalog_statements import CHANGES, AnyChange, aim
from tests.property.replaying import replay, without_secrets
from tests.property.well_formed import check_catalog
from tests.unit.server.catalog.scenes import add, create, create_imported
from tests.unit.server.dumps import dumped, kept, loaded
from tests.unit.server.sessions import Session
from tests.unit.server.watched import Watched

_T = TypeVar("_T")

WORLD: Final = (
    "CREATE USER carol",
    "CREATE DATABASE q",
    "CREATE SCHEMA p.s",
    create("m"),
    add("m"),
    "ALTER MODEL m SET ALIAS champion FOR VERSION v2",
    add("m", "if"),
    "ALTER MODEL m MODIFY VERSION if SET LIFECYCLE 4",
    create_imported("q.default.m"),
)
SAVEPOINTS: Final = st.sampled_from(["a", "b"])


@st.composite
def aimed_changes(draw: st.DrawFn) -> list[tuple[AnyChange, int]]:
    return draw(st.lists(st.tuples(CHANGES, st.integers(0, 10_000)), min_size=2, max_size=6))


class LifeMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.scene = Watched(Retention(history_days=0, recycle_days=7))
        self.told: list[Notification] = []
        inbox = Inbox(self.scene.engine.hub, 1)
        inbox.on_arrival = lambda: self.told.extend(inbox.take_arrived())
        self.scene.engine.hub.listen(MODEL_CHANGES, inbox)
        self.do(self.scene.begin())
        self.scene.committer.on_commit = self.scene.engine.hub.publish_events
        self.a, self.b = self.scene.session(), self.scene.session("bob")
        for session in (self.a, self.b):
            self.do(session.run("SET modeld.lenient_names = true"))
        self.do(self.a.run(*WORLD))
        self.catalogs: dict[int, Catalog] = {}
        self.in_block = False

    def do(self, work: Coroutine[object, object, _T]) -> _T:
        return self.loop.run_until_complete(work)

    def attempt(self, session: Session, text: str) -> bool:
        """Whether it was done; if not, nothing was."""
        before, told = self.scene.catalog, len(self.told)
        try:
            self.do(session.run(text))
        except (OdpsError, ProtocolError):
            assert self.scene.catalog is before
            assert len(self.told) == told
            return False
        return True

    @rule(aimed=aimed_changes())
    def b_changes(self, aimed: list[tuple[AnyChange, int]]) -> None:
        for statement, number in aimed:
            self.change(self.b, statement, number)

    @rule(aimed=aimed_changes())
    def a_changes(self, aimed: list[tuple[AnyChange, int]]) -> None:
        before, told = self.scene.catalog, len(self.told)

        for statement, number in aimed:
            self.change(self.a, statement, number)

        if self.in_block:
            assert self.scene.catalog is before
            assert len(self.told) == told

    def change(self, session: Session, statement: AnyChange, number: int) -> None:
        """One in ten is left as it came, whether that can be done or not."""
        if number % 10:
            statement = aim(statement, session.executor.control.catalog, number // 10)
        guarded = session is self.a and self.in_block and number % 5 > 0 and session.status == "T"
        if guarded:
            self.attempt(session, "SAVEPOINT before")
        done = self.attempt(session, format_statement(statement))
        if guarded and not done:
            # As psql does with ON_ERROR_ROLLBACK: most blocks would not live long otherwise.
            assert self.attempt(session, "ROLLBACK TO before")

    @rule()
    @precondition(lambda self: not self.in_block)
    def a_begins(self) -> None:
        assert self.attempt(self.a, "BEGIN")
        self.in_block = True

    @rule(name=SAVEPOINTS, verb=st.sampled_from(["SAVEPOINT", "ROLLBACK TO", "RELEASE"]))
    @precondition(lambda self: self.in_block)
    def a_uses_savepoints(self, name: str, verb: str) -> None:
        self.attempt(self.a, f"{verb} {name}")

    @rule(verb=st.sampled_from(["COMMIT", "COMMIT", "ROLLBACK"]))
    @precondition(lambda self: self.in_block)
    def a_ends(self, verb: str) -> None:
        before, told, failed = self.scene.catalog, len(self.told), self.a.status == "E"

        done = self.attempt(self.a, verb)

        if verb == "ROLLBACK" or failed or not done:
            assert self.scene.catalog is before
            assert len(self.told) == told
        self.in_block = False
        assert self.a.status == "I"

    @rule(days=st.integers(1, 5))
    def days_pass(self, days: int) -> None:
        self.do(self.scene.later(days))

    @invariant()
    def catalogs_are_well_formed(self) -> None:
        self.catalogs[self.scene.catalog.revision] = self.scene.catalog
        check_catalog(self.scene.catalog)
        check_catalog(self.a.executor.control.catalog)

    def teardown(self) -> None:
        try:
            self.do(self.check_the_end())
        finally:
            self.do(self.scene.committer.close())
            self.loop.close()

    async def check_the_end(self) -> None:
        notes = [stored async for page in self.scene.store.read_notes(upto=2**60) for stored in page]
        self.check_notifications(notes)
        await self.check_log()
        await self.check_earlier_states()
        replayed = await replay(notes)
        assert without_secrets(replayed.catalog) == without_secrets(self.scene.catalog)
        await self.check_dump()

    def check_notifications(self, notes: list[StoredNote]) -> None:
        """Each change was told once, in order, and nothing else was."""
        told = [json.loads(each.payload) for each in self.told]
        entries = [(stored.revision, json.loads(stored.note.entry)) for stored in notes]

        assert [(each["revision"], each["action"], each["object"]) for each in told] == [
            (revision, entry["action"], entry["object"]) for revision, entry in entries if entry["action"] != "SEED"
        ]

    async def check_log(self) -> None:
        """The commits, applied one after the other to an empty catalog."""
        catalog = Catalog()
        async for commit in self.scene.store.watch(0):
            for change in commit.changes:
                key = decode_key(change.key)
                value = None if change.value is None else decode_value(key, change.value)
                catalog = catalog.apply([Change(key, value)], commit.revision)
            if commit.revision == self.scene.catalog.revision:
                break
        assert catalog == self.scene.catalog

    async def check_earlier_states(self) -> None:
        newest = self.scene.catalog
        gone = any(json.loads(each.payload)["action"] in _PURGING for each in self.told)
        for revision, catalog in self.catalogs.items():
            for name, model in _models(catalog):
                try:
                    state = await self.a.executor.past.states.find(name, revision, newest)
                except OdpsError as error:
                    assert (error.condition, gone) == (Condition.STATE_PURGED, True)  # noqa: PT017
                else:
                    # Grants that went with a user or role are in the history of that, not of the model.
                    assert with_fields(state.header, grants=()) == with_fields(model.header, grants=())
                    assert state.versions == model.versions

    async def check_dump(self) -> None:
        engine = self.scene.engine
        plain, _ = await loaded(dumped(engine))
        assert dumped(plain) == dumped(engine)
        again, _ = await loaded(dumped(engine, sealed=True))
        assert kept(again.committer.catalog, again.keyring) == kept(self.scene.catalog, engine.keyring)


_PURGING: Final = ("PURGE MODEL", "DROP SCHEMA", "DROP DATABASE")


def _models(catalog: Catalog) -> list[tuple[ModelName, Model]]:
    return [
        (ModelName(project_name, schema_name, name), model)
        for project_name, project in catalog.projects.items()
        for schema_name, schema in project.schemas.items()
        for name, model in schema.models.items()
    ]


@pytest.mark.timeout(180)
def test_life() -> None:
    run_state_machine_as_test(LifeMachine, settings=settings(stateful_step_count=40))


def test_every_change_there_is_takes_part() -> None:
    written = Path(catalog_statements.__file__).read_text(encoding="utf-8")

    missing = [
        each.__name__ for each in get_args(AnyChange) if not re.search(rf"(builds\(|: ){each.__name__}\b", written)
    ]

    assert len(get_args(AnyChange)) > 20
    assert missing == []
