"""A number written through a template, digit by digit.

Source: PostgreSQL 15, NUM_processor and NUM_numpart_to_char in formatting.c, whose odd corners are kept.
"""

from dataclasses import dataclass

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.number_templates import Mark, SignPlace, Template

_DIGITS = ("9", "0", ".")
_END = "\0"


@dataclass(frozen=True, slots=True)
class Written:
    """A number before it goes through the template.

    Attributes:
        digits: without a sign.
        sign: + or -.
        blanks: places of the template before the first digit.
        after: digits behind the point that the template is to be filled with.
    """

    digits: str
    sign: str = "+"
    blanks: int = 0
    after: int = 0


def write_number(template: Template, number: Written) -> str:
    """The text.

    Raises:
        InvalidValue: TH where there is no number.
    """
    if "EEEE" in template.seen:
        return number.digits
    writer = _Writer(template, number)
    for node in template.nodes:
        writer.write(node)
    # As in C, what comes behind an end of a string is not seen.
    return "".join(writer.pieces).partition(_END)[0]


class _Writer:
    def __init__(self, template: Template, number: Written) -> None:
        self.pieces: list[str] = []
        self._seen = seen = template.seen
        self._digits = number.digits
        self._is_roman = "RN" in seen
        self._sign = "" if self._is_roman else number.sign
        self._blanks = 0 if self._is_roman else number.blanks
        self._after = number.after
        self._fill = "FM" in seen
        self._has_zero = "0" in seen
        self._zero_start = template.zero_start - 1 if template.zero_start else 0
        self._bracket = "PR" in seen and (not self._fill or self._sign == "-")
        self._anchored = "S" in seen
        before = template.before + template.shift
        self._sign_place = template.sign
        apart = not seen.isdisjoint(("PL", "MI", "SG"))
        if apart:
            # PL writes a plus of its own, MI and SG any sign.
            self._sign_done = not ("MI" not in seen and "SG" not in seen)
        else:
            self._sign_done = self._sign == "+" and self._fill and not self._anchored
            if template.sign is SignPlace.BEFORE and template.sign_digits == before:
                self._sign_place = SignPlace.AFTER
        self._last = self._last_relevant(template) if self._fill and "." in seen else -1
        count = number.after + before - 1 + (not self._sign_done and not self._blanks)
        self._end = count + bool(self._blanks) + ("." in seen)
        # In the template and in the digits.
        self._place = 0
        self._next = 0
        self._inside = False

    def _last_relevant(self, template: Template) -> int:
        """Where the digits end that FM keeps; -1 for no such place."""
        point = self._digits.find(".")
        if point < 0:
            return -1
        last = max(point, len(self._digits.rstrip("0")) - 1)
        if template.zero_end > self._blanks:
            last = max(last, min(len(self._digits) - 1, template.zero_end - self._blanks))
        return last

    def write(self, node: Mark | str) -> None:
        if isinstance(node, str):
            self.pieces.append(node)
            return
        match node.name:
            case "9" | "0" | ".":
                if not self._is_roman:
                    self._write_place(node.name)
            case "," | "G":
                if self._inside or not self._fill:
                    self.pieces.append("," if self._inside else " ")
            case "L":
                # The symbol of lc_monetary = C.
                self.pieces.append(" ")
            case "RN":
                written = self._digits[self._next :]
                written = written.lower() if node.small else written
                self.pieces.append(written if self._fill else written.rjust(15))
            case "TH":
                self._write_ordinal(small=node.small)
            case "MI" | "PL":
                wanted = "-" if node.name == "MI" else "+"
                if self._sign == wanted or not self._fill:
                    self.pieces.append(wanted if self._sign == wanted else " ")
            case "SG":
                self.pieces.append(self._sign or _END)
            case _:
                pass

    def _write_ordinal(self, *, small: bool) -> None:
        if self._is_roman or self._digits.startswith("#") or self._sign == "-" or "." in self._seen:
            return
        last = self._digits[-1:]
        if not (last.isascii() and last.isdigit()):
            message = f'"{self._digits}" is not a number'
            raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
        if self._digits[-2:-1] == "1":
            last = "0"
        ending = {"1": "st", "2": "nd", "3": "rd"}.get(last, "th")
        self.pieces.append(ending if small else ending.upper())

    def _leads(self) -> bool:
        """Whether the next digit is a zero before the point that need not be written: `.1`."""
        return not self._has_zero and self._next == 0 and self._digits.startswith("0") and self._after > 0

    def _ends_at_point(self) -> bool:
        return self._last >= 0 and self._digits[self._last] == "."

    def _write_place(self, name: str) -> None:
        """One digit of the template, or its point."""
        self._inside = False
        begins = self._place >= self._blanks or (self._has_zero and self._zero_start == self._place)
        if not self._sign_done and begins and (not self._leads() or self._ends_at_point()):
            self._write_sign()
        if self._place < self._blanks:
            if self._has_zero and self._zero_start <= self._place:
                self.pieces.append("0")
                self._inside = True
            elif not self._fill:
                self.pieces.append(" ")
        else:
            self._write_digit(name)
        self._place += 1
        if self._place == self._end and not 0 <= self._last == self._next:
            self._close()

    def _write_sign(self) -> None:
        if self._anchored:
            if self._sign_place is SignPlace.BEFORE:
                self.pieces.append(self._sign)
                self._sign_done = True
        elif self._bracket:
            self.pieces.append(" " if self._sign == "+" else "<")
            self._sign_done = True
        elif self._sign == "-":
            self.pieces.append("-")
            self._sign_done = True
        elif self._sign == "+":
            self.pieces.append("" if self._fill else " ")
            self._sign_done = True

    def _write_digit(self, name: str) -> None:
        digit = self._digits[self._next : self._next + 1]
        if digit == ".":
            self.pieces.append(".")
        elif 0 <= self._last < self._next and name != "0":
            pass
        elif self._leads():
            if not self._fill:
                self.pieces.append(" ")
            elif self._ends_at_point():
                self.pieces.append("0")
        else:
            self.pieces.append(digit or _END)
            self._inside = True
        self._next += bool(digit)

    def _close(self) -> None:
        """What comes behind the last digit."""
        if self._sign_done and self._bracket:
            self.pieces.append(" " if self._sign == "+" else ">")
        elif self._anchored and self._sign_place is SignPlace.AFTER:
            self.pieces.append(self._sign)
