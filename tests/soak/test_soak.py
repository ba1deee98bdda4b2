"""The soak of `run`, some seconds long, and the judgement on samples that are not flat."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.clients import ROUNDS
from tests.soak.measures import Sample, judge
from tests.soak.run import Plan, soak

_MEGABYTE = 1024 * 1024
_REST = Sample(seconds=0, memory=100 * _MEGABYTE, files=10, threads=8, wal=0, catalog=0)


@pytest.mark.skipif(sys.platform != "linux", reason="reads what a process holds from /proc")
def test_every_client_is_served_for_some_seconds(tmp_path: Path) -> None:
    plan = Plan(seconds=4, pause=0.1, clients=1, interval=0.2, seed=1, answers=0, changes=0)

    samples, crew, verdict = soak(tmp_path / "data", plan)

    assert crew.rounds.keys() == {play.__name__ for play in ROUNDS}
    assert len(samples) > 5
    assert verdict.complaints == ()


@pytest.mark.parametrize(
    ("field", "step", "complaint"),
    [
        ("memory", _MEGABYTE, "memory grew"),
        ("files", 1, "files grew"),
        ("threads", 1, "threads grew"),
        ("wal", _MEGABYTE, "write-ahead file was 29.0 MB"),
    ],
)
def test_what_grows_is_complained_of(field: str, step: int, complaint: str) -> None:
    samples = [replace(_REST, **{field: getattr(_REST, field) + number * step}) for number in range(60)]
    samples = [replace(sample, wal=min(sample.wal, 29 * _MEGABYTE)) for sample in samples]

    verdict = judge(samples, _REST, _REST, "")

    assert [each for each in verdict.complaints if complaint in each]
    assert len(verdict.complaints) == 1


def test_files_left_open_are_complained_of() -> None:
    assert judge([_REST] * 9, _REST, replace(_REST, files=11), "").complaints


@pytest.mark.parametrize("line", ["level=error event=x", "Traceback (most", "Task was destroyed but it is pending!"])
def test_faults_in_the_log_are_complained_of(line: str) -> None:
    assert judge([_REST] * 9, _REST, _REST, f"level=info event=serving\n{line}\n").complaints


def test_what_stays_the_same_is_flat() -> None:
    assert judge([_REST] * 9, _REST, _REST, "level=info event=serving\n").complaints == ()
