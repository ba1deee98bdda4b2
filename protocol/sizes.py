"""The two ways in which the bytes of a binary value can fail to fit its type: too few, too many."""

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState


class SurplusData(InvalidValue):
    """Bytes are left over. Who knows where the value stands words the error anew."""


def insufficient_data() -> InvalidValue:
    return InvalidValue("insufficient data left in message", sqlstate=SqlState.PROTOCOL_VIOLATION)


def surplus_data() -> SurplusData:
    return SurplusData("incorrect binary data format", sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)


def check_size(data: bytes, size: int) -> None:
    """A value of fixed width has exactly `size` bytes.

    Raises:
        InvalidValue
    """
    if len(data) < size:
        raise insufficient_data()
    if len(data) > size:
        raise surplus_data()
