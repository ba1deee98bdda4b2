"""The parts of the command line that need no server; tests/integration/test_process.py runs the rest."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from server.cli import main, serve
from server.options import ServeOptions


def test_help_names_every_option_and_its_default() -> None:
    result = CliRunner().invoke(main, ["serve", "--help"])

    assert result.exit_code == 0
    for option in serve.params:
        assert option.opts[0] in result.output


def test_every_option_has_an_environment_variable_and_a_field() -> None:
    options = {parameter.name: parameter for parameter in serve.params if isinstance(parameter, click.Option)}

    assert {name: option.envvar for name, option in options.items()} == {
        name: f"MODELD_{name.upper()}" for name in options if name is not None
    }
    assert set(options) - {"config"} == set(ServeOptions.__dataclass_fields__)


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--port", "-1"],
        ["serve", "--drain-timeout", "-1"],
        ["serve", "--owner", ""],
        ["serve", "--project", "BIGDATA_PUBLIC_MODELSET"],
        ["nothing"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_every_command_is_found_by_the_name_that_it_is_listed_under() -> None:
    context = click.Context(main)

    names = main.list_commands(context)

    assert names == ["backup", "check", "dump", "load", "restore", "rotate-key", "serve", "user"]
    assert [found and found.name for found in (main.get_command(context, name) for name in names)] == names


def test_before_the_store_is_opened_little_is_imported() -> None:
    """What is imported later takes no time beside the store's look at its file; see server/starting.py."""
    program = "import sys, server.cli; print(*sys.modules)"

    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert "server.starting" in modules
    assert not {"server.catalog", "server.statements", "server.dialect", "server.serving", "sqlglot"} & set(modules)
