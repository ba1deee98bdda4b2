"""Which FULL joins there are; the queries were put to PostgreSQL 15."""

import pytest

from server.errors import Condition, OdpsError
from tests.unit.server.query.answering import answer, prepared

_NUMBERS = "FROM (VALUES (1), (2)) a(x) FULL JOIN (VALUES (2), (3)) b(y) ON"
_MONEY = "FROM (VALUES ('1'::money)) a(x) FULL JOIN (VALUES ('1'::money)) b(y) ON"


@pytest.mark.parametrize(
    "rest",
    [
        f"{_NUMBERS} x < y",
        f"{_NUMBERS} x = 1",
        f"{_NUMBERS} x = y + x",
        f"{_NUMBERS} x = y OR x < y",
        f"{_NUMBERS} x < y AND true",
        f"{_NUMBERS} x = ANY (ARRAY[y])",
        f"{_NUMBERS} x < y WHERE x IS NULL",
        f"{_NUMBERS} x < y WHERE coalesce(x, y) = 1",
        f"{_MONEY} x = y AND x > '1'",
    ],
)
def test_without_an_equality_of_both_sides_they_are_refused(rest: str) -> None:
    with pytest.raises(OdpsError) as caught:
        prepared(f"SELECT * {rest}")

    assert caught.value.diagnostic.condition is Condition.FULL_JOIN_CONDITION


@pytest.mark.parametrize(
    "rest",
    [
        f"{_NUMBERS} x = y",
        f"{_NUMBERS} x::int8 = y AND x > 1",
        f"{_NUMBERS} true",
        f"{_NUMBERS} 1 = 2",
        f"{_NUMBERS} x < y AND false",
        f"{_NUMBERS} x < y WHERE x = 1",
        f"{_NUMBERS} x < y WHERE y IS NOT NULL",
        f"{_NUMBERS} x < y WHERE y IN (SELECT 2)",
        f"{_NUMBERS} x < y JOIN (VALUES (1)) c(z) ON x = z",
        f"{_NUMBERS} x < y RIGHT JOIN (VALUES (1)) c(z) ON x = z",
        f"{_MONEY} x = y AND true",
    ],
)
def test_what_can_be_hashed_or_merged_or_need_not_be_full_is_joined(rest: str) -> None:
    assert answer(f"SELECT * {rest}")


def test_a_condition_besides_the_equality_is_heeded() -> None:
    assert sorted(answer(f"SELECT * {_NUMBERS} x = y AND x > 2"), key=str) == [
        (1, None),
        (2, None),
        (None, 2),
        (None, 3),
    ]
