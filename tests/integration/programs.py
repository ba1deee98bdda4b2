"""Clients in other languages: one program plays every scenario and prints a line for each.

They are given the statements in their environment, so that each client is asked the same.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.integration.server_process import environment
from tests.integration.statements import ADD_V2, CREATE, DROP, DROP_V2, MODEL, add_version, create, set_default

FOLDER: Final = Path(__file__).parent
REFUSED: Final = "ODPS-0110061: Failed to run ddltask - The default version of the model cannot be dropped"
STATEMENTS: Final = {
    "MODEL": MODEL,
    "CREATE": CREATE,
    "ADD_V2": ADD_V2,
    "DEFAULT_V1": set_default("v1"),
    "DEFAULT_V2": set_default("v2"),
    "DROP_V2": DROP_V2,
    "DROP": DROP,
    "REFUSED": REFUSED,
    "CREATE_ANY": create("any_model"),
    "ADD_SHARED": add_version("shared", "v"),
}
_BOUND: Final = (
    "CREATE MODEL bound WITH VERSION v1 INPUT (a STRING COMMENT {0}) OPTIONS (MODEL_SOURCE_TYPE = 'REMOTE', "
    "MODEL_TYPE = 'LLM', TASKS = 'chat', PAI_EAS_MODEL_NAME = {1}, PAI_EAS_SERVICE_NAME = 's', "
    "ENDPOINT = 'http://e', APIKEY = {2}, PAI_EAS_SYNC_MODE = 'true') COMMENT {3}"
)


def require(*programs: str) -> None:
    """Skip the test when one of them is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def play(*command: str | Path, marks: tuple[str, str, str, str], cwd: Path | None = None) -> list[str]:
    """Run a client's program and give the lines it printed.

    Args:
        marks: how the client writes four parameters in a statement's text.
    """
    process = subprocess.run(
        command,
        env=environment(**STATEMENTS, CREATE_BOUND=_BOUND.format(*marks)),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=50,
    )
    return process.stdout.splitlines()
