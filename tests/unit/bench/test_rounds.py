import json
import re
import time
from pathlib import Path

import pytest

from tests.bench.pgbench import Load
from tests.bench.profiled import Sampler
from tests.bench.report import finding_of, head, make_report, row, write_json
from tests.bench.rounds import Comparison, Round, Sample, summarise
from tests.bench.scenarios import percentile
from tests.bench.timed_loop import TimedSelector
from tests.bench.workloads import WORKLOADS, Target, Workload

_COMPARISON = Comparison(Sample(3000, 9.5), Sample(1000, 80), ratio=3.0, lowest=2.5, highest=4.0)


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rounds = [
        Round(Sample(100, 10), Sample(100, 50)),
        Round(Sample(900, 12), Sample(300, 70)),  # the machine was free
        Round(Sample(40, 11), Sample(20, 60)),  # the machine was busy
    ]

    found = summarise(rounds)

    assert (found.ratio, found.lowest, found.highest) == (2.0, 1.0, 3.0)
    assert found.ours == Sample(100, 11)
    assert found.theirs == Sample(100, 60)


@pytest.mark.parametrize(("ratio", "cpu", "met"), [(5.0, 10.0, True), (4.9, 10.0, False), (5.0, 10.1, False)])
def test_a_target_asks_for_the_ratio_and_the_processor_time(ratio: float, cpu: float, met: bool) -> None:
    assert Target(5, 10).is_met(ratio, cpu) is met


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(tuple(range(1, 101)), 0.99) == 100
    assert percentile((3.0, 1.0, 2.0), 0.5) == 2.0
    assert percentile((1.0,), 0.99) == 1.0


def test_names_of_workloads_differ() -> None:
    names = [workload.name for workload in WORKLOADS]

    assert len(set(names)) == len(names)


def test_variables_of_pgbench_stand_in_names_only_in_simple_mode() -> None:
    """In the other modes pgbench sends them as parameters."""
    others = [load for each in WORKLOADS for load in (each.ours, each.theirs) if load.mode != "simple"]

    assert others
    assert [load.script for load in others if re.search(r"[\w']:\w", load.script)] == []


def test_table_and_json_show_the_same(tmp_path: Path) -> None:
    workload = Workload("desc-simple-1", Load(""), Load(""), Target(5, 10))
    finding = finding_of(workload, _COMPARISON)

    write_json(tmp_path / "bench.json", make_report([finding], rounds=5, seconds=1))
    (found,) = json.loads((tmp_path / "bench.json").read_text())["findings"]

    assert (found["ratio"], found["our_cpu"], found["met"]) == (3.0, 9.5, False)
    cells = row(finding).split()
    assert cells[:5] == ["desc-simple-1", "3,000", "1,000", "1/s", "3"]
    assert cells[-1] == "MISSED"
    assert head().split()[0] == "what"


def test_the_longest_turn_of_a_loop_is_known() -> None:
    selector = TimedSelector()

    selector.select(0)
    sum(range(200_000))
    selector.select(0)
    assert selector.longest_busy > 100_000

    selector.begin()
    assert selector.longest_busy == selector.longest_wall == 0

    selector.select(0)
    time.sleep(0.1)
    selector.select(0)
    # Two clocks, which need not agree: one stands still while the process sleeps.
    assert selector.longest_busy < 50_000_000 < selector.longest_wall


def test_a_profile_counts_a_function_in_itself_and_in_its_callers() -> None:
    import sys

    sampler = Sampler()

    def inner() -> None:
        sampler.add(sys._getframe())

    inner()
    inner()

    (name,) = sampler.own
    assert name.endswith("<locals>.inner")
    assert sampler.within[name] == 2
    assert "100.0%" in sampler.report()
