import threading
from collections.abc import Callable

import pytest

from server.turns import Turns
from tests.waiting import wait_until


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class _EndedError(Exception):
    pass


def ended() -> None:
    raise _EndedError


def go_on() -> None:
    pass


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def turns(clock: _Clock) -> Turns:
    return Turns(clock)


def one_turn(turns: Turns, order: list[str], name: str = "", *, again: bool = False) -> None:
    turns.take(go_on, again=again)
    order.append(name)
    turns.give_back()


def in_thread(do: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=do)
    thread.start()
    return thread


def test_who_is_alone_passes_nothing_on(turns: Turns, clock: _Clock) -> None:
    turns.take(go_on)
    clock.now = 1.0

    turns.pass_on(go_on)

    assert not turns.wanted
    turns.give_back()


def test_one_turn_follows_the_other(turns: Turns) -> None:
    order: list[str] = []
    turns.take(go_on)
    second = in_thread(lambda: one_turn(turns, order, "second"))
    wait_until(lambda: turns.wanted)

    order.append("first")
    turns.give_back()
    second.join(5)

    assert order == ["first", "second"]


def test_a_turn_is_not_passed_on_before_its_time(turns: Turns, clock: _Clock) -> None:
    turns.take(go_on)
    second = in_thread(lambda: one_turn(turns, []))
    wait_until(lambda: turns.wanted)

    turns.pass_on(go_on)
    second.join(0.05)
    assert second.is_alive()

    clock.now = 0.01
    turns.pass_on(go_on)
    second.join(5)
    assert not second.is_alive()
    turns.give_back()


def test_new_ones_come_before_old_ones_but_not_twice_in_a_row(turns: Turns) -> None:
    order: list[str] = []
    turns.take(go_on)

    def line_up(name: str, *, again: bool) -> threading.Thread:
        waiting = len(turns._new) + len(turns._old)
        thread = in_thread(lambda: one_turn(turns, order, name, again=again))
        wait_until(lambda: len(turns._new) + len(turns._old) > waiting)
        return thread

    threads = [line_up("old 1", again=True), line_up("old 2", again=True)]
    threads += [line_up("new 1", again=False), line_up("new 2", again=False)]
    turns.give_back()
    for thread in threads:
        thread.join(5)

    assert order == ["new 1", "old 1", "new 2", "old 2"]


def test_who_does_not_look_up_is_not_waited_for(turns: Turns, clock: _Clock) -> None:
    turns.take(go_on)
    clock.now = 1.0

    turns.take(go_on)

    turns.give_back()
    turns.give_back()
    turns.take(ended)  # at once: nobody has a turn


def test_who_is_told_to_end_waits_no_longer(turns: Turns) -> None:
    turns.take(go_on)

    with pytest.raises(_EndedError):
        turns.take(ended)

    assert not turns.wanted
    turns.give_back()
    turns.take(ended)


def test_a_turn_that_is_given_up_is_there_again_afterwards(turns: Turns, clock: _Clock) -> None:
    turns.take(go_on)
    other = in_thread(lambda: turns.take(go_on))
    wait_until(lambda: turns.wanted)
    with pytest.raises(_EndedError), turns.given_up(ended):
        other.join(5)

    # Two turns are to be given back now, and with the second the line moves on.
    turns.give_back()
    third = in_thread(lambda: turns.take(go_on))
    wait_until(lambda: turns.wanted)
    turns.give_back()
    third.join(5)
    assert not turns.wanted
