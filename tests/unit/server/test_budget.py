import sys
from types import FrameType

import pytest

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server import budget as budget_module
from server.budget import Budget, Share
from server.query.runtime import Limits

MIB = 1024 * 1024


def test_no_more_is_given_than_there_is() -> None:
    budget = Budget(1)
    one, other = Share(budget), Share(budget)

    assert one.take(MIB // 2)
    assert other.take(MIB // 2)
    assert not one.take(1)


def test_what_nobody_knows_any_more_is_given_back() -> None:
    budget = Budget(1)
    share = Share(budget)
    share.take(MIB)

    del share

    assert budget.held == 0


def test_a_share_may_go_at_any_moment() -> None:
    """In the middle of the budget's own steps too, where a `__del__` would wait for itself."""
    budget = Budget(1)
    shares = [Share(budget) for _ in range(3)]
    for share in shares:
        share.take(1000)
    del share

    with budget._lock:
        shares.clear()

    assert budget.held == 0


def test_shares_that_take_nothing_leave_nothing_behind() -> None:
    budget = Budget(1)

    for _ in range(100):
        Share(budget).keep(0)

    assert not budget._holdings
    assert not budget._gone


class _Interruption(BaseException):
    pass


def _use(budget: Budget) -> None:
    for size in (1000, 2000, 3000):
        share = Share(budget)
        share.take(size)
        share.keep(size // 2)
        del share


@pytest.mark.parametrize("calls", range(1, 30))
def test_an_interruption_at_any_call_loses_nothing(calls: int) -> None:
    """As one from outside, which comes where a function begins, it is lost in what nobody waits for."""
    budget = Budget(1)
    left = calls

    def interrupt(frame: FrameType, event: str, _: object) -> None:
        nonlocal left
        left -= frame.f_code.co_filename == budget_module.__file__
        if left == 0:
            raise _Interruption

    sys.settrace(interrupt)
    try:
        _use(budget)
    except _Interruption:
        pass
    finally:
        sys.settrace(None)

    assert budget.held == 0


def test_what_is_not_kept_is_given_back() -> None:
    budget = Budget(1)
    share = Share(budget)
    share.take(MIB)

    share.keep(100)
    assert budget.held == 100
    share.keep(200)
    assert budget.held == 100


def test_a_query_that_holds_little_asks_for_nothing() -> None:
    budget = Budget(1)
    limits = Limits(take=Share(budget).take)

    limits.hold(1000)

    assert budget.held == 0


def test_a_query_takes_what_it_holds_and_is_told_when_there_is_no_more() -> None:
    budget = Budget(4)
    limits = Limits(take=Share(budget).take)

    for _ in range(30):
        limits.hold(MIB // 10)
    assert 3 * MIB <= budget.held + 64 * 1024 <= 4 * MIB + 64 * 1024
    with pytest.raises(InvalidValue, match="out of memory") as caught:
        limits.hold(2 * MIB)
    assert caught.value.sqlstate is SqlState.OUT_OF_MEMORY


def test_what_one_query_may_hold_is_less() -> None:
    limits = Limits(most_bytes=10_000, take=Share(Budget(100)).take)

    limits.hold(10_000)
    with pytest.raises(InvalidValue, match="out of memory"):
        limits.hold(1)
