"""The plans of all sessions: which are kept, and how much that may be."""

import pytest

from protocol.errors import InvalidValue
from server.dialect.select import parse_query, parse_select
from server.selects import Plans
from server.statements.select import Select

QUERY = parse_query("SELECT 1")


def kept(plans: Plans, number: int) -> bool:
    """Whether something is kept under that number; here it is always that nothing could be made of it."""
    try:
        assert plans.find((number, (), 0)) is None
    except InvalidValue:
        return True
    return False


@pytest.mark.parametrize(("length", "most"), [(0, 1024), (100, 1024), (2_000_000, 2)])
def test_those_not_asked_for_longest_give_way_and_long_texts_count(length: int, most: int) -> None:
    plans = Plans()
    for number in range(1100):
        plans.keep((number, (), 0), Select(QUERY, length=length), None)

    assert [number for number in range(1100) if kept(plans, number)] == list(range(1100 - most, 1100))


def test_one_that_is_made_again_counts_once() -> None:
    plans = Plans()
    plans.keep((0, (), 0), Select(QUERY, length=2_000_000), None)
    for _ in range(100):
        plans.keep((1, (), 0), Select(QUERY, length=2_000_000), None)

    assert kept(plans, 0)


def test_a_statement_knows_the_length_of_its_text() -> None:
    text = "SELECT '" + "x" * 5000 + "'"

    assert parse_select(text).length == len(text)
