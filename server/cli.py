"""The command line: `modeld serve`; the other commands have modules of their own.

Every option may also stand in a TOML file (`--config`) or in the environment as `MODELD_<OPTION>`; the
command line wins over the environment, the environment over the file. Exit codes: 0 drained, 1 failed,
2 wrong usage.
"""

import asyncio
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Final, cast

import click
import msgspec
import structlog

from server import quick_loop
from server.admission import Limits, Method
from server.budget import DEFAULT_MIB
from server.logs import LogFormat, configure_logs
from server.options import ServeOptions
from server.public_project import PUBLIC_PROJECT
from server.retention import DEFAULT_RETENTION
from server.starting import start

_log = structlog.get_logger("modeld")

_FAILED = 1
_LIMITS = Limits()
_FILE = click.Path(dir_okay=False, path_type=Path)


def _read_config(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is not None:
        try:
            settings = tomllib.loads(value.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"cannot read {value}: {error}") from error
        known = {each.name for each in context.command.params} - {parameter.name}
        unknown = sorted(name for name in settings if name.replace("-", "_") not in known)
        if unknown:
            raise click.BadParameter(f"{value} has unknown options: {', '.join(unknown)}")
        # As text, as on the command line: a list or a date is then an invalid value like any other.
        context.default_map = {name.replace("-", "_"): str(setting) for name, setting in settings.items()}
    return value


def _check_name(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not value or "\0" in value:
        raise click.BadParameter("a name is needed")
    if value.lower() == PUBLIC_PROJECT:
        raise click.BadParameter(f"{PUBLIC_PROJECT} is the project of the public models")
    return value


# The modules of the other commands, which import more than a server may wait for when it starts.
_OTHERS: Final = {
    "backup": "check_commands",
    "check": "check_commands",
    "dump": "transfer_commands",
    "load": "transfer_commands",
    "restore": "check_commands",
    "rotate-key": "key_commands",
    "user": "user_commands",
}


class _Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *_OTHERS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if (module := _OTHERS.get(name)) is None:
            return super().get_command(context, name)
        return cast("click.Command", getattr(import_module(f"server.{module}"), name.replace("-", "_")))


@click.group(cls=_Commands)
@click.version_option(package_name="modeld", prog_name="modeld")
def main() -> None:
    """A model registry that speaks PostgreSQL."""


@main.command()
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="MODELD_CONFIG",
    callback=_read_config,
    is_eager=True,
    expose_value=False,
    help="A TOML file with any of these options.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="MODELD_HOST",
    help="The address to listen on; only a loopback address without passwords.",
)
@click.option(
    "--port",
    default=7432,
    show_default=True,
    type=click.IntRange(0, 65535),
    envvar="MODELD_PORT",
    help="The port; 0 finds a free one.",
)
@click.option(
    "--data",
    default="modeld-data",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    envvar="MODELD_DATA",
    help="The data folder; made when it is missing.",
)
@click.option(
    "--project",
    default="modeld",
    show_default=True,
    envvar="MODELD_PROJECT",
    callback=_check_name,
    help="The project of a new data folder.",
)
@click.option(
    "--owner",
    default="modeld",
    show_default=True,
    envvar="MODELD_OWNER",
    callback=_check_name,
    help="The owner of a new data folder.",
)
@click.option(
    "--auth",
    default=Method.TRUST.value,
    show_default=True,
    type=click.Choice([method.value for method in Method]),
    envvar="MODELD_AUTH",
    help="How clients show who they are.",
)
@click.option("--tls-cert", type=_FILE, envvar="MODELD_TLS_CERT", help="The certificate with its chain, PEM.")
@click.option("--tls-key", type=_FILE, envvar="MODELD_TLS_KEY", help="The certificate's key, PEM, not encrypted.")
@click.option(
    "--tls-client-ca",
    type=_FILE,
    envvar="MODELD_TLS_CLIENT_CA",
    help="CAs, PEM: clients must show a certificate of theirs, whose common name is the user.",
)
@click.option(
    "--tls-required", is_flag=True, envvar="MODELD_TLS_REQUIRED", help="Refuse connections that are not encrypted."
)
@click.option(
    "--max-connections",
    default=_LIMITS.sessions,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_CONNECTIONS",
    help="How many clients may be logged in at once.",
)
@click.option(
    "--max-connections-per-user",
    default=_LIMITS.sessions_per_user,
    show_default=True,
    type=click.IntRange(0),
    envvar="MODELD_MAX_CONNECTIONS_PER_USER",
    help="How many of them may be the same user; 0 for no limit of its own.",
)
@click.option(
    "--max-unauthenticated",
    default=_LIMITS.logins,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_UNAUTHENTICATED",
    help="How many clients may be connected that have not logged in.",
)
@click.option(
    "--login-timeout",
    default=_LIMITS.login_timeout,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    envvar="MODELD_LOGIN_TIMEOUT",
    help="Seconds within which a client has to log in.",
)
@click.option(
    "--login-pause",
    default=_LIMITS.longest_pause,
    show_default=True,
    type=click.FloatRange(0),
    envvar="MODELD_LOGIN_PAUSE",
    help="The most seconds that a login waits for failures of the same address and user before.",
)
@click.option(
    "--max-query-memory",
    default=DEFAULT_MIB,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_QUERY_MEMORY",
    help="MiB that all SELECTs may hold together.",
)
@click.option(
    "--drain-timeout",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0),
    envvar="MODELD_DRAIN_TIMEOUT",
    help="Seconds that running statements get when the server stops.",
)
@click.option(
    "--history-days",
    default=DEFAULT_RETENTION.history_days,
    show_default=True,
    type=click.IntRange(0, 36500),
    envvar="MODELD_HISTORY_DAYS",
    help="For how many days the history of changes is kept; 0 for ever.",
)
@click.option(
    "--recycle-days",
    default=DEFAULT_RETENTION.recycle_days,
    show_default=True,
    type=click.IntRange(0, 36500),
    envvar="MODELD_RECYCLE_DAYS",
    help="For how many days a dropped model can be brought back; 0 for not at all.",
)
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="MODELD_LOG_LEVEL",
    help="The least severe log line that is written.",
)
@click.option(
    "--log-format",
    default=LogFormat.TEXT.value,
    show_default=True,
    type=click.Choice([form.value for form in LogFormat]),
    envvar="MODELD_LOG_FORMAT",
    help="How a log line is written: key=value pairs, or JSON.",
)
@click.option(
    "--log-connections",
    is_flag=True,
    envvar="MODELD_LOG_CONNECTIONS",
    help="Log each client that logs in, and each that leaves.",
)
@click.option(
    "--log-min-duration",
    default=-1,
    show_default=True,
    type=click.IntRange(-1, 2**31 - 1),
    envvar="MODELD_LOG_MIN_DURATION",
    help="Statements that take at least so many milliseconds are logged; 0 for all, -1 for none.",
)
@click.option(
    "--http-host",
    default="127.0.0.1",
    show_default=True,
    envvar="MODELD_HTTP_HOST",
    help="The address that /metrics, /health and /ready are answered on.",
)
@click.option(
    "--http-port",
    default=None,
    type=click.IntRange(0, 65535),
    envvar="MODELD_HTTP_PORT",
    help="Their port; 0 finds a free one. Not answered unless it is given.",
)
def serve(**options: object) -> None:
    """Serve a data folder until SIGTERM or SIGINT."""
    # Click has converted and checked every option to the type that its field has.
    settings = msgspec.convert(options, ServeOptions)
    settings.check()
    configure_logs(settings.log_level, settings.log_format)
    try:
        with asyncio.Runner(loop_factory=quick_loop.make_loop) as runner:
            runner.run(start(settings))
    except _refusals() as error:
        _log.error("cannot serve", reason=str(error))
        sys.exit(_FAILED)
    _log.info("stopped")


def _refusals() -> tuple[type[Exception], ...]:
    from server.serving import REFUSALS

    return REFUSALS
