"""The templates of to_char, to_date and to_timestamp, read into fields and literals.

Source: PostgreSQL 15, parse_format and DCH_keywords in formatting.c; manual, "Data Type Formatting Functions".
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

# Of those that begin alike, the first that fits is taken. Small letters mean the same where no other case is named.
_CAPITAL: Final = (
    "A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "CC", "DAY", "DDD", "DD", "DY", "Day", "Dy", "D", "FF1", "FF2", "FF3",
    "FF4", "FF5", "FF6", "FX", "HH24", "HH12", "HH", "IDDD", "ID", "IW", "IYYY", "IYY", "IY", "I", "J", "MI", "MM",
    "MONTH", "MON", "MS", "Month", "Mon", "OF", "P.M.", "PM", "Q", "RM", "SSSSS", "SSSS", "SS", "TZH", "TZM", "TZ",
    "US", "WW", "W", "Y,YYY", "YYYY", "YYY", "YY", "Y",
)  # fmt: skip
_KEYWORDS: Final = (*_CAPITAL, *(each.lower() for each in _CAPITAL if each.isupper()))
_TEMPLATE: Final = re.compile(
    rf"""
      (?P<prefix> (?: FM | fm | TM | tm )? ) (?P<keyword> {"|".join(re.escape(each) for each in _KEYWORDS)} )
      (?P<suffix> (?: TH | th | SP )? )
    | (?: FM | fm | TM | tm )?
      (?: "(?P<quoted> (?: \\. | [^"] )* ) "? | (?P<escaped> \\" ) | (?P<other> . ) )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_NOT_NUMBERS: Final = frozenset(
    ("A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "P.M.", "PM", "DAY", "DY", "MONTH", "MON", "RM", "OF", "TZ", "FX")
)


class LiteralKind(Enum):
    SPACE = auto()
    SEPARATOR = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Literal:
    """One character that stands for itself, or what input may have in its place."""

    character: str
    kind: LiteralKind


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a date.

    Attributes:
        name: in capitals.
        written: as in the template, which tells the case of words.
        fill: without padding (FM).
        localized: TM, by which words are not padded either.
        ordinal: TH or th, or nothing.
    """

    name: str
    written: str
    fill: bool
    localized: bool
    ordinal: str

    @property
    def is_number(self) -> bool:
        return self.name not in _NOT_NUMBERS


Node = Field | Literal


def is_separator(character: str) -> bool:
    return "!" <= character <= "~" and not character.isalnum()


@lru_cache(maxsize=256)
def read_template(template: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for match in _TEMPLATE.finditer(template):
        match match.lastgroup:
            case "suffix":
                nodes.append(_field(match["prefix"], match["keyword"], match["suffix"]))
            case "quoted":
                text = _ESCAPE.sub(r"\1", match["quoted"])
                nodes += [Literal(character, LiteralKind.TEXT) for character in text]
            case "escaped":
                nodes.append(Literal('"', LiteralKind.SEPARATOR))
            case "other":
                nodes.append(Literal(match["other"], _kind(match["other"])))
            case _:
                raise AssertionError(match.lastgroup)
    return tuple(nodes)


def _kind(character: str) -> LiteralKind:
    if character.isspace():
        return LiteralKind.SPACE
    return LiteralKind.SEPARATOR if is_separator(character) else LiteralKind.TEXT


def _field(prefix: str, keyword: str, suffix: str) -> Field:
    ordinal = "" if suffix == "SP" else suffix
    return Field(keyword.upper(), keyword, prefix.upper() == "FM", prefix.upper() == "TM", ordinal)
