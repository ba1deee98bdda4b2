"""Regular expressions that would take all memory or all time."""

import time

import pytest

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.regular_expressions import compile_pattern, search


@pytest.mark.parametrize(
    "pattern",
    [
        "((a{255}){255}){255}",
        "(((((a{255}){255}){255}){255}){255})",
        "((a{1,255}){1,255}){1,255}",
        "((a{255,}){255,}){255,}",
        "(" * 90 + "a" + "){2}" * 90,
        "(ab|c[de]f){255}" * 60,
    ],
)
def test_repetitions_of_repetitions_are_bounded(pattern: str) -> None:
    with pytest.raises(InvalidValue, match="regular expression is too complex"):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a{255}){255}", "(a{3}b{4}){200}" * 10, "a{255}" * 200, "(a|b)*" * 1000])
def test_what_is_merely_long_is_not(pattern: str) -> None:
    compile_pattern(pattern)


def test_a_search_is_given_up() -> None:
    begun = time.process_time()
    with pytest.raises(InvalidValue, match="regular expression takes too long") as caught:
        search(compile_pattern("(a|b)*" * 1000), "a" * 5000)

    assert caught.value.sqlstate is SqlState.QUERY_CANCELED
    assert time.process_time() - begun < 5
