"""Places and failures, with a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.admission import _FORGET_AFTER, _MOST_LINES, Admission, Limits
from server.errors import Condition, OdpsError

HOME = "192.0.2.1"


class Watch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def admission(watch: Watch) -> Admission:
    return Admission(Limits(sessions=3, sessions_per_user=2, logins=2, longest_pause=4.0), watch)


def refused(admission: Admission, user: str | None = None) -> Condition | None:
    """Why a login of this user, or of anybody, is refused."""
    try:
        admission.check_login()
        if user is not None:
            admission.log_in(user)
    except OdpsError as error:
        return error.condition
    return None


def fail(admission: Admission, times: int, user: str = "u", address: str = HOME) -> None:
    for _ in range(times):
        admission.fail(address, user)


def test_a_client_over_the_limit_is_told_and_far_over_it_is_not(admission: Admission) -> None:
    entered = [admission.enter() for _ in range(5)]

    assert entered == [True, True, True, True, False]
    assert refused(admission) is Condition.TOO_MANY_CONNECTIONS
    for _ in range(3):
        admission.leave(None)
    assert refused(admission) is None


def test_sessions_do_not_take_the_places_of_logins(admission: Admission) -> None:
    for user in ("a", "b"):
        admission.enter()
        assert refused(admission, user) is None

    assert [admission.enter(), admission.enter()] == [True, True]
    assert refused(admission) is None


def test_sessions_are_limited_in_all_and_for_each_user(admission: Admission) -> None:
    for user in ("a", "a"):
        admission.enter()
        assert refused(admission, user) is None
    admission.enter()
    assert refused(admission, "a") is Condition.TOO_MANY_FOR_ROLE
    assert refused(admission, "b") is None
    admission.enter()
    assert refused(admission, "c") is Condition.TOO_MANY_CONNECTIONS

    admission.leave("a")

    assert refused(admission, "a") is None


def test_the_last_place_is_given_once_though_both_were_let_in(admission: Admission) -> None:
    admission.limits = Limits(sessions=1)
    for _ in range(2):
        admission.enter()
        admission.check_login()
    admission.log_in("a")

    with pytest.raises(OdpsError, match="too many clients"):
        admission.log_in("b")


def test_a_few_slips_cost_nothing_then_the_pause_grows_to_its_bound(admission: Admission, watch: Watch) -> None:
    pauses = []
    for _ in range(9):
        pauses.append(admission.pause(HOME, "u"))
        watch.now += pauses[-1]
        admission.fail(HOME, "u")

    assert pauses == [0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_attempts_in_parallel_stand_in_one_line(admission: Admission) -> None:
    fail(admission, 4)

    assert [admission.pause(HOME, "u") for _ in range(4)] == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(OdpsError) as caught:
        admission.pause(HOME, "u")
    assert caught.value.condition is Condition.TOO_MANY_FAILURES


def test_others_are_left_alone(admission: Admission) -> None:
    fail(admission, 10)

    assert admission.pause(HOME, "other") == 0.0
    assert admission.pause("192.0.2.2", "u") == 0.0


def test_a_login_forgives(admission: Admission) -> None:
    fail(admission, 10)

    admission.succeed(HOME, "u")

    assert admission.pause(HOME, "u") == 0.0


def test_failures_fade(admission: Admission, watch: Watch) -> None:
    fail(admission, 10)

    watch.now += _FORGET_AFTER + 1

    assert admission.pause(HOME, "u") == 0.0


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_an_address_of_ipv6_is_its_network(admission: Admission, first: str, second: str, same: bool) -> None:
    fail(admission, 10, address=first)

    assert (admission.pause(second, "u") > 0) == same


def test_the_memory_of_failures_is_bounded(admission: Admission) -> None:
    for number in range(_MOST_LINES + 50):
        fail(admission, 1, user=f"u{number}")

    assert len(admission._failures) == _MOST_LINES


def test_no_pause_where_none_is_wished(watch: Watch) -> None:
    admission = Admission(Limits(longest_pause=0.0), watch)
    fail(admission, 50)

    assert admission.pause(HOME, "u") == 0.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60))
def test_every_place_comes_back(moves: list[tuple[str, bool]]) -> None:
    admission = Admission(Limits(sessions=5, sessions_per_user=2, logins=4), Watch())
    inside: list[str | None] = []
    for user, comes in moves:
        if comes:
            admission.enter()
            inside.append(user if refused(admission, user) is None else None)
        elif inside:
            admission.leave(inside.pop(0))
    for left in inside:
        admission.leave(left)

    for user in ("a", "b", "c"):
        admission.enter()
        assert refused(admission, user) is None
