"""psql, as people use it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.adapters import Address
from tests.integration.server_process import environment
from tests.integration.statements import ADD_V2, CREATE, DESC, DROP, DROP_V2, create, set_default

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")

REFUSED = "ODPS-0110061: Failed to run ddltask - The default version of the model cannot be dropped"


def psql(address: Address, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["psql", "-X", "-A", "-t", *arguments, address.dsn],
        input=text,
        env=environment(PGCLIENTENCODING="UTF8"),
        capture_output=True,
        text=True,
        timeout=30,
    )


def scenario() -> str:
    steps = (CREATE, DESC, ADD_V2, DESC, set_default("v2"), DESC, DROP_V2, set_default("v1"), DROP_V2, DROP)
    return ";\n".join(steps) + ";\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_script_file(address: Address, tmp_path: Path, newline: str) -> None:
    script = tmp_path / "scenario.sql"
    text = "-- 模型版本，（全角）；注释\n" + scenario().replace("DESC ", "DESC  -- 默认版本；\n  ", 1)
    script.write_bytes(text.replace("\n", newline).encode())

    process = psql(address, "-f", str(script))

    assert process.returncode == 0
    lines = process.stdout.splitlines()
    tags = [line for line in lines if "|" not in line]
    assert tags == ["CREATE MODEL", "ALTER MODEL", "ALTER MODEL", "ALTER MODEL", "ALTER MODEL", "DROP MODEL"]
    versions = [line.split("|")[2] for line in lines if line.startswith("Model Information|Default Version|")]
    assert versions == ["v1", "v1", "v2"]
    assert process.stderr.count("ERROR:") == 1
    assert REFUSED in process.stderr
    assert "HINT:  First set another version as the default" in process.stderr


def test_a_script_stops_where_it_is_told_to(address: Address, tmp_path: Path) -> None:
    script = tmp_path / "script.sql"
    script.write_text(f"{create('a')};\nDROP MODEL nothing;\n{create('b')};\n")

    process = psql(address, "-1", "-v", "ON_ERROR_STOP=1", "-f", str(script))

    assert process.returncode == 3
    assert "script.sql:2: ERROR:  ODPS-0110061" in process.stderr
    assert psql(address, "-c", "SHOW MODELS").stdout == ""


def test_the_caret_stands_under_full_width_characters(address: Address) -> None:
    process = psql(address, "-c", "/* 模型 */ DROP MODEL 模型")

    assert "LINE 1: /* 模型 */ DROP MODEL 模型\n" in process.stderr
    caret = process.stderr.splitlines()[2]
    assert caret.index("^") == len("LINE 1: /* xxxx */ DROP MODEL ")


def test_the_documented_box(address: Address) -> None:
    process = psql(address, "-q", text=f"SET modeld.desc_format = 'text';\n{CREATE};\n{DESC};\n")

    lines = process.stdout.splitlines()
    assert lines[0] == lines[2] == f"+{'-' * 84}+"
    assert lines[1].strip("|").strip() == "Model Information"
    assert all(len(line) >= 86 for line in lines)


def test_variables_prompts_and_connection_commands(address: Address) -> None:
    text = (
        "\\set name mine\n"
        + create(":name")
        + ";\n\\conninfo\n\\encoding LATIN1\n\\echo :ENCODING\n\\c\nSHOW MODELS;\n"
    )

    process = psql(address, text=text)

    assert process.stderr == ""
    assert "LATIN1" in process.stdout
    assert "mine|modeld|IMPORT|BOOSTED_TREE_CLASSIFIER|v1|" in process.stdout


@pytest.mark.parametrize(
    "statement", ["CREATE SCHEMA pg_catalog", "CREATE SCHEMA Information_Schema", "CREATE USER pg_monitor"]
)
def test_postgresqls_own_names_stay_its_own(address: Address, statement: str) -> None:
    process = psql(address, "-v", "VERBOSITY=verbose", "-c", statement)

    assert process.returncode == 1
    assert "ERROR:  42939: " in process.stderr


def test_an_unfinished_alter_model_is_told_what_may_follow(address: Address) -> None:
    process = psql(address, "-c", "ALTER MODEL m RENAME n")

    assert "invalid token 'n', expect 'TO'" in process.stderr
    assert process.stderr.splitlines()[2].index("^") == len("LINE 1: ALTER MODEL m RENAME ")
