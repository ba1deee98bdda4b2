"""Numbers that stand for values."""

from server.numbering import Numbers


def test_equal_values_have_the_same_number_and_others_another() -> None:
    numbers = Numbers()

    assert numbers.find(("a", 1)) == numbers.find(("a", 1))
    assert numbers.find(("a", 1)) != numbers.find(("a", 2))


def test_no_number_is_given_twice_though_few_are_remembered() -> None:
    numbers = Numbers()

    given = [numbers.find(value) for value in range(5000)] + [numbers.find(0)]

    assert len(set(given)) == len(given)
