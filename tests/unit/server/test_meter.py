from server.meter import Histogram, Meter


def test_a_histogram_counts_each_value_with_those_below() -> None:
    histogram = Histogram((1, 2.5))

    for value in (0.5, 1, 2, 3):
        histogram.add(value)

    assert histogram.buckets() == [("1", 2), ("2.5", 3), ("+Inf", 4)]
    assert histogram.sum == 6.5


def test_statements_are_counted_by_kind_and_outcome() -> None:
    meter = Meter()

    meter.count_statement("Select")
    meter.count_statement("Select")
    meter.count_statement("Select", "22012")

    assert meter.statements == {("Select", "00000"): 2, ("Select", "22012"): 1}
