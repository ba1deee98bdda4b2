"""Numbers of many digits: right to the last one, and soon."""

import math
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.query.functions import numeric_functions, numerics
from server.query.functions.numeric_division import EXACT, round_quotient, scale_of

WHOLE = Decimal("9" * 130_000)
FRACTION = Decimal("1." + "3" * 16_000)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12)


@given(left=NUMBERS, right=NUMBERS.filter(bool), scale=st.integers(0, 40))
def test_a_quotient_is_rounded_away_from_zero(left: Decimal, right: Decimal, scale: int) -> None:
    expected = math.floor(abs(Fraction(left) / Fraction(right)) * 10**scale + Fraction(1, 2))

    quotient = round_quotient(left, right, scale)

    assert EXACT.scaleb(quotient.copy_abs(), scale) == expected
    assert scale_of(quotient) == scale
    assert not quotient or quotient.is_signed() == (left.is_signed() != right.is_signed())


@pytest.mark.parametrize("digits", [1, 15, 16, 17, 3999, 4000, 4001, 7999, 20_000])
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_a_root_is_right_beside_squares(digits: int, beside: int) -> None:
    root = 10**digits - 1

    found = numeric_functions.square_root(Decimal(root * root + beside))

    exact = math.isqrt(4 * (root * root + beside) * 100 ** scale_of(found))
    assert EXACT.scaleb(found, scale_of(found)) == (exact + 1) // 2


@pytest.mark.parametrize("number", [0, 1, 2, 31, 32, 33, 34, 100, 1000])
def test_a_factorial_is_the_product(number: int) -> None:
    assert numeric_functions.factorial(number) == math.factorial(number)


@given(number=st.decimals(-2000, 2000, places=40), scale=st.integers(0, 200))
@example(number=Decimal("-1.9790E-36"), scale=78)  # all but a half in the last place
def test_an_exponential_by_parts_is_that_of_the_whole(number: Decimal, scale: int) -> None:
    expected = numerics.rescale(numerics.precise(1400).exp(number), scale)

    assert numeric_functions._exponential(number, scale) == expected


def test_an_exponential_that_is_made_to_look_like_a_half_is_computed_no_more_than_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = numerics.precise(1600).ln(Decimal("5e-1001"))
    by_parts, asked = numeric_functions._exponential_by_parts, []

    def compute(number: Decimal, digits: int) -> Decimal:
        asked.append(digits)
        return by_parts(number, digits)

    monkeypatch.setattr(numeric_functions, "_exponential_by_parts", compute)

    assert numeric_functions.exponential(number) in (Decimal(0), Decimal("1e-1000"))
    assert asked == [asked[0], 2 * asked[0]]


def test_a_power_is_that_of_all_digits() -> None:
    base, exponent = Decimal("1." + "3" * 1500), Decimal("1." + "7" * 1200)

    expected = numerics.rescale(numerics.precise(3000).power(base, exponent), 1000)

    assert numeric_functions.power(base, exponent) == expected


@pytest.mark.parametrize(
    "compute",
    [
        lambda: numerics.divide(WHOLE, FRACTION),
        lambda: numeric_functions.square_root(WHOLE),
        lambda: numeric_functions.factorial(32_177),
        lambda: numeric_functions.power(FRACTION, Decimal("1.5")),
        lambda: numeric_functions.exponential(Decimal("5000." + "3" * 1000)),
        lambda: numeric_functions.natural_logarithm(FRACTION),
        lambda: numerics.multiply(WHOLE, EXACT.subtract(FRACTION, Decimal(1))),
    ],
    ids=["division", "root", "factorial", "power", "exponential", "logarithm", "product"],
)
def test_it_takes_moments(compute: Callable[[], Decimal]) -> None:
    begun = time.thread_time()

    compute()

    # Some 10 to 200 ms; by the ways that come to mind first it is up to 14 s, in which no other thread computes.
    assert time.thread_time() - begun < 1
