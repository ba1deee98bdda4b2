"""A file written for MaxCompute's console runs by `psql -f` as it is."""

import shutil
from pathlib import Path

import pytest

from tests.integration.adapters import Address
from tests.integration.test_psql import psql

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")

SCRIPT = Path(__file__).with_name("console_script.sql").read_text(encoding="utf-8")
NOT_ENABLED = (
    "ODPS-0130071:[1,56] Semantic analysis exception - TIMESTAMP type is not enabled in current mode. "
    "Please set odps.sql.type.system.odps2=true to use it."
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_it_runs_unchanged(address: Address, tmp_path: Path, newline: str, mark: str) -> None:
    script = tmp_path / "console.sql"
    script.write_bytes((mark + SCRIPT.replace("\n", newline)).encode())

    process = psql(address, "-f", str(script))

    lines = process.stdout.splitlines()
    assert [line for line in lines if line in ("CREATE MODEL", "ALTER MODEL")] == [
        "CREATE MODEL",
        "ALTER MODEL",
        "ALTER MODEL",
    ]
    assert "Input|url|string|" in lines
    assert "odps.sql.split.size|" + '{"table1": 1024, "table2": 512}' in lines
    assert any(line.startswith("pai_eas_demo|modeld|REMOTE|MLLM|v2|") for line in lines)
    # MaxCompute takes no model name in Chinese either; the other error is that of the flag.
    errors = [line for line in process.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 2
    assert "model name '情感_demo' is invalid" in errors[0]
    assert NOT_ENABLED in errors[1]
    assert 'NOTICE:  flag "odps.no.such.flag" is not one that MaxCompute documents' in process.stderr


def test_the_columns_and_comments_are_kept_as_they_were_written(address: Address, tmp_path: Path) -> None:
    script = tmp_path / "console.sql"
    script.write_bytes(SCRIPT.replace("\n", "\r\n").encode())
    psql(address, "-f", str(script))

    described = psql(address, "-c", "DESC MODEL EXTENDED pai_eas_demo VERSION v1").stdout.splitlines()

    assert "Input|文本|string|输入；'文本'" in described
    assert "Input|长度|bigint|字符数;" in described
    assert "Input|价格|decimal(10,2)|" in described
    assert any("PAI EAS 模型；版本一: it's 'ready'" in line for line in described)
