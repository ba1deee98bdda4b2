"""numeric's division, with as many digits as PostgreSQL gives. Source: select_div_scale in numeric.c of version 15."""

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

_MIN_SIGNIFICANT: Final = 16
_MAX_SCALE: Final = 1000
_ONE: Final = Decimal(1)
_DIGITS: Final = 4  # decimal digits in one of base 10,000

# Wide enough for every numeric, so that nothing is rounded but where it is asked for.
EXACT: Final = Context(prec=300_000, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_UP)


def scale_of(number: Decimal) -> int:
    """Digits behind the point."""
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def divide_numeric(left: Decimal, right: Decimal) -> Decimal:
    """The quotient of two finite numbers.

    Raises:
        InvalidValue: division by zero.
    """
    if not right:
        raise InvalidValue("division by zero", sqlstate=SqlState.DIVISION_BY_ZERO)
    scale = division_scale(left, right)
    return round_quotient(left, right, scale)


def round_quotient(left: Decimal, right: Decimal, scale: int) -> Decimal:
    """The quotient with so many digits behind the point, halves away from zero."""
    # Not by way of int, whose conversion of 100,000 digits takes a second.
    divisor = right.copy_abs()
    quotient, rest = EXACT.divmod(EXACT.scaleb(left.copy_abs(), scale), divisor)
    if EXACT.add(rest, rest) >= divisor:
        quotient = EXACT.add(quotient, _ONE)
    if left.is_signed() != right.is_signed():
        quotient = quotient.copy_negate()
    return EXACT.scaleb(quotient, -scale)


def division_scale(left: Decimal, right: Decimal) -> int:
    """How many digits behind the point the quotient has: 16 significant ones, but no fewer than either number."""
    left_weight, left_digit = _first_digit(left)
    right_weight, right_digit = _first_digit(right)
    weight = left_weight - right_weight
    if left_digit <= right_digit:
        weight -= 1
    scale = max(_MIN_SIGNIFICANT - weight * _DIGITS, scale_of(left), scale_of(right), 0)
    return min(scale, _MAX_SCALE)


def _first_digit(number: Decimal) -> tuple[int, int]:
    """The weight and the value of the first digit to the base of 10,000."""
    if not number:
        return 0, 0
    weight = number.adjusted() // _DIGITS
    return weight, int(EXACT.scaleb(abs(number), -weight * _DIGITS))
