"""Sessions over one memory store, driven by text, without a protocol."""

from collections.abc import Sequence

from msgspec.structs import replace

from server.catalog import Catalog
from server.catalog.events import Change, Decision
from server.catalog.seed import PublicModel, seed_project, seed_public_models
from server.catalog.values import Principal, principal_key
from server.committer import Committer
from server.dialect import parse
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.results import Result
from server.secrets import Keyring
from server.store.memory import MemoryStore
from server.times import Clock
from tests.unit.server.catalog.scenes import LLM, REMOTE

KEY = "ZjA5NGRjN2VjOTZi=="


class SteppingClock(Clock):
    """Each reading is one second later, from 2025-10-09 10:32:48 UTC."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 1_760_005_967_000_000

    def now(self) -> int:
        self._last += 1_000_000
        return self._last


class Scene:
    """An engine with project `p` and the public project; sessions are made by `session`."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.committer = Committer(self.store)
        self.engine = Engine(self.committer, Keyring([bytes(32)]), SteppingClock())

    async def begin(self, project: str | None = "p") -> "Scene":
        """Make `project`, alice's, and the public project; bob is a superuser as alice is."""
        await self.store.open()
        public = seed_public_models([PublicModel("Qwen3-0.6B-GGUF", "LLM", "chat", "small")], 1)
        if project is not None:
            event = seed_project(project, "alice", 1)
            bob = Change(principal_key("bob"), Principal(1, superuser=True))
            event = replace(event, changes=(*event.changes, bob))
            await self.committer.submit(lambda _: Decision(event))
        await self.committer.submit(lambda _: Decision(public))
        return self

    @property
    def catalog(self) -> Catalog:
        return self.committer.catalog

    def session(self, principal: str = "alice") -> "Session":
        return Session(Executor(self.engine, principal, "p"))


class Session:
    """Runs texts as the wire would: an error is followed by `fail`."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    @property
    def status(self) -> str:
        return self.executor.control.status

    async def run(self, *texts: str) -> Result:
        """Run each; the result of the last."""
        result = Result("")
        for text in texts:
            try:
                result = await self.executor.execute(parse(text))
            except OdpsError:
                self.executor.control.fail()
                raise
        return result

    async def fails(self, text: str) -> Condition:
        """The condition of the error that `text` ends with."""
        try:
            await self.run(text)
        except OdpsError as error:
            return error.condition
        raise AssertionError(f"{text} ended without an error")

    async def rows(self, text: str) -> Sequence[tuple[object, ...]]:
        return (await self.run(text)).rows

    async def show(self, parameter: str) -> object:
        ((value,),) = await self.rows(f"SHOW {parameter}")
        return value

    async def models(self) -> list[object]:
        return [row[0] for row in await self.rows("SHOW MODELS")]

    async def value(self, model: str, name: str) -> object:
        """The value of one row of DESC MODEL; the last, since the version's section follows the model's."""
        return [row[2] for row in await self.rows(f"DESC MODEL {model}") if row[1] == name][-1]


def conditions(result: Result) -> list[Condition]:
    return [notice.condition for notice in result.notices]


def create_keyed(name: str, key: str = KEY) -> str:
    """CREATE MODEL with this APIKEY."""
    options = REMOTE.replace("'key'", f"'{key}'")
    return f"CREATE MODEL {name} WITH VERSION v1 OPTIONS ({LLM}{options})"
