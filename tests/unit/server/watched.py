"""A scene whose clock is moved by hand, with the upkeep of a server beside it."""

from typing import Final

from server.engine import Engine
from server.retention import Retention
from server.secrets import Keyring
from server.times import Clock
from server.upkeep import Upkeep
from tests.unit.server.sessions import Scene

DAY: Final = 86_400_000_000
START: Final = 1_760_000_000_000_000


class ManualClock(Clock):
    """Moves only when it is told to, by a microsecond otherwise."""

    def now(self) -> int:
        self._last += 1
        return self._last

    def pass_days(self, days: float) -> None:
        self._last += int(days * DAY)


class Watched(Scene):
    """A scene whose clock is moved by hand, with the upkeep beside it."""

    def __init__(self, retention: Retention) -> None:
        super().__init__()
        self.clock = ManualClock(START)
        self.engine = Engine(self.committer, Keyring([bytes(32)]), self.clock, retention=retention)
        self.upkeep = Upkeep(self.engine, self.clock)

    async def later(self, days: float) -> None:
        self.clock.pass_days(days)
        await self.upkeep.round()
