"""The templates of to_char and to_number for numbers, read into marks and literals.

Source: PostgreSQL 15, NUM_keywords and NUMDesc_prepare in formatting.c; manual, "Template Patterns for Numeric
Formatting".
"""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

# Of those that begin alike, the first that fits is taken. They are all capitals or all small.
_KEYWORDS: Final = (
    *(",", ".", "0", "9", "B", "C", "D", "EEEE", "FM", "G", "L", "MI", "PL", "PR", "RN", "SG", "SP", "S", "TH", "V"),
    *("b", "c", "d", "eeee", "fm", "g", "l", "mi", "pl", "pr", "rn", "sg", "sp", "s", "th", "v"),
)
_PART: Final = re.compile(
    rf"""(?P<keyword> {"|".join(map(re.escape, _KEYWORDS))} )
      | "(?P<quoted> (?: \\. | [^"\\] )*+ ) (?: "|\\?\Z ) | \\?(?P<escaped> " ) | (?P<other> . )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_SIGNS: Final = frozenset(("PL", "MI", "SG", "PR"))
# What a mark cannot follow, and what is said then.
_CONFLICTS: Final[dict[str, tuple[tuple[frozenset[str], str], ...]]] = {
    "9": ((frozenset(("PR",)), '"9" must be ahead of "PR"'),),
    "0": ((frozenset(("PR",)), '"0" must be ahead of "PR"'),),
    ".": (
        (frozenset((".",)), "multiple decimal points"),
        (frozenset(("V",)), 'cannot use "V" and decimal point together'),
    ),
    "S": (
        (frozenset(("S",)), 'cannot use "S" twice'),
        (_SIGNS, 'cannot use "S" and "PL"/"MI"/"SG"/"PR" together'),
    ),
    "MI": ((frozenset(("S",)), 'cannot use "S" and "MI" together'),),
    "PL": ((frozenset(("S",)), 'cannot use "S" and "PL" together'),),
    "SG": ((frozenset(("S",)), 'cannot use "S" and "SG" together'),),
    "PR": ((frozenset(("S", "PL", "MI", "SG")), 'cannot use "PR" and "S"/"PL"/"MI"/"SG" together'),),
    "V": ((frozenset((".",)), 'cannot use "V" and decimal point together'),),
    "EEEE": (
        (frozenset(("EEEE",)), 'cannot use "EEEE" twice'),
        (frozenset(("B", "FM", "S", "RN", "V", *_SIGNS)), '"EEEE" is incompatible with other formats'),
    ),
}


class SignPlace(Enum):
    """Where the sign that S anchors to the number goes."""

    NONE = auto()
    BEFORE = auto()
    AFTER = auto()


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark by its name in capitals (`.` for D too); `small` where it was not written in them."""

    name: str
    small: bool = False


Node = Mark | str


@dataclass(slots=True)
class Template:
    """What a template says of the number as a whole.

    Attributes:
        nodes: in order; a literal is one character.
        before, after: digits on the two sides of the point.
        shift: digits behind V, by which the number is moved to the left.
        zero_start, zero_end: counted from 1 the first digit before the point that is a 0, and the last at all; or 0.
        sign: where S puts it; `sign_digits` stand before S.
        seen: the names of the marks; `0` only where one stands before the point, B only where nothing did before it.
    """

    nodes: list[Node] = field(default_factory=list)
    before: int = 0
    after: int = 0
    shift: int = 0
    zero_start: int = 0
    zero_end: int = 0
    sign: SignPlace = SignPlace.NONE
    sign_digits: int = 0
    seen: set[str] = field(default_factory=set)


@lru_cache(maxsize=256)
def read_number_template(text: str) -> Template:
    """Read one; it is shared and must not be changed.

    Raises:
        InvalidValue: its marks do not go together.
    """
    template = Template()
    for match in _PART.finditer(text):
        if match["keyword"] is not None:
            name = match["keyword"].upper()
            mark = Mark("." if name == "D" else name, small=name != match["keyword"])
            _take(template, mark.name)
            template.nodes.append(mark)
        elif match["quoted"] is not None:
            template.nodes += _ESCAPE.sub(r"\1", match["quoted"])
        else:
            template.nodes.append(match["escaped"] or match["other"])
    return template


def _take(template: Template, name: str) -> None:
    """Take in what a mark says."""
    seen = template.seen
    if "EEEE" in seen and name != "EEEE":
        raise _unfit('"EEEE" must be the last pattern used')
    for others, message in _CONFLICTS.get(name, ()):
        if not seen.isdisjoint(others):
            raise _unfit(message)
    match name:
        case "9":
            _count(template, may_shift=True)
        case "0":
            if "." not in seen and not template.zero_start:
                template.zero_start = template.before + 1
                seen.add("0")
            _count(template, may_shift=False)
            template.zero_end = template.before + template.after
        case "B":
            if not (template.before or template.after or "0" in seen):
                seen.add("B")
        case "S":
            seen.add("S")
            template.sign = SignPlace.AFTER if "." in seen else SignPlace.BEFORE
            if "." not in seen:
                template.sign_digits = template.before
        case _:
            seen.add(name)


def _count(template: Template, *, may_shift: bool) -> None:
    """One digit more."""
    if may_shift and "V" in template.seen:
        template.shift += 1
    elif "." in template.seen:
        template.after += 1
    else:
        template.before += 1


def _unfit(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.SYNTAX_ERROR)
