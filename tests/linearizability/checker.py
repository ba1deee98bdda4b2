"""Whether a recorded history of concurrent operations can be explained by one after the other.

An operation takes effect at one instant between its invocation and its completion. A history is linearizable when
instants can be chosen so that each answer is the one that a sequential model gives in that order. An operation whose
answer never came may have happened, until the moment when whoever was to do it was killed, or not at all.

Search: Wing and Gong (1993) with the cache of visited states that Lowe (2017) added. Histories of unrelated objects are
checked apart (`partition` of the caller): locality, Herlihy and Wing (1990).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Request = TypeVar("Request")
Response = TypeVar("Response")
State = TypeVar("State", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Operation(Generic[Request, Response]):
    """One operation of one client.

    Attributes:
        invoked, completed: instants, of one clock for all clients.
        response: None when it never came; then `completed` is when nothing could happen any more.
    """

    client: int
    request: Request
    response: Response | None
    invoked: float
    completed: float


def explain(
    history: Sequence[Operation[Request, Response]],
    initial: State,
    step: Callable[[State, Request, Response | None], State | None],
) -> list[Operation[Request, Response]] | None:
    """An order that explains the history, without the operations that never happened; None when there is none.

    Args:
        step: the state after the request, or None when the response is not the model's.
    """
    operations = sorted(history, key=lambda each: each.invoked)
    needed = sum(1 << index for index, each in enumerate(operations) if each.response is not None)
    visited: set[tuple[int, State]] = set()
    # Each frame: what is done, the state, the order so far.
    stack: list[tuple[int, State, tuple[int, ...]]] = [(0, initial, ())]
    while stack:
        done, state, order = stack.pop()
        if done & needed == needed:
            return [operations[index] for index in order]
        # The last one put on the stack is tried first: the one that completed first is the likeliest.
        for index in sorted(_candidates(operations, done), key=lambda each: -operations[each].completed):
            chosen = operations[index]
            after = step(state, chosen.request, chosen.response)
            if after is None:
                continue
            key = (_retire(operations, done | 1 << index, chosen.invoked), after)
            if key not in visited:
                visited.add(key)
                stack.append((*key, (*order, index)))
    return None


def _candidates(operations: Sequence[Operation[Request, Response]], done: int) -> list[int]:
    """Those that may be next: invoked before any other one that must happen was completed."""
    found: list[int] = []
    earliest = float("inf")
    index = ((done + 1) & ~done).bit_length() - 1
    while index < len(operations) and operations[index].invoked < earliest:
        if not done >> index & 1:
            found.append(index)
            if operations[index].response is not None:
                earliest = min(earliest, operations[index].completed)
        index += 1
    return [each for each in found if operations[each].invoked < earliest]


def _retire(operations: Sequence[Operation[Request, Response]], done: int, now: float) -> int:
    """Those without an answer that can no longer happen, since one that came after them has."""
    index = ((done + 1) & ~done).bit_length() - 1
    while index < len(operations) and operations[index].invoked < now:
        each = operations[index]
        if each.response is None and each.completed < now:
            done |= 1 << index
        index += 1
    return done
