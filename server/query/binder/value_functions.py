"""CURRENT_USER, CURRENT_DATE and their kin: functions that have words of their own, and no row in pg_proc.

Source: PostgreSQL 15, SQLValueFunction.
"""

from typing import Final

from protocol.types import DATE, NAME, NO_TYPE, TIME, TIMESTAMP, TIMESTAMPTZ, Oid
from server.query.binder.type_facts import TIMETZ
from server.query.functions.signature import Function


def _value(name: str, result: Oid) -> Function:
    return Function(NO_TYPE, name, (), result)


_TIMES: Final = (
    ("current_date", DATE),
    ("current_time", TIMETZ),
    ("current_timestamp", TIMESTAMPTZ),
    ("localtime", TIME),
    ("localtimestamp", TIMESTAMP),
)
_NAMES: Final = ("current_user", "session_user", "current_role", "current_catalog")

# By the word as written; the implementation is registered under the function's name.
VALUE_FUNCTIONS: Final[dict[str, Function]] = {
    **{name: _value(name, result) for name, result in _TIMES},
    **{name: _value(name, NAME) for name in _NAMES},
    "user": _value("current_user", NAME),
    "current_schema": _value("current_schema", NAME),
}
