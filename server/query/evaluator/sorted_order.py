"""Sorting many keys without one long call.

While Python's sort runs nothing else does: a million keys in no order take it more than a second, in which no client
of the server is answered. So many keys are first dealt into groups of some thousands by a few of them, picked at
random, and each group is sorted for itself.
"""

from bisect import bisect_left
from collections.abc import Sequence
from random import sample
from typing import Any, Final

# Keys that are sorted in one call, which takes some ten milliseconds.
_AT_ONCE: Final = 32_768
# About how many fall into one group.
_GROUP: Final = 8_192


def sorted_order(keys: Sequence[Any], *, descending: bool) -> list[int]:
    """The indexes of the keys in their order; of equal keys the earlier comes first, in both directions."""
    if len(keys) <= _AT_ONCE:
        return _sorted(list(range(len(keys))), keys, descending=descending)
    dividers = _pick_dividers(keys)
    # Even groups lie between two dividers, odd ones hold what is equal to one: however often that comes, it is sorted.
    groups: list[list[int]] = [[] for _ in range(2 * len(dividers) + 1)]
    for index, key in enumerate(keys):
        at = bisect_left(dividers, key)
        equal = at < len(dividers) and not key < dividers[at]
        groups[2 * at + equal].append(index)
    order: list[int] = []
    for number in range(len(groups) - 1, -1, -1) if descending else range(len(groups)):
        group = groups[number]
        order += group if number % 2 else _sorted(group, keys, descending=descending)
    return order


def _pick_dividers(keys: Sequence[Any]) -> list[Any]:
    picked = sorted(sample(keys, len(keys) // _GROUP))
    return [key for index, key in enumerate(picked) if not index or picked[index - 1] < key]


def _sorted(indexes: list[int], keys: Sequence[Any], *, descending: bool) -> list[int]:
    return sorted(indexes, key=keys.__getitem__, reverse=descending)
