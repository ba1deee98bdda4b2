"""The pieces that dates, times and intervals are written with.

PostgreSQL cuts such a text into fields before it knows what any of them means; the sort of a field follows
from its first character and from the punctuation that holds it together. Source: ParseDateTime in
PostgreSQL 15's datetime.c.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_MAX_FIELDS: Final = 25
_MAX_LENGTH: Final = 128  # of the whole text, as long as the buffer that PostgreSQL has for it


class FieldSort(Enum):
    TIME = auto()  # 04:05:06.7
    DATE = auto()  # 1999-01-08, 8-Jan-1999, America/New_York
    NUMBER = auto()  # 1999, 12.5
    WORD = auto()  # jan, pm
    SIGNED = auto()  # +08:00, -3
    SIGNED_WORD = auto()  # -infinity


@dataclass(frozen=True, slots=True)
class DateTimeField:
    """One piece; its text in small letters."""

    sort: FieldSort
    text: str


# The order matters: a time and a date begin as a number does.
_FIELD: Final = re.compile(
    r"""
      (?P<TIME> [0-9]+ : [0-9:.]* )
    | (?P<DATE> [0-9]+ (?: (?P<delimiter>[-/.]) [0-9]+ (?P=delimiter) (?:[0-9]|(?P=delimiter))*
                         | [-/] [0-9]+
                         | (?P<other>[-/.]) (?![0-9]) (?:[a-z0-9]|(?P=other))* )
              | [a-z]+ [-/.] [-+/_.:a-z0-9]* )
    | (?P<NUMBER> [0-9]+ (?:\.[0-9]+)? | \.[0-9]* )
    | (?P<WORD> [a-z]+ )
    | (?P<SIGNED> [+-] [ \t\n\v\f\r]* [0-9] [-0-9:.]* )
    | (?P<SIGNED_WORD> [+-] [ \t\n\v\f\r]* [a-z]+ )
    | (?P<ignored> [ \t\n\v\f\r]+ | [!"\#$%&'()*,/:;<=>?@\[\\\]^_`{|}~-] )
    """,
    re.VERBOSE,
)
_SPACE: Final = re.compile(r"[ \t\n\v\f\r]+")


def split_fields(text: str) -> list[DateTimeField] | None:
    """Cut a text into its fields; None when it holds a character that belongs to none."""
    if len(text) > _MAX_LENGTH or not text.isascii():
        return None
    fields: list[DateTimeField] = []
    at = 0
    folded = text.lower()
    while at < len(folded):
        match = _FIELD.match(folded, at)
        if match is None:
            return None
        at = match.end()
        sort = next(name for name, piece in match.groupdict().items() if piece is not None)
        if sort == "ignored":
            continue
        piece = match[0] if sort not in ("SIGNED", "SIGNED_WORD") else _SPACE.sub("", match[0])
        fields.append(DateTimeField(FieldSort[sort], piece))
    return fields if len(fields) <= _MAX_FIELDS else None
