"""The checker itself, on histories whose verdict is known."""

import itertools
import random

import pytest

from tests.linearizability.checker import Operation, explain
from tests.linearizability.model import CONFLICT, DONE, NOTHING, Outcome, Request, Step, Verb, step

Told = tuple[Outcome, ...] | None


def operation(begin: float, end: float, response: Told, *steps: Step) -> Operation[Request, tuple[Outcome, ...]]:
    return Operation(0, Request(0, steps), response, begin, end)


CREATE = Step(Verb.CREATE, 0)
ADD = Step(Verb.ADD, 0, 2)
READ = Step(Verb.READ, 0)
DEFAULT = Step(Verb.DEFAULT, 0, 2)
DROP_VERSION = Step(Verb.DROP_VERSION, 0, 1)
ONE = (("v1", True),)
TWO = (("v1", True), ("v2", False))


@pytest.mark.parametrize(
    ("right", "history"),
    [
        pytest.param(True, [], id="nothing happened"),
        pytest.param(True, [operation(0, 1, (DONE,), CREATE), operation(2, 3, (ONE,), READ)], id="read what was made"),
        pytest.param(False, [operation(0, 1, (DONE,), CREATE), operation(2, 3, ("42704",), READ)], id="stale read"),
        pytest.param(True, [operation(0, 3, (DONE,), CREATE), operation(1, 2, ("42704",), READ)], id="read meanwhile"),
        pytest.param(
            False,
            [
                operation(0, 9, (DONE,), CREATE),
                operation(1, 2, (ONE,), READ),
                operation(3, 4, ("42704",), READ),
            ],
            id="back in time",
        ),
        pytest.param(
            False, [operation(0, 5, (DONE,), CREATE), operation(1, 6, (DONE,), CREATE)], id="made by two at once"
        ),
        pytest.param(
            True, [operation(0, 1, None, CREATE), operation(2, 3, ("42704",), READ)], id="no answer, not done"
        ),
        pytest.param(True, [operation(0, 1, None, CREATE), operation(2, 3, (ONE,), READ)], id="no answer, but done"),
        pytest.param(
            False,
            [
                operation(0, 1, None, CREATE),
                operation(2, 3, ("42704",), READ),
                operation(4, 5, (ONE,), READ),
            ],
            id="done after its server was gone",
        ),
        pytest.param(
            False, [operation(0, 1, (DONE,), CREATE), operation(2, 3, (CONFLICT,), ADD), operation(4, 5, (TWO,), READ)],
            id="done in spite of a conflict",
        ),
        pytest.param(
            True,
            [
                operation(0, 1, (DONE,), CREATE),
                operation(2, 6, (DONE, DONE, DONE), ADD, DEFAULT, DROP_VERSION),
                operation(3, 4, (ONE,), READ),
                operation(5, 9, ((("v2", True),),), READ),
            ],
            id="a transaction seen before and after",
        ),
        pytest.param(
            False,
            [
                operation(0, 1, (DONE,), CREATE),
                operation(2, 6, (DONE, DONE, DONE), ADD, DEFAULT, DROP_VERSION),
                operation(3, 9, (TWO,), READ),
            ],
            id="half a transaction",
        ),
        pytest.param(
            False,
            [
                operation(0, 1, (DONE, DONE), CREATE, ADD),
                operation(2, 6, (TWO, DONE), READ, DEFAULT),
                operation(3, 7, (TWO, DONE), READ, DROP_VERSION),
            ],
            id="two that both read what the other changed",
        ),
    ],
)  # fmt: skip
def test_a_history_is_judged_by_whether_an_order_explains_it(
    right: bool, history: list[Operation[Request, tuple[Outcome, ...]]]
) -> None:
    for shuffled in itertools.islice(itertools.permutations(history), 6):
        order = explain(shuffled, NOTHING, step)

        assert (order is not None) == right


def test_any_history_that_was_made_in_an_order_is_explained_and_one_wrong_answer_is_found() -> None:
    chance = random.Random(7)  # noqa: S311  a history, not a secret
    for _ in range(30):
        state, history = NOTHING, []
        for number in range(60):
            verb = chance.choice([Verb.CREATE, Verb.ADD, Verb.DEFAULT, Verb.DROP_VERSION, Verb.READ])
            request = Request(0, (Step(verb, 0, chance.randint(1, 3)),))
            possible = [(DONE,), ("42710",), ("42704",), ("55006",), *(() if state[0] is None else (_shown(state),))]
            [(response, state)] = [(each, after) for each in possible if (after := step(state, request, each))]
            begin, end = number - 3 * chance.random(), number + 3 * chance.random()
            history.append(Operation(number % 5, request, response, begin, end))

        assert explain(history, NOTHING, step) is not None
        last = Operation(9, Request(0, (READ,)), ((("v9", True),),), 100, 101)
        assert explain([*history, last], NOTHING, step) is None


def _shown(state: object) -> tuple[Outcome, ...]:
    assert isinstance(state, tuple)
    versions, default = state[0]
    return (tuple((f"v{version}", version == default) for version in sorted(versions)),)
