from server.query.random_numbers import RandomNumbers


def test_equal_seeds_give_postgresqls_numbers() -> None:
    numbers = RandomNumbers()

    numbers.seed(0.5)

    # SELECT setseed(0.5), random(), random() of PostgreSQL 15.
    assert [numbers.next(), numbers.next()] == [0.9851677175347999, 0.825301858027981]


def test_two_sessions_draw_different_numbers() -> None:
    assert RandomNumbers().next() != RandomNumbers().next()


def test_numbers_lie_between_0_and_1() -> None:
    numbers = RandomNumbers()

    assert all(0 <= numbers.next() < 1 for _ in range(1000))
