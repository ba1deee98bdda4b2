import mmap
import os
import subprocess
import sys

import pytest

from tests.bench.processes import Stat, cpu_seconds, parse_stat, private_bytes, sum_cpu

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_name_with_spaces_and_parentheses_moves_no_field() -> None:
    line = "42 (a) b (c)) S 7 42 42 0 -1 4194304 1 2 3 4 100 20 30 4 20 0 1 0 5000 0 0"

    assert parse_stat(line) == Stat(parent=7, own=120, reaped=34)


def test_a_server_has_used_what_its_living_and_dead_descendants_used() -> None:
    stats = {
        1: Stat(parent=0, own=1000, reaped=0),
        10: Stat(parent=1, own=5, reaped=7),
        11: Stat(parent=10, own=20, reaped=0),
        12: Stat(parent=11, own=30, reaped=1),
        20: Stat(parent=1, own=500, reaped=0),
    }

    assert sum_cpu(10, stats) == 5 + 7 + 20 + 30 + 1


def test_work_of_a_child_counts_for_its_parent() -> None:
    before = cpu_seconds(os.getpid())

    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)

    assert cpu_seconds(os.getpid()) > before


def test_memory_that_is_written_to_is_private() -> None:
    before = private_bytes(os.getpid())

    # Of its own: an allocation could be of pages that the process has freed before.
    with mmap.mmap(-1, 8 * 1024 * 1024) as block:
        block.write(os.urandom(len(block)))

        assert private_bytes(os.getpid()) - before > len(block) // 2
