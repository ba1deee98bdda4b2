"""Times: microseconds since 1970-01-01 UTC in the catalog, aware datetimes in results."""

import time
from datetime import UTC, datetime, timedelta

from server.catalog.values import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(timestamp: Timestamp) -> datetime:
    return _EPOCH + timedelta(microseconds=timestamp)


def to_timestamp(moment: datetime) -> Timestamp:
    """The reverse, for an aware datetime."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Clock:
    """The wall clock, made to move forward: each reading is later than the one before.

    So the order of times is the order of decisions, even when the machine's clock is set back.

    Args:
        after: the time that every reading is later than: that of the newest commit.
    """

    def __init__(self, after: Timestamp = 0) -> None:
        self._last = after

    def now(self) -> Timestamp:
        self._last = max(time.time_ns() // 1000, self._last + 1)
        return self._last
