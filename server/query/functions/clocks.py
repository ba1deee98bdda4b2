"""What time it is, and waiting.

Source: PostgreSQL manual, "Current Date/Time" and "Delaying Execution".
"""

from datetime import UTC, date, datetime, time
from typing import Final

from protocol.intervals import Interval
from protocol.timestamps import Infinity
from server.query.functions.date_casts import round_moment, round_time
from server.query.functions.moments import Moment, add_interval, to_local
from server.query.functions.registry import function
from server.query.runtime import Runtime

_FULL: Final = 6


@function("now", "transaction_timestamp", runtime=True)
def now(runtime: Runtime) -> datetime:
    return runtime.passing.transaction_time.astimezone(UTC)


@function("statement_timestamp", runtime=True)
def statement_timestamp(runtime: Runtime) -> datetime:
    return runtime.passing.statement_time.astimezone(UTC)


@function("clock_timestamp", runtime=True)
def clock_timestamp(runtime: Runtime) -> datetime:
    return datetime.fromtimestamp(runtime.passing.clock(), UTC)


@function("timeofday", runtime=True)
def timeofday(runtime: Runtime) -> str:
    local = clock_timestamp(runtime).astimezone(runtime.settings.timezone)
    return f"{local:%a %b %d %H:%M:%S}.{local.microsecond:06d} {local.year:04d} {local.tzname()}"


@function("current_date", runtime=True)
def current_date(runtime: Runtime) -> date:
    return _local_now(runtime).date()


@function("current_timestamp", runtime=True)
def current_timestamp(runtime: Runtime, precision: int = _FULL) -> Moment:
    return round_moment(now(runtime), precision)


@function("localtimestamp", runtime=True)
def localtimestamp(runtime: Runtime, precision: int = _FULL) -> Moment:
    return round_moment(_local_now(runtime), precision)


@function("localtime", runtime=True)
def localtime(runtime: Runtime, precision: int = _FULL) -> time:
    return round_time(_local_now(runtime).time(), precision)


def _local_now(runtime: Runtime) -> datetime:
    return to_local(now(runtime), runtime.settings.timezone)


@function("pg_sleep", runtime=True)
def sleep(runtime: Runtime, seconds: float) -> str:
    """Wait; a cancelled query stops waiting."""
    runtime.limits.rest(max(seconds, 0))
    return ""


@function("pg_sleep_for", runtime=True)
def sleep_for(runtime: Runtime, span: Interval) -> str:
    start = clock_timestamp(runtime)
    return sleep(runtime, (add_interval(start, span) - start).total_seconds())


@function("pg_sleep_until", runtime=True)
def sleep_until(runtime: Runtime, moment: Moment) -> str:
    if isinstance(moment, Infinity):
        return sleep(runtime, float("inf") if moment is Infinity.POSITIVE else 0.0)
    return sleep(runtime, (moment - clock_timestamp(runtime)).total_seconds())
