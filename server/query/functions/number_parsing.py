"""to_number: a number read through a template.

Source: PostgreSQL 15, numeric_to_number, NUM_processor and NUM_numpart_from_char in formatting.c, whose odd corners
are kept.
"""

from decimal import Decimal
from typing import Final

from protocol.numerics import parse_numeric
from server.query.functions.number_templates import Mark, SignPlace, Template, read_number_template
from server.query.functions.numeric_functions import power
from server.query.functions.numerics import apply_modifier, multiply
from server.query.functions.registry import function
from server.query.functions.value_errors import unsupported

_DIGITS: Final = frozenset("0123456789")
# What belongs to the number, so that a mark that is not there does not eat it.
_DATA: Final = frozenset("0123456789.,+-")
_MODIFIER_BASE: Final = 4
_TEN: Final = Decimal(10)


@function("to_number")
def to_number(text: str, template: str) -> Decimal | None:
    if not template:
        return None
    read = read_number_template(template)
    if "EEEE" in read.seen:
        raise unsupported('"EEEE" not supported for input')
    if "RN" in read.seen:
        raise unsupported('"RN" not supported for input')
    reader = _Reader(read, text)
    for node in read.nodes:
        if reader.at_end():
            break
        reader.read(node)
    scale = reader.after
    modifier = ((read.before + read.shift + scale) << 16 | scale) + _MODIFIER_BASE
    number = apply_modifier(parse_numeric(reader.number), modifier)
    if "V" not in read.seen:
        return number
    return multiply(number, power(_TEN, Decimal(-read.shift)))


class _Reader:
    """Attributes: `before`, `after`: digits read on the two sides of the point."""

    def __init__(self, template: Template, text: str) -> None:
        self._template = template
        self._seen = template.seen
        self._text = text
        self._at = 0
        self._sign = ""
        self._digits: list[str] = []
        self._has_point = False
        self.before = 0
        self.after = 0

    def at_end(self) -> bool:
        return self._at >= len(self._text)

    @property
    def number(self) -> str:
        return (self._sign or " ") + "".join(self._digits).removesuffix(".")

    def read(self, node: Mark | str) -> None:
        if isinstance(node, str):
            # Whatever stands there.
            self._at += 1
            return
        match node.name:
            case "9" | "0" | ".":
                self._read_place(node.name)
                self._at += 1
            case "," | "G":
                # PostgreSQL never marks that it is inside a number that it reads.
                if "FM" not in self._seen and self._here == ",":
                    self._at += 1
            case "L":
                self._pass_by(1)
            case "TH":
                if "." not in self._seen and self._sign != "-":
                    self._pass_by(2)
            case "MI" | "PL" | "SG":
                wanted = {"MI": "-", "PL": "+", "SG": "+-"}[node.name]
                if self._here and self._here in wanted:
                    self._sign = self._here
                    self._at += 1
                else:
                    self._pass_by(1)
            case _:
                pass

    @property
    def _here(self) -> str:
        return self._text[self._at : self._at + 1]

    def _pass_by(self, count: int) -> None:
        while count and self._here and self._here not in _DATA:
            self._at += 1
            count -= 1

    def _read_place(self, name: str) -> None:
        """A digit or the point, with a sign before it or behind; ends on the last character that was read."""
        if self._here == " ":
            self._at += 1
        if self.at_end():
            return
        if not self._sign and name != "." and not self.before + self.after:
            self._read_sign()
        if self.at_end():
            return
        has_read = False
        if self._here in _DIGITS:
            if self._has_point and self.after == self._template.after:
                return
            self._digits.append(self._here)
            self.after += self._has_point
            self.before += not self._has_point
            has_read = True
        elif "." in self._seen and not self._has_point and self._here == ".":
            self._digits.append(".")
            self._has_point = has_read = True
        if not self._sign and self.before + self.after:
            self._read_late_sign(has_read=has_read)

    def _read_sign(self) -> None:
        if "S" in self._seen and self._template.sign is SignPlace.BEFORE:
            found = self._here if self._here in "+-" else ""
        else:
            found = "-" if "PR" in self._seen and self._here == "<" else self._here if self._here in "+-" else ""
        if found:
            self._sign = found
            self._at += 1

    def _read_late_sign(self, *, has_read: bool) -> None:
        """That of S right behind the last digit, or one of the others where no digit was."""
        following = self._text[self._at + 1 : self._at + 2]
        if "S" in self._seen:
            if has_read and following in ("+", "-"):
                self._sign = following
                self._at += 1
        elif not has_read and not self._seen.isdisjoint(("PL", "MI", "SG")) and self._here in "+-":
            self._sign = self._here
