"""Files written for MaxCompute's console run as they are: by psql in each of its ways, and through drivers."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psycopg
import psycopg2
import pytest

from tests.integration.adapters import Address
from tests.integration.statements import create
from tests.integration.test_psql import psql

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")

SCRIPT = Path(__file__).with_name("console_script.sql").read_text(encoding="utf-8")
DEPLOY = Path(__file__).with_name("console_deploy.sql").read_text(encoding="utf-8")
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


def by_file(address: Address, text: str, folder: Path) -> None:
    script = folder / "deploy.sql"
    script.write_bytes(text.encode())
    process = psql(address, "-v", "ON_ERROR_STOP=1", "-f", str(script))
    assert (process.returncode, process.stderr.count("ERROR")) == (0, 0), process.stderr


def by_one_transaction(address: Address, text: str, folder: Path) -> None:
    script = folder / "deploy.sql"
    script.write_bytes(text.encode())
    process = psql(address, "-1", "-v", "ON_ERROR_STOP=1", "-f", str(script))
    assert process.returncode == 0, process.stderr


def by_input(address: Address, text: str, folder: Path) -> None:
    process = psql(address, "-v", "ON_ERROR_STOP=1", text=text)
    assert process.returncode == 0, process.stderr


def by_argument(address: Address, text: str, folder: Path) -> None:
    process = psql(address, "-c", text)
    assert process.returncode == 0, process.stderr


def by_psycopg(address: Address, text: str, folder: Path) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute(text.encode())


def by_psycopg2(address: Address, text: str, folder: Path) -> None:
    connection = psycopg2.connect(address.dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(text)
    connection.close()


def by_asyncpg(address: Address, text: str, folder: Path) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(
            host=address.host, port=address.port, user=address.user, database=address.project
        )
        await connection.execute(text)
        await connection.close()

    asyncio.run(run())


WAYS = [by_file, by_one_transaction, by_input, by_argument, by_psycopg, by_psycopg2, by_asyncpg]


@pytest.mark.parametrize("text", [DEPLOY, "\ufeff" + DEPLOY.replace("\n", "\r\n")], ids=["plain", "windows"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_deployment_comes_to_the_same_in_every_way(
    address: Address, tmp_path: Path, way: Callable[[Address, str, Path], None], text: str
) -> None:
    way(address, text, tmp_path)
    way(address, text, tmp_path)

    described = psql(address, "-c", "DESC MODEL EXTENDED nlp.sentiment").stdout.splitlines()
    assert [line for line in described if line.startswith(("Input|", "Versions|"))] == [
        "Input|文本|string|",
        "Input|得分|double|",
        "Input|标签|array<string>|",
        "Versions|v2|default|第二版: 更好",
    ]
    assert "Model Information|Comment|情感分析；第一版 -- 不是注释|" in described
    history = psql(
        address,
        "-c",
        "SELECT count(*) FROM nlp.model_history WHERE model_name = 'sentiment' AND action <> 'DROP MODEL'",
    )
    assert history.stdout == "8\n"


def test_two_files_may_be_one_after_the_other(address: Address) -> None:
    """`cat` leaves the mark of the second file in the middle."""
    text = "\ufeff" + DEPLOY + ";\r\n\ufeffALTER MODEL sentiment SET COMMENT '合并';\r\n"

    process = psql(address, text=text)

    assert process.stderr.count("ERROR") == 0, process.stderr
    assert "合并" in psql(address, "-c", "SHOW MODELS IN nlp").stdout


def test_the_columns_of_a_script_follow_its_own_lines(address: Address, tmp_path: Path) -> None:
    script = tmp_path / "wrong.sql"
    script.write_bytes("-- 注释；\r\nSHOW MODELS;\r\nALTER MODEL\r\n  模型 SET DEFAULT_VERSION\r\n  v2;\r\n".encode())

    process = psql(address, "-f", str(script))

    # psql sends each statement by itself, and without the blanks and comments before it.
    assert f"wrong.sql:5: ERROR:  ODPS-0110061: Failed to run ddltask - Model {address.project}.default.模型" in (
        process.stderr
    )
    assert "LINE 2:   模型 SET DEFAULT_VERSION" in process.stderr


@pytest.mark.parametrize(
    ("statement", "sqlstate", "message", "hint"),
    [
        ("SELECT AI_GENERATE(m, DEFAULT_VERSION, 'x')", "0A000", "AI_GENERATE is not supported by this server", ""),
        ("SHOW TABLES IN p", "0A000", "SHOW TABLES is not supported by this server", ""),
        ("LIST PROJECTS", "0A000", "LIST PROJECTS is not supported by this server", ""),
        ("SETPROJECT odps.sql.type.system.odps2=true", "0A000", "SETPROJECT is not supported by this server", ""),
        ("DESC t", "42601", "invalid token 't', expect one of 'MODEL','ROLE'", ""),
        ("DESC MODEL bigdata_public_modelset.qwen3.6-plus", "42601", "invalid token '-'", "stands in back quotes"),
        (create("m").replace("f1 INT", "f1 TEXT"), "42704", "data type 'TEXT' does not exist", "There are TINYINT,"),
        (create("m").replace("ROLEARN", "FOO"), "22023", "unknown model option 'FOO'", "There are MODEL_SOURCE_TYPE,"),
        (
            create("m").replace("oss://", "oss://id:s3cr3t@"),
            "22023",
            "oss://endpoint/bucket/path without an access",
            "",
        ),
    ],
)
def test_what_does_not_run_here_is_told_by_its_name_and_with_the_next_step(
    address: Address, statement: str, sqlstate: str, message: str, hint: str
) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection, pytest.raises(psycopg.Error) as raised:
        connection.execute(statement.encode())

    told = raised.value.diag
    assert told.sqlstate == sqlstate
    assert message in str(told.message_primary)
    assert hint in str(told.message_hint)
    assert "s3cr3t" not in f"{told.message_primary} {told.message_detail} {told.message_hint}"


def test_flags_may_be_given_when_connecting(address: Address) -> None:
    with psycopg.connect(address.dsn, options="-c odps.sql.type.system.odps2=false") as connection:
        assert connection.execute("SHOW FLAGS").fetchall() == [("odps.sql.type.system.odps2", "false")]
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="TIMESTAMP type is not enabled"):
            connection.execute(create("m").replace("f1 INT", "f1 TIMESTAMP").encode())
