r"""psql and SELECT: the meta-commands that run queries, its variables, formats and transactions."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.adapters import Address
from tests.integration.server_process import environment
from tests.integration.statements import create

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")

_COUNT = "SELECT count(*) FROM models;\n"


def psql(address: Address, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["psql", "-X", "-q", *arguments, address.dsn],
        input=text,
        env=environment(PGCLIENTENCODING="UTF8"),
        capture_output=True,
        text=True,
        timeout=30,
    )


def answer(address: Address, text: str, *arguments: str) -> list[str]:
    """The lines that psql prints for a script that must not fail."""
    process = psql(address, "-A", "-t", *arguments, text=text)
    assert process.stderr == ""
    return process.stdout.splitlines()


def test_gset_makes_variables_of_a_row(address: Address) -> None:
    script = "SELECT 41 + 1 AS n, 'it''s' AS said, NULL AS nothing \\gset my_\n\\echo :my_n :my_said :{?my_nothing}\n"

    assert answer(address, script) == ["42 it's FALSE"]


def test_variables_are_quoted_as_literal_and_as_name(address: Address) -> None:
    script = "\\set said 'it''s \\\\ here'\n\\set name 'a \"b\"'\nSELECT :'said' AS :\"name\", length(:'said');\n"

    process = psql(address, "-A", text=script)

    assert process.stdout.splitlines()[:2] == ['a "b"|length', "it's \\ here|11"]


def test_gexec_runs_what_a_query_writes(address: Address) -> None:
    script = "SELECT format('DROP MODEL %I', name) FROM (VALUES ('a'), ('b')) AS v (name)\n\\gexec\n"

    assert answer(address, ";\n".join([*map(create, "abc"), script + _COUNT])) == ["1"]


def test_gdesc_describes_without_running(address: Address) -> None:
    columns = "model_name, version_count, create_time, labels, 1.5::numeric(6,2) AS n, 1/0 AS never"
    script = f"SELECT {columns} FROM models \\gdesc\n"

    assert answer(address, script) == [
        "model_name|text",
        "version_count|bigint",
        "create_time|timestamp with time zone",
        "labels|jsonb",
        "n|numeric(6,2)",
        "never|integer",
    ]


def test_crosstabview(address: Address) -> None:
    script = "SELECT * FROM (VALUES ('a', 'x', 1), ('a', 'y', 2), ('b', 'y', 3)) AS v (r, c, n)\n\\crosstabview r c n\n"

    assert answer(address, script) == ["a|1|2", "b||3"]


def test_errverbose_tells_the_last_error_in_full(address: Address) -> None:
    process = psql(address, text="SELECT 1/0;\n\\errverbose\n\\echo :ERROR :SQLSTATE :LAST_ERROR_MESSAGE\n")

    assert "ERROR:  division by zero" in process.stderr
    assert "ERROR:  22012: division by zero" in process.stderr
    assert "22012 division by zero" in process.stdout


def test_timing_and_the_row_count(address: Address) -> None:
    lines = answer(address, "\\timing on\nSELECT n FROM generate_series(1, 3) AS n;\n\\echo :ROW_COUNT\n")

    assert lines[:3] == ["1", "2", "3"]
    assert re.fullmatch(r"Time: \d+\.\d{3} ms", lines[3])
    assert lines[4] == "3"


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_rows_come_in_parts(address: Address, count: int) -> None:
    script = f"\\set FETCH_COUNT {count}\nSELECT n, n * n FROM generate_series(1, 7) AS n;\nSELECT 1 WHERE false;\n"

    assert answer(address, script) == [f"{n}|{n * n}" for n in range(1, 8)]


def test_an_error_in_the_middle_of_the_parts(address: Address) -> None:
    process = psql(
        address,
        "-A",
        "-t",
        "-v",
        "FETCH_COUNT=2",
        text="SELECT 6/(4-n) FROM generate_series(1, 9) AS n;\nSELECT 'on';\n",
    )

    assert "ERROR:  division by zero" in process.stderr
    assert process.stdout.splitlines()[-1] == "on"


def test_copy_to_a_file_and_to_standard_output(address: Address, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    query = "SELECT n, 'a,' || n AS t, NULLIF(n, 2) AS z FROM generate_series(1, 2) AS n"

    answer(address, f"\\copy ({query}) TO '{file}' (FORMAT csv, HEADER)\n")

    assert file.read_text() == 'n,t,z\n1,"a,1",1\n2,"a,2",\n'
    assert answer(address, f"COPY ({query}) TO STDOUT;\n\\copy ({query}) to stdout\n") == 2 * [
        "1\ta,1\t1",
        "2\ta,2\t\\N",
    ]


def test_output_goes_to_files_and_programs(address: Address, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"

    lines = answer(
        address, f"SELECT 1 \\g {one}\n\\o {two}\nSELECT 2;\n\\o\nSELECT 3 \\g | sed s/3/three/\nSELECT 4;\n"
    )

    assert one.read_text() == "1\n"
    assert two.read_text() == "2\n"
    assert lines == ["three", "4"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--csv",), ["n,t", '1,"a,b"']),
        (("-H",), ['<td align="right">1</td>', '<td align="left">a,b</td>']),
        (("-x", "-A"), ["n|1", "t|a,b"]),
        (("-P", "format=latex"), ["1 & a,b \\\\"]),
        (("-P", "format=asciidoc"), ["|1 |a,b"]),
        (("-P", "format=wrapped", "-P", "border=2"), ["| 1 | a,b |"]),
    ],
)
def test_formats(address: Address, options: tuple[str, ...], expected: list[str]) -> None:
    process = psql(address, *options, "-c", "SELECT 1 AS n, 'a,b'::text AS t")

    assert process.stderr == ""
    assert set(expected) <= {line.strip() for line in process.stdout.splitlines()}


def test_if_asks_what_the_server_said(address: Address) -> None:
    script = (
        "SELECT count(*) = 0 AS empty, current_setting('server_version_num')::int >= 150000 AS new FROM models \\gset\n"
        "\\if :empty\n\\echo none\n\\elif :new\n\\echo never\n\\else\n\\echo never\n\\endif\n"
        "\\if :new\n\\echo new\n\\endif\n"
    )

    assert answer(address, script) == ["none", "new"]


def test_autocommit_off(address: Address) -> None:
    script = f"\\set AUTOCOMMIT off\n{create('a')};\n{_COUNT}ROLLBACK;\n{_COUNT}{create('b')};\nCOMMIT;\n{_COUNT}"

    assert answer(address, script) == ["1", "0", "1"]


def test_on_error_rollback_keeps_the_transaction(address: Address) -> None:
    script = f"\\set ON_ERROR_ROLLBACK on\nBEGIN;\n{create('a')};\nSELECT 1/0;\n{create('b')};\nCOMMIT;\n{_COUNT}"

    process = psql(address, "-A", "-t", text=script)

    assert process.stdout.splitlines() == ["2"]
    assert process.stderr.count("ERROR:") == 1


def test_a_single_transaction_of_several_commands(address: Address) -> None:
    failing = psql(address, "-1", "-v", "ON_ERROR_STOP=1", "-c", create("a"), "-c", "SELECT 1/0")
    passing = psql(address, "-1", "-A", "-t", "-c", create("b"), "-c", _COUNT)

    assert failing.returncode == 1
    assert passing.stdout == "1\n"


def test_several_statements_in_one_text(address: Address) -> None:
    statements = ("SELECT 1", create("a"), "SELECT count(*) FROM models", "SELECT 1/0", "SELECT 9")

    process = psql(address, "-A", "-t", "-c", "; ".join(statements))

    assert process.stdout.splitlines() == ["1", "1"]
    assert "division by zero" in process.stderr
    assert answer(address, _COUNT) == ["0"]


def test_statements_joined_by_backslash_semicolon(address: Address) -> None:
    assert answer(address, "SELECT 1\\; SELECT 2\\; SELECT 3;\n") == ["1", "2", "3"]


def test_watch_repeats_until_it_is_interrupted(address: Address) -> None:
    process = subprocess.Popen(
        ["psql", "-X", "-A", "-t", address.dsn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PGTZ="UTC"),
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("SELECT 'tick' \\watch 0.05\n")
    process.stdin.flush()
    ticks = 0
    while ticks < 2:
        ticks += process.stdout.readline() == "tick\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert errors.replace("Cancel request sent\n", "") in ("", "ERROR:  canceling statement due to user request\n")


def test_an_interrupt_stops_the_query(address: Address) -> None:
    process = subprocess.Popen(
        ["psql", "-X", "-A", "-t", address.dsn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("SELECT 'ready';\nSELECT pg_sleep(30);\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert errors.replace("Cancel request sent\n", "") == "ERROR:  canceling statement due to user request\n"
