"""Values of the options in parentheses that PostgreSQL's utility statements take, as its defGetBoolean reads them."""

from typing import Final

from server.errors import Condition, OdpsError

_BOOLEANS: Final = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


def read_boolean(option: str, value: str, at: int) -> bool:
    """What the value says, in any case of its letters.

    Args:
        at: the place of an error.

    Raises:
        OdpsError: OPTION_NOT_BOOLEAN.
    """
    found = _BOOLEANS.get(value.lower())
    if found is None:
        raise OdpsError(Condition.OPTION_NOT_BOOLEAN, at=at, option=option)
    return found
