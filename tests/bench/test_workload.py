"""One workload runs; what it measures is printed by scripts/bench and never tested."""

from pathlib import Path

import pytest

from tests.bench.__main__ import choose, main
from tests.bench.pgbench import find_pgbench
from tests.bench.rounds import sample
from tests.bench.scenes import create_models
from tests.bench.servers import instrumented, modeld


@pytest.mark.skipif(find_pgbench() is None, reason="pgbench is not installed")
def test_a_workload_runs_on_modeld_with_a_profile(tmp_path: Path) -> None:
    (workload,) = choose(["desc-simple-8"])[0]
    report = tmp_path / "profile.txt"

    with modeld(tmp_path / "data", command=instrumented("profiled", report)) as site:
        create_models(site, 500)
        found = sample(site, workload, workload.ours, seconds=1)

    assert found.rate > 0
    assert found.cpu > 0
    # Every answer passes through it; what else is done may be too quick to be met in a sample.
    assert "server/quick_transport.py" in report.read_text()


def test_names_choose_workloads_and_scenarios_by_their_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    workloads, scenarios = choose(["add", "idle-*"])

    assert [workload.name for workload in workloads] == ["add-version-1", "add-version-8", "add-version-32"]
    assert scenarios == ["idle-connection"]
    assert main(["--list", "select"]) == 0
    assert capsys.readouterr().out.split() == ["select-1-1", "select-1-8"]
