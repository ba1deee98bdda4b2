from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.query.evaluator import sorted_order as module
from server.query.evaluator.sorted_order import sorted_order


def in_one_call(keys: list[int], *, descending: bool) -> list[int]:
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 10)
    monkeypatch.setattr(module, "_GROUP", 4)


@given(keys=st.lists(st.integers(0, 12), max_size=200), descending=st.booleans())
def test_the_order_is_that_of_one_call(keys: list[int], *, descending: bool) -> None:
    assert sorted_order(keys, descending=descending) == in_one_call(keys, descending=descending)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("distinct", [1, 2, 1000, 10_000_019])
def test_no_call_sorts_many_keys(monkeypatch: pytest.MonkeyPatch, distinct: int, *, descending: bool) -> None:
    monkeypatch.undo()
    sizes: list[int] = []
    one_call = module._sorted

    def note(indexes: list[int], keys: Sequence[int], *, descending: bool) -> list[int]:
        sizes.append(len(indexes))
        return one_call(indexes, keys, descending=descending)

    monkeypatch.setattr(module, "_sorted", note)
    # In no order; nearly all the same, where there are two.
    keys = [index * 7_919 % 10_000_019 % distinct if distinct > 2 or not index % 50 else 0 for index in range(300_000)]

    order = sorted_order(keys, descending=descending)

    assert order == in_one_call(keys, descending=descending)
    # Some 8,000; dealt by chance, it could be more.
    assert max(sizes) < 100_000
