"""The crowds of `crowd`, small, held to the bounds that docs/operations.md promises."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.integration.server_process import ServerProcess
from tests.overload.crowd import Report, run

_KILOBYTE = 1024
_IDLE = 300
_CONNECTING = 200


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    with ServerProcess(tmp_path_factory.mktemp("overload") / "data") as server:
        found = asyncio.run(run(server, idle_clients=_IDLE, connecting_clients=_CONNECTING))
    return {report.crowd: report for report in found}


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")


def test_others_are_answered_beside_every_crowd(reports: dict[str, Report]) -> None:
    assert all(report.waits for report in reports.values())


def test_an_idle_client_costs_a_few_kilobytes(reports: dict[str, Report]) -> None:
    assert reports["idle after one query"].memory < _IDLE * 40 * _KILOBYTE


def test_everybody_who_connects_at_once_gets_in(reports: dict[str, Report]) -> None:
    assert reports["connecting at once"].outcome.startswith(f"{_CONNECTING} served, 0 refused")


def test_who_reads_nothing_is_held_back(reports: dict[str, Report]) -> None:
    assert reports["asking for much, reading nothing"].memory < 10 * 2 * 1024 * _KILOBYTE


def test_who_listens_and_reads_nothing_is_let_go(reports: dict[str, Report]) -> None:
    # 21 MB are said to each of four.
    assert reports["listening, reading nothing"].memory < 50 * 1024 * _KILOBYTE


def test_a_gigabyte_is_refused_when_it_is_announced(reports: dict[str, Report]) -> None:
    report = reports["a message of 1 GB announced"]

    assert report.outcome.startswith("10 told so")
    assert report.memory < 2 * 1024 * _KILOBYTE


def test_what_is_never_finished_takes_no_more_than_was_sent(reports: dict[str, Report]) -> None:
    assert reports["a message of 4 MB never finished"].memory < 4 * 10 * 1024 * _KILOBYTE


def test_who_does_not_log_in_in_time_is_let_go(tmp_path: Path) -> None:
    async def wait(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\0")
        data = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return data

    with ServerProcess(tmp_path / "data", "--login-timeout", "0.3") as server:
        data = asyncio.run(wait(server.port))

    assert b"57014" in data or data == b""
