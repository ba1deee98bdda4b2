"""The words for the parts of dates and times that extract and date_trunc take.

Source: PostgreSQL 15, deltatktbl and datetktbl in datetime.c, of which ten letters count.
"""

from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

_WORD_LENGTH: Final = 10
_SPELLINGS: Final = {
    "microsecond": "microsecond us usec usecs useconds",
    "millisecond": "millisecond ms msec mseconds msecs",
    "second": "s sec second seconds secs",
    "minute": "m min mins minute minutes",
    "hour": "h hour hours hr hrs",
    "day": "d day days",
    "week": "w week weeks",
    "month": "mon mons month months",
    "quarter": "qtr quarter",
    "year": "y year years yr yrs",
    "decade": "dec decade decades decs",
    "century": "c cent centuries century",
    "millennium": "mil millennia millennium mils",
    "timezone": "timezone",
    "timezone_hour": "timezone_hour",
    "timezone_minute": "timezone_minute",
}
_SPECIAL_SPELLINGS: Final = {
    "epoch": "epoch",
    "julian": "j jd julian",
    "dow": "dow",
    "isodow": "isodow",
    "doy": "doy",
    "isoyear": "isoyear",
}
_UNITS: Final = {word[:_WORD_LENGTH]: unit for unit, words in _SPELLINGS.items() for word in words.split()}
_SPECIAL: Final = {word[:_WORD_LENGTH]: unit for unit, words in _SPECIAL_SPELLINGS.items() for word in words.split()}


def find_unit(text: str, type_name: str) -> str:
    """The unit that date_trunc rounds to, by its plain name.

    Raises:
        InvalidValue: there is no such word.
    """
    unit = _UNITS.get(text.lower()[:_WORD_LENGTH])
    if unit is None:
        raise unknown_unit(text, type_name)
    return unit


def find_field(text: str, type_name: str) -> str:
    """The field that extract gives, by its plain name.

    Raises:
        InvalidValue: there is no such word.
    """
    word = text.lower()[:_WORD_LENGTH]
    unit = _UNITS.get(word) or _SPECIAL.get(word)
    if unit is None:
        raise unknown_unit(text, type_name)
    return unit


def unknown_unit(text: str, type_name: str) -> InvalidValue:
    message = f'unit "{text.lower()}" not recognized for type {type_name}'
    return InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)


def unsupported_unit(text: str, type_name: str) -> InvalidValue:
    message = f'unit "{text.lower()}" not supported for type {type_name}'
    return InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
