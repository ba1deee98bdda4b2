"""The errors that many functions raise, in PostgreSQL's words."""

from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

# As much as a message of a client may have; PostgreSQL's limit is 1 GB. A call of Python's that goes over a text of
# this length lets no other thread compute for up to a tenth of a second.
MOST_BYTES: Final = 16 * 1024 * 1024


def out_of_range(what: str) -> InvalidValue:
    """`integer out of range`."""
    return InvalidValue(f"{what} out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def division_by_zero() -> InvalidValue:
    return InvalidValue("division by zero", sqlstate=SqlState.DIVISION_BY_ZERO)


def overflow(message: str = "value overflows numeric format") -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def invalid_parameter(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)


def unsupported(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)


def check_length(size: int) -> None:
    """Refuse to build a text or value of more than so many characters or bytes, before it is made.

    Raises:
        InvalidValue
    """
    if size > MOST_BYTES:
        raise InvalidValue("requested length too large", sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
