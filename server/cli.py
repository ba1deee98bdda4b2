"""The command line: `modeld serve`.

Every option may also stand in a TOML file (`--config`) or in the environment as `MODELD_<OPTION>`; the
command line wins over the environment, the environment over the file. Exit codes: 0 drained, 1 failed,
2 wrong usage.
"""

import asyncio
import ipaddress
import os
import signal
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
import structlog

from server.bootstrap import open_engine
from server.catalog.seed import PUBLIC_PROJECT
from server.errors import OdpsError
from server.listener import Listener
from server.logs import configure_logs
from server.secrets import SecretsError
from server.store.interface import StoreError
from server.store.sqlite import SqliteStore

_log = structlog.get_logger("modeld")

_FAILED = 1


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What `modeld serve` was told; see its help."""

    host: str
    port: int
    data: Path
    project: str
    owner: str
    max_connections: int
    drain_timeout: float
    log_level: str


def _read_config(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is not None:
        try:
            settings = tomllib.loads(value.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"cannot read {value}: {error}") from error
        known = {each.name for each in context.command.params}
        unknown = sorted(name for name in settings if name.replace("-", "_") not in known)
        if unknown:
            raise click.BadParameter(f"{value} has unknown options: {', '.join(unknown)}")
        # As text, as on the command line: a list or a date is then an invalid value like any other.
        context.default_map = {name.replace("-", "_"): str(setting) for name, setting in settings.items()}
    return value


def _check_host(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if value == "localhost":
        return value
    try:
        loopback = ipaddress.ip_address(value).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise click.BadParameter(
            f"{value} is not a loopback address. Authentication is by trust, which is refused on any other: "
            "whoever can reach the port may log in."
        )
    return value


def _check_name(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not value or "\0" in value:
        raise click.BadParameter("a name is needed")
    if value.lower() == PUBLIC_PROJECT:
        raise click.BadParameter(f"{PUBLIC_PROJECT} is the project of the public models")
    return value


@click.group()
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
    callback=_check_host,
    help="The loopback address to listen on.",
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
    "--max-connections",
    default=1000,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_CONNECTIONS",
    help="How many clients may be connected at once.",
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
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="MODELD_LOG_LEVEL",
    help="The least severe log line that is written.",
)
def serve(**options: object) -> None:
    """Serve a data folder until SIGTERM or SIGINT."""
    # Click has converted and checked every option to the type that its field has.
    settings = msgspec.convert(options, ServeOptions)
    configure_logs(settings.log_level)
    try:
        asyncio.run(_serve(settings))
    except (StoreError, SecretsError, OdpsError, OSError) as error:
        _log.error("cannot serve", reason=str(error))
        sys.exit(_FAILED)


async def _serve(settings: ServeOptions) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = SqliteStore(settings.data)
    try:
        engine = await open_engine(
            store,
            settings.data,
            project=settings.project,
            owner=settings.owner,
            environment_key=os.environ.get("MODELD_SECRET_KEY"),
        )
        listener = Listener(engine, max_connections=settings.max_connections)
        port = await listener.open(settings.host, settings.port)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        click.echo(f"modeld ready: postgresql://{host}:{port}")
        _log.info("serving", data=str(settings.data.resolve()), revision=engine.committer.catalog.revision)
        await stop.wait()
        _log.info("draining")
        await listener.close(within=settings.drain_timeout)
        await engine.committer.close()
    finally:
        await store.close()
    _log.info("stopped")
