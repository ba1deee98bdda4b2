"""What the server does by itself from time to time: dropping expired versions, emptying the bin, cutting the history.

Each version or model is a change of its own, with the reason in the history. Looking for them goes through the
whole catalog, in a thread, and only when it has changed or the next of them has become due.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog
from msgspec.structs import replace

from server.catalog import Catalog, Context, Decision
from server.catalog.decide_upkeep import (
    DAY,
    SERVER,
    Expired,
    Overdue,
    expire,
    find_expired,
    find_overdue,
    purge_overdue,
)
from server.catalog.events import Origin
from server.catalog.values import ModelName, Timestamp
from server.dialect import format_statement
from server.engine import Engine
from server.errors import OdpsError
from server.retention import Retention
from server.statements import DropVersion, Identifier, ObjectName, PurgeModel
from server.store.interface import StoreError
from server.times import Clock, to_datetime

_log = structlog.get_logger("modeld")

# Life cycles count in days.
INTERVAL: Final = 600.0
"""Seconds between two rounds."""

# So many go to the committer together, and share its syncs.
_TOGETHER: Final = 100
_APPLICATION: Final = "modeld upkeep"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to go, and when the next becomes due after that."""

    expired: tuple[Expired, ...]
    overdue: tuple[Overdue, ...]
    next: Timestamp | None


class Upkeep:
    """The upkeep of one engine.

    Args:
        clock: what time it is.
        pause: waits for so many seconds.
    """

    def __init__(
        self, engine: Engine, clock: Clock, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._pause = pause
        # The catalog that was looked through last, and when the first of what is in it becomes due.
        self._seen: tuple[Catalog, Timestamp | None] | None = None

    async def run(self) -> None:
        """One round after the other, until it is cancelled."""
        while True:
            try:
                await self.round()
            except (OdpsError, StoreError) as error:
                _log.error("upkeep failed", reason=str(error))
            await self._pause(INTERVAL)

    async def round(self) -> None:
        """Do what is due now.

        Raises:
            OdpsError, StoreError: it cannot be done.
        """
        await self._change_catalog()
        retention = self._engine.retention
        if retention.history_days:
            before = self._clock.now() - retention.history_days * DAY
            while await self._engine.committer.store.forget_notes(before):
                pass

    async def _change_catalog(self) -> None:
        committer, now = self._engine.committer, self._clock.now()
        if self._seen is not None and self._seen[0] is committer.catalog:
            due_next = self._seen[1]
            if due_next is None or due_next > now:
                return
        catalog = committer.catalog
        due = await asyncio.to_thread(_find_due, catalog, self._engine.retention, now)
        for expired in _portions(due.expired):
            await asyncio.gather(*map(self._expire, expired))
        for overdue in _portions(due.overdue):
            await asyncio.gather(*map(self._purge, overdue))
        self._seen = (catalog, due.next)
        if due.expired or due.overdue:
            _log.info("upkeep", versions_expired=len(due.expired), models_purged=len(due.overdue))

    async def _expire(self, expired: Expired) -> None:
        context = self._context(expired.model)
        statement = DropVersion(_written(expired.model), Identifier(expired.version))
        reason = f"its life cycle of {expired.days} days ended at {_shown(expired.end)}"
        origin = Origin(None, _APPLICATION, format_statement(statement), reason)
        await self._engine.committer.submit(lambda catalog: _place(expire(catalog, expired, context), origin))

    async def _purge(self, overdue: Overdue) -> None:
        context = self._context(overdue.model)
        days = self._engine.retention.recycle_days
        reason = f"in the recycle bin since {_shown(overdue.drop_time)}, where models are kept for {days} days"
        origin = Origin(None, _APPLICATION, format_statement(PurgeModel(_written(overdue.model))), reason)
        await self._engine.committer.submit(lambda catalog: _place(purge_overdue(catalog, overdue, context), origin))

    def _context(self, model: ModelName) -> Context:
        return Context(SERVER, model.project, model.schema, self._clock.now())


def _find_due(catalog: Catalog, retention: Retention, now: Timestamp) -> _Due:
    keep = retention.recycle_days * DAY
    expired = list(find_expired(catalog))
    overdue = list(find_overdue(catalog))
    coming = [each.end for each in expired if each.end > now]
    coming += [each.drop_time + keep for each in overdue if each.drop_time + keep > now]
    return _Due(
        tuple(each for each in expired if each.end <= now),
        tuple(each for each in overdue if each.drop_time + keep <= now),
        min(coming, default=None),
    )


def _portions(items: tuple[_T, ...]) -> Iterable[tuple[_T, ...]]:
    for start in range(0, len(items), _TOGETHER):
        yield items[start : start + _TOGETHER]


def _place(decision: Decision, origin: Origin) -> Decision:
    """The decision, with where it comes from."""
    if decision.event is None:
        return decision
    return replace(decision, event=replace(decision.event, origin=origin))


def _written(model: ModelName) -> ObjectName:
    return ObjectName((Identifier(model.project), Identifier(model.schema), Identifier(model.name)))


def _shown(time: Timestamp) -> str:
    return to_datetime(time).strftime("%Y-%m-%d %H:%M:%S UTC")
