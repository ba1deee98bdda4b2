"""The kinds of value that a run-time parameter has: each reads what SET is given and writes what SHOW shows.

What a session keeps is the shown form (`90s`, `4MB`, `on`), since that is what nearly everybody asks for; `number`
gets the plain number back. Rounding, ranges and messages are PostgreSQL 15's (manual, "Setting Parameters",
and what a server answers).

DEVIATION: hexadecimal numbers with a fraction are not read.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from server.errors import Condition, OdpsError

LARGEST: Final = 2**31 - 1

# Units by the unit that a parameter counts in, the largest first, each with how much of that unit it is.
_UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "": {},
    "ms": {"d": 86_400_000, "h": 3_600_000, "min": 60_000, "s": 1000, "ms": 1, "us": 1 / 1000},
    "s": {"d": 86_400, "h": 3600, "min": 60, "s": 1, "ms": 1 / 1000, "us": 1 / 1_000_000},
    "B": {"TB": 1 << 40, "GB": 1 << 30, "MB": 1 << 20, "kB": 1 << 10, "B": 1},
    "kB": {"TB": 1 << 30, "GB": 1 << 20, "MB": 1 << 10, "kB": 1, "B": 1 / 1024},
    "8kB": {"TB": 1 << 27, "GB": 1 << 17, "MB": 1 << 7, "kB": 1 / 8, "B": 1 / 8192},
}
_TIME_HINT: Final = 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".'
_SIZE_HINT: Final = 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".'
_HINTS: Final = {"ms": _TIME_HINT, "s": _TIME_HINT, "B": _SIZE_HINT, "kB": _SIZE_HINT, "8kB": _SIZE_HINT}
# As C reads integers, 0x1F and 017 included; a dot or an exponent makes it a fraction.
_NUMBER: Final = re.compile(
    r"\s*(?:(?P<fraction>[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE][+-]?\d))(?:[eE][+-]?\d+)?)"
    r"|(?P<sign>[+-]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|(?P<octal>0[0-7]*)|(?P<decimal>[1-9]\d*)))"
    r"\s*(?P<unit>.*?)\s*",
    re.ASCII | re.DOTALL,
)
_REAL: Final = re.compile(
    r"\s*(?:(?P<hex>[+-]?0x[0-9a-f]+)|(?P<real>[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)))\s*",
    re.ASCII | re.IGNORECASE,
)


class Kind(Protocol):
    """`vartype` is PostgreSQL's word for it in pg_settings."""

    @property
    def vartype(self) -> str: ...

    def read(self, name: str, value: str, current: str) -> str:
        """The shown form of a value; `current` is the one in force.

        Raises:
            OdpsError: SETTING_INVALID or what else is wrong with it.
        """
        ...


def invalid(name: str, value: str, *, hint: str | None = None, detail: str | None = None) -> OdpsError:
    return OdpsError(Condition.SETTING_INVALID, name=name, value=value, hint=hint, detail=detail)


def parse_boolean(value: str) -> bool | None:
    """PostgreSQL's spellings of a Boolean, unique abbreviations included; None for anything else."""
    text = value.lower()
    if text in ("on", "1") or (text and ("true".startswith(text) or "yes".startswith(text))):
        return True
    if text in ("off", "of", "0") or (text and ("false".startswith(text) or "no".startswith(text))):
        return False
    return None


@dataclass(frozen=True, slots=True)
class Boolean:
    vartype: str = field(default="bool", init=False)

    def read(self, name: str, value: str, current: str) -> str:
        parsed = parse_boolean(value)
        if parsed is None:
            raise OdpsError(Condition.SETTING_NOT_BOOLEAN, name=name)
        return "on" if parsed else "off"


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number of `unit`s (none, ms, kB or pages of 8kB), from `least` to `most`."""

    least: int
    most: int
    unit: str = ""
    vartype: str = field(default="integer", init=False)

    def read(self, name: str, value: str, current: str) -> str:
        number = self._parse(name, value)
        if not self.least <= number <= self.most:
            shown = f"{number} {self.unit}".rstrip()
            raise OdpsError(Condition.SETTING_OUT_OF_RANGE, name=name, value=shown, least=self.least, most=self.most)
        return self.show(number)

    def show(self, number: int) -> str:
        """In the largest unit of which it is a whole number; 0 and less have no unit."""
        if number <= 0:
            return str(number)
        for unit, size in _UNITS[self.unit].items():
            if size <= 1 or number % size == 0:
                return f"{round(number / size)}{unit}"
        return str(number)

    def number(self, shown: str) -> int:
        return self._parse("", shown)

    def _parse(self, name: str, value: str) -> int:
        match = _NUMBER.fullmatch(value)
        number = None if match is None else _value(match)
        if match is None or number is None:
            raise invalid(name, value)
        units = _UNITS[self.unit]
        if match["unit"]:
            if match["unit"] not in units:
                raise invalid(name, value, hint=_HINTS.get(self.unit))
            number = _convert(number, match["unit"], units)
        # Halves go to the even neighbour.
        rounded = round(number)
        if not -LARGEST - 1 <= rounded <= LARGEST:
            raise invalid(name, value, hint="Value exceeds integer range.")
        return rounded


def _value(match: re.Match[str]) -> float | None:
    """The number that was matched; None for one that no float can hold."""
    if match["fraction"] is not None:
        number = float(match["fraction"])
        return number if math.isfinite(number) else None
    digits, base = next(
        (match[group], base) for group, base in (("hex", 16), ("octal", 8), ("decimal", 10)) if match[group] is not None
    )
    # More digits than this never fit; Python limits how many it reads.
    if len(digits) > 308:
        return None
    number = int(digits, base)
    return -number if match["sign"] == "-" else number


def _convert(number: float, unit: str, units: Mapping[str, float]) -> float:
    """So many `unit`s in the parameter's own; a fraction is rounded to the next smaller unit first."""
    converted = number * units[unit]
    names = list(units)
    following = names.index(unit) + 1
    if following == len(names):
        return converted
    smaller = units[names[following]]
    return round(converted / smaller) * smaller


@dataclass(frozen=True, slots=True)
class Real:
    """A floating-point number from `least` to `most`, shown with six digits."""

    least: float
    most: float
    vartype: str = field(default="real", init=False)

    def read(self, name: str, value: str, current: str) -> str:
        match = _REAL.fullmatch(value)
        if match is None:
            raise invalid(name, value)
        number = float(int(match["hex"], 16)) if match["hex"] else float(match["real"])
        infinite = "inf" in value.lower()
        if math.isinf(number) != infinite or (number == 0 and re.search("[1-9]", re.split("[eE]", value)[0])):
            raise invalid(name, value)
        if not self.least <= number <= self.most:
            shown = ("-" * (number < 0) + "Infinity") if infinite else f"{number:g}"
            raise OdpsError(
                Condition.SETTING_OUT_OF_RANGE, name=name, value=shown, least=f"{self.least:g}", most=f"{self.most:g}"
            )
        return f"{number:g}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `choices`; `aliases` are spellings in lower case that PostgreSQL takes without listing them."""

    choices: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    vartype: str = field(default="enum", init=False)

    def read(self, name: str, value: str, current: str) -> str:
        folded = value.lower()
        if folded in self.choices:
            return folded
        if folded in self.aliases:
            return self.aliases[folded]
        raise invalid(name, value, hint=f"Available values: {', '.join(self.choices)}.")


@dataclass(frozen=True, slots=True)
class Text:
    """Any text that `check(name, value, current)` gives a shown form to.

    Attributes:
        is_list: SET takes several values.
        is_quoted: and quotes each of them as an identifier.
    """

    check: Callable[[str, str, str], str] = lambda name, value, current: value
    is_list: bool = False
    is_quoted: bool = False
    vartype: str = field(default="string", init=False)

    def read(self, name: str, value: str, current: str) -> str:
        return self.check(name, value, current)
