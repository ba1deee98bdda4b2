import pytest

from tests.bench.pgbench import BenchFailed, Run, parse_latencies, parse_output

_REPORT = """pgbench (15.20 (Debian 15.20-0+deb12u1))
transaction type: load.sql
scaling factor: 1
query mode: simple
number of clients: 8
number of transactions actually processed: {processed}
number of failed transactions: 0 (0.000%)
latency average = 0.561 ms
initial connection time = 3.1 ms
tps = {rate} (without initial connection time)
"""


def test_report_gives_transactions_and_rate() -> None:
    assert parse_output(_REPORT.format(processed=14267, rate="14270.513")) == Run(14267, 14270.513)


def test_nothing_done_is_a_rate_of_zero() -> None:
    report = _REPORT.format(processed=0, rate="").partition("latency")[0]

    assert parse_output(report) == Run(0, 0.0)


def test_a_text_without_figures_is_refused() -> None:
    with pytest.raises(BenchFailed, match="no figures"):
        parse_output("pgbench: error: connection failed")


def test_log_gives_each_latency_in_seconds() -> None:
    assert parse_latencies("0 1 561 0 1700000000 12\n1 1 2000 0 1700000000 99\n") == (0.000561, 0.002)
